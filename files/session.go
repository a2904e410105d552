package files

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"

	"charla/files/blob"
	"charla/server/chat"
	"charla/server/i18n"
)

const (
	maxHandles  = 64
	maxListings = 8    // of them: each is a snapshot of a folder
	maxUploads  = 16   // under way
	maxAliases  = 1024 // names that were announced and are remembered
	maxTrail    = 16   // names an open upload had that lead to it
	maxOwners   = 4096 // people with a name in "ls -l"; the rest are "-"
)

// session is everything pkg/sftp calls, for one channel. Commands come one at a
// time, reads and writes of open files at once and beside them.
type session struct {
	ctx     context.Context
	actor   *chat.Actor
	store   *blob.Store
	words   *i18n.Words
	log     *slog.Logger
	began   time.Time
	parking *Parking
	teller
	failures
	slow atomic.Bool // it was told that it puts slowly; see pace

	mu       sync.Mutex // held for a whole command
	handles  int
	listings int // of handles
	uploads  int
	items    map[key]*item
	sent     []key // of items that were announced, the oldest first
	owners   []string
	numbers  map[chat.UserID]uint32 // index in owners
}

// All of them: what pkg/sftp does in the place of a missing one is worse.
var (
	_ sftp.FileReader           = (*session)(nil)
	_ sftp.OpenFileWriter       = (*session)(nil)
	_ sftp.PosixRenameFileCmder = (*session)(nil)
	_ sftp.StatVFSFileCmder     = (*session)(nil)
	_ sftp.LstatFileLister      = (*session)(nil)
	_ sftp.RealPathFileLister   = (*session)(nil)
	_ sftp.ReadlinkFileLister   = (*session)(nil)
	_ sftp.NameLookupFileLister = (*session)(nil)
)

func newSession(ctx context.Context, c Config) *session {
	return &session{
		ctx: ctx, actor: c.Actor, store: c.Store, words: c.Words, began: c.Actor.Now(), parking: c.Parking,
		log:     c.Log.With("face", "sftp", "person", c.Actor.Me().Nick),
		teller:  teller{w: c.Stderr, left: maxLines},
		items:   map[key]*item{},
		numbers: map[chat.UserID]uint32{},
	}
}

// ousted is why somebody has ended the session: what is left of a transfer is not
// for its person then. One that the server ends goes on while it drains.
func (s *session) ousted() error {
	if cause := context.Cause(s.ctx); chat.CodeOf(cause) == chat.Ended {
		return cause
	}
	return nil
}

// turn is one command's: defer its result at once. It holds the session, gives
// err the form that goes to the client, and turns a panic into a failure.
func (s *session) turn(what string, err *error) (end func()) {
	s.mu.Lock()
	return func() {
		defer s.flush()
		defer s.mu.Unlock()
		if p := recover(); p != nil {
			*err = s.panicked(what, p)
		}
		*err = s.status(*err)
	}
}

// recovered is turn for what runs beside the commands; deferred directly.
func (s *session) recovered(what string, err *error) {
	if p := recover(); p != nil {
		*err = s.status(s.panicked(what, p))
	}
	s.flush()
}

func (s *session) panicked(what string, p any) error {
	s.log.Error("panic in an sftp session", "in", what, "panic", p, "stack", string(debug.Stack()))
	return &chat.Error{Code: chat.Internal, Err: fmt.Errorf("%s: panic: %v", what, p)}
}

// end discards what was not announced, and says so to a person who may still
// be listening. It runs after pkg/sftp has closed every handle.
func (s *session) end(clean bool) {
	defer s.flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, it := range s.parking.leave(s.actor.Me().ID, s) {
		if clean {
			s.say(s.unsent(it))
		}
		s.discard(it.upload.bytes)
	}
	for _, it := range s.items { // of handles whose Close panicked
		s.drop(it)
	}
	s.parking.giveBack(s.actor.Me().ID, share{handles: s.handles, uploads: s.uploads})
}

// unsent says why an upload was not announced.
func (s *session) unsent(it *item) string {
	if temporary(it.name) {
		return s.words.Files.Temporary(shown(it.name))
	}
	return s.words.Files.Empty(shown(it.name))
}
