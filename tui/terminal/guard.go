package terminal

import (
	"io"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// writeLimit is how long one write may take. A client that stopped reading
	// fills the SSH window and then the write waits for ever.
	writeLimit = 20 * time.Second
	// writeChunk bounds one write, so that a slow client that does read on is
	// not taken for one that stopped. It is the largest packet of an SSH
	// channel in x/crypto.
	writeChunk = 32 * 1024
)

// guard is the way out. It watches one write at a time with one timer that
// runs only while a write is under way.
type guard struct {
	out     io.Writer
	hangup  func()
	log     *slog.Logger
	timer   *time.Timer
	stalled atomic.Bool
}

func newGuard(out io.Writer, hangup func(), log *slog.Logger) *guard {
	g := &guard{out: out, hangup: hangup, log: log}
	g.timer = time.AfterFunc(writeLimit, g.expire)
	g.timer.Stop()
	return g
}

// expire runs on the timer's goroutine.
func (g *guard) expire() {
	defer func() {
		if r := recover(); r != nil {
			logPanic(g.log, "hangup", r)
		}
	}()
	g.stalled.Store(true)
	g.log.Info("hanging up on a client that does not read", "limit", writeLimit)
	if g.hangup != nil {
		g.hangup()
	}
}

// write sends everything or returns why not. No lock is held meanwhile.
func (g *guard) write(p []byte) error {
	for len(p) > 0 {
		n := min(len(p), writeChunk)
		g.timer.Reset(writeLimit)
		_, err := g.out.Write(p[:n])
		g.timer.Stop()
		if g.stalled.Load() {
			return ErrStalled
		}
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}
