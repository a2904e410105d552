package verbs_test

import (
	"strings"
	"testing"
	"time"

	"charla/server/chat"
)

func TestAStrangerByVerbs(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		eva := d.w.Person("eva")
		waits := result{err: "charla: ana has not let you in yet; up to 5 messages wait\n"}
		d.want(eva, "send ana hola", waits) // or she would take silence for an answer
		d.want(ana, "list", done("lobby\neva                  (1)    wants to write to you\n"))
		d.want(ana, "requests", done("eva (1)\n"))
		d.want(eva, "requests", none("nobody waits for you to let them in"))
		d.want(ana, "files eva", none("there are no files in eva"))
		d.want(ana, "read eva", done("2000-01-01 00:00 UTC eva in eva: hola\n"))
		if got := d.run(ana, "en", "", "list --json").out; strings.Contains(got, "hola") || !strings.Contains(got, `"request":true`) {
			t.Errorf("the list tells %s", got)
		}
		for range chat.MaxAsked - 3 {
			d.want(eva, "send ana hola", waits)
		}
		d.wantIn(eva, "hola\nhola\n", "send --lines ana", waits) // once a stream
		d.want(eva, "send ana hola", result{err: "charla: ana has not let you in yet; more can be sent once they have\n", status: 1})
		d.want(ana, "aceptar eva", done("you let eva in\n"))
		d.want(ana, "accept eva", refused("eva has not asked to write to you"))
		d.want(eva, "send ana gracias", done(""))
		d.want(ana, "requests", none("nobody waits for you to let them in"))
	})
}

// A group of hers was called eva before eva came: where only a person can be
// meant, nobody is asked which.
func TestAPersonIsMeantWhereOnlyOneCanBe(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "group new Eva beto", done("eva\n"))
		eva := d.w.Person("eva")
		d.want(eva, "send ana hola", result{err: "charla: ana has not let you in yet; up to 5 messages wait\n"})
		if got := d.run(ana, "en", "", "send eva hola"); got.status != 1 || !strings.Contains(got.err, "@eva") {
			t.Errorf("words for one of the two: %+v", got)
		}
		if got := d.run(ana, "en", "", "who eva"); got.status != 0 {
			t.Errorf("who: %+v", got)
		}
		d.want(ana, "accept eva", done("you let eva in\n"))
	})
}

func TestBlockingByVerbs(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "send beto hola", done(""))
		d.want(beto, "block ana", done("you have blocked ana; they are not told\n"))
		d.want(beto, "bloqueados", done("ana\n"))
		d.want(beto, "blocked --json", done(`{"nick":"ana","blocked":true}`+"\n"))
		d.want(ana, "send beto ¿estás?", done(""))
		d.want(beto, "send ana no", refused("you have blocked ana; first: unblock ana"))
		d.want(beto, "list", done("lobby\n"))
		d.want(ana, "group new pandilla beto", result{err: "charla: you cannot add beto; make the group without them, and then send them a code: group code CONV\n", status: 1})
		d.want(beto, "unblock ana", done("ana is blocked no more\n"))
		d.want(beto, "unblock ana", refused("you have not blocked ana"))
		d.want(beto, "block beto", refused("you cannot do that to yourself"))
		d.want(ana, "send beto vuelvo", done(""))
		d.want(beto, "read ana", done("2000-01-01 00:00 UTC ana in ana: hola\n2000-01-01 00:00 UTC ana in ana: vuelvo\n"))
		d.want(ana, "read beto --last 2", done("2000-01-01 00:00 UTC ana in beto: ¿estás?\n2000-01-01 00:00 UTC ana in beto: vuelvo\n"))
	})
}

func TestMutingByVerbs(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "mute lobby 12h", done("lobby is muted until 2000-01-01 12:00 UTC\n"))
		d.want(ana, "list", done("lobby                       [muted]\n"))
		time.Sleep(12 * time.Hour)
		d.want(ana, "list", done("lobby\n"))
		d.want(ana, "silenciar --json lobby", done(`{"handle":"lobby","muted":true}`+"\n"))
		d.want(ana, "unmute lobby", done("lobby is muted no more\n"))
		d.want(ana, "mute lobby soon", result{err: "charla: soon is no term (30s, 12h, 7d are); usage: mute [--json] CONV [TERM]\n", status: 2})
	})
}

func TestPrivacyByVerbs(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "privacy", done("seen: everyone\nreceipts: on\nadds: everyone\n"))
		d.want(ana, "privacy seen nadie", done("seen: nobody\nreceipts: on\nadds: everyone\n"))
		d.want(ana, "privacy receipts off", done("seen: nobody\nreceipts: off\nadds: everyone\n"))
		d.want(ana, "privacidad --json adds known", done(`{"seen":"nobody","receipts":false,"adds":"known"}`+"\n"))
		for _, wrong := range []string{"privacy seen", "privacy seen 7", "privacy receipts everyone", "privacy x y"} {
			if got := d.run(ana, "en", "", wrong); got.status != 2 {
				t.Errorf("%s: %+v", wrong, got)
			}
		}
	})
}

func TestWhoSomebodyIs(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "who beto", done("beto: not here\n"))
		beto.Gone()
		time.Sleep(26 * time.Hour)
		d.want(ana, "who beto", done("beto: seen yesterday 00:00\n"))
		d.want(beto, `profile name "Alberto P."`, done("name: Alberto P.\nstatus: none\n"))
		d.want(beto, "profile status en casa", done("name: Alberto P.\nstatus: en casa\n"))
		d.want(ana, "who beto", done("beto \"Alberto P.\": seen yesterday 00:00\n    en casa\n"))
		d.want(beto, "whoami", done("beto \"Alberto P.\"\n    en casa\n    and a passphrase\n"))
		follower := beto.Follow()
		d.want(ana, "who beto", done("beto \"Alberto P.\": here now\n    en casa\n"))
		d.want(beto, "privacy seen nobody", done("seen: nobody\nreceipts: on\nadds: everyone\n"))
		d.want(ana, "who beto", done("beto \"Alberto P.\": not here\n    en casa\n"))
		follower.Close()
		d.want(beto, "profile name --clear", done("name: none\nstatus: en casa\n"))
		for _, wrong := range []string{"profile name", "profile name x --clear", "profile nick x"} {
			if got := d.run(ana, "en", "", wrong); got.status != 2 {
				t.Errorf("%s: %+v", wrong, got)
			}
		}
		d.want(ana, "who lobby", result{err: "charla: nobody is called lobby here\n", status: 1})
	})
}

// Eva calls herself whatever she likes. It stands behind her nick and within
// quotes that it cannot close, so it is hers and nobody else's.
func TestADisplayNameDeceivesNobody(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		eva := d.w.Person("eva")
		for name, want := range map[string]string{
			"аna":                       `eva "аna"`, // with a Cyrillic а
			"ana (owner)":               `eva "ana (owner)"`,
			`x" (owner), ana "x`:        `eva "x' (owner), ana 'x"`,
			"x” (owner) “":              `eva "x' (owner) '"`,
			"Eva ✓✓":                    `eva "Eva ✓✓"`,
			"\u202eana\u202c\u2066":     `eva "ana"`,
			"Eva\x1b[2J\x1b]0;ana\a":    `eva "Eva"`,
			"ana\nbeto: te bloqueo":     `eva "ana beto: te bloqueo"`,
			"a\u0301\u0301\u0301\u0301": "",
		} {
			if err := eva.SetProfile(d.w.Ctx, chat.Profile{Name: &name}); err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			if got := d.run(ana, "en", "", "who eva").out; want != "" && got != want+": not here\n" {
				t.Errorf("%q is shown as %q, want %q", name, got, want)
			} else if strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "eva ") {
				t.Errorf("%q is shown as %q", name, got)
			}
		}
	})
}
