package blob

import (
	"math"
	"sync"
	"time"
)

const (
	// The disk is asked again after so many bytes, or so much time.
	spaceStride = 16 << 20
	spaceMaxAge = time.Second
)

// Reserve is how much of a disk stays free for the log, the read model and
// whatever else lives there: 5 %, and at least 1 GiB, but of a small disk not
// more than a quarter. So 100 GiB keep 5, a card of 8 GiB keeps 1, and half a
// GiB keeps 128 MiB and still takes files.
func Reserve(total uint64) uint64 {
	return max(total/20, min(1<<30, total/4))
}

// space watches over the free disk for all uploads of a store. It asks the
// disk at most once per stride or second, so between two answers the uploads
// together may pass the reserve by one stride, never by more.
type space struct {
	free func() (free, total uint64, err error)
	now  func() time.Time

	mu    sync.Mutex
	asked time.Time
	left  int64 // above the reserve, at the last answer, less what was taken since
	taken int64 // since the last answer
	err   error // of the last question
}

// take asks for room for n bytes about to be written to a file that grows by
// grow, which is more than n when a hole is left. It returns ErrDiskFull when
// the reserve would be touched. A disk that does not answer lets the write
// pass: the system still says no when it must.
func (s *space) take(op string, n, grow int64) error {
	if s.free == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if age := s.now().Sub(s.asked); s.taken >= spaceStride || age < 0 || age >= spaceMaxAge {
		s.ask()
	}
	if s.err == nil && s.left < max(n, grow, 1) {
		return refuse(op, ErrDiskFull)
	}
	s.left -= n
	s.taken += n
	return nil
}

// ask renews the answer; s.mu must be held.
func (s *space) ask() {
	free, total, err := s.free()
	s.asked, s.taken, s.err = s.now(), 0, err
	s.left = 0
	if reserve := Reserve(total); free > reserve {
		s.left = int64(min(free-reserve, math.MaxInt64))
	}
}
