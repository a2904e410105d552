package linear_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/command"
	"charla/tui/linear"
)

// lasting is a session that came in by a key, with a terminal that is raw or without.
func lasting(pty bool) func(*linear.Session) {
	return func(s *linear.Session) {
		s.Pty = pty
		s.Access = command.Access{Fingerprint: "SHA256:abc", Phrases: chattest.PlainPhrases{}, Open: true}
		s.Server = command.Server{Host: "chat.lan", Port: 2222}
	}
}

func phrased(t *testing.T, tell func(w *chattest.World, ana, beto *chat.Actor)) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		if err := ana.SetPassphrase(w.Ctx, "hash of old secret", ""); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		tell(w, ana, beto)
	})
}

// A screen reader spelled out the picture for a camera, block by block, before the code.
func TestLinesShowTheCodeAndNoPicture(t *testing.T) {
	phrased(t, func(w *chattest.World, ana, _ *chat.Actor) {
		m := open(t, w, ana, lasting(true))
		m.types("/link\r")
		got := m.types("old secret\r")
		if !strings.HasPrefix(got, "\r\none-time code: ") || strings.Count(got, "\n") != 3 || !strings.Contains(got, "ssh -p 2222 ana@chat.lan and the code") {
			t.Errorf("/link prints\n%s", got)
		}
	})
}

// Where the keyboard of lines is charla's, nothing of a passphrase is shown, what is
// wrong is told and asked for again, and what beto says meanwhile is not missed.
func TestAPassphraseIsChangedInLines(t *testing.T) {
	phrased(t, func(w *chattest.World, ana, beto *chat.Actor) {
		m := open(t, w, ana, lasting(true))
		m.types("/go lobby\r")
		m.wants("/passphrase\r", "/passphrase\r\nYour passphrase now: ")
		m.wants("a secret guesz\x7fs", "")
		m.wants("\r", "\r\n* that is not your passphrase; nothing was changed\r\nYour passphrase now: ")
		m.wants("old sec", "")
		w.Say(beto, w.Lobby(), "hola")
		w.Settle()
		synctest.Wait()
		m.wants("ret", "\r\n00:00 beto in lobby: hola\r\nYour passphrase now: ")
		m.wants("\r", "\r\nNew passphrase: ")
		m.wants("a secret\x15secret\r", "\r\n* a passphrase has at least 8 characters\r\nNew passphrase: ")
		m.wants("new secret\rnews secret\r", "\r\nAgain: \r\n* those two were not the same; nothing was changed\r\nNew passphrase: ")
		m.wants("new secret\rnew secret\r", "\r\nAgain: \r\nyour passphrase is set; sessions that came in by another one end\r\n")
		if me, _ := ana.Access(w.Ctx); me.Passphrase != "hash of new secret" {
			t.Errorf("it is %q", me.Passphrase)
		}
		m.wants("/link\r", "/link\r\nYour passphrase now: ")
		m.wants("new s\x03", "\r\n* nothing was changed\r\n")
		time.Sleep(time.Second)
		if got := m.types("/link\rnew secret\rhi\r"); !strings.Contains(got, "one-time code") || !strings.HasSuffix(got, "00:00 ana in lobby: hi\r\n") || strings.Contains(got, "secret") {
			t.Errorf("got %q", got)
		}
		m.types("/passphrase\rhalf a sec")
		m.hangUp()
		if got := strings.Join(w.Texts(ana, w.Lobby()), "|"); got != "beto: hola|ana: hi" {
			t.Errorf("others read %q", got)
		}
	})
}

const anaKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

// Where the client's own terminal would show it nothing is asked: there is another way.
// What comes next may be the answer all the same, and nobody reads it.
func TestLinesThatWouldShowAPassphraseAskForNone(t *testing.T) {
	const not = "* a passphrase is not typed where others could read it; type in a shell: "
	const ends = "* the session ends here, for what comes next may be a passphrase\n"
	for order, why := range map[string]string{
		"/passphrase":        not + "ssh -t -p 2222 ana@chat.lan passphrase set\n",
		" /passphrase":       not + "ssh -t -p 2222 ana@chat.lan passphrase set\n",
		"/passphrase remove": "* that is your last way in; add another key or set a passphrase first\n",
		"/passphrase now":    "* usage: /passphrase set | /passphrase remove\n",
		"/passphrse":         "* no command /passphrse; did you mean /passphrase? /help lists them all\n",
		"/link":              not + "ssh -t -p 2222 ana@chat.lan link\n",
		"/link now":          "* usage: /link\n",
		"/key add none":      "* \"none\" is no public key; give a line as in id_ed25519.pub\n",
		"/key add " + anaKey: not + "ssh -p 2222 ana@chat.lan key add < ~/.ssh/id_ed25519.pub\n",
	} {
		phrased(t, func(w *chattest.World, ana, beto *chat.Actor) {
			m := open(t, w, ana, lasting(false))
			m.types("/go lobby\n")
			m.wants(order+"\nold secret\nnew secret\nnew secret\n", why+ends)
			if _, err := m.hangUp(); !errors.Is(err, linear.ErrUnsent) {
				t.Errorf("%s ends with %v", order, err)
			}
			if got := w.Texts(beto, w.Lobby()); len(got) > 0 {
				t.Errorf("behind %s others read %q", order, got)
			}
		})
	}
}

// Whoever types a passphrase without waiting for the question says it to nobody where
// the command ends at once: in one burst, or key by key, until they have looked.
func TestAPassphraseThatIsTypedAheadInLinesIsSaidToNobody(t *testing.T) {
	const unheard = "* not taken, it may be a passphrase: go on in a second\r\n"
	for _, order := range []string{
		"/key add none", "/key add", "/passphrase remove now", "/passphrase now", "/passphrse", "/pass phrase", "/link now", "/lnik", "/passphrase remove",
	} {
		for _, each := range []bool{false, true} {
			phrased(t, func(w *chattest.World, ana, beto *chat.Actor) {
				m := open(t, w, ana, lasting(true))
				m.types("/go lobby\r")
				if typed := order + "\rold secret\rnew secret\rnew secret\r"; each {
					for _, key := range typed {
						m.keys.Write([]byte(string(key)))
						time.Sleep(100 * time.Millisecond)
					}
				} else {
					m.types(typed)
				}
				synctest.Wait()
				time.Sleep(2 * time.Second)
				if got := m.read(); each && (strings.Contains(got, "secret") || strings.Count(got, unheard) != 1) {
					t.Errorf("%s: got %q", order, got)
				}
				m.wants("hola\r", "hola\r\n00:00 ana in lobby: hola\r\n")
				if got := strings.Join(w.Texts(beto, w.Lobby()), "|"); got != "ana: hola" {
					t.Errorf("behind %s others read %q", order, got)
				}
			})
		}
	}
}

// Ana leaves the question in the middle of her passphrase, to begin anew, and what she
// begins with is the passphrase: it was said in the lobby.
func TestAPassphraseThatIsBegunAnewInLinesIsSaidToNobodyRegression(t *testing.T) {
	const unheard = "* not taken, it may be a passphrase: go on in a second\r\n"
	for _, begun := range []string{"old sec\x03", "a secret guess\r\x03", "old sec\x15\x03", "old sec\x15\x04", "old secret\rnew\x03"} {
		for _, pause := range []time.Duration{-1, 0, 900 * time.Millisecond} {
			phrased(t, func(w *chattest.World, ana, beto *chat.Actor) {
				m := open(t, w, ana, lasting(true))
				m.types("/go lobby\r/passphrase\r")
				got := ""
				if pause < 0 { // in one read
					got = m.types(begun + "old secret\r")
				} else {
					m.types(begun)
					time.Sleep(pause)
					for _, key := range "old secret\r" {
						got += m.types(string(key))
						time.Sleep(100 * time.Millisecond)
					}
				}
				if strings.Contains(got, "secret") || strings.Count(got, unheard) != 1 {
					t.Errorf("%q: got %q", begun, got)
				}
				time.Sleep(time.Second)
				m.wants("hola\r", "hola\r\n00:00 ana in lobby: hola\r\n")
				if got := strings.Join(w.Texts(beto, w.Lobby()), "|"); got != "ana: hola" {
					t.Errorf("behind %q others read %q", begun, got)
				}
			})
		}
	}
}

// Who leaves a question without a word for it is heard at once.
func TestWhoTypedNothingSecretIsHeardAtOnce(t *testing.T) {
	phrased(t, func(w *chattest.World, ana, beto *chat.Actor) {
		m := open(t, w, ana, lasting(true))
		m.types("/go lobby\r/passphrase\r\x03")
		m.wants("hola\r", "hola\r\n00:00 ana in lobby: hola\r\n")
	})
}

// Who has no passphrase is asked for none: what was typed for it is not said either. A
// pipe goes on, for it has done what it was to do.
func TestWhatIsTypedForAQuestionThatNobodyAsksIsNotSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		p, err := w.Service.Claim(w.Ctx, "ana", chat.Credential{Key: &chat.Key{Fingerprint: "SHA256:abc", Authorized: anaKey}})
		if err != nil {
			t.Fatal(err)
		}
		ana, beto := w.Service.Actor(p), w.Person("beto")
		m := open(t, w, ana, lasting(true))
		m.types("/go lobby\r")
		if got := m.types("/link\rmy secret\r"); !strings.Contains(got, "one-time code") || !strings.Contains(got, "not taken") || strings.Contains(got, "secret") {
			t.Errorf("got %q", got)
		}
		m.types("hola\r")
		pipe := open(t, w, ana, lasting(false))
		if got := pipe.types("/go lobby\n/link\nadios\n"); !strings.Contains(got, "one-time code") {
			t.Errorf("got %q", got)
		}
		if got := strings.Join(w.Texts(beto, w.Lobby()), "|"); got != "ana: hola|ana: adios" {
			t.Errorf("others read %q", got)
		}
	})
}
