package tui

import (
	"strings"
	"testing"
	"time"

	"charla/server/chat"
)

// A message that was refused was posted later, when writing was allowed again: at a
// silence's end, at Ctrl+D, when the session was ended.
func TestWhatWasRefusedIsNeverSentByItselfRegression(t *testing.T) {
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	type act func(s *stage, by *chat.Actor, where chat.Ref)
	writers := func(p chat.Writers) act {
		return func(s *stage, by *chat.Actor, where chat.Ref) {
			s.change(by, where, chat.ConversationChanged{Writers: &p})
		}
	}
	role := func(r chat.Role) act {
		return func(s *stage, by *chat.Actor, where chat.Ref) {
			must(by.GiveRole(s.Ctx, where, "eva", r))
		}
	}
	for _, c := range []struct {
		why           string
		forbid, allow act
	}{
		{"only admins write", writers(chat.AdminsWrite), writers(chat.AllWrite)},
		{"muted here", role(chat.RoleMuted), role(chat.RoleMember)},
		{"silenced for a minute", func(s *stage, _ *chat.Actor, _ chat.Ref) {
			must(s.Service.Operator().Silence(s.Ctx, "eva", time.Minute, ""))
			time.Sleep(50 * time.Second) // so that little is left
		}, func(*stage, *chat.Actor, chat.Ref) {}},
		{"a full disk", func(s *stage, _ *chat.Actor, _ chat.Ref) {
			s.Log.TestOnlyFail(&chat.Error{Code: chat.DiskFull})
		}, func(*stage, *chat.Actor, chat.Ref) {}},
		{"slow mode, for long", func(s *stage, by *chat.Actor, where chat.Ref) {
			s.change(by, where, chat.ConversationChanged{Slow: new(time.Minute)})
		}, func(*stage, *chat.Actor, chat.Ref) {}},
	} {
		t.Run(c.why, func(t *testing.T) {
			story(t, func(s *stage) {
				a, e := s.Person("ana"), s.Person("eva")
				group := s.Group(a, "Equipo", e)
				s.Settle()
				eva := s.sit(e, 100, 24)
				eva.Type("/go equipo\n")
				s.settle(eva)
				s.change(a, group, chat.ConversationChanged{Slow: new(time.Second)})
				s.Say(e, group, "antes")
				time.Sleep(2 * time.Second)
				eva.Type("mejor no")
				c.forbid(s, a, group)
				s.settle(eva)
				if eva.Contains("lo he leído") { // what she was told stands in front
					eva.Key("enter")
				}
				eva.Key("enter")
				s.settle(eva)
				eva.sees("mejor no", "!", "Enter reintentar")
				c.allow(s, a, group)
				time.Sleep(3 * time.Minute)
				s.settle(eva)
				eva.leave()
				s.Settle()
				if got := s.Texts(a, group); strings.Join(got, "|") != "eva: antes" {
					t.Fatalf("the others read %q", got)
				}
				again := s.sit(e, 100, 24)
				again.sees("> mejor no")
				again.Key("enter")
				s.settle(again)
				if got := s.Texts(a, group); len(got) != 2 {
					t.Fatalf("Enter does not send it: %q", got)
				}
			})
		})
	}
}

// What was refused is not lost with its window, nor under what is written there.
func TestWhatWasRefusedStaysWithItsConversation(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		group := s.Group(a, "Equipo", e)
		s.Settle()
		eva := s.sit(e, 100, 24)
		eva.Type("/go equipo\n")
		s.settle(eva)
		s.Log.TestOnlyFail(&chat.Error{Code: chat.DiskFull}, &chat.Error{Code: chat.DiskFull})
		eva.Type("uno\ndos\n")
		s.settle(eva)
		eva.Type("y tres")
		eva.Key("ctrl+k")
		eva.Type("lobby\n")
		s.settle(eva)
		eva.missing("Enter reintentar")
		eva.leave()
		if draft, err := e.Draft(s.Ctx, group); err != nil || draft != "uno\ndos\ny tres" {
			t.Fatalf("the draft is %q, %v", draft, err)
		}
		if got := s.Texts(a, group); len(got) != 0 {
			t.Fatalf("the others read %q", got)
		}
	})
}

// Where it is not known whether a message was stored it goes again by itself, in
// order and once.
func TestWhatIsNotKnownToBeStoredGoesAgain(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		ana := s.sit(a, 80, 24)
		unavailable := &chat.Error{Code: chat.Unavailable}
		s.Log.TestOnlyFail(unavailable, unavailable)
		ana.Type("uno\ndos\n")
		s.settle(ana)
		ana.sees("·", "el servidor no puede ahora", "tu mensaje sale sin que")
		ana.missing("Enter reintentar")
		time.Sleep(30 * time.Second)
		s.settle(ana)
		ana.missing("el servidor no puede ahora")
		if got := s.Texts(a, s.Lobby()); strings.Join(got, "|") != "ana: uno|ana: dos" {
			t.Fatalf("sent %q", got)
		}
		s.Log.TestOnlyFail(unavailable)
		ana.Type("tres\n")
		s.settle(ana)
		ana.leave()
		s.Settle()
		if got := s.Texts(a, s.Lobby()); len(got) != 3 {
			t.Fatalf("leaving lost it: %q", got)
		}
	})
}

// A message that waits for slow mode showed a dot without a word.
func TestSlowModeSaysWhenAMessageGoesRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, e := s.Person("ana"), s.Person("eva")
		group := s.Group(a, "Equipo", e)
		s.change(a, group, chat.ConversationChanged{Slow: new(15 * time.Second)})
		s.Settle()
		eva := s.sit(e, 100, 24)
		eva.Type("/go equipo\n")
		s.settle(eva)
		eva.Type("uno\n")
		s.settle(eva)
		eva.Type("dos\n")
		s.settle(eva)
		eva.sees("dos", "·", "modo lento: sale a las 00:00:15, sin que hagas nada")
		time.Sleep(20 * time.Second)
		s.settle(eva)
		eva.missing("modo lento: sale")
		if got := s.Texts(a, group); len(got) != 2 {
			t.Fatalf("sent %q", got)
		}
		// While it waits writing is forbidden: then it waits no more.
		eva.Type("tres\n")
		s.settle(eva)
		s.change(a, group, chat.ConversationChanged{Writers: new(chat.AdminsWrite)})
		time.Sleep(20 * time.Second)
		s.settle(eva)
		eva.sees("Enter reintentar")
		eva.missing("modo lento: sale")
	})
}

// Of some lines that were sent at once the first was refused, and stood above the others
// as if it had been said before them.
func TestWhatWasRefusedStandsBehindWhatWasSaidRegression(t *testing.T) {
	story(t, func(s *stage) {
		a, b := s.Person("ana"), s.Person("beto")
		ana := s.sit(a, 80, 24)
		s.Log.TestOnlyFail(&chat.Error{Code: chat.DiskFull})
		ana.Raw([]byte("uno\rdos\rtres\r"))
		s.settle(ana)
		ana.Type("cuatro\n")
		s.settle(ana)
		s.Say(b, s.Lobby(), "cinco")
		s.settle(ana)
		order := func(texts ...string) {
			t.Helper()
			at := -1
			for _, text := range texts {
				i := strings.LastIndex(ana.Text(), text)
				if i <= at {
					t.Fatalf("%q is not behind the others:\n%s", text, ana.Text())
				}
				at = i
			}
		}
		order("dos", "tres", "cuatro", "▌ cinco", "!", "uno", "el disco del servidor")
		ana.Key("enter")
		s.settle(ana)
		order("dos", "tres", "cuatro", "▌ cinco", "uno")
		ana.missing("!", "el disco del servidor")
		if got := strings.Join(s.Texts(b, s.Lobby()), "|"); got != "ana: dos|ana: tres|ana: cuatro|beto: cinco|ana: uno" {
			t.Errorf("the others read %q", got)
		}
	})
}
