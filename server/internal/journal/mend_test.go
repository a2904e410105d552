package journal

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/disktest"
)

// The disk was full for a moment, and the log took nothing any more until the
// server was started again: a write that fails ends a stream of the embedded
// server for good.
func TestFullDiskEndsWhenThereIsRoom(t *testing.T) {
	dir := disktest.Small(t, "128m")
	j := mustOpenBounded(t, dir, 64<<20)
	readMeanwhile := followAll(t, j)
	user := chat.NewID[chat.Person]()
	acked := map[chat.EventID]chat.Position{}
	for round := range 2 {
		must(t, disktest.Fill(dir, 3<<20))
		stormUntil(t, j, chat.DiskFull, acked)
		if err := j.Put(t.Context(), user, "marks", []byte("{}")); chat.CodeOf(err) != chat.DiskFull {
			t.Fatalf("round %d: a put without room: %v", round, err)
		}
		if got := readAll(t, j); len(got) < len(acked) {
			t.Fatalf("round %d: of %d events %d can be read without room", round, len(acked), len(got))
		}

		must(t, disktest.Room(dir))
		last := post("room again")
		acked[last.ID] = appendOnceThereIsRoom(t, j, last)
		if err := j.Put(t.Context(), user, "marks", []byte("{}")); err != nil {
			t.Fatalf("round %d: a put with room again: %v", round, err)
		}
		readMeanwhile.has(t, acked)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = mustOpenBounded(t, dir, 64<<20)
	if got, want := readAll(t, j), readMeanwhile.all(); !slices.Equal(got, want) {
		t.Fatalf("started again the log holds %d events; who read meanwhile was given %d, or others", len(got), len(want))
	}
	if lost, err := j.Lost(t.Context()); lost != 0 || err != nil {
		t.Fatalf("lost %d, %v", lost, err)
	}
}

// stormUntil lets many write until each is refused with that code, and adds
// what was acknowledged.
func stormUntil(t *testing.T, j *Journal, code chat.Code, acked map[chat.EventID]chat.Position) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for w := range 16 {
		all.Go(func() {
			for {
				e := post(strings.Repeat("a storm of long lines ", 400))
				var at chat.Position
				var err error
				if w == 0 {
					at, err = j.AppendIf(t.Context(), chat.NameSubject(chat.Nick(e.ID.String())), 0, e)
				} else {
					at, err = j.Append(t.Context(), e)
				}
				if err != nil {
					if chat.CodeOf(err) != code {
						t.Errorf("refused with %v, want %s", err, code)
					}
					return
				}
				mu.Lock()
				acked[e.ID] = at
				mu.Unlock()
			}
		})
	}
	all.Wait()
}

// appendOnceThereIsRoom tries for as long as the journal says that the disk is
// full, which it may for some seconds.
func appendOnceThereIsRoom(t *testing.T, j *Journal, e chat.Event) chat.Position {
	t.Helper()
	for range 300 {
		at, err := j.Append(t.Context(), e)
		if err == nil {
			return at
		}
		if chat.CodeOf(err) != chat.DiskFull {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("there is room, and the log takes nothing")
	return 0
}

// followed is what a tail was given that was opened once and read all the time.
type followed struct {
	mu   sync.Mutex
	got  []found
	err  error
	news chan struct{}
}

func followAll(t *testing.T, j *Journal) *followed {
	t.Helper()
	tail, err := j.Tail(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	f := &followed{news: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			entries, err := tail.Next(ctx, 100)
			f.mu.Lock()
			f.err = err
			for _, e := range entries {
				for i, ev := range e.Envelope.Events {
					f.got = append(f.got, found{chat.PositionAt(e.Seq, i), ev})
				}
			}
			f.mu.Unlock()
			wake(f.news)
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-ended })
	return f
}

func (f *followed) all() []found {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.got)
}

// has waits until everything was given, each once, where its writer was told.
func (f *followed) has(t *testing.T, want map[chat.EventID]chat.Position) {
	t.Helper()
	for {
		f.mu.Lock()
		err := f.err
		f.mu.Unlock()
		there, before := map[chat.EventID]chat.Position{}, chat.Position(0)
		for _, g := range f.all() {
			if g.at <= before {
				t.Fatalf("position %d was given after %d", g.at, before)
			}
			there[g.event.ID], before = g.at, g.at
		}
		missing := 0
		for id, at := range want {
			switch there[id] {
			case at:
			case 0:
				missing++
			default:
				t.Fatalf("acknowledged at %d, read at %d", at, there[id])
			}
		}
		if missing == 0 {
			return
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatalf("%d events were not given, and the reading ended: %v", missing, err)
		}
		select {
		case <-f.news:
		case <-time.After(time.Minute):
			t.Fatalf("%d of %d events were not given", missing, len(want))
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
