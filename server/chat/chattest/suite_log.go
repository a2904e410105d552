package chattest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"charla/server/chat"
)

// TestLog is what every chat.Log must do. open returns an empty one, and closes
// it with t.
func TestLog(t *testing.T, open func(t *testing.T) chat.Log) {
	for name, story := range map[string]func(*testing.T, chat.Log){
		"what was appended is read in order":     appendedIsRead,
		"an envelope is whole":                   envelopeIsWhole,
		"too much or nothing is refused":         tooMuchIsRefused,
		"many append at once":                    manyAppend,
		"a tail begins where it is told":         tailBegins,
		"a tail waits for what comes":            tailWaits,
		"a tail ends with its context":           tailEnds,
		"an unknown event keeps its bytes":       unknownIsKept,
		"an ended context is not served":         endedContext,
		"a subject is decided once":              subjectIsDecided,
		"a subject moves on by its own sequence": subjectMovesOn,
		"a decision sent again is the same":      decisionAgain,
		"of many who decide at once one wins":    oneWins,
		"the identity tells how much there is":   identityTells,
		"a digest is that of the stored bytes":   digests,
	} {
		t.Run(name, func(t *testing.T) { story(t, open(t)) })
	}
}

func text(s string) chat.Event {
	return event(chat.NewID[chat.Person](), chat.MessagePosted{Conversation: chat.LobbyID, Text: s})
}

// event is one that happened at a round time, as those of the service do.
func event(by chat.UserID, body chat.Body) chat.Event {
	return chat.Event{ID: chat.NewID[chat.Event](), At: time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), By: by, Body: body}
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// read reads n events from after, each with the position it stands at.
func read(t *testing.T, log chat.Log, after uint64, n int) (events []chat.Event, at []chat.Position) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tail := must(log.Tail(ctx, after))(t)
	defer func() {
		if err := tail.Close(); err != nil {
			t.Error(err)
		}
	}()
	for len(events) < n {
		for _, e := range must(tail.Next(ctx, 100))(t) {
			for i, event := range e.Envelope.Events {
				events, at = append(events, event), append(at, chat.PositionAt(e.Seq, i))
			}
		}
	}
	if len(events) != n {
		t.Fatalf("read %d events, want %d", len(events), n)
	}
	return events, at
}

// same reports whether two events have the same wire form.
func same(a, b chat.Event) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && string(x) == string(y)
}

func appendedIsRead(t *testing.T, log chat.Log) {
	var want []chat.Event
	var last chat.Position
	for i := range 10 {
		e := text(fmt.Sprint(i))
		at := must(log.Append(t.Context(), e))(t)
		if at <= last {
			t.Fatalf("position %d after %d", at, last)
		}
		last, want = at, append(want, e)
	}
	got, at := read(t, log, 0, len(want))
	for i := range want {
		if !same(got[i], want[i]) {
			t.Errorf("event %d is %+v, want %+v", i, got[i], want[i])
		}
	}
	if at[9] != last {
		t.Errorf("the last event stands at %d, was acknowledged at %d", at[9], last)
	}
}

func envelopeIsWhole(t *testing.T, log chat.Log) {
	var events []chat.Event
	for i := range chat.MaxEnvelope {
		events = append(events, text(fmt.Sprint(i)))
	}
	acknowledged := must(log.Append(t.Context(), events...))(t)
	got, at := read(t, log, 0, len(events))
	for i := range events {
		if got[i].ID != events[i].ID || i > 0 && at[i] <= at[i-1] {
			t.Fatalf("event %d is out of order", i)
		}
	}
	if at[len(at)-1] != acknowledged {
		t.Errorf("the last event stands at %d, was acknowledged at %d", at[len(at)-1], acknowledged)
	}
}

func tooMuchIsRefused(t *testing.T, log chat.Log) {
	if _, err := log.Append(t.Context()); err == nil {
		t.Error("nothing was appended without an error")
	}
	if _, err := log.Append(t.Context(), make([]chat.Event, chat.MaxEnvelope+1)...); err == nil {
		t.Error("more than MaxEnvelope was appended")
	}
	if id := must(log.Identity(t.Context()))(t); id.Last != 0 {
		t.Errorf("the log holds up to %d, want nothing", id.Last)
	}
}

func manyAppend(t *testing.T, log chat.Log) {
	const people, each = 8, 25
	var mu sync.Mutex
	acknowledged := map[chat.EventID]chat.Position{}
	var wg sync.WaitGroup
	for range people {
		wg.Go(func() {
			by := chat.NewID[chat.Person]()
			for i := range each {
				a, b := text(fmt.Sprint(2*i)), text(fmt.Sprint(2*i+1))
				a.By, b.By = by, by
				at, err := log.Append(t.Context(), a, b)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				acknowledged[b.ID] = at
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	said := map[chat.UserID]int{}
	events, at := read(t, log, 0, people*each*2)
	for i, e := range events {
		if got, want := e.Body.(chat.MessagePosted).Text, fmt.Sprint(said[e.By]); got != want {
			t.Fatalf("somebody's event %s stands where %s should", got, want)
		}
		if said[e.By]++; said[e.By]%2 == 0 && acknowledged[e.ID] != at[i] {
			t.Fatalf("acknowledged at %d, stands at %d", acknowledged[e.ID], at[i])
		}
	}
}

func tailBegins(t *testing.T, log chat.Log) {
	first := must(log.Append(t.Context(), text("1")))(t)
	second := text("2")
	must(log.Append(t.Context(), second))(t)
	if got, _ := read(t, log, first.Seq(), 1); got[0].ID != second.ID {
		t.Error("the tail did not begin after the first")
	}
}

func tailWaits(t *testing.T, log chat.Log) {
	tail := must(log.Tail(t.Context(), 0))(t)
	defer tail.Close()
	got := make(chan []chat.Entry)
	go func() {
		defer close(got)
		for range 2 {
			entries, err := tail.Next(t.Context(), 1)
			if err != nil {
				return
			}
			got <- entries
		}
	}()
	for _, s := range []string{"1", "2"} {
		e := text(s)
		must(log.Append(t.Context(), e))(t)
		if entries := <-got; len(entries) != 1 || entries[0].Envelope.Events[0].ID != e.ID {
			t.Fatalf("the tail gave %+v", entries)
		}
	}
}

func tailEnds(t *testing.T, log chat.Log) {
	tail := must(log.Tail(t.Context(), 0))(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tail.Next(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("next with an ended context: %v", err)
	}
	if err := tail.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

func unknownIsKept(t *testing.T, log chat.Log) {
	e := event(chat.UserID{}, chat.Unknown{Kind: "room.painted", Version: 7, Raw: json.RawMessage(`{"colour":"ultramarine","n":[1,2,3]}`)})
	must(log.Append(t.Context(), e))(t)
	if got, _ := read(t, log, 0, 1); !same(got[0], e) {
		t.Errorf("got %+v, want %+v", got[0], e)
	}
}

func endedContext(t *testing.T, log chat.Log) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := log.Append(ctx, text("never")); err == nil {
		t.Error("an append was acknowledged")
	}
	if _, err := log.AppendIf(ctx, chat.NameSubject("ana"), 0, text("never")); err == nil {
		t.Error("a decision was acknowledged")
	}
}

func subjectIsDecided(t *testing.T, log chat.Log) {
	must(log.AppendIf(t.Context(), chat.NameSubject("a.na"), 0, text("hers")))(t)
	if _, err := log.AppendIf(t.Context(), chat.NameSubject("a.na"), 0, text("mine")); !errors.Is(err, chat.ErrConflict) {
		t.Errorf("the second claim: %v, want a conflict", err)
	}
	for _, other := range []chat.Nick{"a", "na", "a.n", "a-na"} {
		if _, err := log.AppendIf(t.Context(), chat.NameSubject(other), 0, text("another")); err != nil {
			t.Errorf("another name, %s: %v", other, err)
		}
	}
	read(t, log, 0, 5)
}

func subjectMovesOn(t *testing.T, log chat.Log) {
	group := chat.ConversationSubject(chat.NewID[chat.Conversation]())
	must(log.Append(t.Context(), text("before")))(t)
	first := must(log.AppendIf(t.Context(), group, 0, text("made")))(t)
	must(log.Append(t.Context(), text("between")))(t)
	second := must(log.AppendIf(t.Context(), group, first.Seq(), text("added")))(t)
	for _, last := range []uint64{0, first.Seq(), second.Seq() + 1} {
		if _, err := log.AppendIf(t.Context(), group, last, text("late")); !errors.Is(err, chat.ErrConflict) {
			t.Errorf("decided on %d: %v, want a conflict", last, err)
		}
	}
	read(t, log, 0, 4)
}

func decisionAgain(t *testing.T, log chat.Log) {
	e := text("mine")
	first := must(log.AppendIf(t.Context(), chat.NameSubject("ana"), 0, e))(t)
	if again, err := log.AppendIf(t.Context(), chat.NameSubject("ana"), 0, e); err != nil || again != first {
		t.Errorf("the same again: %d, %v, want %d", again, err, first)
	}
	read(t, log, 0, 1)
}

func oneWins(t *testing.T, log chat.Log) {
	var mu sync.Mutex
	won := 0
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, err := log.AppendIf(t.Context(), chat.NameSubject("ana"), 0, text("mine"))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case !errors.Is(err, chat.ErrConflict):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d won, want 1", won)
	}
	read(t, log, 0, 1)
}

func identityTells(t *testing.T, log chat.Log) {
	empty := must(log.Identity(t.Context()))(t)
	if empty.First != 0 || empty.Last != 0 || empty.Created.IsZero() {
		t.Errorf("an empty log is %+v", empty)
	}
	at := must(log.Append(t.Context(), text("1")))(t)
	full := must(log.Identity(t.Context()))(t)
	if full.First != at.Seq() || full.Last != at.Seq() || !full.Created.Equal(empty.Created) {
		t.Errorf("with one envelope it is %+v, was %+v", full, empty)
	}
}

func digests(t *testing.T, log chat.Log) {
	must(log.Append(t.Context(), text("1")))(t)
	must(log.AppendIf(t.Context(), chat.NameSubject("ana"), 0, text("2")))(t)
	var seen [2][]chat.Entry
	for i := range seen {
		tail := must(log.Tail(t.Context(), 0))(t)
		for len(seen[i]) < 2 {
			seen[i] = append(seen[i], must(tail.Next(t.Context(), 10))(t)...)
		}
		if err := tail.Close(); err != nil {
			t.Error(err)
		}
	}
	if seen[0][0].Digest != seen[1][0].Digest || seen[0][0].Digest == seen[0][1].Digest || seen[0][1].Digest == [8]byte{} {
		t.Errorf("digests %x, %x and then %x", seen[0][0].Digest, seen[0][1].Digest, seen[1][0].Digest)
	}
}
