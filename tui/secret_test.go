package tui

import (
	"bytes"
	"io"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/command"
)

// keyed is a session that came in by a key, and stays.
func keyed(c *Config) {
	c.Access = command.Access{Token: "here", Fingerprint: "SHA256:abc", Phrases: chattest.PlainPhrases{}, Open: true}
}

// secretive is ana, who has a passphrase, and what must be read nowhere.
type secretive struct {
	*stage
	*seat
	ana *chat.Actor
	log bytes.Buffer
}

func secretStory(t *testing.T, tell func(p *secretive)) {
	story(t, func(s *stage) {
		p := &secretive{stage: s, ana: s.Person("ana")}
		if _, err := p.ana.AddKey(s.Ctx, chat.Key{Fingerprint: "SHA256:abc", Authorized: "ssh-ed25519 abc"}); err != nil {
			t.Fatal(err)
		}
		if err := p.ana.SetPassphrase(s.Ctx, "hash of old secret", ""); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		p.seat = s.sit(p.ana, 80, 24, keyed, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(io.MultiWriter(&p.log, t.Output()), nil)) })
		tell(p)
	})
}

// types keys, and holds the screen to show none of what is secret.
func (p *secretive) types(keys string) {
	p.t.Helper()
	p.Type(keys)
	p.stage.settle(p.seat)
	p.missing("secret")
}

// has is the passphrase that ana is let in by.
func (p *secretive) has(phrase string) {
	p.t.Helper()
	me, err := p.ana.Access(p.Ctx)
	if err != nil || me.Passphrase != "hash of "+phrase {
		p.t.Errorf("it is %q, %v", me.Passphrase, err)
	}
}

// told is everything that others, a later session or the operator could read.
func (p *secretive) told() string {
	p.t.Helper()
	p.leave()
	p.stage.Settle()
	texts := p.Texts(p.ana, p.Lobby())
	for _, where := range []chat.Ref{p.Lobby(), p.Talk(p.ana, p.ana)} {
		if draft, err := p.ana.Draft(p.Ctx, where); err == nil {
			texts = append(texts, draft)
		}
	}
	return strings.Join(append(texts, p.log.String()), "\n")
}

// Ana changes her passphrase where she chats. What is wrong is told in its place, and
// what she types is read nowhere.
func TestAPassphraseIsChangedOnTheScreen(t *testing.T) {
	secretStory(t, func(p *secretive) {
		p.types("/contraseña\n")
		p.sees("Tu contraseña de ahora:", "> ", "Esc dejarlo")
		p.types("a secret guess")
		p.sees("> ••••••••••••••")
		p.types("\n")
		p.sees("esa no es tu contraseña", "Tu contraseña de ahora:")
		p.types("old secret\n")
		p.sees("Contraseña nueva:")
		p.missing("esa no es")
		p.types("secret\n")
		p.sees("al menos 8 caracteres", "Contraseña nueva:")
		p.types("new secret\n")
		p.sees("Otra vez:")
		p.types("another secret\n")
		p.sees("las dos no eran iguales", "Contraseña nueva:")
		p.Paste("new secret\n")
		p.types("\nnew secret\n")
		p.sees("tu contraseña está puesta")
		p.missing("Esc dejarlo")
		p.has("new secret")
		if all := p.told(); strings.Contains(all, "secret") {
			t.Errorf("it can be read:\n%s", all)
		}
	})
}

// Esc leaves it, at any question, and nothing is changed.
func TestAPassphraseIsLeftAlone(t *testing.T) {
	for _, keys := range []string{"/contraseña\n", "/contraseña\nold secret\n", "/contraseña\nold secret\nnew secret\n", "/contraseña quitar\n", "/enlazar\n"} {
		secretStory(t, func(p *secretive) {
			p.types(keys + "a secr")
			p.sees("Esc dejarlo")
			p.Key("esc")
			p.stage.settle(p.seat)
			p.sees("no se ha cambiado nada", "> escribe un mensaje")
			p.missing("Esc dejarlo", "código de un solo uso")
			time.Sleep(blindly)
			p.types("hola\n")
			p.has("old secret")
			if got := p.Texts(p.ana, p.Lobby()); !slices.Equal(got, []string{"ana: hola"}) {
				t.Errorf("%q: others read %q", keys, got)
			}
		})
	}
}

// Mallory finds ana's screen open: she gets no way in that stays, though ana came in
// by a key and may change her passphrase by a verb without the one she has.
func TestAScreenLeftOpenGivesNoWayIn(t *testing.T) {
	secretStory(t, func(p *secretive) {
		for _, order := range []string{"/enlazar", "/contraseña", "/contraseña quitar", "/llave añadir " + anaKey} {
			p.types(order + "\n")
			p.sees("Tu contraseña de ahora:")
			for range 3 {
				p.types("my secret\n")
				p.sees("Tu contraseña de ahora:")
			}
			p.Key("esc")
			p.stage.settle(p.seat)
			p.missing("código de un solo uso", "ya entras con esta llave")
			time.Sleep(time.Minute) // of what somebody may try
		}
		p.has("old secret")
		if me, _ := p.ana.Access(p.Ctx); len(me.Keys) != 1 {
			t.Errorf("ana has %+v", me.Keys)
		}
		p.types("/llave añadir " + anaKey + "\nold secret\n")
		p.sees("ya entras con esta llave")
		p.types("/enlazar\nold secret\n")
		p.sees("código de un solo uso")
	})
}

const anaKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

// Who has none is asked for none, and gets one.
func TestWhoHasNoPassphraseIsAskedForNone(t *testing.T) {
	story(t, func(s *stage) {
		p, err := s.Service.Claim(s.Ctx, "eva", chat.Credential{Key: &chat.Key{Fingerprint: "SHA256:abc", Authorized: anaKey}})
		if err != nil {
			t.Fatal(err)
		}
		e := s.Service.Actor(p)
		eva := s.sit(e, 80, 24, keyed)
		eva.Type("/enlazar\n")
		s.settle(eva)
		eva.sees("código de un solo uso")
		eva.Type("/contraseña\n")
		s.settle(eva)
		eva.sees("Contraseña nueva:")
		eva.Type("new secret\nnew secret\n")
		s.settle(eva)
		eva.sees("tu contraseña está puesta")
		if me, _ := e.Access(s.Ctx); me.Passphrase != "hash of new secret" {
			t.Errorf("it is %q", me.Passphrase)
		}
	})
}

// A server that does not answer while nobody types leaves nobody before a box.
func TestASecretEndsWithItsSession(t *testing.T) {
	secretStory(t, func(p *secretive) {
		p.types("/contraseña\nold secret\nnew s")
		p.sees("Contraseña nueva:")
		time.Sleep(10 * time.Minute) // she thinks
		p.stage.settle(p.seat)
		p.sees("Contraseña nueva:")
		p.leave()
		p.has("old secret")
	})
}

// Ana leaves the question in the middle of her passphrase, to begin anew, and what she
// begins with is the passphrase: it was said in the lobby.
func TestAPassphraseThatIsBegunAnewIsSaidToNobodyRegression(t *testing.T) {
	for _, begun := range []string{"old sec", "a guess\n", "old sec\x15", "old secret\nnew"} {
		for _, pause := range []time.Duration{0, 300 * time.Millisecond, 800 * time.Millisecond} {
			secretStory(t, func(p *secretive) {
				p.types("/contraseña\n")
				p.Type(begun)
				p.stage.settle(p.seat)
				p.Key("esc")
				time.Sleep(pause)
				for _, key := range "old secret\n" {
					p.Type(string(key))
					time.Sleep(200 * time.Millisecond)
				}
				p.stage.settle(p.seat)
				p.sees("no se toma, puede ser una contraseña", "> escribe un mensaje")
				time.Sleep(blindly)
				p.types("hola\n")
				p.has("old secret")
				if all := p.told(); strings.Contains(all, "secret") || !strings.HasPrefix(all, "ana: hola") {
					t.Errorf("%q can be read:\n%s", begun, all)
				}
			})
		}
	}
}

// Who leaves the question without a word for it is heard at once.
func TestWhoTypedNothingSecretIsHeardAtOnce(t *testing.T) {
	secretStory(t, func(p *secretive) {
		p.types("/contraseña\n")
		p.Key("esc")
		p.types("hola\n")
		if got := p.Texts(p.ana, p.Lobby()); !slices.Equal(got, []string{"ana: hola"}) {
			t.Errorf("others read %q", got)
		}
	})
}
