package tui

import (
	"strings"
	"testing"
)

// A command that was refused stood in the way of the next one, which was written
// behind it: /leave/topic/group.
func TestACommandAfterARefusedOneRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		for _, refused := range []string{"/nadie así", "/silenciar nadie"} {
			ana.Type(refused + "\n")
			s.settle(ana)
			ana.sees("> "+refused, "/ empieza otra")
			ana.Type("/salas\n")
			s.settle(ana)
			ana.sees("* lobby", "> escribe un mensaje")
		}
		// What is not another command mends it.
		ana.Type("/sala")
		ana.Type("sx\n")
		s.settle(ana)
		ana.Key("backspace")
		ana.Type("\n")
		s.settle(ana)
		ana.sees("> escribe un mensaje")
	})
}

// The composer emptied, and that was all.
func TestAnEmptyListIsSaidOnTheScreen(t *testing.T) {
	story(t, func(s *stage) {
		ana := s.sit(s.Person("ana"), 80, 24)
		for typed, told := range map[string]string{
			"/peticiones": "nadie espera a que le dejes entrar", "/bloqueados": "no has bloqueado a nadie", "/leer lobby": "no hay nada que leer en lobby",
		} {
			ana.Type(typed + "\n")
			s.settle(ana)
			ana.sees(told, "> escribe un mensaje")
		}
	})
}

// Inside a conversation a command that was given none means it.
func TestACommandMeansWhereOneIs(t *testing.T) {
	story(t, func(s *stage) {
		a, b, c := s.Person("ana"), s.Person("beto"), s.Person("carla")
		s.Befriend(a, c)
		group, other := s.Group(a, "Equipo", b), s.Group(a, "Familia", b)
		s.Settle()
		ana := s.sit(a, 100, 30)
		ana.Type("/go equipo\n")
		s.settle(ana)
		for _, order := range []struct{ typed, sees string }{
			{"/mute 1h", "equipo"},
			{"/unmute", "equipo"},
			{"/group add carla", "equipo"},
			{"/group add familia carla", "familia"},
			{"/topic Cenas y comidas", "equipo: Cenas y comidas"},
			{"/topic", "equipo: Cenas y comidas"},
			{`/topic "De todo"`, "equipo: De todo"},
			{"/topic familia Planes", "familia: Planes"},
			{"/slow 10s", "equipo"},
			{"/group role beto admin", "equipo"},
		} {
			ana.Type(order.typed + "\n")
			s.settle(ana)
			ana.sees(order.sees, "> escribe un mensaje")
		}
		if got := s.See(a, group); got.Members != 3 || got.Topic != "De todo" {
			t.Errorf("the group is %+v", got)
		}
		if got := s.See(a, other); got.Members != 3 || got.Topic != "Planes" {
			t.Errorf("the other one is %+v", got)
		}
		// What may be meant for elsewhere is never taken for here.
		for _, typed := range []string{"/topic famila secreto", "/leave familla", "/leave beto", "/send hola", "/group rename Nueva", "/topic carla secreto"} {
			ana.Type(typed + "\n")
			s.settle(ana)
			ana.sees("> " + typed)
		}
		if got := s.See(a, group); got.Topic != "De todo" || got.Title != "Equipo" || !got.Member {
			t.Errorf("the group is %+v", got)
		}
		bob := s.sit(b, 100, 30)
		bob.Type("/go equipo\n")
		s.settle(bob)
		bob.Type("/leave\n")
		s.settle(bob)
		bob.sees("no estás dentro")
		if got := s.See(b, other); !got.Member {
			t.Error("he left another one")
		}
		if got := strings.Join(s.Texts(a, group), "|"); got != "" {
			t.Errorf("said %q", got)
		}
	})
}

// "No Los here" did not tell who renamed the group they were in what to do about it.
func TestRenamingSaysThatTheGroupIsNamedFirst(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		group := s.Group(a, "Familia Peña", s.Person("beto"))
		s.Settle()
		ana := s.sit(a, 110, 24)
		ana.Type("/group rename Los Ruiz\n")
		s.settle(ana)
		ana.sees("aquí no hay Los")
		if text := ana.Text(); strings.Contains(text, "di primero cuál") {
			t.Errorf("in the lobby, which has no title, she reads\n%s", text)
		}
		ana.Key("ctrl+u")
		ana.Type("/go familia-pena\n")
		s.settle(ana)
		for _, typed := range []struct{ line, sees string }{
			{"/group rename familia-pna Los Ruiz", "aquí no hay familia-pna; ¿familia-pena?"},
			{"/group rename Ruiz", "aquí no hay Ruiz; di primero cuál: /grupo renombrar familia-pena Ruiz"},
			{"/group rename Los Ruiz", "aquí no hay Los; di primero cuál: /grupo renombrar familia-pena Los Ruiz"},
			{"/grupo renombrar familia-pena Los Ruiz", "se llama ahora Los Ruiz"},
		} {
			ana.Key("ctrl+u")
			ana.Type(typed.line + "\n")
			s.settle(ana)
			ana.sees(typed.sees)
		}
		if got := s.See(a, group); got.Title != "Los Ruiz" {
			t.Errorf("the group is %+v", got)
		}
	})
}

// Tab within a command that was half typed went to another window, with the rest.
func TestTabStaysInACommandRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		s.Befriend(a, b)
		ana := s.sit(a, 140, 30)
		ana.Key("esc", "o")
		ana.Type("beto\n")
		s.settle(ana)
		for typed, want := range map[string]string{
			"/grupo ":      "> /grupo añadir",
			"/grupo re":    "> /grupo renombrar",
			"/silenciar ":  "> /silenciar",
			"/slow be":     "> /slow beto",
			"/lento beto ": "> /lento beto",
			"/nada de ":    "> /nada de",
		} {
			ana.Type(typed)
			ana.Key("tab")
			s.settle(ana)
			if ana.model.current().talk.Handle != "beto" {
				t.Fatalf("Tab after %q goes to another window:\n%s", typed, ana.Text())
			}
			ana.sees(want)
			ana.Key("ctrl+u")
		}
		ana.Key("tab")
		if ana.model.current().talk.Handle == "beto" {
			t.Error("Tab goes nowhere where nothing is written")
		}
	})
}

// Who looks for a name that nobody has is told what to do next.
func TestANameThatIsNoneLeadsOn(t *testing.T) {
	for _, enter := range []bool{false, true} {
		story(t, func(s *stage) {
			ana := s.sit(s.Person("ana"), 80, 24)
			ana.Key("ctrl+k")
			ana.Type("zzzz")
			if enter {
				ana.Key("enter")
			}
			s.settle(ana)
			ana.sees("nada se llama así", "/salas", "/grupo nuevo")
		})
	}
}
