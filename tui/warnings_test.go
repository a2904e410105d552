package tui

import (
	"testing"
	"time"

	"charla/server/chat"
)

// Who is warned reads so at once, in front of everything, and until a key closes
// it: on whatever screen they come to, then nowhere any more. What they were typing
// does not close it.
func TestWarningOnTheScreen(t *testing.T) {
	story(t, func(s *stage) {
		ada, beto := s.Person("ada"), s.Person("beto")
		if _, err := s.Service.Operator().GiveRank(s.Ctx, "ada", chat.RankAdmin); err != nil {
			t.Fatal(err)
		}
		warn := func(reason string) {
			t.Helper()
			if err := ada.Warn(s.Ctx, "beto", reason); err != nil {
				t.Fatal(err)
			}
		}
		warn("sin enlaces")
		screen := s.sit(beto, 80, 24)
		s.settle(screen)
		screen.sees("sin enlaces", "Enter: lo he leído")
		golden(t, "warning", screen.Text())
		screen.leave() // without a word
		s.settle()
		screen, other := s.sit(beto, 40, 20), s.sit(beto, 80, 24)
		s.settle(screen, other)
		screen.sees("sin enlaces")
		other.sees("sin enlaces")
		warn("sin gritos")
		s.settle(screen, other)
		time.Sleep(startled)
		screen.Key("enter")
		s.settle(screen, other)
		screen.missing("sin enlaces")
		other.missing("sin enlaces")
		screen.sees("sin gritos")
		other.sees("sin gritos")
		screen.Type("x\n")
		s.settle(screen)
		screen.sees("sin gritos")
		time.Sleep(startled)
		screen.Key("esc")
		s.settle(screen, other)
		screen.missing("sin gritos")
		other.missing("sin gritos")
		s.sit(beto, 80, 24).missing("sin gritos", "sin enlaces")
	})
}
