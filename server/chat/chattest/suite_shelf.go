package chattest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"charla/server/chat"
)

// TestShelf is what every chat.Shelf must do. open returns an empty one, and
// closes it with t.
func TestShelf(t *testing.T, open func(t *testing.T) chat.Shelf) {
	for name, story := range map[string]func(*testing.T, chat.Shelf){
		"the newest value of a slot wins":     newestWins,
		"an empty value clears":               emptyClears,
		"people and slots stand apart":        slotsStandApart,
		"a shelf's tail waits for what comes": shelfTailWaits,
		"a shelf's tail ends with its context": func(t *testing.T, shelf chat.Shelf) {
			ctx, cancel := context.WithCancel(t.Context())
			tail := must(shelf.TailShelf(ctx, 0))(t)
			cancel()
			if _, err := tail.Next(ctx, 1); !errors.Is(err, context.Canceled) {
				t.Errorf("next with an ended context: %v", err)
			}
			if err := tail.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		},
		"an ended context is not served": func(t *testing.T, shelf chat.Shelf) {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if err := shelf.Put(ctx, chat.NewID[chat.Person](), chat.MarksSlot, []byte("1")); err == nil {
				t.Error("a put was acknowledged")
			}
		},
	} {
		t.Run(name, func(t *testing.T) { story(t, open(t)) })
	}
}

func put(t *testing.T, shelf chat.Shelf, user chat.UserID, slot chat.Slot, value string) {
	t.Helper()
	if err := shelf.Put(t.Context(), user, slot, []byte(value)); err != nil {
		t.Fatal(err)
	}
}

// readShelf reads until the value that is waited for came, and returns the
// latest of each slot.
func readShelf(t *testing.T, shelf chat.Shelf, after uint64, until string) (map[place]string, uint64) {
	t.Helper()
	tail := must(shelf.TailShelf(t.Context(), after))(t)
	defer tail.Close()
	latest := map[place]string{}
	for {
		for _, e := range must(tail.Next(t.Context(), 10))(t) {
			if e.Seq <= after {
				t.Fatalf("sequence %d after %d", e.Seq, after)
			}
			after = e.Seq
			latest[place{e.User, e.Slot}] = string(e.Value)
			if string(e.Value) == until {
				return latest, after
			}
		}
	}
}

func newestWins(t *testing.T, shelf chat.Shelf) {
	ana := chat.NewID[chat.Person]()
	for _, v := range []string{"1", "2", "3"} {
		put(t, shelf, ana, chat.MarksSlot, v)
	}
	put(t, shelf, ana, chat.SettingsSlot, "end")
	latest, last := readShelf(t, shelf, 0, "end")
	if got := latest[place{ana, chat.MarksSlot}]; got != "3" {
		t.Errorf("the newest value is %q, want 3", got)
	}
	put(t, shelf, ana, chat.MarksSlot, "4")
	if latest, _ := readShelf(t, shelf, last, "4"); len(latest) != 1 {
		t.Errorf("after %d came %v, want the new value alone", last, latest)
	}
}

func emptyClears(t *testing.T, shelf chat.Shelf) {
	ana, draft := chat.NewID[chat.Person](), chat.DraftSlot(chat.LobbyID)
	put(t, shelf, ana, draft, "hola")
	_, last := readShelf(t, shelf, 0, "hola")
	put(t, shelf, ana, draft, "")
	latest, _ := readShelf(t, shelf, last, "")
	if got, told := latest[place{ana, draft}]; !told || got != "" {
		t.Errorf("after clearing came %v, want the empty value", latest)
	}
}

func slotsStandApart(t *testing.T, shelf chat.Shelf) {
	ana, beto := chat.NewID[chat.Person](), chat.NewID[chat.Person]()
	slots := []chat.Slot{chat.MarksSlot, chat.SettingsSlot, chat.DraftSlot(chat.LobbyID), chat.LayoutSlot("wide")}
	for _, slot := range slots {
		put(t, shelf, ana, slot, "ana "+string(slot))
		put(t, shelf, beto, slot, "beto "+string(slot))
	}
	latest, _ := readShelf(t, shelf, 0, "beto "+string(slots[3]))
	for _, slot := range slots {
		got := []string{latest[place{ana, slot}], latest[place{beto, slot}]}
		if want := []string{"ana " + string(slot), "beto " + string(slot)}; !slices.Equal(got, want) {
			t.Errorf("%s holds %q, want %q", slot, got, want)
		}
	}
}

func shelfTailWaits(t *testing.T, shelf chat.Shelf) {
	ana := chat.NewID[chat.Person]()
	tail := must(shelf.TailShelf(t.Context(), 0))(t)
	defer tail.Close()
	got := make(chan string)
	go func() {
		defer close(got)
		for range 2 {
			entries, err := tail.Next(t.Context(), 1)
			if err != nil {
				return
			}
			got <- string(entries[0].Value)
		}
	}()
	for _, v := range []string{"1", "2"} {
		put(t, shelf, ana, chat.MarksSlot, v)
		if g := <-got; g != v {
			t.Fatalf("the tail gave %q, want %q", g, v)
		}
	}
}
