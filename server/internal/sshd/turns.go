package sshd

import (
	"context"
	"net/netip"
	"sync"
)

// perAddress is how many hashes one address has computed, or waits for in the
// Hasher's queue, at once: all of the queue would shut out everybody else.
const perAddress = 2

// turns lets each address use its share of the Hasher. Whoever is over it waits
// here, on the goroutine of a connection that has not signed in: those are
// bounded, and where too many wait the gate drops one of the largest crowd.
type turns struct {
	mu sync.Mutex
	of map[netip.Prefix]*turn
}

type turn struct {
	slots chan struct{} // holds those whose turn it is
	users int           // who has it or waits; turns.mu
}

func newTurns() *turns { return &turns{of: map[netip.Prefix]*turn{}} }

// wait returns when it is the turn of somebody from there, until end is called.
func (t *turns) wait(ctx context.Context, from netip.Prefix) (end func(), err error) {
	t.mu.Lock()
	mine := t.of[from]
	if mine == nil {
		mine = &turn{slots: make(chan struct{}, perAddress)}
		t.of[from] = mine
	}
	mine.users++
	t.mu.Unlock()
	select {
	case mine.slots <- struct{}{}:
		return func() {
			<-mine.slots
			t.leave(from, mine)
		}, nil
	case <-ctx.Done():
		t.leave(from, mine)
		return nil, context.Cause(ctx)
	}
}

func (t *turns) leave(from netip.Prefix, mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if mine.users--; mine.users == 0 {
		delete(t.of, from)
	}
}
