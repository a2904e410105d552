package verbs_test

import (
	"strings"
	"testing"

	"charla/server/chat"
	"charla/server/i18n"
)

func TestSearch(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "send beto ¿Mañana en la plaza?", done(""))
		d.want(beto, "send ana la plaza, a las 8", done(""))
		d.want(ana, "send lobby plazas libres", done(""))
		found := "2000-01-01 00:00 UTC beto in beto: la plaza, a las 8\n2000-01-01 00:00 UTC ana in beto: ¿Mañana en la plaza?\n"
		d.want(ana, "search plaza", done("2000-01-01 00:00 UTC ana in lobby: plazas libres\n"+found))
		d.want(ana, "buscar PLAZA --in @beto", done(found))
		d.want(ana, "search --last 1 plaza --in beto", done("2000-01-01 00:00 UTC beto in beto: la plaza, a las 8\n"))
		d.want(beto, "search manana plaz", done("2000-01-01 00:00 UTC ana in ana: ¿Mañana en la plaza?\n"))
		d.want(ana, "search --json 'las 8'", done(
			`{"id":"ID","n":2,"position":P,"conversation":"beto","from":"beto","at":"2000-01-01T00:00:00Z","kind":"text","text":"la plaza, a las 8"}`+"\n"))
		d.want(ana, "search nothing  'at all'", result{err: "charla: no message of yours has nothing at all\n", status: 1})
		eva := d.w.Person("eva")
		d.want(eva, "search plaza", done("2000-01-01 00:00 UTC ana in lobby: plazas libres\n"))
		d.want(eva, "search plaza --in beto", result{err: "charla: no message of yours has plaza\n", status: 1})
	})
}

func TestSearchGoesOnBefore(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.wantIn(ana, strings.Repeat("piedra\n", 250), "send --lines beto", done(""))
		for last, want := range map[string]int{"1": 1, "100": 100, "101": 101, "250": 250, "1000": 250} {
			if got := d.run(beto, i18n.English, "", "search piedra --last "+last); strings.Count(got.out, "\n") != want {
				t.Errorf("--last %s prints %d lines, want %d", last, strings.Count(got.out, "\n"), want)
			}
		}
		first := d.run(beto, i18n.English, "", "search piedra --json --last 240")
		_, tail, _ := strings.Cut(first.out[strings.LastIndex(strings.TrimSpace(first.out), "\n")+1:], `"position":`)
		position, _, _ := strings.Cut(tail, ",")
		rest := d.run(beto, i18n.English, "", "search piedra --last 100 --before "+position)
		if n := strings.Count(rest.out, "\n"); n != 10 {
			t.Errorf("after 240 of 250 come %d, want 10:\n%s", n, rest.out)
		}
	})
}

func TestSearchTypedWrongly(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		usage := "search [--json] WORDS… [--in CONV] [--last N] [--before POSITION]"
		for line, want := range map[string]result{
			"search":                         {err: "charla: usage: " + usage + "\n", status: 2},
			"search x --last 0":              {err: "charla: --last 0 does not fit; usage: " + usage + "\n", status: 2},
			"search x --last 1001":           {err: "charla: --last 1001 does not fit; usage: " + usage + "\n", status: 2},
			"search x --before now":          {err: "charla: --before now does not fit; usage: " + usage + "\n", status: 2},
			"search '*'":                     {err: "charla: there is no word to look for\n", status: 1},
			"search 'a b c d e f g h i j k'": {err: "charla: too much to look for; 8 words at most\n", status: 1},
			"search x --in nowhere":          {err: "charla: no nowhere here\n", status: 1},
		} {
			d.want(ana, line, want)
		}
	})
}
