package verbs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/i18n"
	"charla/server/internal/verbs"
)

// told is what the tests read of a line of tail.
type told struct {
	ID           string `json:"id"`
	Position     chat.Position
	Conversation string
	Text         string
}

// tail runs a tail and hands over its lines until stop is called.
func (d desk) tail(who *chat.Actor, line string) (lines *bufio.Scanner, stop func() int) {
	ctx, cancel := context.WithCancel(d.w.Ctx)
	r, w := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- verbs.Run(ctx, d.session(who, i18n.English, nil, w, io.Discard), line)
		w.Close()
	}()
	return bufio.NewScanner(r), func() int {
		cancel()
		_ = r.Close()
		return <-status
	}
}

func (d desk) next(lines *bufio.Scanner) told {
	d.t.Helper()
	var m told
	if !lines.Scan() {
		d.t.Fatalf("tail ended: %v", lines.Err())
	}
	if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
		d.t.Fatalf("%q: %v", lines.Text(), err)
	}
	return m
}

// all is what ana can read, in log order: the measure for tail.
func (d desk) all(who *chat.Actor, after chat.Position) []string {
	d.t.Helper()
	d.w.Settle()
	messages, _, err := who.Since(d.w.Ctx, after, nil, 1<<20)
	if err != nil {
		d.t.Fatal(err)
	}
	var ids []string
	for _, m := range messages {
		ids = append(ids, m.ID.String())
	}
	return ids
}

// Three people write faster than ana's connection takes it: her tail stands
// still until everything has fallen out of the feed's memory, in conversations
// that did not exist when it began, and still tells each message once, in order.
func TestTailMissesNothingUnderAStorm(t *testing.T) {
	w := chattest.New(t)
	d := desk{t, w}
	ana, beto, carla := w.Person("ana"), w.Person("beto"), w.Person("carla")
	w.Group(ana, "Amigos", beto, carla)
	w.Say(beto, w.Lobby(), "before")
	lines, stop := d.tail(ana, "tail --json --after 0")
	if first := d.next(lines); first.Text != "before" || first.Conversation != "lobby" {
		t.Fatalf("the first line is %+v", first)
	}
	const each = 400
	storm := func(who *chat.Actor, where func(i int) chat.Ref) {
		for i := range each {
			if _, err := who.Post(w.Ctx, where(i), chat.Words{Text: fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
		}
	}
	var stormy sync.WaitGroup
	stormy.Go(func() { storm(beto, func(int) chat.Ref { return w.Lobby() }) })
	stormy.Go(func() { storm(carla, func(int) chat.Ref { return w.Talk(carla, ana) }) })
	stormy.Go(func() {
		var group chat.Ref
		storm(beto, func(i int) chat.Ref {
			if i%100 == 0 {
				group = w.Group(beto, fmt.Sprint("party ", i), ana)
			}
			return group
		})
	})
	got := []string{}
	for i := range 3 * each { // half while it storms, half after
		if i == each {
			stormy.Wait()
		}
		got = append(got, d.next(lines).ID)
	}
	want := d.all(ana, 0)[1:]
	if !slices.Equal(got, want) {
		t.Errorf("tail tells %d messages, want these %d in this order", len(got), len(want))
	}
	storm(beto, func(int) chat.Ref { return w.Lobby() }) // and while nobody reads
	for _, id := range d.all(ana, 0)[1+3*each:] {
		if m := d.next(lines); m.ID != id {
			t.Fatalf("got %+v, want %s", m, id)
		}
	}
	w.Say(carla, w.Talk(carla, ana), "after")
	if last := d.next(lines); last.Text != "after" || last.Conversation != "carla" {
		t.Errorf("then it tells %+v, want what came after, once", last)
	}
	if status := stop(); status != 75 && status != 1 {
		t.Errorf("status %d", status)
	}
}

func TestTailGoesOnFromAPosition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		d := desk{t, w}
		ana, beto := w.Person("ana"), w.Person("beto")
		w.Group(ana, "Amigos", beto)
		for i := range 150 {
			w.Say(beto, w.Lobby(), fmt.Sprint(i))
		}
		lines, stop := d.tail(ana, "tail --json --after 0 lobby")
		var at told
		for range 60 {
			at = d.next(lines)
		}
		stop()
		w.Say(beto, w.Talk(beto, ana), "not of the lobby")
		w.Say(beto, w.Lobby(), "150")
		lines, stop = d.tail(ana, fmt.Sprint("tail --json lobby --after ", at.Position))
		defer stop()
		for i := 60; i <= 150; i++ {
			if m := d.next(lines); m.Text != fmt.Sprint(i) {
				t.Fatalf("got %q, want %d", m.Text, i)
			}
		}
	})
}

func TestTailBeginsNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		d := desk{t, w}
		ana, beto := w.Person("ana"), w.Person("beto")
		w.Group(ana, "Amigos", beto)
		w.Say(beto, w.Lobby(), "old")
		lines, stop := d.tail(ana, "seguir --json beto")
		defer stop()
		synctest.Wait()
		w.Say(beto, w.Lobby(), "elsewhere")
		w.Say(beto, w.Talk(beto, ana), "first of a new talk")
		if m := d.next(lines); m.Text != "first of a new talk" || m.Conversation != "beto" {
			t.Errorf("got %+v", m)
		}
	})
}

// A position that this node has not reached is worth a little patience, and
// then a 75: the caller tries again, and nothing is skipped.
func TestTailAheadOfTheServer(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "tail --after 18446744073709551615", result{err: "charla: the server cannot do that now; try again in a moment\n", status: 75})
	})
}

func TestTailOfSomebodyElsesConversationIsRefused(t *testing.T) {
	story(t, func(t *testing.T, d desk, ana, beto *chat.Actor) {
		d.want(ana, "group new secret", done("secret\n"))
		d.want(beto, "tail secret", result{err: "charla: no secret here\n", status: 1})
	})
}

// A stream of lines is slowed down to what the budget allows, never thinned
// out; one message that is too fast is refused with 75.
func TestTooFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t, chattest.WithLimiter(&onePerSecond{}))
		d := desk{t, w}
		ana, beto := w.Person("ana"), w.Person("beto")
		w.Group(ana, "Amigos", beto)
		waits := result{err: "charla: beto has not let you in yet; up to 5 messages wait\n"}
		d.want(ana, "send beto 0", waits)
		d.want(ana, "send beto 0", result{err: "charla: too fast; try again in 1 s\n", status: 75})
		before := time.Now()
		d.wantIn(ana, "1\n2\n3\n4", "send --lines beto", waits)
		if took := time.Since(before); took != 4*time.Second {
			t.Errorf("four lines took %s, want 4 s", took)
		}
		if got := w.Texts(beto, w.Talk(beto, ana)); !slices.Equal(got, []string{"ana: 0", "ana: 1", "ana: 2", "ana: 3", "ana: 4"}) {
			t.Errorf("beto reads %q", got)
		}
	})
}

// onePerSecond grants everybody one message a second.
type onePerSecond struct {
	mu   sync.Mutex
	next map[chat.UserID]time.Time
}

func (l *onePerSecond) Take(user chat.UserID, b chat.Budget, _ int) (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b != chat.Messages {
		return 0, true
	}
	if wait := time.Until(l.next[user]); wait > 0 {
		return wait, false
	}
	if l.next == nil {
		l.next = map[chat.UserID]time.Time{}
	}
	l.next[user] = time.Now().Add(time.Second)
	return 0, true
}
