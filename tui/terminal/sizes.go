package terminal

import "sync"

// Size of a terminal in cells.
type Size struct{ Width, Height int }

// The largest screen that is painted. A client may claim any size; memory and
// the cost of a frame grow with it.
const (
	maxWidth  = 400
	maxHeight = 150
)

func (s Size) clamped() Size {
	return Size{Width: min(max(s.Width, 0), maxWidth), Height: min(max(s.Height, 0), maxHeight)}
}

// Sizes is a mailbox for window sizes that keeps only the latest. The side that
// serves the connection puts, the session takes; putting never blocks, however
// long the session is busy.
type Sizes struct {
	mu sync.Mutex
	c  chan Size
}

// NewSizes makes an empty mailbox.
func NewSizes() *Sizes { return &Sizes{c: make(chan Size, 1)} }

// Put replaces what lies in the mailbox.
func (s *Sizes) Put(size Size) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.c:
	default:
	}
	s.c <- size // cannot block: the mutex is held by the only sender and the slot is empty
}

// C yields the latest size that was not taken yet.
func (s *Sizes) C() <-chan Size { return s.c }
