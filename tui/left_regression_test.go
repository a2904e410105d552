package tui

import (
	"testing"

	"charla/server/chat"
)

// Somebody who had left a group and opened its window, for its history, went on
// reading what the others said.
func TestALeftGroupStaysSilentRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		group := s.Group(a, "Equipo", e)
		s.Say(a, group, "antes de irse")
		s.Leave(e, group)
		s.Settle()
		eva := s.sit(e, 100, 24)
		eva.Key("ctrl+k")
		eva.Type("equipo\n")
		s.settle(eva)
		eva.sees("antes de irse")
		s.Say(a, group, "ahora que no está")
		s.Say(a, s.Lobby(), "hola a todos")
		s.settle(eva)
		eva.sees("hola a todos") // so what came before would be here too
		eva.missing("ahora que no está")

		// Who comes back hears again, at once.
		s.Add(a, group, e)
		s.settle(eva)
		s.Say(a, group, "bienvenida")
		s.settle(eva)
		eva.sees("bienvenida")
	})
}

// A screen that lost the news about its own person may have lost that they were
// taken out of a group, and went on reading it.
func TestADoubtedGroupIsAskedForAgainRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		left, kept := s.Group(a, "Equipo", e), s.Group(a, "Familia", e)
		s.Say(a, left, "uno")
		s.Say(a, kept, "dos")
		s.Settle()
		eva := s.sit(e, 100, 24)
		for range 2 {
			eva.Key("ctrl+k")
			eva.Type("familia\n")
			s.settle(eva)
		}
		eva.model.doubtGroups() // as when the ring was left behind
		s.Leave(e, left)
		s.Say(a, left, "ahora que no está")
		s.Say(a, kept, "tres")
		s.settle(eva)
		eva.missing("ahora que no está", "tres")
		eva.model.refreshAll()
		eva.Key("ctrl+l") // something to do, so that what waits is asked for
		s.settle(eva)
		eva.missing("ahora que no está")
		eva.sees("tres")
	})
}

// A thousand newcomers in the lobby are one number on each screen.
func TestNewcomersAreCounted(t *testing.T) {
	story(t, func(s *stage) {
		ana := s.sit(s.Person("ana"), 100, 24)
		ana.sees("lobby (1)")
		for _, nick := range []chat.Nick{"beto", "carla", "dani"} {
			s.Person(nick)
		}
		s.settle(ana)
		ana.sees("lobby (4)")
	})
}
