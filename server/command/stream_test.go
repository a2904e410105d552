package command_test

import (
	"fmt"
	"slices"
	"testing"

	"charla/server/chat/chattest"
	"charla/server/command"
)

// Ana reads nothing while so much concerns her that the news of her leaving a
// group is forgotten; what was said there afterwards still reached her.
func TestStreamTellsNothingAfterLeavingRegression(t *testing.T) {
	w := chattest.New(t)
	ana, beto, carla := w.Person("ana"), w.Person("beto"), w.Person("carla")
	party, again := w.Group(beto, "party", ana, carla), w.Group(beto, "again", ana, carla)
	s, err := command.NewStream(w.Ctx, ana, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var got []string
	take := func() {
		t.Helper()
		w.Settle()
		for more := true; more; {
			var told []command.Told
			if told, more, err = s.Take(w.Ctx); err != nil {
				t.Fatal(err)
			}
			for _, m := range told {
				got = append(got, m.Text)
			}
		}
	}
	w.Say(beto, party, "while she is in")
	take()
	w.Leave(ana, party)
	w.Leave(ana, again)
	for i := range 300 {
		if err := ana.SaveLayout(w.Ctx, fmt.Sprint(i), []byte("{}")); err != nil {
			t.Fatal(err)
		}
	}
	w.Say(beto, party, "after she left")
	take()
	w.Say(carla, party, "a secret")
	w.Say(carla, again, "another")
	take()
	w.Add(beto, again, ana)
	w.Say(carla, again, "welcome back")
	take()
	if want := []string{"while she is in", "welcome back"}; !slices.Equal(got, want) {
		t.Errorf("she was told %q, want %q", got, want)
	}
}
