package blob

import (
	"context"
	"sync"
)

// holds keeps Sweep and the users of a blob apart, hash by hash: any number of
// users, or the sweep, never both. It has one entry per hash in use.
type holds struct {
	mu sync.Mutex
	by map[Hash]*hold
}

type hold struct {
	users int
	swept chan struct{} // not nil while the sweep has it; closed when it lets go
}

// take waits for a sweep of this very hash to end and holds it then.
func (h *holds) take(ctx context.Context, hash Hash) error {
	for {
		h.mu.Lock()
		held := h.by[hash]
		if held == nil {
			held = &hold{}
			h.by[hash] = held
		}
		if held.swept == nil {
			held.users++
			h.mu.Unlock()
			return nil
		}
		h.mu.Unlock()
		select {
		case <-held.swept:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (h *holds) drop(hash Hash) {
	h.mu.Lock()
	defer h.mu.Unlock()
	held := h.by[hash]
	if held.users--; held.users == 0 {
		delete(h.by, hash)
	}
}

// sweep gives the hash to the sweep, if nobody uses it.
func (h *holds) sweep(hash Hash) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.by[hash] != nil {
		return false
	}
	h.by[hash] = &hold{swept: make(chan struct{})}
	return true
}

func (h *holds) endSweep(hash Hash) {
	h.mu.Lock()
	defer h.mu.Unlock()
	close(h.by[hash].swept)
	delete(h.by, hash)
}
