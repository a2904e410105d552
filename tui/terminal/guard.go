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
	// hurryLimit is how long it may take once the session is told to end, so
	// that no client can hold up the server's own end.
	hurryLimit = 2 * time.Second
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
	writing atomic.Bool
	hurried atomic.Bool
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
	if !g.writing.Load() {
		return
	}
	g.stalled.Store(true)
	g.log.Info("hanging up on a client that does not read")
	if g.hangup != nil {
		g.hangup()
	}
}

// write sends everything or returns why not. No lock is held meanwhile.
func (g *guard) write(p []byte) error {
	for len(p) > 0 {
		n := min(len(p), writeChunk)
		g.writing.Store(true)
		g.timer.Reset(g.limit())
		_, err := g.out.Write(p[:n])
		g.writing.Store(false)
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

func (g *guard) limit() time.Duration {
	if g.hurried.Load() {
		return hurryLimit
	}
	return writeLimit
}

// hurry shortens the time for the write under way and for those to come. It may
// be called from any goroutine.
func (g *guard) hurry() {
	g.hurried.Store(true)
	if g.writing.Load() {
		g.timer.Reset(hurryLimit)
	}
}
