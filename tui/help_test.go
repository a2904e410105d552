package tui

import (
	"strings"
	"testing"

	"charla/server/chat"
)

// The help said the same reason behind each key that could not be used, and twice in
// a row how to write.
func TestTheHelpSaysThingsOnceRegression(t *testing.T) {
	story(t, func(s *stage) {
		ana := s.sit(s.Person("ana"), 80, 60)
		ana.Key("f1")
		for _, once := range []string{"solo hay una ventana; Esc o abre otra", "pulsa Enter", "✓✓ 1/2 en un grupo", "CONV puede faltar"} {
			if n := strings.Count(ana.Text(), once); n != 1 {
				t.Errorf("%q stands there %d times:\n%s", once, n, ana.Text())
			}
		}
		ana.sees("ventana anterior *", "* solo hay una ventana")
	})
}

// Ana was made an admin while she sat there, and her help did not know it.
func TestTheHelpKnowsTheRankOfNowRegression(t *testing.T) {
	story(t, func(s *stage) {
		ana := s.sit(s.Person("ana"), 100, 400)
		ana.Key("f1", "pgdown") // where it ends
		s.settle(ana)
		ana.missing("/admin gente")
		ana.Key("esc")
		for _, step := range []struct {
			rank  chat.Rank
			shown bool
		}{{chat.RankAdmin, true}, {chat.RankMember, false}} {
			if _, err := s.Service.Operator().GiveRank(s.Ctx, "ana", step.rank); err != nil {
				t.Fatal(err)
			}
			s.Settle()
			ana.Key("f1", "pgdown") // where it ends
			s.settle(ana)
			if ana.Contains("/admin gente") != step.shown {
				t.Errorf("the help of a %s:\n%s", step.rank, ana.Text())
			}
			ana.Key("esc")
		}
	})
}

// A guest's help listed what guests may not do.
func TestAGuestIsNotOfferedToInviteRegression(t *testing.T) {
	story(t, func(s *stage) {
		s.Service.SetPolicy(chat.Policy{Guests: true})
		p, err := s.Service.Visit(s.Ctx, "eva")
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range []struct {
			who     *chat.Actor
			offered bool
		}{{s.Service.Actor(p), false}, {s.Person("ana"), true}} {
			seat := s.sit(one.who, 100, 400)
			seat.Key("f1")
			s.settle(seat)
			if seat.Contains("/invitar") != one.offered {
				t.Errorf("%s is shown\n%s", one.who.Me().Nick, seat.Text())
			}
			seat.leave()
		}
	})
}
