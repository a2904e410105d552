package journal

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

const (
	// roomToMend is what must be free before a new engine is tried, or a sixteenth
	// of a small disk: some blocks of the streams and their indexes.
	roomToMend = 16 << 20
	// mendPause is the least between two tries, which read the log: a try takes at
	// most one part in mendShare of the time.
	mendPause = time.Second
	mendShare = 10
)

// errShrunk is the end of a journal: what it acknowledged is gone.
var errShrunk = errors.New("the log lost what it had acknowledged")

// writable is an engine that takes writes. When there is none, one is made as
// soon as there is room for it: whoever writes waits for that until ctx ends,
// and is told at once while there is no room.
func (j *Journal) writable(ctx context.Context) (*engine, error) {
	for {
		e, mended, err := j.orMend()
		if mended == nil || err != nil {
			return e, err
		}
		select {
		case <-mended:
		case <-ctx.Done():
			return nil, unavailable(ctx.Err())
		case <-j.life.Done():
			return nil, errClosed()
		}
	}
}

// orMend is the engine if it is sound, else what to wait for: a new one is
// being made.
func (j *Journal) orMend() (e *engine, mended <-chan struct{}, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	e = j.engine
	if e.sound.Err() == nil {
		return e, nil, nil
	}
	if j.mended != nil {
		return nil, j.mended, nil
	}
	cause := context.Cause(e.sound)
	switch {
	case j.closed:
		return nil, nil, errClosed()
	case !j.hasRoomToMend():
		return nil, nil, diskFull(cause)
	case time.Now().Before(j.nextMend) && e.outOfRoom():
		return nil, nil, diskFull(cause)
	case time.Now().Before(j.nextMend) || errors.Is(cause, errShrunk):
		return nil, nil, unavailable(cause)
	}
	done := make(chan struct{})
	j.mended = done
	j.mends.Go(func() { j.mend(done) })
	return nil, done, nil
}

func (j *Journal) hasRoomToMend() bool {
	free, known := freeBytes(j.o.Dir)
	total, _ := totalBytes(j.o.Dir)
	return !known || free >= min(roomToMend, total/16)
}

// mend puts a new engine in the place of one that cannot write. The committer
// goes on with its counter, every write that waits is sent again with its ID,
// and the tails go on behind the last record they were given.
func (j *Journal) mend(done chan struct{}) {
	begun := time.Now()
	e := j.current()
	tails := j.openTails()
	for _, t := range tails {
		t.detach()
	}
	e.shutdown()
	fresh, err := j.restart(tails)
	if err != nil {
		j.log.Error("the log could not be opened again", "err", err)
	} else {
		j.log.Info("the log can write again")
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.engine, j.mended = fresh, nil
	j.nextMend = time.Now().Add(max(mendPause, mendShare*time.Since(begun)))
	close(done)
}

// restart is a new engine with the tails on it; beside an error it is one that
// is shut down, and the tails are on none.
func (j *Journal) restart(tails []reader) (e *engine, err error) {
	e = newEngine(j.life, j.log)
	defer func() {
		if p := recover(); p != nil {
			j.log.Error("panic", "in", "journal", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
		if err == nil {
			return
		}
		e.condemn(fmt.Errorf("%w: %w", errWrite, err))
		for _, t := range tails {
			t.detach()
			if errors.Is(err, errShrunk) {
				t.fail(err)
			}
		}
		e.shutdown()
	}()
	ctx, cancel := context.WithTimeout(j.life, readyWithin)
	defer cancel()
	// Both streams were there: neither may be made anew.
	if err := e.start(ctx, j.o, contents{ev: true, self: true}); err != nil {
		return e, err
	}
	if err := j.whole(ctx, e); err != nil {
		return e, err
	}
	for _, t := range tails {
		if err := t.attach(ctx, e); err != nil {
			return e, err
		}
	}
	return e, nil
}

// whole is nil if the log ends where it was acknowledged to, or later.
func (j *Journal) whole(ctx context.Context, e *engine) error {
	info, err := e.ev.Info(ctx)
	if err != nil {
		return err
	}
	if acked := j.acked.Load(); info.State.LastSeq < acked {
		return fmt.Errorf("%w: it ends at %d and had acknowledged %d", errShrunk, info.State.LastSeq, acked)
	}
	return nil
}
