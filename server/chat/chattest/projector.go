package chattest

import (
	"context"
	"sync"

	"charla/server/chat"
)

// projector carries what the log and the shelf hold to the view, and what
// changed to publish. It is the smallest that can be right: two readers, one
// lock, and whoever waits is woken by each step.
type projector struct {
	log     *Log
	view    chat.View
	publish func([]chat.Change, chat.Position)

	mu   sync.Mutex
	at   chat.Position // published
	err  error         // why it stopped
	step chan struct{} // closed after each step
}

func newProjector(log *Log, view chat.View, publish func([]chat.Change, chat.Position)) *projector {
	return &projector{log: log, view: view, publish: publish, step: make(chan struct{})}
}

// Run carries until ctx ends.
func (p *projector) Run(ctx context.Context) error {
	events, err := p.log.Tail(ctx, 0)
	if err != nil {
		return err
	}
	values, err := p.log.TailShelf(ctx, 0)
	if err != nil {
		return err
	}
	var readers sync.WaitGroup
	readers.Go(func() {
		carry(ctx, p, events.Next, func(e []chat.Entry) chat.Batch { return chat.Batch{Log: e} })
	})
	readers.Go(func() {
		carry(ctx, p, values.Next, func(e []chat.ShelfEntry) chat.Batch { return chat.Batch{Shelf: e} })
	})
	readers.Wait()
	return ctx.Err()
}

func carry[E any](ctx context.Context, p *projector, next func(context.Context, int) ([]E, error), batch func([]E) chat.Batch) {
	for {
		entries, err := next(ctx, 512)
		if err == nil {
			err = p.apply(ctx, batch(entries))
		}
		if err != nil {
			p.stop(err)
			return
		}
	}
}

func (p *projector) apply(ctx context.Context, b chat.Batch) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	changes, err := p.view.Apply(ctx, b)
	if err != nil {
		return err
	}
	if n := len(b.Log); n > 0 {
		last := b.Log[n-1]
		p.at = chat.PositionAt(last.Seq, max(0, len(last.Envelope.Events)-1))
	}
	p.publish(changes, p.at)
	close(p.step)
	p.step = make(chan struct{})
	return nil
}

func (p *projector) stop(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
		close(p.step)
		p.step = make(chan struct{})
	}
}

// Await is chat.Awaiter.
func (p *projector) Await(ctx context.Context, at chat.Position) error {
	for {
		p.mu.Lock()
		reached, err, step := p.at >= at, p.err, p.step
		p.mu.Unlock()
		switch {
		case reached:
			return nil
		case err != nil:
			return err
		}
		select {
		case <-step:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
