package sshd

import (
	"context"
	"errors"
	"io"
	"net"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/tui/terminal"
)

// Faces are the ways to use charla. Each runs in a goroutine that sshd owns and
// recovers, and returns the exit status. It must return soon after its context
// ends or its input does, and must not use the session after that.
type Faces struct {
	Screen func(ctx context.Context, s *Session) int              // with a terminal
	Lines  func(ctx context.Context, s *Session) int              // without one, or TERM=dumb
	Verb   func(ctx context.Context, s *Session, line string) int // ssh HOST VERB …
	Files  func(ctx context.Context, s *Session) int              // the sftp subsystem
	Claims func(line string) bool                                 // does this verb claim a nick?
}

func (f Faces) complete() error {
	if f.Screen == nil || f.Lines == nil || f.Verb == nil || f.Files == nil || f.Claims == nil {
		return errors.New("sshd: a face is missing")
	}
	return nil
}

// Session is one channel of somebody who is known, as a face gets it. Its
// context ends with ErrClosed, ErrGone or ErrStopping as cause, or with
// a chat.Ended where somebody ended it.
type Session struct {
	Actor  *chat.Actor
	Words  *i18n.Words // in the client's language, else the server's
	In     io.Reader   // the raw channel
	Out    io.Writer
	Stderr io.Writer

	Term  string            // TERM, "" if it was none that a terminal has
	Env   map[string]string // LANG and LC_*; read-only
	Size  terminal.Size     // at the start, clamped; zero without a terminal
	Sizes *terminal.Sizes   // the latest change; nil without a terminal

	Hangup      func()      // closes the connection at once; frees a write that is stuck
	Client      string      // the client's version, cleaned
	User        string      // the username that they gave; whose key it is decides who they are
	Fingerprint string      // of the key that signed in, "" without
	KeyUse      chat.KeyUse // what was known of that key before
	Refused     []chat.Key  // keys that this login offered before, and that are not of this person
	Token       string      // names this session where others of its person end (Server.Expel)
	Remote      net.Addr    // the client
	Host        string      // what to print in orders: ssh -p Port nick@Host
	Port        int
	Notice      string // to show once, e.g. "this key is ana's: you are ana"; or ""
	New         bool   // this session has just claimed the nick
}
