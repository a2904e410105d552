package verbs_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/command"
	"charla/server/i18n"
	"charla/server/internal/verbs"
)

// FuzzExecLine: whatever an exec line holds, and whoever asks, it ends with one of the
// statuses that are written down, says at most one line on standard error, writes
// nothing that hurts a terminal, prints whole objects where it was asked for --json,
// and leaves the lobby to be written in.
func FuzzExecLine(f *testing.F) {
	for _, c := range command.All() {
		usage := c.Usage(&i18n.For(i18n.English).Command).Line
		f.Add(usage, "hola\n")
		f.Add(strings.NewReplacer("[", "", "]", "", "…", "", "CONV", "equipo", "NICK", "beto", "TERM", "1h", "TEXT", "hola", "REASON", "feo").Replace(usage), "x")
	}
	for _, line := range []string{
		"admin ban 10.0.0.0/8 1h x", "admin ban SHA256:x", "admin report close 01 x", "group code --uses 0 equipo", "invite --for 99999w", "profile name '\x1b]0;x\x07'",
		"group role equipo beto owner", "room new '#Pl\u0430za'", "join ABCD-EFGH-JKMN", "report lobby/1 'x\ny'", "privacy seen nobody", "mute equipo 0s", "topic --off equipo",
	} {
		f.Add(line, "")
	}
	f.Fuzz(func(t *testing.T, line, stdin string) {
		if len(line) > 4096 || len(stdin) > 4096 || strings.Contains(line, "tail") || strings.Contains(line, "seguir") {
			return // which goes on until it is told to stop
		}
		synctest.Test(t, func(t *testing.T) {
			w := chattest.New(t)
			ana, beto := w.Person("ana"), w.Person("beto")
			w.Group(ana, "Equipo", beto)
			if _, err := w.Service.Operator().GiveRank(w.Ctx, "ana", chat.RankAdmin); err != nil {
				t.Fatal(err)
			}
			d := desk{t, w}
			for _, who := range []*chat.Actor{ana, beto} {
				checkAnswer(t, line, d.run(who, i18n.English, stdin, line))
			}
			w.Say(w.Person("eva"), w.Lobby(), "after all that")
		})
	})
}

func checkAnswer(t *testing.T, line string, got result) {
	t.Helper()
	switch got.status {
	case verbs.Done, verbs.Refused, verbs.Misused, verbs.NoVerb:
	default:
		t.Errorf("%q ends with %d", line, got.status)
	}
	if got.status == verbs.Done && got.err != "" && strings.HasPrefix(got.err, "charla: ") {
		t.Errorf("%q is done, and says %q", line, got.err)
	}
	for _, text := range []string{got.out, got.err} {
		if err := chattest.Harmless(text); err != nil {
			t.Errorf("%q answers %+q: %v", line, text, err)
		}
	}
	if strings.Count(got.err, "\n") > 1 {
		t.Errorf("%q says %q", line, got.err)
	}
	if !strings.Contains(line, "--json") || !strings.HasPrefix(got.out, "{") {
		return
	}
	for object := range bytes.Lines([]byte(got.out)) {
		if !json.Valid(object) {
			t.Errorf("%q prints %+q", line, object)
		}
	}
}
