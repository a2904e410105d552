package linear_test

import (
	"testing"
	"testing/synctest"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

// Who is given a rank on the server reads it when it happens, and when it is taken.
func TestAnotherRankIsToldInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		anas, betos := open(t, w, ana, nil), open(t, w, beto, nil)
		for _, change := range []struct {
			rank chat.Rank
			line string
		}{
			{chat.RankOwner, "* you look after this server now (owner): /admin help\n"},
			{chat.RankAdmin, "* you look after this server now (admin): /admin help\n"},
			{chat.RankMember, "* you do not look after this server any more\n"},
		} {
			if _, err := w.Service.Operator().GiveRank(w.Ctx, "ana", change.rank); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if got, other := anas.read(), betos.read(); got != change.line || other != "" {
				t.Errorf("as %s ana reads %q and not %q; beto reads %q", change.rank, got, change.line, other)
			}
		}
	})
}
