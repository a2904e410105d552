package chat_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

// puts notes when marks reach the shelf.
type puts struct {
	chat.Shelf
	start time.Time

	mu sync.Mutex
	at []string
}

// Put is chat.Shelf.
func (p *puts) Put(ctx context.Context, user chat.UserID, slot chat.Slot, value []byte) error {
	p.mu.Lock()
	p.at = append(p.at, time.Since(p.start).String())
	p.mu.Unlock()
	return p.Shelf.Put(ctx, user, slot, value)
}

func (p *puts) want(t *testing.T, at ...string) {
	t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Equal(p.at, at) {
		t.Errorf("marks were put at %q, want %q", p.at, at)
	}
	p.at, p.start = nil, time.Now()
}

// withPuts is a world in a bubble whose shelf is watched.
func withPuts(t *testing.T, story func(t *testing.T, w *chattest.World, p *puts)) {
	synctest.Test(t, func(t *testing.T) {
		p := &puts{start: time.Now()}
		w := chattest.New(t, func(_ *chattest.World, ports *chat.Ports) {
			p.Shelf, ports.Shelf = ports.Shelf, p
		})
		story(t, w, p)
	})
}

func TestMarksBecomeTicks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		talk := w.Befriend(ana, beto)
		w.Say(ana, talk, "hola")
		anas := ana.Follow()
		defer anas.Close()
		page, err := ana.Page(w.Ctx, talk, chat.PageQuery{Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		anas.Watch(talk.ID, page.AsOf)
		anas.Next()

		beto.Delivered(page.Messages[0].Position)
		synctest.Wait()
		news := anas.Next()
		if len(news.Changes) != 1 || news.Changes[0].Member.Delivered != page.Messages[0].Position || news.Changes[0].Member.User != beto.Me().ID {
			t.Errorf("ana is told %+v, want delivered", news.Changes)
		}
		beto.Read(w.See(beto, talk), 1)
		time.Sleep(time.Second)
		synctest.Wait()
		news = anas.Next()
		if len(news.Changes) != 1 || news.Changes[0].Member.Read != 1 {
			t.Errorf("ana is told %+v, want read", news.Changes)
		}
		if c := w.See(beto, talk); c.Unread != 0 {
			t.Errorf("beto has %d unread", c.Unread)
		}
	})
}

func TestMarksGoAtOnceAndThenOnceASecond(t *testing.T) {
	withPuts(t, func(t *testing.T, w *chattest.World, p *puts) {
		ana, beto := w.Person("ana"), w.Person("beto")
		talk := w.Befriend(ana, beto)
		for range 30 {
			w.Say(ana, talk, "hola")
		}
		c := w.See(beto, talk)
		for n := range chat.Number(25) { // a message every tenth of a second
			beto.Read(c, n+1)
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(10 * time.Second)
		p.want(t, "0s", "1s", "2s", "3s")
		beto.Read(c, 20)
		time.Sleep(time.Minute)
		p.want(t)
	})
}

func TestALargerGroupIsToldMoreSlowly(t *testing.T) {
	withPuts(t, func(t *testing.T, w *chattest.World, p *puts) {
		ana := w.Person("ana")
		var others []*chat.Actor
		for i := range 16 {
			others = append(others, w.Person(chat.Nick(fmt.Sprintf("p%d", i))))
		}
		group := w.Group(ana, "todos", others...)
		w.Say(ana, group, "1")
		w.Say(ana, group, "2")
		c := w.See(others[0], group)
		others[0].Read(c, 1)
		time.Sleep(100 * time.Millisecond)
		others[0].Read(c, 2)
		time.Sleep(time.Minute)
		p.want(t, "0s", "5s")
	})
}

func TestARoomIsMarkedOnceAMinuteOrOnLeaving(t *testing.T) {
	withPuts(t, func(t *testing.T, w *chattest.World, p *puts) {
		ana, beto := w.Person("ana"), w.Person("beto")
		for range 5 {
			w.Say(ana, w.Lobby(), "hola")
		}
		c := w.See(beto, w.Lobby())
		beto.Read(c, 1)
		time.Sleep(10 * time.Second)
		beto.Read(c, 2)
		time.Sleep(2 * time.Minute)
		p.want(t, "1m0s")
		beto.Read(c, 3)
		time.Sleep(10 * time.Second)
		beto.Flush()
		p.want(t, "10s")
		w.Settle()
		if c := w.See(beto, w.Lobby()); c.Read != 3 {
			t.Errorf("beto has read up to %d, want 3", c.Read)
		}
	})
}

func TestMarksThatCannotBeStoredAreTriedAgain(t *testing.T) {
	withPuts(t, func(t *testing.T, w *chattest.World, p *puts) {
		ana, beto := w.Person("ana"), w.Person("beto")
		w.Say(ana, w.Talk(ana, beto), "hola")
		w.Log.TestOnlyFail(fmt.Errorf("no room"), fmt.Errorf("no room"))
		beto.Read(w.See(beto, w.Talk(beto, ana)), 1)
		time.Sleep(time.Minute)
		p.want(t, "0s", "1s", "2s")
		if c := w.See(beto, w.Talk(beto, ana)); c.Read != 1 {
			t.Errorf("beto has read up to %d, want 1", c.Read)
		}
	})
}

func TestMarksOfAnEarlierSessionStay(t *testing.T) {
	withPuts(t, func(t *testing.T, w *chattest.World, p *puts) {
		ana, beto := w.Person("ana"), w.Person("beto")
		talk, lobby := w.Talk(ana, beto), w.Lobby()
		w.Say(ana, talk, "hola")
		w.Say(ana, lobby, "hola")
		beto.Read(w.See(beto, talk), 1)
		time.Sleep(time.Hour) // long forgotten
		beto.Read(w.See(beto, lobby), 1)
		beto.Flush()
		synctest.Wait()
		if a, b := w.See(beto, talk).Read, w.See(beto, lobby).Read; a != 1 || b != 1 {
			t.Errorf("beto has read up to %d and %d, want 1 and 1", a, b)
		}
	})
}

// farShelf is a shelf that takes its time, and notes how many wait for it.
type farShelf struct {
	chat.Shelf
	takes time.Duration

	mu            sync.Mutex
	waiting, most int
	panics        int              // still to come
	at            map[string][]int // of each person: when they were put, in milliseconds
	start         time.Time
}

// Put is chat.Shelf.
func (d *farShelf) Put(ctx context.Context, user chat.UserID, slot chat.Slot, value []byte) error {
	d.mu.Lock()
	d.waiting++
	d.most = max(d.most, d.waiting)
	fails := d.panics > 0
	if fails {
		d.panics--
	}
	d.mu.Unlock()
	time.Sleep(d.takes)
	d.mu.Lock()
	d.waiting--
	d.at[user.String()] = append(d.at[user.String()], int(time.Since(d.start).Milliseconds()))
	d.mu.Unlock()
	if fails {
		panic("the shelf fell")
	}
	return d.Shelf.Put(ctx, user, slot, value)
}

// farAway is a story of n people whose marks reach a shelf that is 5 ms away, and
// panics so many times first.
func farAway(t *testing.T, n, panics int, story func(t *testing.T, d *farShelf, people []*chat.Actor)) {
	synctest.Test(t, func(t *testing.T) {
		d := &farShelf{takes: 5 * time.Millisecond, panics: panics, at: map[string][]int{}, start: time.Now()}
		w := chattest.New(t, func(_ *chattest.World, ports *chat.Ports) {
			d.Shelf, ports.Shelf = ports.Shelf, d
			if panics > 0 {
				ports.Logger = slog.New(slog.DiscardHandler)
			}
		})
		var people []*chat.Actor
		for range n {
			people = append(people, w.Service.Actor(chat.Person{ID: chat.NewID[chat.Person]()}))
		}
		story(t, d, people)
	})
}

func TestManyPeoplesMarksAreOnTheirWayTogether(t *testing.T) {
	farAway(t, 1600, 0, func(t *testing.T, d *farShelf, people []*chat.Actor) {
		for second := range 3 { // each of them moves twice a second
			for half := range 2 {
				for _, p := range people {
					p.Delivered(chat.PositionAt(uint64(10*second+half+1), 0))
				}
				time.Sleep(500 * time.Millisecond)
			}
		}
		time.Sleep(10 * time.Second)
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.most != 16 || d.waiting != 0 {
			t.Errorf("%d waited for the shelf at once, %d still do; want 16 and none", d.most, d.waiting)
		}
		if len(d.at) != len(people) {
			t.Errorf("marks of %d people were put, want %d", len(d.at), len(people))
		}
		for _, at := range d.at {
			// 1,600 at 16 in 5 ms take half a second.
			if last := at[len(at)-1]; at[0] > 600 || last < 2500 || last > 5000 {
				t.Fatalf("marks of one person were put at %d ms, want the first by 600 and the last by 5000", at)
			}
			for i := range at[1:] {
				if at[i+1]-at[i] < 1000 {
					t.Fatalf("marks of one person were put at %d ms: twice in a second", at)
				}
			}
		}
	})
}

func TestAPutThatPanicsIsTriedAgainAndStopsNobody(t *testing.T) {
	farAway(t, 40, 20, func(t *testing.T, d *farShelf, people []*chat.Actor) {
		for _, p := range people {
			p.Delivered(1)
		}
		time.Sleep(time.Minute)
		d.mu.Lock()
		defer d.mu.Unlock()
		twice := 0
		for _, at := range d.at {
			twice += len(at) - 1
		}
		if len(d.at) != len(people) || twice != 20 {
			t.Errorf("marks of %d people were put, %d times again; want %d and 20", len(d.at), twice, len(people))
		}
	})
}

// A server that stops puts what it still holds.
func TestTheLastMarksArePutAtTheEnd(t *testing.T) {
	var log *chattest.Log
	var beto chat.UserID
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, b := w.Person("ana"), w.Person("beto")
		log, beto = w.Log, b.Me().ID
		w.Say(ana, w.Lobby(), "hola")
		b.Read(w.See(b, w.Lobby()), 1)
	})
	tail, err := log.TailShelf(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	entries, err := tail.Next(ctx, 9)
	if err != nil || len(entries) != 1 || entries[0].User != beto || entries[0].Slot != chat.MarksSlot {
		t.Errorf("the shelf holds %+v, %v", entries, err)
	}
}

func TestMarksMerge(t *testing.T) {
	a, b := chat.NewID[chat.Conversation](), chat.NewID[chat.Conversation]()
	one := chat.Marks{Delivered: 5, Read: map[chat.ConversationID]chat.Number{a: 3, b: 1}}
	two := chat.Marks{Delivered: 4, Read: map[chat.ConversationID]chat.Number{a: 2, b: 7}}
	for _, m := range []chat.Marks{one.Merge(two), two.Merge(one), one.Merge(two).Merge(one)} {
		if m.Delivered != 5 || len(m.Read) != 2 || m.Read[a] != 3 || m.Read[b] != 7 {
			t.Errorf("merged to %+v", m)
		}
	}
	if one.Read[b] != 1 || (chat.Marks{}).Merge(chat.Marks{}).Read == nil {
		t.Error("merging changed what it merged, or made no map")
	}
}
