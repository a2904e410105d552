package tui

import (
	"testing"
	"time"

	"charla/server/chat"
)

// The key that let somebody in is named while that says something: the first time on
// a screen, after a month without it, and when the same login offered others in vain.
func TestTheKeyIsNamedWhileItIsNew(t *testing.T) {
	story(t, func(s *stage) {
		ana := s.Person("ana")
		comes := func(named bool, key string, used time.Duration, refused ...chat.Key) {
			t.Helper()
			use, err := ana.UsedKey(s.Ctx, key)
			if err != nil {
				t.Fatal(err)
			}
			use.Before = time.Now().Add(-used)
			p := s.sit(ana, 80, 24, func(c *Config) {
				c.Access.Fingerprint, c.Access.KeyUse, c.Access.Refused = key, use, refused
			})
			s.settle(p)
			if named {
				p.sees("has entrado con tu llave " + key)
			} else {
				p.missing("has entrado")
			}
			p.leave()
		}
		comes(true, "SHA256:abc", time.Hour) // a command used it
		comes(false, "SHA256:abc", time.Hour)
		comes(true, "SHA256:other", time.Hour)
		comes(false, "SHA256:abc", time.Hour)
		comes(true, "SHA256:abc", 31*24*time.Hour)
		comes(true, "SHA256:abc", time.Hour, chat.Key{Fingerprint: "SHA256:refused"})
	})
}

// ana invites beto into her group, and he landed in the lobby without a word of it.
func TestWhoIsInvitedIntoAGroupLandsThereRegression(t *testing.T) {
	story(t, func(s *stage) {
		ana, e := s.Person("ana"), s.Person("eva")
		s.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
		group, err := ana.NewGroup(s.Ctx, "Equipo", nil)
		if err != nil {
			t.Fatal(err)
		}
		plain, _, err := ana.Invite(s.Ctx, 1, time.Hour, group.Ref())
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.Service.Claim(s.Ctx, "beto", chat.Credential{Passphrase: "x", Code: chat.HashCode(plain)})
		if err != nil {
			t.Fatal(err)
		}
		newly := func(c *Config) { c.New = true }
		beto := s.sit(s.Service.Actor(p), 80, 24, newly)
		s.settle(beto)
		beto.sees("1 Equipo", "lobby")
		eva := s.sit(e, 80, 24, newly)
		s.settle(eva)
		eva.sees("1 lobby")
		back := s.sit(ana, 80, 24)
		s.settle(back)
		back.sees("1 lobby")
	})
}
