package server

import (
	"os"
	"sync/atomic"
	"testing"
	"time"

	"charla/server/chat"
)

// The clock jumps a day, each way, while the server runs and between two runs.
// The order of messages is that of the log; a mark, a draft and a name do not
// know what time it is; and what was built again is the same.
func TestClockThatJumpsADay(t *testing.T) {
	h := newHouse(t)
	var jump atomic.Int64
	h.now = func() time.Time { return time.Now().Add(time.Duration(jump.Load())) }
	h.open()
	ana, beto := h.person("ana"), h.person("beto")
	lobby := func() chat.Conversation {
		t.Helper()
		c, err := beto.Resolve(t.Context(), "lobby")
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	draft := func(text string) {
		t.Helper()
		if err := beto.SaveDraft(t.Context(), lobby().Ref(), text); err != nil {
			t.Fatal(err)
		}
	}
	h.say(ana, "lobby", "one")
	draft("older")

	const day = int64(24 * time.Hour)
	jump.Store(-day)
	h.say(ana, "lobby", "two")
	draft("newer")
	h.say(h.person("carla"), "lobby", "three")
	jump.Store(day)
	h.say(ana, "lobby", "four")
	jump.Store(-day)
	h.shut()
	h.open()
	ana, beto = h.person("ana"), h.person("beto")
	h.say(ana, "lobby", "five")
	jump.Store(0)

	const want = "one | two | three | four | five"
	check := func() {
		t.Helper()
		ana, beto = h.person("ana"), h.person("beto")
		if got := h.texts(beto, "lobby"); got != want {
			t.Errorf("the lobby reads %q, want %q", got, want)
		}
		if d, err := beto.Draft(t.Context(), lobby().Ref()); d != "newer" || err != nil {
			t.Errorf("the draft is %q, %v", d, err)
		}
		p, err := beto.Page(t.Context(), lobby().Ref(), chat.PageQuery{Limit: 3})
		if err != nil || len(p.Messages) != 3 || p.Messages[0].Text != "three" {
			t.Errorf("the last page begins with %q, %v", p.Messages[0].Text, err)
		}
		since, _, err := beto.Since(t.Context(), p.Messages[0].Position, nil, 10)
		if err != nil || len(since) != 2 || since[0].Text != "four" {
			t.Errorf("after the third there are %d messages, %v", len(since), err)
		}
	}
	check()
	h.shut()
	if err := os.Remove(h.path(viewFile)); err != nil {
		t.Fatal(err)
	}
	h.open()
	check()
}
