package tui

import (
	"strings"
	"testing"

	"charla/server/chat"
)

// A room that its person left in another session stayed in the list, and its
// windows looked as before.
func TestWhatWasLeftElsewhereIsGoneRegression(t *testing.T) {
	story(t, func(s *stage) {
		o, e := s.Person("olga"), s.Person("eva")
		if _, err := s.Service.Operator().GiveRank(s.Ctx, "olga", chat.RankOwner); err != nil {
			t.Fatal(err)
		}
		room, err := o.OpenRoom(s.Ctx, "plaza", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Join(s.Ctx, room.Ref()); err != nil {
			t.Fatal(err)
		}
		s.Say(o, room.Ref(), "bienvenida")
		s.Settle()
		eva := s.sit(e, 100, 24)
		eva.Type("/go plaza\n")
		s.settle(eva)
		eva.sees("1 plaza (2)", "plaza (2)   ")
		s.Leave(e, room.Ref())
		s.settle(eva)
		eva.sees("1 plaza (1) no estás dentro", "no estás dentro; /entrar plaza")
		if listed(eva, "plaza") {
			t.Fatalf("plaza is in the list still:\n%s", eva.Text())
		}
		s.Say(o, room.Ref(), "se oye desde fuera")
		s.settle(eva)
		eva.sees("se oye desde fuera")
		if eva.Title() != "charla" {
			t.Errorf("what is said where she is not counts: %q", eva.Title())
		}
		eva.Type("/entrar plaza\n")
		s.settle(eva)
		eva.missing("no estás dentro")
		if !listed(eva, "plaza") {
			t.Fatalf("plaza is not in the list again:\n%s", eva.Text())
		}
	})
}

func TestAGroupLeftElsewhereIsGone(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		group := s.Group(a, "Equipo", e)
		s.Say(a, group, "hola")
		s.Settle()
		eva := s.sit(e, 100, 24)
		eva.Type("/go equipo\n")
		s.settle(eva)
		s.Leave(e, group)
		s.settle(eva)
		eva.sees("1 Equipo", "no estás dentro")
		eva.missing("/entrar equipo")
		if listed(eva, "Equipo") {
			t.Fatalf("it is in the list still:\n%s", eva.Text())
		}
	})
}

// listed tells whether a name stands in the list.
func listed(p *seat, name string) bool {
	for _, row := range strings.Split(p.Text(), "\n") {
		if list, _, split := strings.Cut(row, "│"); split && strings.Contains(list, name) {
			return true
		}
	}
	return false
}

// Who is put out of a group and brought back while it is open reads that at once, and
// what was said meanwhile: the next line was simply a message, and what had happened
// stood there for who opened the group anew.
func TestWhoIsBroughtBackReadsItRegression(t *testing.T) {
	for _, goes := range []struct {
		how  func(s *stage, a, e *chat.Actor, group chat.Ref) error
		line string
	}{
		{func(s *stage, a, _ *chat.Actor, group chat.Ref) error {
			_, err := a.Remove(s.Ctx, group, "eva")
			return err
		}, "· ana te sacó ·"},
		{func(s *stage, _, e *chat.Actor, group chat.Ref) error { s.Leave(e, group); return nil }, "· saliste ·"},
	} {
		story(t, func(s *stage) {
			a, b, e := s.Person("ana"), s.Person("beto"), s.Person("eva")
			group := s.Group(a, "Equipo", b, e)
			s.Say(a, group, "hola")
			s.Settle()
			eva := s.sit(e, 100, 24)
			eva.Type("/go equipo\n")
			s.settle(eva)
			if err := goes.how(s, a, e, group); err != nil {
				t.Fatal(err)
			}
			s.settle(eva)
			eva.sees(goes.line, "no estás dentro")
			s.Say(b, group, "ahora que no está")
			s.settle(eva)
			eva.missing("ahora que no está")
			s.Add(a, group, e)
			s.settle(eva)
			eva.sees("· ana te añadió ·")
			eva.missing("no estás dentro")
			s.Say(e, group, "gracias")
			s.Say(a, group, "de nada")
			s.settle(eva)
			text := eva.Text()
			at := 0
			for _, line := range []string{goes.line, "▌ ahora que no está", "· ana te añadió ·", "    gracias", "▌ de nada"} {
				if y := strings.Index(text, line); y <= at || strings.Count(text, line) != 1 {
					t.Fatalf("%q stands there at %d, %d times, after %d:\n%s", line, y, strings.Count(text, line), at, text)
				} else {
					at = y
				}
			}
			late := s.sit(e, 100, 24)
			late.Type("/go equipo\n")
			s.settle(late)
			late.sees(goes.line, "ahora que no está", "· ana te añadió ·")
		})
	}
}
