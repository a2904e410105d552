package journal

import (
	"errors"
	"sync"

	"charla/server/chat"
)

// The bounds of what waits for the committer. At either an Append gets
// chat.Unavailable at once, and nothing of it is stored.
const (
	maxWaiting      = 16_384   // Appends
	maxWaitingBytes = 32 << 20 // of encoded events
)

var errBusy = errors.New("too much waits to be stored")

// request is one Append: its encoded events, and where its answer goes.
type request struct {
	events [][]byte
	size   int         // of the encoded events, with separators
	answer chan answer // room for one, so the committer never waits
}

type answer struct {
	at  chat.Position
	err error
}

// queue holds the Appends that wait for the committer, in order.
type queue struct {
	mu      sync.Mutex
	waiting []*request
	bytes   int
	closed  bool
	news    chan struct{} // one wake, however many came
}

func newQueue() *queue { return &queue{news: make(chan struct{}, 1)} }

func (q *queue) push(r *request) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return errClosed()
	case len(q.waiting) >= maxWaiting || q.bytes+r.size > maxWaitingBytes:
		return unavailable(errBusy)
	}
	q.waiting = append(q.waiting, r)
	q.bytes += r.size
	q.wake()
	return nil
}

// withdraw takes r out again; false if the committer has it already.
func (q *queue) withdraw(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, w := range q.waiting {
		if w == r {
			q.waiting = append(q.waiting[:i], q.waiting[i+1:]...)
			q.bytes -= r.size
			return true
		}
	}
	return false
}

// take returns the Appends at the front that fit into one envelope together.
func (q *queue) take() (taken []*request, open bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	events, size, n := 0, 0, 0
	for _, r := range q.waiting {
		events, size = events+len(r.events), size+r.size
		if events > chat.MaxEnvelope || size > maxEvents {
			break
		}
		n++
	}
	taken = append(taken, q.waiting[:n]...)
	rest := copy(q.waiting, q.waiting[n:])
	clear(q.waiting[rest:])
	q.waiting = q.waiting[:rest]
	for _, r := range taken {
		q.bytes -= r.size
	}
	return taken, !q.closed
}

// close refuses what comes and returns what still waited.
func (q *queue) close() []*request {
	q.mu.Lock()
	defer q.mu.Unlock()
	left := q.waiting
	q.waiting, q.bytes, q.closed = nil, 0, true
	q.wake()
	return left
}

func (q *queue) wake() {
	select {
	case q.news <- struct{}{}:
	default:
	}
}
