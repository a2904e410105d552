package tui

import (
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
)

// change sets something as an owner does elsewhere.
func (s *stage) change(by *chat.Actor, where chat.Ref, b chat.ConversationChanged) {
	s.t.Helper()
	if _, err := by.Change(s.Ctx, where, b); err != nil {
		s.t.Fatal(err)
	}
}

// What an owner decides stands on the screens of the others at once.
func TestWhatIsDecidedReachesTheScreens(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		group := s.Group(a, "Equipo", e)
		s.Say(a, group, "hola")
		s.Settle()
		eva := s.sit(e, 100, 24)
		eva.Key("ctrl+k")
		eva.Type("equipo\n")
		s.settle(eva)
		eva.sees("Equipo")
		s.change(a, group, chat.ConversationChanged{Title: new("Los de siempre"), Writers: new(chat.AdminsWrite)})
		s.settle(eva)
		eva.sees("Los de siempre")
		eva.sees("> aquí solo escribe quien administra")
		eva.Type("pero\n")
		s.settle(eva)
		eva.missing("> pero")
		if _, err := a.Remove(s.Ctx, group, "eva"); err != nil {
			t.Fatal(err)
		}
		s.Say(a, group, "ya no está")
		s.settle(eva)
		eva.missing("ya no está")
		eva.sees("┊ te sacaron de Los de siempre (equipo); quien lo administra puede", "> te sacaron de")
		s.Add(a, group, e)
		s.settle(eva)
		eva.missing("te sacaron")
	})
}

func TestExpiredMessagesLeaveTheScreen(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		group := s.Group(a, "Equipo", e)
		s.Say(a, group, "para siempre")
		s.change(a, group, chat.ConversationChanged{Expiry: new(time.Hour)})
		s.Settle()
		eva := s.sit(e, 100, 24)
		eva.Key("ctrl+k")
		eva.Type("equipo\n")
		s.settle(eva)
		s.Say(a, group, "para una hora")
		s.settle(eva)
		eva.sees("para siempre", "para una hora")
		time.Sleep(time.Hour)
		synctest.Wait()
		s.settle(eva)
		eva.missing("para una hora", "borrado")
		eva.sees("para siempre")
	})
}

// Who is silenced, in a group or on the whole server, reads so where they would
// write, and cannot begin; once it is over they write again.
func TestWhoMayNotWriteSeesWhy(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		group := s.Group(a, "Equipo", e)
		if _, err := s.Service.Operator().GiveRank(s.Ctx, "ana", chat.RankAdmin); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		eva := s.sit(e, 80, 24)
		eva.goes("equipo")
		role := func(r chat.Role) {
			t.Helper()
			if _, err := a.GiveRole(s.Ctx, group, "eva", r); err != nil {
				t.Fatal(err)
			}
			s.settle(eva)
		}
		role(chat.RoleMuted)
		eva.sees("> te han silenciado aquí; solo lees")
		eva.Type("pero")
		eva.missing("> pero")
		eva.Type("/whoami")
		eva.sees("> /whoami")
		eva.Key("ctrl+c")
		role(chat.RoleMember)
		eva.sees("> escribe un mensaje")
		if _, err := a.Silence(s.Ctx, "eva", 2*time.Hour, "gritos"); err != nil {
			t.Fatal(err)
		}
		s.settle(eva)
		time.Sleep(2 * time.Second)
		eva.Key("enter")
		s.settle(eva)
		eva.sees("> no puedes escribir aquí durante 120 min")
		eva.Type("pero")
		eva.missing("> pero")
		time.Sleep(2*time.Hour + time.Minute)
		synctest.Wait()
		s.settle(eva)
		eva.sees("> escribe un mensaje")
		eva.Type("perdón\n")
		s.settle(eva)
		eva.sees("perdón")
	})
}

// A title has the topic where there is room, and that messages disappear.
func TestTheTitleOfAGroup(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		group := s.Group(a, "Equipo", b)
		s.change(a, group, chat.ConversationChanged{Topic: new("lo\x1b[31m del viernes, que es largo y no cabe en ninguna parte de una pantalla"), Expiry: new(7 * 24 * time.Hour)})
		s.Settle()
		for _, p := range []struct {
			width int
			ascii bool
			want  string
		}{
			{80, false, `1 Equipo (2) ◷7d  "lo del viernes, que es…  Esc f archivos`},
			{40, false, `1 Equipo (2) ◷7d  "lo del viernes, q…  ≡`},
			{40, true, `1 Equipo (2) ~7d  "lo del viernes, ..  =`},
			{24, false, "1 Equipo (2) ◷7d       ≡"},
		} {
			ana := s.sit(a, p.width, 20, func(c *Config) { c.ASCII = p.ascii })
			ana.goes("equipo")
			ana.sees(p.want)
			ana.leave()
		}
	})
}
