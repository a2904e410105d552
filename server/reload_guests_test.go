package server

import (
	"io"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
	"charla/server/sshclient"
)

// visit lets somebody in as a guest, at a terminal that only takes lines; what it shows
// is read to its end.
func (h *house) visit(nick string) (shown func() string) {
	h.t.Helper()
	enter := gossh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
		return make([]string, len(questions)), nil
	})
	client, err := sshclient.Dial(h.listen.Addr().String(), &gossh.ClientConfig{
		User: nick, Auth: []gossh.AuthMethod{enter}, HostKeyCallback: gossh.InsecureIgnoreHostKey(), // loopback, and the story's own server
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = client.Close() })
	session, err := client.NewSession()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := session.RequestPty("dumb", 24, 80, nil); err != nil {
		h.t.Fatal(err)
	}
	out, _ := session.StdoutPipe()
	errs, _ := session.StderrPipe()
	if _, err := session.StdinPipe(); err != nil { // which stays open
		h.t.Fatal(err)
	}
	if err := session.Shell(); err != nil {
		h.t.Fatal(err)
	}
	first := make([]byte, 1)
	if _, err := io.ReadFull(out, first); err != nil {
		h.t.Fatal(err)
	}
	return func() string {
		rest, _ := io.ReadAll(out)
		why, _ := io.ReadAll(errs)
		return string(first) + string(rest) + string(why)
	}
}

// The operator closes the door to guests: those who were in went on writing.
func TestGuestsGoWhereGuestsAreLetInNoMore(t *testing.T) {
	h := staffed(t, "guests = true\n")
	ana := h.person("ana")
	eva, luis := h.visit("eva"), h.visit("luis")
	if got := h.asks("reload"); got.out != "the settings are read again; nothing has changed\n" {
		t.Errorf("while guests may come: %+v", got)
	}
	h.write("guests = false\n")
	if got := h.asks("reload"); got != (answer{out: "changed: guests\nguests are let in no more: 2 visits have ended\n"}) {
		t.Errorf("got %+v", got)
	}
	for _, shown := range []func() string{eva, luis} {
		if text := shown(); !strings.Contains(text, "guests are let in here no more; whoever runs this server") {
			t.Errorf("a guest is told %q", text)
		}
	}
	for left := []chat.UserID{{}}; len(left) > 0; time.Sleep(5 * time.Millisecond) { // or until the test times out
		var err error
		if left, err = h.view.Guests(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := h.chat.PersonByNick(t.Context(), "ana"); err != nil || p.ID != ana.Me().ID {
		t.Errorf("ana is %+v, %v", p, err)
	}
	if got := h.asks("reload --json"); strings.Contains(got.out, "guests_out") {
		t.Errorf("once more: %+v", got)
	}
}
