package tui

import (
	"testing"

	"charla/server/chat"
)

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

// Who is muted and let speak again reads both, and writes at once.
func TestWhoIsGivenAnotherRoleReadsSo(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		group := s.Group(a, "Equipo", e)
		s.Settle()
		eva := s.sit(e, 100, 24)
		eva.Type("/ir equipo\n")
		s.settle(eva)
		for role, told := range map[chat.Role]string{chat.RoleMuted: "ana te silenció aquí", chat.RoleAdmin: "ana te dio este papel: administración"} {
			if _, err := a.GiveRole(s.Ctx, group, "eva", role); err != nil {
				t.Fatal(err)
			}
			s.settle(eva)
			eva.sees(told)
		}
		if _, err := a.GiveRole(s.Ctx, group, "eva", chat.RoleMember); err != nil {
			t.Fatal(err)
		}
		s.settle(eva)
		eva.Type("gracias\n")
		s.settle(eva)
		if got := s.Texts(a, group); len(got) != 1 || got[0] != "eva: gracias" {
			t.Errorf("the group reads %q", got)
		}
	})
}
