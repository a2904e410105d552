package files

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/pkg/sftp"

	"charla/files/blob"
	"charla/server/chat"
	"charla/server/i18n"
)

// maxPayload is the most bytes one READ answers with: with its header it fits
// the 256 KiB packet that clients accept (OpenSSH sftp-common.h,
// SFTP_MAX_MSG_LENGTH).
const maxPayload = 255 << 10

// Config is what one SFTP session is made of; all but Parking is needed.
type Config struct {
	Actor   *chat.Actor
	Store   *blob.Store
	Channel io.ReadWriter // of SSH; never closed here: the exit status has to go out first
	Stderr  io.Writer     // of the channel: what the person reads
	Words   *i18n.Words
	Parking *Parking // of the server; nil: the session has its own
	Log     *slog.Logger
}

// Serve serves one channel until its reads end and returns the exit status: 0
// after a clean end, so that scp, which looks at it, succeeds, and 1 at once, with
// a line on stderr, for whoever has maxSessions already. When it returns, what was
// asked for before the end is answered, nothing more is written to the channel, and
// every upload that was not announced is gone. The end of ctx refuses what would
// be new and ends a session that rests; to end another, close the connection.
func Serve(ctx context.Context, c Config) int {
	if c.Parking == nil {
		c.Parking = NewParking()
	}
	me := c.Actor.Me().ID
	if !c.Parking.grant(me, share{sessions: 1}) {
		_, _ = io.WriteString(c.Stderr, c.Words.Files.TooManySessions+"\n") // nobody is left to be told
		return 1
	}
	defer c.Parking.giveBack(me, share{sessions: 1})
	s, clean := newSession(ctx, c), false
	defer func() { s.end(clean) }()
	err := s.serve(newFrames(c.Channel, s.busy))
	clean = errors.Is(err, io.EOF)
	if !clean {
		c.Log.Debug("sftp session broke off", "person", c.Actor.Me().Nick, "err", err)
		return 1
	}
	return 0
}

// serve runs pkg/sftp whenever there is something to do, until the channel ends.
// Its allocator keeps, until that pkg/sftp ends, two pages of maxPacket for each
// packet that is worked on and one for the next: 2.3 MB. Without it a transfer
// costs half as much again, for memory that is cleared and collected.
func (s *session) serve(f *frames) error {
	defer f.end()
	handlers := sftp.Handlers{FileGet: s, FilePut: s, FileCmd: s, FileList: s}
	for {
		err := sftp.NewRequestServer(f, handlers,
			sftp.WithStartDirectory("/"), sftp.WithRSMaxTxPacket(maxPayload), sftp.WithRSAllocator()).Serve()
		if !f.wake(s.ctx.Done()) {
			return err
		}
	}
}

// busy reports whether a handle is open, which pkg/sftp knows about.
func (s *session) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.handles > 0
}
