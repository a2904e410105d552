package load

import (
	"sync"
	"sync/atomic"
	"time"
)

// board knows what was sent and counts where it was seen. All sessions share it.
type board struct {
	latency histogram
	seen    atomic.Int64
	bytes   atomic.Int64 // that came to all sessions
	lastly  atomic.Int64 // when bytes last came, in nanoseconds of the Unix time

	mu   sync.RWMutex
	sent map[marker]message
}

type message struct {
	n      int // from 0, in the order they were sent
	sender int
	at     time.Time
}

func newBoard() *board { return &board{sent: map[marker]message{}} }

// post notes a message before it is written.
func (b *board) post(m marker, msg message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent[m] = msg
}

// taken reports whether a marker was sent before.
func (b *board) taken(m marker) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	_, taken := b.sent[m]
	return taken
}

// arrived counts bytes that came to a session.
func (b *board) arrived(n int, at time.Time) {
	b.bytes.Add(int64(n))
	b.lastly.Store(at.UnixNano())
}

// sight counts a marker in a session's bytes: a delivery if it is one of ours,
// of somebody else, and was not seen there before. had is the session's own.
func (b *board) sight(m marker, session int, at time.Time, had *numbers) {
	b.mu.RLock()
	msg, ours := b.sent[m]
	b.mu.RUnlock()
	if !ours || msg.sender == session || !had.add(msg.n) {
		return
	}
	b.latency.add(at.Sub(msg.at))
	b.seen.Add(1)
}

// numbers is a set of small numbers, a bit each.
type numbers struct{ words []uint64 }

// add reports whether n is new.
func (s *numbers) add(n int) bool {
	for n/64 >= len(s.words) {
		s.words = append(s.words, 0)
	}
	bit := uint64(1) << (n % 64)
	if s.words[n/64]&bit != 0 {
		return false
	}
	s.words[n/64] |= bit
	return true
}
