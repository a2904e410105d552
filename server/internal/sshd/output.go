package sshd

import (
	"context"
	"io"
	"sync/atomic"
	"time"
)

// hurry is how long a client that takes nothing may hold up a server that stops.
const hurry = 2 * time.Second

// outputChunk bounds one write, so that a client that takes a little now and
// then is not taken for one that takes nothing. It is the largest packet of a
// channel in x/crypto.
const outputChunk = 32 << 10

// output is what a face writes to. A client whose system takes no bytes is cut
// by its link; one that is alive and does not widen the window of a channel
// (RFC 4254 5.2) holds the face as long as it likes, so it is hung up on too:
// after Limits.Unread, and soon when the server stops. Screens, which always
// have something to say, have a shorter patience of their own.
type output struct {
	c  *channel
	to io.Writer
}

func (o output) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := o.chunk(p[done:min(len(p), done+outputChunk)])
		if done += n; err != nil {
			return done, err
		}
	}
	return done, nil
}

func (o output) chunk(p []byte) (int, error) {
	var taken atomic.Bool
	c := o.c
	late := c.s.after(c.s.cfg.Limits.Unread, "unread", func() {
		if !taken.Load() {
			c.s.cfg.Log.Info("hanging up on a client that takes nothing from a session", "address", c.who.link.address())
			_ = c.who.link.Close()
		}
	})
	unhurried := context.AfterFunc(c.ctx, func() {
		if context.Cause(c.ctx) == ErrStopping && !taken.Load() {
			late.Reset(hurry)
		}
	})
	n, err := o.to.Write(p)
	taken.Store(true)
	late.Stop()
	unhurried()
	return n, err
}
