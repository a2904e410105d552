package linear_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/command"
	"charla/tui/linear"
)

// plain are command.Phrases that hash nothing.
type plain struct{}

func (plain) Hash(_ context.Context, phrase string) (string, error) {
	if len(phrase) < 8 {
		return "", &chat.Error{Code: chat.PassphraseShort, Limit: 8}
	}
	return "hash of " + phrase, nil
}

func (plain) Matches(_ context.Context, hash, phrase string) (bool, error) {
	return hash == "hash of "+phrase, nil
}

// lasting is a session that came in by a key, with a terminal that is raw or without.
func lasting(pty bool) func(*linear.Session) {
	return func(s *linear.Session) {
		s.Pty = pty
		s.Access = command.Access{Fingerprint: "SHA256:abc", Phrases: plain{}, Open: true}
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

// Where the client's own terminal would show it nothing is asked: there is another way.
func TestLinesThatWouldShowAPassphraseAskForNone(t *testing.T) {
	phrased(t, func(w *chattest.World, ana, _ *chat.Actor) {
		m := open(t, w, ana, lasting(false))
		const not = "* a passphrase is not typed where others could read it; type in a shell: "
		m.wants("/passphrase\n", not+"ssh -t -p 2222 ana@chat.lan passphrase set\n")
		m.wants("/passphrase remove\n", "* that is your last way in; add another key or set a passphrase first\n")
		m.wants("/link\n", not+"ssh -t -p 2222 ana@chat.lan link\n")
		m.wants("/key add ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n", not+"ssh -p 2222 ana@chat.lan key add < ~/.ssh/id_ed25519.pub\n")
	})
}
