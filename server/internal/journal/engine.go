package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// engine is one life of the embedded server, with the connection and the
// streams that belong to it. A write that fails ends its use: the server takes
// nothing any more on that stream, not even when there is room again, and gives
// no answer. It still reads. See mend.
type engine struct {
	notes *serverLog
	srv   *server.Server
	nc    *nats.Conn
	js    jetstream.JetStream
	ev    jetstream.Stream
	self  jetstream.Stream

	damaged atomic.Bool     // the server met a record that it cannot read; see Put
	sound   context.Context // ends, with the cause, when a write has failed
	condemn context.CancelCauseFunc
	watched sync.WaitGroup // its watch
}

// unreadable is in what the server says of a record whose bytes are not those
// that were written (errBadMsg). It counts as a failed write when such a record
// is to make room for another; but the other was written, and so is the next.
const unreadable = "malformed or corrupt message"

// errWrite is why an engine was condemned.
var errWrite = errors.New("the log cannot write")

// newEngine is one that has not started; its life is within ctx's. It is to be
// shut down however far its start gets.
func newEngine(ctx context.Context, log *slog.Logger) *engine {
	e := &engine{notes: &serverLog{log: log, complained: make(chan struct{}, 1)}}
	e.sound, e.condemn = context.WithCancelCause(ctx)
	return e
}

// start brings up the server, the connection and the streams, in this order.
func (e *engine) start(ctx context.Context, o Options, found contents) (err error) {
	if e.srv, err = startServer(ctx, o, e.notes); err != nil {
		return err
	}
	if e.nc, err = nats.Connect("", nats.InProcessServer(e.srv), nats.MaxReconnects(-1),
		nats.Name("charla journal")); err != nil {
		return err
	}
	if e.js, err = jetstream.New(e.nc); err != nil {
		return err
	}
	if e.ev, err = e.openStream(ctx, o.Dir, evConfig(o.MaxStore), found.ev); err != nil {
		return err
	}
	if e.self, err = e.openStream(ctx, o.Dir, selfConfig(o.MaxStore), found.self); err != nil {
		return err
	}
	e.watched.Go(func() { e.watch(o.Log) })
	return nil
}

// shutdown undoes start, in reverse, however far it got.
func (e *engine) shutdown() {
	e.condemn(errStopped)
	e.watched.Wait()
	if e.nc != nil {
		e.nc.Close()
	}
	if e.srv != nil {
		e.srv.Shutdown()
		e.srv.WaitForShutdown()
	}
}

// watch condemns the engine when the server has complained of something and is
// not well. The server tells a failed write to nobody but its logger, whom it
// calls with locks held that the question needs: so it is asked here.
func (e *engine) watch(log *slog.Logger) {
	defer func() {
		if p := recover(); p != nil {
			e.condemn(fmt.Errorf("%w: panic: %v", errWrite, p))
		}
	}()
	for {
		select {
		case <-e.sound.Done():
			return
		case <-e.notes.complained:
		}
		health := e.srv.Healthz(nil)
		if strings.Contains(health.Error, unreadable) {
			e.damaged.Store(true)
			continue
		}
		if health.Status != "ok" {
			e.condemn(fmt.Errorf("%w: %s", errWrite, health.Error))
			log.Error("the log cannot write; nothing is accepted until it can", "err", health.Error)
			return
		}
	}
}

// outOfRoom reports whether an engine was condemned because the disk, a quota
// or a limit of the process left no room. The server hands on the words of the
// system's errors, not the errors.
func (e *engine) outOfRoom() bool {
	cause := context.Cause(e.sound)
	if cause == nil {
		return false
	}
	for _, no := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if strings.Contains(cause.Error(), no.Error()) {
			return true
		}
	}
	return false
}
