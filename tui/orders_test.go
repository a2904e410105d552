package tui

import "testing"

// What a sentence tells to type works as it stands there: with the slash, and in
// the words of whoever reads it.
func TestWhatASentenceTellsToTypeWorksHere(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		s.Group(a, "Equipo", e)
		s.Settle()
		ana := s.sit(a, 140, 24)
		ana.Type("/dejar equipo\n")
		s.settle(ana)
		ana.sees("di quién sigue, por ejemplo: /grupo salir equipo eva")
		ana.Key("ctrl+u")
		ana.Type("/sala nueva lobby\n")
		s.settle(ana)
		ana.sees("para entrar: /entrar lobby")
	})
}
