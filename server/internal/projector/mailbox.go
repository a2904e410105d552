package projector

import (
	"context"
	"fmt"
	"sync"

	"charla/server/chat"
)

// mailbox is where the two tails' pumps leave entries while a batch is being
// applied, so that the next batch is all that came meanwhile. When it holds
// maxBatch entries or enoughEvents events of a kind, that kind's pump waits, and
// the tail's own bound holds.
type mailbox struct {
	mu    sync.Mutex
	log   slot[chat.Entry]
	shelf slot[chat.ShelfEntry]
	err   error         // of a tail; told after what came before it
	news  chan struct{} // one wake
}

// slot holds the entries of one kind.
type slot[E any] struct {
	entries []E
	events  int
	count   func(E) int   // of the events in an entry
	room    chan struct{} // one wake, when entries were taken
}

// free is how many more entries fit. The mailbox's mu must be held.
func (s *slot[E]) free() int {
	if s.events >= enoughEvents {
		return 0
	}
	return maxBatch - len(s.entries)
}

func (s *slot[E]) put(entries []E) {
	s.entries = append(s.entries, entries...)
	for _, e := range entries {
		s.events += s.count(e)
	}
}

// take returns the entries up to the one that makes them enoughEvents.
func (s *slot[E]) take() []E {
	n, events := 0, 0
	for n < len(s.entries) && events < enoughEvents {
		events += s.count(s.entries[n])
		n++
	}
	taken := s.entries[:n:n]
	s.entries, s.events = s.entries[n:], s.events-events
	return taken
}

func newMailbox() *mailbox {
	b := &mailbox{news: make(chan struct{}, 1)}
	b.log.room, b.log.count = make(chan struct{}, 1), func(e chat.Entry) int { return len(e.Envelope.Events) }
	b.shelf.room, b.shelf.count = make(chan struct{}, 1), func(chat.ShelfEntry) int { return 1 }
	return b
}

// pump moves entries from a tail into its slot until ctx ends or the tail does.
func pump[E any](ctx context.Context, b *mailbox, s *slot[E], next func(context.Context, int) ([]E, error)) {
	defer func() {
		if r := recover(); r != nil {
			b.fail(fmt.Errorf("panic in a tail: %v", r))
		}
	}()
	for {
		b.mu.Lock()
		room := s.free()
		b.mu.Unlock()
		if room == 0 {
			select {
			case <-s.room:
				continue
			case <-ctx.Done():
				return
			}
		}
		entries, err := next(ctx, room)
		if err != nil {
			b.fail(err)
			return
		}
		b.mu.Lock()
		s.put(entries)
		b.mu.Unlock()
		wake(b.news)
	}
}

func (b *mailbox) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
	}
	wake(b.news)
}

// take waits for entries and returns those there are, up to the bounds.
func (b *mailbox) take(ctx context.Context) (chat.Batch, error) {
	for {
		b.mu.Lock()
		batch := chat.Batch{Log: b.log.take(), Shelf: b.shelf.take()}
		err := b.err
		b.mu.Unlock()
		if len(batch.Log)+len(batch.Shelf) > 0 {
			wake(b.log.room)
			wake(b.shelf.room)
			return batch, nil
		}
		if err != nil {
			return batch, err
		}
		select {
		case <-b.news:
		case <-ctx.Done():
			return batch, ctx.Err()
		}
	}
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
