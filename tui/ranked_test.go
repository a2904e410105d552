package tui

import (
	"testing"

	"charla/server/chat"
)

// Somebody to whom the server was given read nothing of it, and nothing when it was
// taken from them: what they may do had changed without a word.
func TestAnotherRankIsToldOnTheScreenRegression(t *testing.T) {
	story(t, func(s *stage) {
		o, a := s.Person("olga"), s.Person("ana")
		s.Settle()
		olga, ana := s.sit(o, 100, 24), s.sit(a, 100, 24)
		for _, change := range []struct {
			rank chat.Rank
			line string
		}{
			{chat.RankAdmin, "┊ ahora cuidas de este servidor (administración): /admin ayuda"},
			{chat.RankOwner, "┊ ahora cuidas de este servidor (propiedad): /admin ayuda"},
			{chat.RankMember, "┊ ya no cuidas de este servidor"},
		} {
			if _, err := s.Service.Operator().GiveRank(s.Ctx, "ana", change.rank); err != nil {
				t.Fatal(err)
			}
			s.settle(olga, ana)
			ana.sees(change.line)
			olga.missing("de este servidor")
			ana.Type("/admin gen\t")
			s.settle(ana)
			if offered := ana.Contains("> /admin gente"); offered != change.rank.LooksAfter() {
				t.Errorf("as %s she is offered what those may do who look after the server: %v\n%s", change.rank, offered, ana.Text())
			}
			ana.Key("ctrl+u")
		}
		s.sit(a, 100, 24).missing("de este servidor") // who comes later has it no more
	})
}

// The reports that wait for those who look after the server are told with it.
func TestWhoComesToLookAfterTheServerReadsWhatWaits(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		if _, err := a.Report(s.Ctx, s.Say(b, s.Lobby(), "compra ya"), "anuncio"); err != nil {
			t.Fatal(err)
		}
		e := s.Person("eva")
		s.Settle()
		eva := s.sit(e, 100, 24)
		eva.missing("denuncia")
		if _, err := s.Service.Operator().GiveRank(s.Ctx, "eva", chat.RankAdmin); err != nil {
			t.Fatal(err)
		}
		s.settle(eva)
		eva.sees("ahora cuidas de este servidor", "/admin denuncias")
	})
}
