package tui

import "testing"

// Both land in the lobby with the composer ready; what one sends the other sees
// at once.
func TestTwoPeopleMeetInTheLobby(t *testing.T) {
	story(t, func(s *stage) {
		ana, beto := s.sit(s.Person("ana"), 80, 24), s.sit(s.Person("beto"), 80, 24)
		ana.Type("hola a todos\n")
		s.settle(ana, beto)
		beto.sees("hola a todos", "ana ")
		t.Log("\n" + beto.Text())
		t.Log("\n" + ana.Text())
	})
}
