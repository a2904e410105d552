package tui

import (
	"testing"

	"charla/server/chat"
)

// Nothing told who wrote to a stranger that it waits.
func TestWhoAsksIsToldThatItWaitsRegression(t *testing.T) {
	story(t, func(s *stage) {
		b, e := s.Person("beto"), s.Person("eva")
		eva := s.sit(e, 80, 24)
		eva.Type("/go beto\n")
		s.settle(eva)
		eva.Type("hola\n")
		s.settle(eva)
		eva.sees("beto todavía no te ha dejado entrar; hasta 5 mensajes", "✓")
		eva.missing("✓✓")
		eva.Type("dos\ntres\ncuatro\ncinco\nseis\n")
		s.settle(eva)
		eva.sees("beto todavía no te ha dejado entrar", "Enter reintentar")
		again := s.sit(e, 80, 24) // and so on another screen
		again.Type("/go beto\n")
		s.settle(again)
		again.sees("hasta 5 mensajes")
		if _, err := b.Accept(s.Ctx, chat.Ref{ID: s.Talk(b, e).ID}); err != nil {
			t.Fatal(err)
		}
		s.settle(eva, again)
		eva.missing("todavía no te ha dejado")
		again.missing("todavía no te ha dejado")
		eva.Key("enter")
		s.settle(eva)
		eva.missing("Enter reintentar")
		eva.sees("seis")
	})
}

// The bar above the composer was cut where most people sit.
func TestTheBarOfARequestStandsWholeRegression(t *testing.T) {
	for width, want := range map[int]string{
		60: "eva quiere escribirte: Enter decide",
		80: "eva quiere escribirte: Enter decide, contestar acepta",
	} {
		story(t, func(s *stage) {
			a, e := s.Person("ana"), s.Person("eva")
			s.Say(e, s.Talk(e, a), "hola")
			ana := s.sit(a, width, 24)
			ana.Type("/go eva\n")
			s.settle(ana)
			ana.sees(want)
			ana.missing("…  ", "acep…")
		})
	}
	story(t, func(s *stage) {
		const long = "una-persona-de-nombre-largo-aqui"
		a, e := s.Person("ana"), s.Person(long)
		s.Say(e, s.Talk(e, a), "hola")
		for _, width := range []int{60, 80} {
			ana := s.sit(a, width, 24)
			ana.Key("ctrl+k")
			ana.Type(long + "\n")
			s.settle(ana)
			ana.sees("Enter decide")
			ana.leave()
		}
	})
}
