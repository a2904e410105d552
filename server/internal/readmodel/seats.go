package readmodel

import (
	"sync"
	"time"

	"charla/server/chat"
)

// mostSeats bounds the answers to Seat that are kept, some 100 bytes each. When
// there are so many, all are forgotten and read again.
const mostSeats = 1 << 16

// seats keeps answers to Seat, which is asked before each message, key and page.
// Apply forgets those of whoever came or went; what was read before that is not
// kept after it.
type seats struct {
	mu      sync.Mutex
	changes uint64 // of membership; grows
	of      map[seatKey]sitting
}

// sitting is what somebody is to a conversation.
type sitting struct {
	kind    chat.Kind
	member  bool
	left    chat.Number
	gone    chat.Position
	barred  bool
	slow    time.Duration
	role    chat.Role
	writers chat.Writers
	pending bool
	until   int64 // silenced until then, Unix milliseconds
	asked   bool
	alone   bool // in a talk with somebody who was forgotten
}

// kept is an answer that holds, or the number to hand to keep after reading one.
func (s *seats) kept(k seatKey) (is sitting, ok bool, changes uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	is, ok = s.of[k]
	return is, ok, s.changes
}

// keep keeps an answer, unless a membership has changed since it was asked for.
func (s *seats) keep(k seatKey, is sitting, changes uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if changes != s.changes {
		return
	}
	if s.of == nil || len(s.of) >= mostSeats {
		s.of = map[seatKey]sitting{}
	}
	s.of[k] = is
}

// forget forgets what the changes of a batch contradict, and some others.
func (s *seats) forget(changes []chat.Change, others ...seatKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range others {
		s.changes++
		delete(s.of, k)
	}
	for _, c := range changes {
		switch c.Kind {
		case chat.Joined, chat.Left:
			s.changes++
			delete(s.of, seatKey{c.Conversation, c.Member.User})
		case chat.Entered, chat.Exited:
			s.changes++
			delete(s.of, seatKey{c.Conversation, c.User})
		case chat.Revised: // anybody's there
			s.changes++
			s.of = nil
		}
	}
}

// forgetAll forgets them: what changed is somebody's everywhere.
func (s *seats) forgetAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes++
	s.of = nil
}
