package server

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/command"
	"charla/server/config"
	"charla/server/i18n"
	"charla/server/internal/verbs"
)

// staffed is a settled house that runs, with somebody on its machine.
func staffed(t *testing.T, text string) *house {
	h := settled(t, text)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return h
}

// answer is what an order left behind.
type answer struct {
	out, err string
	status   int
}

// order waits for the server to hear it, which it does soon after Run.
func (h *house) asks(line string) answer {
	h.t.Helper()
	var out, errs bytes.Buffer
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		status, err := SendOrder(h.t.Context(), h.cfg.Data, strings.Fields(line), i18n.English, strings.NewReader(""), &out, &errs)
		if err == nil {
			return answer{out.String(), errs.String(), status}
		}
		if time.Now().After(deadline) {
			h.t.Fatal(err)
		}
	}
}

func TestTheOperatorGivesOrders(t *testing.T) {
	h := staffed(t, "registration = \"open\"\n")
	ana := h.person("ana")
	h.say(ana, "lobby", "hello")
	h.write("registration = \"closed\"\nlanguage = \"es\"\n")
	orders := []struct {
		line string
		want answer
	}{
		{"reload", answer{out: "changed: registration\nafter a restart: language\n"}},
		{"reload --json", answer{out: `{"file":"` + h.path(config.FileName) + `","changed":[],"waiting":["language"]}` + "\n"}},
		{"admin recargar", answer{out: "the settings are read again; nothing has changed\nafter a restart: language\n"}},
		{"reload now", answer{err: "charla: usage: admin reload [--json]\n", status: 2}},
		{"statsu", answer{err: "charla: no command statsu; did you mean charla admin status? charla admin help lists them all\n", status: 127}},
		{"-- reload", answer{err: "charla: no command --; charla admin help lists them all\n", status: 127}},
		{"link", answer{err: "charla: whoever runs the server has no devices here; a code for somebody: charla admin code NICK\n", status: 1}},
		{"who", answer{err: "charla: nobody is seen here now\n"}},
	}
	for _, o := range orders {
		if got := h.asks(o.line); got != o.want {
			t.Errorf("%s\n got %+v\nwant %+v", o.line, got, o.want)
		}
	}
	if help := h.asks("help"); help != h.asks("") || help.status != 0 || !strings.HasPrefix(help.out, "admin ") || strings.Contains(help.out, "group new") {
		t.Errorf("help: %+v", help)
	}
	h.write("registration = \"open\"\nguests = maybe\n")
	got := h.asks("reload")
	if got.status != 1 || got.out != "" || !strings.HasPrefix(got.err, "charla: nothing has changed: ") || !strings.Contains(got.err, config.FileName+":2: ") {
		t.Errorf("a mistake: %+v", got)
	}
	if now := h.chat.Policy(); now.Registration != chat.Closed {
		t.Errorf("a mistake has changed it: %+v", now)
	}
}

func TestStatusSaysWhatAnOperatorAsksFirst(t *testing.T) {
	h := staffed(t, "")
	ana := h.person("ana")
	h.say(ana, "lobby", "hello")
	visit := h.hub.Follow(ana.Me().ID)
	defer visit.Close()
	text := h.asks("status")
	for _, row := range []string{"\nup            0 min, since ", "\npeople here   1\n", "lag 0)\n", " free of ", "\naccepts       yes\n", "\nregistration  open\n", "/charla.toml\n"} {
		if !strings.Contains(text.out, row) {
			t.Errorf("lacks %q:\n%s", row, text.out)
		}
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(h.asks("status --json").out), &got); err != nil {
		t.Fatal(err)
	}
	if got["people"] != 1.0 || got["log_lag"] != 0.0 || got["log_stored"] != got["log_applied"] || got["accepts"] != true || got["settings"] != h.path(config.FileName) {
		t.Errorf("got %v", got)
	}
	h.guard.mu.Lock()
	h.guard.free = func() (uint64, uint64, error) { return 1, 1 << 40, nil }
	h.guard.now = func() time.Time { return time.Now().Add(time.Hour) }
	h.guard.mu.Unlock()
	if text = h.asks("status"); !strings.Contains(text.out, "\naccepts       no: the server's disk is full") {
		t.Errorf("with a full disk:\n%s", text.out)
	}
}

// A member asks over ssh for what is the operator's.
func TestAMemberGivesTheServerNoOrders(t *testing.T) {
	h := settled(t, "")
	h.write("guests = true\n")
	for _, line := range []string{"admin reload", "admin status", "admin status --json"} {
		var out, errs bytes.Buffer
		status := verbs.Run(t.Context(), verbs.Session{
			Session: command.Session{Actor: h.person("ana"), Words: i18n.For(i18n.English), Out: &out, Server: command.Server{Program: h.Server}},
			Err:     &errs, Log: slog.New(slog.DiscardHandler),
		}, line)
		if status != 1 || out.Len() > 0 || errs.String() != "charla: only owners of the server can do that\n" {
			t.Errorf("%s: %d %q %q", line, status, &out, &errs)
		}
	}
	if h.live().Guests {
		t.Error("a member has opened the door to guests")
	}
}

// A fresh server that lets in by invitation said "nobody is called boss here" to whoever
// ran it, and knew no way in; the card that one could ask for named nobody's nick and no
// host key.
func TestTheFirstOwnerComesByInvitation(t *testing.T) {
	h := staffed(t, "registration = \"invite\"\n")
	got := h.asks("owner boss")
	if want := "charla: nobody is called boss here; invite them first, with charla admin invite, and let them come in once\n"; got != (answer{err: want, status: 1}) {
		t.Errorf("owner boss: %+v", got)
	}
	if help := h.asks("help"); !strings.Contains(help.out, "\nadmin invite [--uses N]") {
		t.Errorf("help does not know admin invite:\n%s", help.out)
	}
	card := h.asks("invite --uses 2")
	lines := strings.Split(card.out, "\n")
	if card.status != 0 || len(lines) < 4 || !strings.HasPrefix(lines[0], "You are invited to chat on "+h.card.Hosts[0]) || lines[2] != "2. asked whether to continue, paste: "+h.keys.Fingerprint() {
		t.Fatalf("the card:\n%s%s", card.out, card.err)
	}
	list := h.asks("invite list")
	id, what, _ := strings.Cut(list.out, "  ")
	if !strings.HasPrefix(what, "invitation, 2 uses left, until ") {
		t.Errorf("the list: %+v", list)
	}
	code := lines[3][strings.LastIndex(lines[3], " ")+1:]
	hash, err := h.chat.CheckInvitation(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.chat.Claim(t.Context(), "boss", chat.Credential{Passphrase: "x", Code: hash}); err != nil {
		t.Fatal(err)
	}
	if got := h.asks("owner boss"); got != (answer{out: "boss is owner\n"}) {
		t.Errorf("then: %+v", got)
	}
	if got := h.asks("invite revoke " + id); got != (answer{out: "this code lets nobody in any more: " + id + "  " + strings.Replace(what, "2 uses", "one use", 1)}) {
		t.Errorf("the other use is taken back: %+v", got)
	}
	h.write("registration = \"open\"\n")
	h.asks("reload")
	if got := h.asks("owner luis"); got.status != 1 || !strings.HasSuffix(got.err, "; let them come in once: "+command.Server{Host: h.card.Hosts[0], Port: h.card.Port}.Order("luis")+"\n") {
		t.Errorf("where anybody may come: %+v", got)
	}
	h.write("registration = \"closed\"\n")
	h.asks("reload")
	if got := h.asks("owner luis"); got.err != "charla: nobody is called luis here, and nobody new is let in: set registration to \"invite\" or \"open\" first\n" {
		t.Errorf("where nobody new may come: %+v", got)
	}
}
