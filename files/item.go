package files

import (
	"slices"
	"sync"
	"time"

	"charla/files/blob"
	"charla/server/chat"
)

// maxEarly is how many writes over an existing file may come before that of its
// first byte.
const maxEarly = 128

// maxHole is how much of a file may never have been written.
const maxHole = 64 << 20

// item is what became of a name this session wrote to: an upload, or, once it
// was announced, a message. STAT, SETSTAT and RENAME of the name that was asked
// for reach it, whatever name the file really got.
type item struct {
	at     place
	name   string    // cleaned: the name it is to be announced under
	mtime  time.Time // what the client set; zero: nothing
	upload *upload   // nil once announced
	had    []key     // names it had while it was open, which lead to it too
	sent   chat.MessageID
}

// upload is the unfinished file of an item.
type upload struct {
	bytes   *blob.Upload  // nil for litter
	base    *chat.Message // the person's own file, opened without TRUNC
	handles int           // the session's lock guards it

	mu      sync.Mutex
	broken  error // the first refusal; nothing comes of the upload any more
	lost    bool  // the connection ended before CLOSE
	begun   bool  // byte 0 was written
	early   int   // writes before that
	written int64 // bytes, all writes together
	sized   bool  // the client said how long the file is
}

func (u *upload) junk() bool { return u.bytes == nil }

func (u *upload) size() int64 {
	if u.junk() {
		u.mu.Lock()
		defer u.mu.Unlock()
		return u.written
	}
	return u.bytes.Size()
}

// admit takes a write, or refuses it like the one before.
//
// Over an existing file, a client that leaves TRUNC out either sends the whole
// file again (scp) or goes on where it ends (psftp reput, lftp -c). They differ
// in byte 0 alone, which may come late: clients keep up to 64 writes on the way
// (OpenSSH sftp.h, DEFAULT_NUM_REQUESTS) and some send them in no order.
func (u *upload) admit(off, n int64, noResume string) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.broken != nil {
		return u.broken
	}
	if off == 0 {
		u.begun = true
	}
	if u.base != nil && !u.begun {
		if u.early++; u.early > maxEarly {
			return failure(noResume)
		}
	}
	u.written += n
	return nil
}

// breaks keeps the first refusal and returns it.
func (u *upload) breaks(err error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.broken == nil {
		u.broken = err
	}
	return u.broken
}

// showsBase reports whether nothing was changed yet: until then, opening a file
// to write is no change, and STAT and READ get what was there before.
func (u *upload) showsBase() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.base != nil && u.written == 0 && !u.sized
}

// whole reports whether the client wrote a whole file: not a part of base, and
// not next to nothing at the end of a hole, which costs it little and us the
// hashing of gigabytes.
func (u *upload) whole() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	size := u.bytes.Size()
	if u.base == nil {
		return size-u.written <= maxHole
	}
	return u.begun && u.written >= size && (u.sized || size >= u.base.File.Size)
}

// state is how the transfer went.
func (u *upload) state() (lost bool, broken error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.lost, u.broken
}

// item finds what the session itself made of a name; nil if nothing, or if it
// was retracted or removed since.
func (s *session) item(at place) *item { return s.items[at.key()] }

// drop ends an item's upload without announcing it.
func (s *session) drop(it *item) {
	s.forget(it)
	if it.upload == nil {
		return
	}
	s.discard(it.upload.bytes)
	s.dropUpload()
	it.upload = nil
}

func (s *session) discard(bytes *blob.Upload) {
	if bytes == nil {
		return
	}
	if err := bytes.Discard(); err != nil {
		s.log.Warn("discard upload", "err", cause(err))
	}
}

// forget lets no name lead to the item any more.
func (s *session) forget(it *item) {
	for k, other := range s.items {
		if other == it {
			delete(s.items, k)
		}
	}
}

// remember lets the name that was asked for lead to a message, when it would
// not by itself or when the session knows more of it. The oldest goes at the bound.
func (s *session) remember(it *item, m chat.Message) {
	s.forget(it)
	it.sent = m.ID
	if m.File == nil || m.File.Name == it.at.name && it.mtime.IsZero() {
		return
	}
	k := it.at.key()
	s.items[k] = it
	if !slices.Contains(s.sent, k) {
		s.sent = append(s.sent, k)
	}
	for len(s.sent) > maxAliases {
		if old := s.items[s.sent[0]]; old != nil && old.upload == nil {
			delete(s.items, s.sent[0])
		}
		s.sent = s.sent[1:]
	}
}
