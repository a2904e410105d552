package projector_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/internal/projector"
)

// published is a Publisher that keeps what it was given.
type published struct {
	mu      sync.Mutex
	changes []chat.Change
	asOf    []chat.Position
	hold    func() // called first
}

func (p *published) Publish(changes []chat.Change, asOf chat.Position) {
	if p.hold != nil {
		p.hold()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.changes = append(p.changes, changes...)
	p.asOf = append(p.asOf, asOf)
}

func (p *published) last() chat.Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asOf[len(p.asOf)-1]
}

// failingView is a view whose Apply fails when told to.
type failingView struct {
	chat.View
	apply func(chat.Batch) error // nil: apply
}

func (v *failingView) Apply(ctx context.Context, b chat.Batch) ([]chat.Change, error) {
	if err := v.apply(b); err != nil {
		return nil, err
	}
	return v.View.Apply(ctx, b)
}

// run starts p and returns how to end it, which tells what Run returned.
func run(t *testing.T, p *projector.Projector) (end func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	end = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { end() })
	return end
}

func claim(nick string) chat.Event {
	return chat.Event{ID: chat.NewID[chat.Event](), By: chat.NewID[chat.Person](), Body: chat.PersonClaimed{Nick: chat.Nick(nick)}}
}

func post(text string) chat.Event {
	return chat.Event{ID: chat.NewID[chat.Event](), Body: chat.MessagePosted{Conversation: chat.LobbyID, Text: text}}
}

func mustAppend(t *testing.T, log chat.Log, events ...chat.Event) chat.Position {
	t.Helper()
	at, err := log.Append(t.Context(), events...)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestWhoeverAwaitedFindsItInTheViewAndTheFeed(t *testing.T) {
	log, view, out := chattest.NewLog(), chattest.NewView(), &published{}
	p := projector.New(log, log, view, out, slog.New(slog.DiscardHandler))
	run(t, p)
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			nick := fmt.Sprint("ana", i)
			at := mustAppend(t, log, post("x"), post("y"), claim(nick))
			if err := p.Await(t.Context(), at); err != nil {
				t.Error(err)
				return
			}
			if _, err := view.PersonByNick(t.Context(), chat.Nick(nick)); err != nil {
				t.Errorf("after Await: %v", err)
			}
			if last := out.last(); last < at {
				t.Errorf("the feed is at %d, awaited was %d", last, at)
			}
		})
	}
	wg.Wait()
}

func TestShelfReachesTheViewAndTheFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, view, out := chattest.NewLog(), chattest.NewView(), &published{}
		p := projector.New(log, log, view, out, slog.New(slog.DiscardHandler))
		end := run(t, p)
		ana := claim("ana")
		at := mustAppend(t, log, ana)
		if err := log.Put(t.Context(), ana.By, chat.SettingsSlot, []byte(`{}`)); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if v, err := view.Value(t.Context(), ana.By, chat.SettingsSlot); err != nil || string(v) != "{}" {
			t.Errorf("in the view: %q, %v", v, err)
		}
		if got, want := out.last(), projector.AsOf(at.Seq()); got != want {
			t.Errorf("the feed is at %d, want %d", got, want)
		}
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}

func TestSecondRunGoesOnWhereTheViewIs(t *testing.T) {
	log, view, out := chattest.NewLog(), chattest.NewView(), &published{}
	first := projector.New(log, log, view, out, slog.New(slog.DiscardHandler))
	end := run(t, first)
	at := mustAppend(t, log, claim("ana"))
	if err := first.Await(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if err := first.Await(t.Context(), at); err != nil {
		t.Errorf("what was applied is applied: %v", err)
	}
	later := mustAppend(t, log, claim("beto"))
	if err := first.Await(t.Context(), later); chat.CodeOf(err) != chat.Unavailable {
		t.Errorf("Await of an ended projector: %v", err)
	}

	var batches [][]uint64
	counting := &failingView{View: view, apply: func(b chat.Batch) error {
		var seqs []uint64
		for _, e := range b.Log {
			seqs = append(seqs, e.Seq)
		}
		batches = append(batches, seqs)
		return nil
	}}
	var progress []uint64
	second := projector.New(log, log, counting, out, slog.New(slog.DiscardHandler))
	second.Progress = func(done, all uint64) { progress = append(progress, done, all) }
	end = run(t, second)
	if err := second.Await(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	if lag, err := second.Lag(t.Context()); lag != 0 || err != nil {
		t.Errorf("lag %d, %v", lag, err)
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(batches); got != "[[2]]" {
		t.Errorf("applied %s, want the second entry alone", got)
	}
	if got := fmt.Sprint(progress); got != "[2 2]" {
		t.Errorf("progress %s", got)
	}
}

func TestEntriesThatComeMeanwhileAreOneBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := chattest.NewLog()
		gate := make(chan struct{})
		var sizes []int
		view := &failingView{View: chattest.NewView(), apply: func(b chat.Batch) error {
			sizes = append(sizes, len(b.Log))
			<-gate
			return nil
		}}
		p := projector.New(log, log, view, &published{}, slog.New(slog.DiscardHandler))
		end := run(t, p)
		mustAppend(t, log, post("first"))
		synctest.Wait()
		for range 2*projector.MaxBatch + 10 {
			mustAppend(t, log, post("meanwhile"))
		}
		synctest.Wait()
		close(gate)
		synctest.Wait()
		if err := end(); err != nil {
			t.Fatal(err)
		}
		all := 0
		for _, n := range sizes {
			all += n
		}
		if sizes[0] != 1 || sizes[1] != projector.MaxBatch || all != 2*projector.MaxBatch+11 {
			t.Errorf("batches of %v", sizes)
		}
	})
}

func TestLargeEnvelopesBoundTheBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := chattest.NewLog()
		gate := make(chan struct{})
		most := 0
		view := &failingView{View: chattest.NewView(), apply: func(b chat.Batch) error {
			events := 0
			for _, e := range b.Log {
				events += len(e.Envelope.Events)
			}
			most = max(most, events)
			<-gate
			return nil
		}}
		p := projector.New(log, log, view, &published{}, slog.New(slog.DiscardHandler))
		end := run(t, p)
		full := make([]chat.Event, chat.MaxEnvelope)
		for i := range full {
			full[i] = post("x")
		}
		for range 20 {
			mustAppend(t, log, full...)
			synctest.Wait()
		}
		close(gate)
		synctest.Wait()
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if most > projector.EnoughEvents+chat.MaxEnvelope {
			t.Errorf("a batch of %d events", most)
		}
	})
}

func TestFailedApplyFailsEveryAwait(t *testing.T) {
	broken := errors.New("disk on fire")
	for name, apply := range map[string]func(chat.Batch) error{
		"error": func(chat.Batch) error { return broken },
		"panic": func(chat.Batch) error { panic(broken) },
	} {
		t.Run(name, func(t *testing.T) {
			log := chattest.NewLog()
			p := projector.New(log, log, &failingView{View: chattest.NewView(), apply: apply}, &published{}, slog.New(slog.DiscardHandler))
			ended := make(chan error, 1)
			waits := make(chan error, 8)
			for range cap(waits) { // some before the failure, some after
				go func() { waits <- p.Await(t.Context(), chat.PositionAt(1, 0)) }()
			}
			go func() { ended <- p.Run(t.Context()) }()
			mustAppend(t, log, post("x"))
			for range cap(waits) {
				if err := <-waits; chat.CodeOf(err) != chat.Unavailable {
					t.Errorf("await: %v", err)
				}
			}
			if err := <-ended; err == nil {
				t.Error("Run ended without an error")
			}
			err := p.Await(t.Context(), chat.PositionAt(1, 0))
			if chat.CodeOf(err) != chat.Unavailable || name == "error" && !errors.Is(err, broken) {
				t.Errorf("a later await: %v", err)
			}
		})
	}
}

func TestAwaitGivesUpWithItsContextAndIsForgotten(t *testing.T) {
	log := chattest.NewLog()
	p := projector.New(log, log, chattest.NewView(), &published{}, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Await(ctx, chat.PositionAt(9, 3)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if p.Waiting() != 0 {
		t.Error("it is still awaited")
	}
	if err := p.Await(ctx, 0); err != nil {
		t.Errorf("before the first entry there is nothing to await: %v", err)
	}
}

// The read model's disk was full for a moment, and the server stopped.
func TestViewWithoutRoomIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := chattest.NewLog()
		full := &chat.Error{Code: chat.DiskFull}
		var room atomic.Bool
		var tries atomic.Int32
		view := &failingView{View: chattest.NewView(), apply: func(chat.Batch) error {
			if tries.Add(1); !room.Load() {
				return full
			}
			return nil
		}}
		out := &published{}
		p := projector.New(log, log, view, out, slog.New(slog.DiscardHandler))
		end := run(t, p)
		synctest.Wait()
		waits := make(chan error, 1)
		go func() { waits <- p.Await(t.Context(), chat.PositionAt(1, 0)) }()
		synctest.Wait()
		at := mustAppend(t, log, claim("ana"))
		if err := <-waits; !errors.Is(err, full) {
			t.Fatalf("who waited got %v", err)
		}
		if err := p.Await(t.Context(), at); !errors.Is(err, full) || !errors.Is(p.Stuck(), full) {
			t.Fatalf("who comes to wait gets %v; stuck: %v", err, p.Stuck())
		}
		time.Sleep(time.Hour)
		if n := tries.Load(); n < 3000 || n > 4000 {
			t.Errorf("%d tries in an hour", n)
		}
		room.Store(true)
		time.Sleep(2 * time.Second)
		if err := p.Await(t.Context(), at); err != nil || p.Stuck() != nil {
			t.Fatalf("with room: %v; stuck: %v", err, p.Stuck())
		}
		if last := out.last(); last < at {
			t.Errorf("the feed is at %d, want %d", last, at)
		}
		if err := end(); err != nil {
			t.Error(err)
		}
	})
}

// A server that stops does not wait for room.
func TestViewWithoutRoomLetsTheServerStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := chattest.NewLog()
		view := &failingView{View: chattest.NewView(), apply: func(chat.Batch) error { return &chat.Error{Code: chat.DiskFull} }}
		p := projector.New(log, log, view, &published{}, slog.New(slog.DiscardHandler))
		end := run(t, p)
		at := mustAppend(t, log, claim("ana"))
		synctest.Wait()
		if err := end(); err != nil {
			t.Error(err)
		}
		if err := p.Await(t.Context(), at); err == nil {
			t.Error("what was not applied was awaited")
		}
	})
}
