package projector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"charla/server/chat"
)

// maxBatch bounds the entries of one transaction, of the log and of the shelf
// each, and those that wait for it. With the entry that makes them enoughEvents
// a transaction is full as well: an entry is up to a thousand events.
const (
	maxBatch     = 512
	enoughEvents = 4096
)

// lastIndex is above every index of an entry, and the largest that fits.
const lastIndex = 1<<10 - 1

// Publisher is where applied changes go.
type Publisher interface {
	// Publish hands over what a batch changed, in log order, and the position up
	// to which nothing is missing any more. It must not wait for anybody.
	Publish(changes []chat.Change, asOf chat.Position)
}

// Tidier is a view that keeps itself quick, a little at a time.
type Tidier interface {
	// Tidy is called after each batch, once its changes were published: nobody
	// waits for it but the next batch.
	Tidy(ctx context.Context)
}

// Projector applies the log and the shelf to a view.
type Projector struct {
	log    chat.Log
	shelf  chat.Shelf
	view   chat.View
	out    Publisher
	logger *slog.Logger

	// Progress, if set before Run, hears after each batch how much of what the
	// log held when Run started is applied, until all of it is. It is called by
	// the projector's goroutine, which waits for it.
	Progress func(done, all uint64)

	mu      sync.Mutex
	applied uint64 // sequence of the last applied entry, published as well
	shelved uint64 // sequence of the last applied value of the shelf
	waiting map[*waiter]struct{}
	stopped error // why; nil while it may still run
	stuck   error // chat.DiskFull while the view has no room for a batch; else nil
}

// waiter is one Await. Their number is bounded by who may call.
type waiter struct {
	seq, shelf uint64     // both are waited for
	woke       chan error // room for one
}

var _ chat.Awaiter = (*Projector)(nil)

// New returns a projector that has not started: Await waits for Run.
func New(log chat.Log, shelf chat.Shelf, view chat.View, out Publisher, logger *slog.Logger) *Projector {
	return &Projector{log: log, shelf: shelf, view: view, out: out, logger: logger, waiting: map[*waiter]struct{}{}}
}

// asOf is the position that covers every event of the entry at seq.
func asOf(seq uint64) chat.Position {
	if seq == 0 {
		return 0
	}
	return chat.PositionAt(seq, lastIndex)
}

// Run applies what the view does not have yet and then what comes, until ctx
// ends (nil) or something fails (why). It is called once.
func (p *Projector) Run(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			p.logger.Error("the projector panicked", "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("projector: panic: %v", r)
		}
		p.stop(err)
	}()
	err = p.run(ctx)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (p *Projector) run(ctx context.Context) (err error) {
	defer wrap(&err, "projector")
	seq, shelfSeq, err := p.view.Applied(ctx)
	if err != nil {
		return fmt.Errorf("how far is the view: %w", err)
	}
	id, err := p.log.Identity(ctx)
	if err != nil {
		return err
	}
	tail, err := p.log.Tail(ctx, seq)
	if err != nil {
		return err
	}
	defer closeTail(&err, tail.Close)
	shelfTail, err := p.shelf.TailShelf(ctx, shelfSeq)
	if err != nil {
		return err
	}
	defer closeTail(&err, shelfTail.Close)

	ctx, cancel := context.WithCancel(ctx)
	box := newMailbox()
	var pumps sync.WaitGroup
	pumps.Go(func() { pump(ctx, box, &box.log, tail.Next) })
	pumps.Go(func() { pump(ctx, box, &box.shelf, shelfTail.Next) })
	defer pumps.Wait()
	defer cancel()
	return p.project(ctx, box, seq, shelfSeq, id.Last)
}

// project applies batch after batch. The view is at seq, and at shelf of the
// shelf; all is how much the log held at the start.
func (p *Projector) project(ctx context.Context, box *mailbox, seq, shelf, all uint64) error {
	told := seq
	p.publish(nil, seq, shelf)
	for {
		batch, err := box.take(ctx)
		if err != nil {
			return err
		}
		changes, err := p.apply(ctx, batch)
		if err != nil {
			return fmt.Errorf("apply after %d: %w", seq, err)
		}
		if n := len(batch.Log); n > 0 {
			seq = batch.Log[n-1].Seq
		}
		if n := len(batch.Shelf); n > 0 {
			shelf = batch.Shelf[n-1].Seq
		}
		p.publish(changes, seq, shelf)
		if t, ok := p.view.(Tidier); ok {
			t.Tidy(ctx)
		}
		if p.Progress != nil && told < all {
			told = seq
			p.Progress(min(seq, all), all)
		}
	}
}

// tryAgain is between two tries to apply a batch for which there was no room.
const tryAgain = time.Second

// apply applies a batch. While the view has no room for it, it is tried again,
// and nobody is left waiting meanwhile: see Stuck.
func (p *Projector) apply(ctx context.Context, batch chat.Batch) ([]chat.Change, error) {
	changes, err := p.view.Apply(ctx, batch)
	if chat.CodeOf(err) != chat.DiskFull {
		return changes, err
	}
	p.logger.Error("the read model has no room; nothing is accepted until it has", "err", err)
	p.setStuck(err)
	defer p.setStuck(nil)
	for chat.CodeOf(err) == chat.DiskFull {
		select {
		case <-time.After(tryAgain):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		changes, err = p.view.Apply(ctx, batch)
	}
	if err == nil {
		p.logger.Info("the read model has room again")
	}
	return changes, err
}

// setStuck ends every Await with why, and those to come until it is nil.
func (p *Projector) setStuck(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stuck = why
	for w := range p.waiting {
		if why != nil {
			p.wake(w, why)
		}
	}
}

// Stuck is nil, or chat.DiskFull while what was stored last cannot be applied:
// then no more should be.
func (p *Projector) Stuck() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stuck
}

// publish hands the changes out, then wakes those who awaited them.
func (p *Projector) publish(changes []chat.Change, seq, shelf uint64) {
	p.out.Publish(changes, asOf(seq))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.applied, p.shelved = seq, shelf
	for w := range p.waiting {
		if w.seq <= seq && w.shelf <= shelf {
			p.wake(w, nil)
		}
	}
}

// wake ends an Await. p.mu must be held.
func (p *Projector) wake(w *waiter, err error) {
	delete(p.waiting, w)
	w.woke <- err
}

// stop ends every Await, and those to come.
func (p *Projector) stop(cause error) {
	if cause == nil {
		cause = errors.New("the projector has ended")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = &chat.Error{Code: chat.Unavailable, Err: cause}
	for w := range p.waiting {
		p.wake(w, p.stopped)
	}
}

// Await is chat.Awaiter.
func (p *Projector) Await(ctx context.Context, at chat.Position) error {
	return p.await(ctx, at.Seq(), 0)
}

// AwaitShelf is Await for a sequence of the shelf.
func (p *Projector) AwaitShelf(ctx context.Context, seq uint64) error { return p.await(ctx, 0, seq) }

func (p *Projector) await(ctx context.Context, seq, shelf uint64) error {
	p.mu.Lock()
	if seq <= p.applied && shelf <= p.shelved {
		p.mu.Unlock()
		return nil
	}
	if err := cmp.Or(p.stopped, p.stuck); err != nil {
		p.mu.Unlock()
		return err
	}
	w := &waiter{seq: seq, shelf: shelf, woke: make(chan error, 1)}
	p.waiting[w] = struct{}{}
	p.mu.Unlock()

	select {
	case err := <-w.woke:
		return err
	case <-ctx.Done():
		p.mu.Lock()
		delete(p.waiting, w)
		p.mu.Unlock()
		return ctx.Err()
	}
}

// Applied is the sequence of the last entry that is in the view and the feed.
func (p *Projector) Applied() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.applied
}

// Lag is how many entries of the log are not applied yet.
func (p *Projector) Lag(ctx context.Context) (_ uint64, err error) {
	defer wrap(&err, "projector: lag")
	id, err := p.log.Identity(ctx)
	if err != nil {
		return 0, err
	}
	return id.Last - min(p.Applied(), id.Last), nil
}

func closeTail(err *error, closing func() error) {
	if cerr := closing(); *err == nil {
		*err = cerr
	}
}

// wrap adds one line of where to a function's returned error.
func wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
