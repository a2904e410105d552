package tui

import (
	"testing"
	"time"

	"charla/server/i18n"
)

// What says why nothing can be written, and what to do about it, was cut before it
// said the latter.
func TestWhyNothingIsWrittenStandsWholeRegression(t *testing.T) {
	for _, at := range []struct {
		lang          i18n.Lang
		width, height int
		sees          []string
		blocked       []string
	}{
		{i18n.English, 80, 24, []string{"you may not write here for 1 h", "can tell you why"}, []string{"/unblock eva takes it back"}},
		{i18n.Spanish, 80, 24, []string{"no puedes escribir aquí durante 1 h", "por qué"}, []string{"/desbloquear eva lo quita"}},
		{i18n.Spanish, 40, 12, []string{"no puedes escribir aquí durante 1 h", "por qué"}, []string{"has bloqueado a eva", "lo quita"}},
	} {
		story(t, func(s *stage) {
			b, e := s.Person("beto"), s.Person("eva")
			s.Befriend(b, e)
			beto := s.sit(b, at.width, at.height, func(c *Config) { c.Words = i18n.For(at.lang) })
			beto.goes("eva")
			if _, err := b.Block(s.Ctx, "eva"); err != nil {
				t.Fatal(err)
			}
			s.settle(beto)
			beto.sees(at.blocked...)
			beto.goes("lobby")
			if _, err := s.Service.Operator().Silence(s.Ctx, "beto", time.Hour, ""); err != nil {
				t.Fatal(err)
			}
			s.settle(beto)
			time.Sleep(startled)
			beto.Key("enter")
			beto.Type("x")
			s.settle(beto)
			beto.sees(at.sees...)
		})
	}
}

// On a phone the line about files pushed off the screen who one is and what to do.
func TestANewcomerOnAPhoneIsToldWhoTheyAreRegression(t *testing.T) {
	for _, lang := range []i18n.Lang{i18n.Spanish, i18n.English} {
		story(t, func(s *stage) {
			luis := s.sit(s.Person("luis"), 40, 12, func(c *Config) { c.New, c.Words = true, i18n.For(lang) })
			luis.sees("luis. ")
			luis.missing("scp")
			luis = s.sit(s.Person("eva"), 80, 24, func(c *Config) { c.New, c.Words = true, i18n.For(lang) })
			luis.sees("eva. ", "scp")
		})
	}
}
