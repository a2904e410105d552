package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"charla/server/chat"
)

// testStore is a bound that fits every test.
const testStore = 1 << 30

func mustOpen(t testing.TB, dir string) *Journal {
	t.Helper()
	return mustOpenBounded(t, dir, testStore)
}

func mustOpenBounded(t testing.TB, dir string, bound int64) *Journal {
	t.Helper()
	j, err := Open(t.Context(), Options{Dir: dir, MaxStore: bound, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// post is an event that is told apart by its text.
func post(text string) chat.Event {
	return chat.Event{
		ID: chat.NewID[chat.Event](), At: time.Now().UTC().Truncate(time.Millisecond), By: chat.NewID[chat.Person](),
		Body: chat.MessagePosted{Conversation: chat.LobbyID, Text: text},
	}
}

// found is an event and where it stands.
type found struct {
	at    chat.Position
	event chat.Event
}

// readAll reads the log from its start to the last record it has now.
func readAll(t testing.TB, log chat.Log) []found {
	t.Helper()
	id, err := log.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tail, err := log.Tail(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer tail.Close()
	var all []found
	for seq := uint64(0); seq < id.Last; {
		entries, err := tail.Next(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Seq <= seq {
				t.Fatalf("record %d after record %d", e.Seq, seq)
			}
			seq = e.Seq
			for i, ev := range e.Envelope.Events {
				all = append(all, found{chat.PositionAt(seq, i), ev})
			}
		}
	}
	return all
}

func TestStormOfAppendsIsReadBackOnceAndInOrder(t *testing.T) {
	const writers, each = 64, 50
	j := mustOpen(t, t.TempDir())
	told := make([]map[chat.Position]chat.EventID, writers)
	var wg sync.WaitGroup
	for w := range writers {
		told[w] = map[chat.Position]chat.EventID{}
		wg.Go(func() {
			var before chat.Position
			for i := range each {
				a, b := post(fmt.Sprint(w, i)), post("and")
				at, err := j.Append(t.Context(), a, b)
				if err != nil {
					t.Error(err)
					return
				}
				if at <= before {
					t.Errorf("writer %d: position %d after %d", w, at, before)
				}
				before = at
				told[w][at-1], told[w][at] = a.ID, b.ID
			}
		})
	}
	wg.Wait()
	all := readAll(t, j)
	if len(all) != 2*writers*each {
		t.Fatalf("%d events in the log, want %d", len(all), 2*writers*each)
	}
	at := map[chat.Position]chat.EventID{}
	for _, f := range all {
		at[f.at] = f.event.ID
	}
	for w := range told {
		for p, id := range told[w] {
			if at[p] != id {
				t.Fatalf("at %d there is %s, the writer was told %s", p, at[p], id)
			}
		}
	}
}

func TestReopenedLogHoldsWhatItHeld(t *testing.T) {
	dir := t.TempDir()
	j := mustOpen(t, dir)
	want := post("hola")
	at, err := j.Append(t.Context(), want)
	if err != nil {
		t.Fatal(err)
	}
	before, err := j.Identity(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = mustOpen(t, dir)
	all := readAll(t, j)
	if len(all) != 1 || all[0].at != at || all[0].event != want {
		t.Fatalf("got %v, want %v at %d", all, want, at)
	}
	if after, err := j.Identity(t.Context()); err != nil || after != before {
		t.Fatalf("identity %v, %v; was %v", after, err, before)
	}
}

func TestOneOfSixteenRacersWins(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	subject := chat.NameSubject("ana.b")
	var mu sync.Mutex
	var won []chat.Position
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			at, err := j.AppendIf(t.Context(), subject, 0, post("mine"))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won = append(won, at)
			case !errors.Is(err, chat.ErrConflict):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%d winners, want one", len(won))
	}
	if _, err := j.AppendIf(t.Context(), subject, won[0].Seq(), post("next")); err != nil {
		t.Fatalf("after the winner: %v", err)
	}
	if n := len(readAll(t, j)); n != 2 {
		t.Fatalf("%d events in the log, want 2", n)
	}
}

func TestShelfTellsTheLatest(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	user := chat.NewID[chat.Person]()
	draft := chat.DraftSlot(chat.LobbyID)
	for i := range 10 {
		if err := j.Put(t.Context(), user, draft, fmt.Append(nil, "draft ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Put(t.Context(), user, chat.SettingsSlot, nil); err != nil {
		t.Fatal(err)
	}
	tail, err := j.TailShelf(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer tail.Close()
	got := map[chat.Slot]chat.ShelfEntry{}
	for len(got) < 2 {
		entries, err := tail.Next(t.Context(), 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			got[e.Slot] = e
		}
	}
	if e := got[draft]; string(e.Value) != "draft 9" || e.User != user || e.Seq != 10 {
		t.Errorf("draft: %+v", e)
	}
	if e := got[chat.SettingsSlot]; len(e.Value) != 0 || e.Seq != 11 {
		t.Errorf("cleared slot: %+v", e)
	}
	for _, slot := range []chat.Slot{"", "*", "a..b", "draft.>", "a b"} {
		if err := j.Put(t.Context(), user, slot, nil); err == nil {
			t.Errorf("slot %q was taken", slot)
		}
	}
}

func TestNextGivesUpWithItsContext(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	tail, err := j.Tail(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tail.Next(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if err := tail.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	if _, err := j.Append(t.Context(), post("x")); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := j.Tail(t.Context(), 0); err != nil { // left open
			t.Fatal(err)
		}
	}
	tail, err := j.TailShelf(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := tail.Close(); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	// Those of the server and the client end on their own, soon after.
	var left string
	for range 3000 {
		if left = goroutinesOf("nats-io/", "journal.(*"); left == "" {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("still running:\n%s", left)
}

// goroutinesOf is the stacks in which one of the words occurs.
func goroutinesOf(words ...string) string {
	buf := make([]byte, 1<<20)
	var left []string
	for _, stack := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		for _, w := range words {
			if strings.Contains(stack, w) {
				left = append(left, stack)
				break
			}
		}
	}
	return strings.Join(left, "\n\n")
}
