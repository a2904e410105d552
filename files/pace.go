package files

import (
	"errors"
	"time"

	"charla/server/chat"
)

// pace waits until the person's budget has room for n bytes of a file more.
// Whoever has put very much goes on slowly, and is told so once: nothing is cut,
// and the client waits for its answers. It ends with the session.
func (s *session) pace(n int) error {
	for {
		err := s.actor.Transfer(int64(n))
		busy := (*chat.Error)(nil)
		if !errors.As(err, &busy) || busy.Code != chat.TooFast {
			return err
		}
		if !s.slow.Swap(true) {
			s.say(s.words.Files.Slowly)
		}
		select {
		case <-time.After(max(busy.Wait, 10*time.Millisecond)):
		case <-s.ctx.Done():
			return &chat.Error{Code: chat.Unavailable}
		}
	}
}
