package tui

import (
	"testing"

	"charla/server/chat"
)

// The private line that follows a name nobody has went to the public lobby.
func TestNobodyOfThatNameRegression(t *testing.T) {
	ways := []struct{ typed, then string }{
		{"\x0bmartta\rsecreto\r", "> marttasecreto"},
		{"\x0brobrto\rsecreto\r", "> robrtosecreto"},
		{"\x0bbby\rsecreto\r", "> bbysecreto"},
		{"\x1bozzzz\rsecreto\r", "> zzzzsecreto"},
		{"/go martta\rsecreto\r", "> /go marttasecreto"},
		{"/ventana martta\rsecreto\r", "> /ventana marttasecreto"},
	}
	for _, way := range ways {
		story(t, func(s *stage) {
			a := s.Person("ana")
			s.Person("roberto")
			ana := s.sit(a, 80, 24)
			ana.Raw([]byte(way.typed))
			s.settle(ana)
			ana.sees(way.then)
			ana.Type(" y más\n")
			s.settle(ana)
			if got := s.Texts(a, s.Lobby()); len(got) != 0 {
				t.Fatalf("after %q the lobby got %q", way.typed, got)
			}
		})
	}
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		ana.Key("ctrl+k") // as slowly as people do
		ana.Type("marta")
		ana.sees("nada se llama así")
		ana.Key("enter")
		ana.Type("secreto")
		ana.Key("enter")
		s.settle(ana)
		ana.sees("> martasecreto", "nada se llama así")
		if got := s.Texts(a, s.Lobby()); len(got) != 0 {
			t.Fatalf("the lobby got %q", got)
		}
	})
}

// Beside nine open windows no tenth opens: what was meant for it went to the
// one in focus.
func TestNoTenthWindowRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 140, 40)
		for _, nick := range []chat.Nick{"p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"} {
			s.Person(nick)
			ana.Type("/win " + string(nick) + "\n")
			s.settle(ana)
		}
		ana.Key("ctrl+u")
		ana.Raw([]byte("/win p9\rsecreto\r"))
		s.settle(ana)
		ana.sees("hay 9 ventanas abiertas", "> /win p9secreto")
	})
}

// Signs that no name has listed everybody, and Enter opened the first.
func TestSignsNoNameHasRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Say(b, s.Talk(b, a), "hola")
		s.Group(a, "¡Fiesta!: 日本", b)
		ana := s.sit(a, 80, 24)
		for _, typed := range []string{"beto!", "日本語", "marta: hola", "@", "(", "%"} {
			ana.Key("ctrl+k")
			ana.Type(typed)
			ana.sees("nada se llama así")
			ana.missing("▶ beto", "▶ lobby")
			ana.Key("enter")
			ana.sees("> "+typed, "1 lobby")
			ana.Key("esc")
		}
		ana.Key("ctrl+k")
		ana.Type("fiesta!: 日")
		ana.sees("¡Fiesta!: 日本")
		ana.Key("enter")
		ana.sees("1 ¡Fiesta!: 日本")
	})
}

// A line refused as a command was lost.
func TestRefusedLineRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		ana.Type("/etc/hosts existe\n")
		s.settle(ana)
		ana.sees("> /etc/hosts existe", "escribe //")
		ana.Key("home")
		ana.Type("/\n")
		s.settle(ana)
		if got := s.Texts(a, s.Lobby()); len(got) != 1 || got[0] != "ana: /etc/hosts existe" {
			t.Fatalf("the lobby got %q", got)
		}
		ana.Type("/enviar betto hola qué tal\n")
		s.settle(ana)
		ana.sees("> /enviar betto hola qué tal")
	})
}

// A group that was just made was not on the screen, and the line after it went
// to the conversation before.
func TestNewGroupOpensRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		s.Person("beto")
		ana := s.sit(a, 80, 24)
		ana.Type("/grupo nuevo \"Cena del viernes\" beto\n¿a las nueve?\n")
		s.settle(ana)
		ana.sees("1 Cena del viernes", "¿a las nueve?")
		if got := s.Texts(a, s.Lobby()); len(got) != 0 {
			t.Fatalf("the lobby got %q", got)
		}
		ana.Type("/grupo nuevo Otra nadie\nsecreto\n")
		s.settle(ana)
		ana.sees("> /grupo nuevo Otra nadiesecreto")
	})
}
