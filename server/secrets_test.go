package server

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/sys/unix"

	"charla/server/chat"
	"charla/server/i18n"
)

// secretive is a house whose people come in by what only they know, and everything
// that was typed to it which nobody else may ever read.
type secretive struct {
	*hostileHouse
	secrets []string
}

// typing connects by keys and by what is typed at each prompt, in order; all of it is
// secret, also what was wrong.
func (h *secretive) typing(user string, key ssh.AuthMethod, answers ...string) (*hostileGuest, error) {
	h.secrets = append(h.secrets, answers...)
	c := h.config(user)
	c.Auth = []ssh.AuthMethod{ssh.RetryableAuthMethod(ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
		typed := make([]string, len(questions))
		for i := range questions {
			if len(answers) > 0 {
				typed[i], answers = answers[0], answers[1:]
			}
		}
		return typed, nil
	}), 10)}
	if key != nil {
		c.Auth = append([]ssh.AuthMethod{key}, c.Auth...)
	}
	client, err := h.dial(c)
	if err != nil {
		return nil, err
	}
	h.t.Cleanup(func() { client.Close() })
	return &hostileGuest{t: h.t, h: h.hostileHouse, config: c, client: client, runner: client}, nil
}

// in is typing for one who must get in.
func (h *secretive) in(user string, key ssh.AuthMethod, answers ...string) *hostileGuest {
	h.t.Helper()
	g, err := h.typing(user, key, answers...)
	if err != nil {
		h.t.Fatalf("%s: %v", user, err)
	}
	screen := g.screen("xterm-256color", "", 80, 24) // claims the nick of a newcomer
	screen.sees("lobby")
	screen.leave()
	return g
}

// code is the one that an order has told.
func (h *secretive) code(told string) string {
	h.t.Helper()
	code := regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b`).FindString(told)
	if code == "" {
		h.t.Fatalf("no code in %q", told)
	}
	h.secrets = append(h.secrets, code)
	return code
}

// Passphrases are chosen, changed, mistyped and lost, codes of all kinds made, used
// and guessed at. Whoever gets the log, or the whole data folder, finds none of them,
// nor may anybody else on the machine look for them.
func TestNoSecretIsWrittenDown(t *testing.T) {
	defer unix.Umask(unix.Umask(0)) // modes come from charla, not from whoever starts it
	h := &secretive{hostileHouse: newHostileHouse(t)}
	ana := h.in("ana", nil, "correct horse battery", "correct horse battery")
	if _, err := h.typing("ana", nil, "wrong cow battery", "incorrect mule", "correct pony"); err == nil {
		t.Error("a wrong passphrase opens")
	}
	h.secrets = append(h.secrets, "a second passphrase", "a typo in an old one")
	ana.run("passphrase set", "a typo in an old one\na second passphrase\n")
	if _, errs, status := ana.run("passphrase set", "correct horse battery\na second passphrase\n"); status != 0 {
		t.Errorf("not changed: %s", errs)
	}
	if _, err := h.typing("ana", nil, "correct horse battery", "", ""); err == nil {
		t.Error("the old one opens")
	}
	ana = h.in("ana", nil, "a second passphrase")
	linked, _, _ := ana.run("link", "")
	h.in("ana", h.config("ana").Auth[0], "7K3M-9QXZ-4TRV", h.code(linked))
	h.lost()
	ana = h.in("ana", nil, "a third passphrase")
	h.invited(ana)
	ana.run("send lobby", "a word that is meant to be found") // or nothing was looked at
	for _, secret := range h.secrets {
		h.nowhere(secret)
	}
	if !h.stands("a word that is meant to be found") {
		t.Error("the folder does not even tell what was said")
	}
	h.private()
}

// lost: ana has forgotten her passphrase, and the operator gives her a code.
func (h *secretive) lost() {
	var out, errs bytes.Buffer
	if _, err := SendOrder(h.t.Context(), h.dir, []string{"admin", "code", "ana"}, i18n.English, strings.NewReader(""), &out, &errs); err != nil {
		h.t.Fatal(err)
	}
	if g, err := h.typing("ana", nil, h.code(out.String()), "short", "short", "a third passphrase", "a third passphrase"); err != nil {
		h.t.Fatalf("with the operator's code: %v", err)
	} else {
		g.run("whoami", "")
	}
}

// invited: ana invites beto, who guesses first, and gives him a code of a group.
func (h *secretive) invited(ana *hostileGuest) {
	h.s.chat.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
	card, _, _ := ana.run("invite", "")
	beto := h.in("beto", nil, "ABCD-EFGH-JKMN", h.code(card), "what beto chose", "what beto chose")
	ana.run("group new Equipo", "")
	told, _, _ := ana.run("group code --uses 2 equipo", "")
	code := h.code(told)
	h.secrets = append(h.secrets, "QRST-VWXY-Z123", "NOPE-NOPE-0123")
	beto.run("join QRST-VWXY-Z123", "")
	beto.run("join", "NOPE-NOPE-0123\n")
	if _, errs, status := beto.run("join "+code, ""); status != 0 {
		h.t.Errorf("beto does not come in: %s", errs)
	}
	unused, _, _ := ana.run("invite", "")
	ana.run("invite revoke "+h.code(unused), "")
}

// nowhere holds that a secret stands neither in the log nor in the folder, in any
// form that could be typed.
func (h *secretive) nowhere(secret string) {
	h.t.Helper()
	if len(secret) < 6 {
		return // stands somewhere by chance
	}
	for _, form := range []string{secret, strings.ReplaceAll(secret, "-", ""), strings.ToLower(secret)} {
		if strings.Contains(h.log.String(), form) {
			h.t.Errorf("the log tells %q", form)
		}
		if h.stands(form) {
			h.t.Errorf("the data folder tells %q", form)
		}
	}
}

// stands reports whether a text is in a file of the data folder.
func (h *secretive) stands(text string) (found bool) {
	h.each(func(path string, info fs.FileInfo) {
		if !info.Mode().IsRegular() || found {
			return
		}
		raw, err := os.ReadFile(path)
		found = bytes.Contains(raw, []byte(text))
		if err != nil && !os.IsNotExist(err) {
			h.t.Error(err)
		}
	})
	return found
}

// private holds that nobody else on the machine can read anything of it.
func (h *secretive) private() {
	h.t.Helper()
	files := 0
	h.each(func(path string, info fs.FileInfo) {
		files++
		if info.Mode().Perm()&0o077 != 0 {
			h.t.Errorf("%s has mode %v", strings.TrimPrefix(path, h.dir), info.Mode())
		}
	})
	if files < 10 {
		h.t.Errorf("only %d files are there", files)
	}
}

func (h *secretive) each(look func(path string, info fs.FileInfo)) {
	h.t.Helper()
	err := filepath.Walk(h.dir, func(path string, info fs.FileInfo, err error) error {
		if os.IsNotExist(err) {
			return nil // the journal removes what it does not need any more
		}
		if err == nil {
			look(path, info)
		}
		return err
	})
	if err != nil {
		h.t.Error(err)
	}
}
