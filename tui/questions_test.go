package tui

import (
	"testing"

	"charla/server/chat"
	"charla/server/i18n"
)

// Beto pressed Enter where there was nothing to send, which asked whether marta may
// write to him, and began to write "buenas": the b blocked her without a word.
func TestWhatIsTypedDecidesNothingRegression(t *testing.T) {
	story(t, func(s *stage) {
		b, marta := s.Person("beto"), s.Person("marta")
		s.Say(marta, s.Talk(marta, b), "hola")
		beto := s.sit(b, 80, 24)
		beto.Type("/go marta\n")
		s.settle(beto)
		for _, typed := range []string{"buenas", "anda", "2 cosas"} {
			beto.Key("enter")
			beto.sees("¿Dejar que marta te escriba?")
			beto.Type(typed)
			s.settle(beto)
			beto.sees("> "+typed, "marta quiere escribirte")
			beto.missing("¿Dejar que marta te escriba?")
			beto.Key("ctrl+u")
		}
		if blocked, err := b.BlockedPeople(s.Ctx); err != nil || len(blocked) > 0 {
			t.Fatalf("blocked are %v, %v", blocked, err)
		}
	})
}

// What was decided about somebody is said, with the way back.
func TestADecisionIsSaid(t *testing.T) {
	said := map[i18n.Lang][2]string{
		i18n.Spanish: {"marta puede escribirte; /bloquear marta", "has bloqueado a marta; no se le dice. /desbloquear marta"},
		i18n.English: {"marta may write to you; /block marta", "you have blocked marta; they are not told. /unblock marta"},
	}
	for lang, want := range said {
		for i, keys := range [][]string{{"enter"}, {"down", "enter"}} {
			story(t, func(s *stage) {
				b, marta := s.Person("beto"), s.Person("marta")
				s.Say(marta, s.Talk(marta, b), "hola")
				beto := s.sit(b, 120, 24, func(c *Config) { c.Words = i18n.For(lang) })
				beto.Type("/go marta\n")
				s.settle(beto)
				beto.Key("enter")
				beto.Key(keys...)
				s.settle(beto)
				beto.sees(want[i])
			})
		}
	}
}

// The letters of a question stand on it, and no other key answers.
func TestAQuestionNamesItsLetters(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		group := s.team(a, b)
		s.Say(b, group, "hola")
		s.Settle()
		beto := s.sit(b, 80, 24)
		beto.goes("equipo")
		beto.Key("up", "d")
		beto.sees("s/n   Esc lo deja")
		beto.Key("y", "1")
		beto.sees("¿Borrar este mensaje")
		beto.Key("n")
		beto.asks()
		beto.Key("l")
		beto.sees("¿Salir de Equipo?", "s/n   Esc")
		beto.Key("1", "y")
		beto.sees("¿Salir de Equipo?")
		beto.Key("esc")
		ana := s.sit(a, 80, 24)
		ana.goes("equipo")
		ana.Key("up", "!")
		ana.sees("¿Enseñar este mensaje", "s/n   Esc")
		ana.Key("esc")
		ana.asks()
		ana.Key("p")
		ana.Type("beto\n")
		ana.sees("beto (", "sacar del grupo")
		ana.Key("5", "4", "3", "2")
		ana.sees("beto (")
		ana.Key("esc")
		s.settle(ana)
		if see := s.See(b, group); !see.Member || see.Role != chat.RoleMember {
			t.Errorf("beto sees %+v", see)
		}
	})
}
