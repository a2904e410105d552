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
		eva.Type("pero\n")
		s.settle(eva)
		eva.sees("aquí no puedes hacer eso")
		if _, err := a.Remove(s.Ctx, group, "eva"); err != nil {
			t.Fatal(err)
		}
		s.Say(a, group, "ya no está")
		s.settle(eva)
		eva.missing("ya no está")
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
