package verbs_test

import (
	"testing"
	"testing/synctest"

	"charla/server/chat/chattest"
	"charla/server/i18n"
	"charla/server/internal/verbs"
)

// none is what an empty list leaves: nothing for a program.
func none(sentence string) result { return result{err: "charla: " + sentence + "\n"} }

// Whoever typed it could not tell an empty list from an order that did nothing.
func TestAnEmptyListSaysSoBesideWhatProgramsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		d := desk{t, w}
		system, olga := w.Service.Operator(), w.Person("olga")
		d.want(system, "admin audit", none("nothing has been decided yet"))
		d.want(system, "admin owner olga", result{"olga is owner\n", "", verbs.Done})
		for line, want := range map[string]string{
			"admin bans": "nobody and nothing is banned", "admin reports": "no report is open", "admin people z": "nobody has a nick that begins so",
			"admin audit --before 1": "nothing was decided before that", "requests": "nobody waits for you to let them in", "blocked": "you have blocked nobody",
			"who": "nobody is seen here now", "read lobby": "there is nothing to read in lobby", "files notes": "there are no files in notes",
		} {
			d.want(olga, line, none(want))
			d.want(olga, line+" --json", done(""))
		}
		for line, want := range map[string]string{
			"admin vetos": "no hay ningún veto", "peticiones": "nadie espera a que le dejes entrar", "bloqueados": "no has bloqueado a nadie",
			"leer lobby": "no hay nada que leer en lobby",
		} {
			if got := d.run(olga, i18n.Spanish, "", line); got != none(want) {
				t.Errorf("%s leaves %+v", line, got)
			}
		}
	})
}
