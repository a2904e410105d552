package tui

import (
	"testing"

	"charla/server/chat"
)

// Who is warned reads so at once, on the screen where they are, and once.
func TestWarningOnTheScreen(t *testing.T) {
	story(t, func(s *stage) {
		ada, beto := s.Person("ada"), s.Person("beto")
		if _, err := s.Service.Operator().GiveRank(s.Ctx, "ada", chat.RankAdmin); err != nil {
			t.Fatal(err)
		}
		if err := ada.Warn(s.Ctx, "beto", "sin enlaces"); err != nil {
			t.Fatal(err)
		}
		screen := s.sit(beto, 120, 24)
		s.settle(screen)
		screen.sees("sin enlaces")
		if err := ada.Warn(s.Ctx, "beto", "sin gritos"); err != nil {
			t.Fatal(err)
		}
		s.settle(screen)
		screen.sees("sin gritos")
		screen.leave()
		s.settle()
		s.sit(beto, 120, 24).missing("sin")
	})
}
