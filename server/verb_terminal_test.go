package server

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// at runs a verb as `ssh -t` does: whoever sits there types what is asked for.
func (g *hostileGuest) at(typed, line string) (out, errs string) {
	g.t.Helper()
	session, err := g.verbs().NewSession()
	if err != nil {
		g.t.Fatal(err)
	}
	defer session.Close()
	if err := session.RequestPty("xterm-256color", 24, 80, ssh.TerminalModes{}); err != nil {
		g.t.Fatal(err)
	}
	var o, e bytes.Buffer
	session.Stdin, session.Stdout, session.Stderr = strings.NewReader(typed), &o, &e
	_ = session.Run(line) // what it says is looked at
	return o.String(), e.String()
}

// The client's terminal is raw: behind a line feed alone the prompt of the shell came
// in the middle of the screen. A program that reads verbs gets the bare line feed.
func TestALineOfAVerbEndsAtTheEdgeOfATerminal(t *testing.T) {
	h := newHostileHouse(t)
	ana := h.guest("ana")
	for _, told := range []struct{ typed, line, out, errs string }{
		{"", "send nadie hola", "", "charla: no nadie here\r\n"},
		{"", "nonsense", "", "charla: no command"},
		{"short\r", "passphrase set", "", "New passphrase: \r\ncharla: a passphrase has"},
		{"a good long phrase\ra good long phrase\r", "passphrase set", "your passphrase is set; sessions that came in by another one end\r\n", ""},
		{"", "whoami", "ana\r\n", ""},
		{"", "help send", "\r\n", ""},
		{"", "list --json", "}\r\n", ""},
	} {
		out, errs := ana.at(told.typed, told.line)
		if !strings.Contains(out, told.out) || !strings.Contains(errs, told.errs) {
			t.Errorf("%s says %q, %q", told.line, out, errs)
		}
		for _, shown := range []string{out, errs} {
			if bare := strings.ReplaceAll(shown, "\r\n", ""); strings.ContainsAny(bare, "\r\n") {
				t.Errorf("%s ends a line with half of its end: %q", told.line, shown)
			}
		}
		if out, errs, _ := ana.run(told.line, ""); strings.Contains(out+errs, "\r") {
			t.Errorf("%s tells a program %q, %q", told.line, out, errs)
		}
	}
}
