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
		time.Sleep(startled)
		screen.Key("enter")
		s.settle(screen, other)
		screen.missing("sin enlaces")
		other.missing("sin enlaces")
		warn("sin gritos")
		s.settle(screen, other)
		screen.sees("sin gritos")
		other.sees("sin gritos")
		screen.Type("x\n")
		s.settle(screen)
		screen.sees("sin gritos", "> x")
		time.Sleep(startled)
		screen.Key("esc")
		s.settle(screen, other)
		screen.missing("sin gritos")
		other.missing("sin gritos")
		s.sit(beto, 80, 24).missing("sin gritos", "sin enlaces")
	})
}

// Who came back was told in one box after another, the oldest first, that they may
// write again, which said nothing of what had been; and what they typed meanwhile was
// gone.
func TestWhatIsOverIsToldTogetherRegression(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 12}} {
		story(t, func(s *stage) {
			beto, system := s.Person("beto"), s.Service.Operator()
			do := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			silence := func(term time.Duration, reason string) {
				_, err := system.Silence(s.Ctx, "beto", term, reason)
				do(err)
			}
			silence(time.Hour, "gritos")
			do(system.Unsilence(s.Ctx, "beto"))
			do(system.Warn(s.Ctx, "beto", "sin enlaces"))
			silence(time.Minute, "enlaces")
			time.Sleep(2 * time.Minute)
			s.Settle()
			screen := s.sit(beto, size[0], size[1])
			s.settle(screen)
			screen.sees("ya puedes volver a escribir", "gritos", "enlaces")
			screen.missing("no puedes escribir aquí")
			screen.Type("buenas tardes")
			s.settle(screen)
			screen.sees("> buenas tardes", "lo he leído")
			screen.Key("enter") // of what was being typed
			s.settle(screen)
			screen.sees("> buenas tardes", "lo he leído")
			screen.Paste(" a todos")
			time.Sleep(startled)
			screen.Key("enter")
			s.settle(screen)
			if screen.Contains("lo he leído") { // the older ones, where not all fits
				screen.sees("sin enlaces")
				time.Sleep(startled)
				screen.Key("enter")
				s.settle(screen)
			}
			screen.missing("lo he leído", "sin enlaces")
			screen.sees("> buenas tardes a todos")
			s.sit(beto, size[0], size[1]).missing("lo he leído")

			silence(time.Hour, "más gritos")
			s.settle(screen)
			screen.sees("no puedes escribir aquí", "más gritos")
			screen.missing("ya puedes", "sin enlaces")
		})
	}
}
