package chat_test

import (
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

// watcher is somebody who looks for one sign of another one: their marks in a
// conversation.
type watcher struct {
	w     *chattest.World
	actor *chat.Actor
	where chat.Ref
	feed  chat.Follower
}

func watch(t *testing.T, w *chattest.World, actor *chat.Actor, where chat.Ref) *watcher {
	t.Helper()
	o := &watcher{w, actor, where, actor.Follow()}
	t.Cleanup(o.feed.Close)
	o.feed.Watch(where.ID, w.See(actor, where).Changed)
	o.feed.Next()
	return o
}

// live is the furthest that news told of somebody's marks since it was asked last.
func (o *watcher) live(of *chat.Actor) (m chat.Member) {
	time.Sleep(6 * time.Second) // the slowest pace of marks
	synctest.Wait()
	for _, c := range o.feed.Next().Changes {
		if c.Member != nil && c.Member.User == of.Me().ID {
			m.Delivered, m.Read = max(m.Delivered, c.Member.Delivered), max(m.Read, c.Member.Read)
		}
	}
	return m
}

// back is what whoever comes back reads of somebody's marks.
func (o *watcher) back(t *testing.T, of *chat.Actor) chat.Member {
	t.Helper()
	members, err := o.actor.Members(o.w.Ctx, o.where)
	if err != nil {
		t.Fatalf("members: %v", err)
	}
	for _, m := range members {
		if m.User == of.Me().ID {
			return m
		}
	}
	t.Fatalf("%s is not there", of.Me().Nick)
	return chat.Member{}
}

// far is a position that everything reached.
const far = chat.Position(1 << 50)

// reach is that everything said in a conversation reached somebody, and says how far.
func reach(w *chattest.World, who *chat.Actor, where chat.Ref) chat.Position {
	p := w.See(who, where).Last.Position
	who.Delivered(p)
	return p
}

func showTo(t *testing.T, w *chattest.World, who *chat.Actor, to chat.Audience) {
	t.Helper()
	if _, err := who.ChangeSettings(w.Ctx, func(s *chat.Settings) { s.SeenBy = to }); err != nil {
		t.Fatal(err)
	}
	w.Settle()
}

func block(t *testing.T, w *chattest.World, by, other *chat.Actor) {
	t.Helper()
	if _, err := by.Block(w.Ctx, string(other.Me().Nick)); err != nil {
		t.Fatal(err)
	}
	w.Settle()
}

// Tom, whom beto does not know, made a group with him and wrote: two ticks within
// two seconds said that beto was here, who shows that to nobody.
func TestAGroupDoesNotTellWhoIsHereRegression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		tom, beto, eva := w.Person("tom"), w.Person("beto"), w.Person("eva")
		showTo(t, w, beto, chat.Nobody)
		group := w.Group(tom, "ven", beto, eva)
		w.Say(tom, group, "hola")
		toms := watch(t, w, tom, group)

		beto.Delivered(far)
		eva.Delivered(far)
		if m := toms.live(beto); m.Delivered != 0 {
			t.Errorf("tom is told live that it reached beto: %+v", m)
		}
		if m := toms.back(t, beto); m.Delivered != 0 || !m.Untold {
			t.Errorf("tom reads that it reached beto: %+v", m)
		}
		if m := toms.back(t, eva); m.Delivered != far || m.Untold {
			t.Errorf("of eva, who hides nothing, tom reads %+v", m)
		}
		members, err := tom.Members(w.Ctx, group)
		if err != nil || tom.HearsOtherwise(members) {
			t.Errorf("nothing changed, and tom is to read %+v again, %v", members, err)
		}
		showTo(t, w, eva, chat.Nobody)
		if !tom.HearsOtherwise(members) {
			t.Error("eva does not show herself any more, and tom is to hear as before")
		}
		showTo(t, w, eva, chat.Everyone)
		// To read is a deed of beto's own.
		beto.Read(w.See(beto, group), 1)
		if m := toms.live(beto); m.Read != 1 || m.Delivered != 0 {
			t.Errorf("tom is told live that beto read %+v", m)
		}
		if m := toms.back(t, beto); m.Read != 1 || m.Delivered != 0 {
			t.Errorf("tom reads that beto read %+v", m)
		}
	})
}

// The same in a talk with somebody who shows it to those they know.
func TestATalkDoesNotTellAStrangerWhoIsHereRegression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		tom, beto, eva := w.Person("tom"), w.Person("beto"), w.Person("eva")
		showTo(t, w, beto, chat.Known)
		toTom, toEva := w.Befriend(beto, tom), w.Befriend(beto, eva)
		w.Say(tom, toTom, "hola")
		w.Say(eva, toEva, "hola")
		w.Say(beto, toEva, "hola, eva") // whom he knows by that
		toms, evas := watch(t, w, tom, toTom), watch(t, w, eva, toEva)
		w.Say(eva, toEva, "¿estás?")

		at := reach(w, beto, toEva)
		if m, n := toms.live(beto), toms.back(t, beto); m.Delivered != 0 || n.Delivered != 0 || !n.Untold {
			t.Errorf("tom is told %+v and reads %+v", m, n)
		}
		if m, n := evas.live(beto), evas.back(t, beto); m.Delivered != at || n.Delivered != at || n.Untold {
			t.Errorf("eva, whom he knows, is told %+v and reads %+v", m, n)
		}
		w.Say(beto, toTom, "¿quién eres?") // now he knows tom
		w.Say(tom, toTom, "tom")
		time.Sleep(2 * time.Minute)
		at = reach(w, beto, toTom)
		if m, n := toms.live(beto), toms.back(t, beto); m.Delivered != at || n.Delivered != at || n.Untold {
			t.Errorf("tom, whom he knows now, is told %+v and reads %+v", m, n)
		}
	})
}

// Ana blocked mal, who saw in a group of both that what he wrote reached her and
// was read while "who ana" said that she was not here: so he was told of the block.
func TestAGroupTellsNothingAcrossABlockRegression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		mal, ana, eva := w.Person("mal"), w.Person("ana"), w.Person("eva")
		group := w.Group(eva, "Todos", mal, ana)
		w.Say(mal, group, "uno")
		reach(w, ana, group)
		ana.Read(w.See(ana, group), 1)
		mals, anas := watch(t, w, mal, group), watch(t, w, ana, group)
		mals.live(ana)
		if m := mals.back(t, ana); m.Read != 1 || m.Untold {
			t.Fatalf("before, mal reads %+v", m)
		}
		block(t, w, ana, mal)
		if m := mals.back(t, ana); m.Read != 1 {
			t.Errorf("what had been read is taken back: %+v", m) // which privacy does not do: it would tell him
		}
		w.Say(mal, group, "dos")
		w.Say(eva, group, "tres")
		for _, one := range []*chat.Actor{ana, mal} {
			one.Delivered(far)
			one.Read(w.See(one, group), 3)
		}
		if m, n := mals.live(ana), mals.back(t, ana); m != (chat.Member{}) || n.Delivered != 0 || !n.Untold || n.Read != 1 {
			t.Errorf("mal is told live %+v and reads %+v", m, n)
		}
		if m, n := anas.live(mal), anas.back(t, mal); m != (chat.Member{}) || n.Delivered != 0 || !n.Untold || n.Read != 2 { // which he wrote
			t.Errorf("ana is told live %+v and reads %+v", m, n)
		}
		if m := watch(t, w, eva, group).back(t, ana); m.Delivered != far || m.Read != 3 {
			t.Errorf("eva reads %+v", m)
		}
		// Ana writes: had mal's words above hers stayed unread, he would know.
		w.Say(ana, group, "cuatro")
		if m := mals.back(t, ana); m.Read != 4 || m.Delivered != 0 {
			t.Errorf("ana wrote, and mal reads %+v", m)
		}
		if _, err := ana.Unblock(w.Ctx, "mal"); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		if m := mals.back(t, ana); m.Delivered != far || m.Untold {
			t.Errorf("she took it back, and mal reads %+v", m)
		}
	})
}

// In their talk it is to the blocked as with somebody who shows it to nobody.
func TestATalkTellsNothingAcrossABlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		mal, ana, sol := w.Person("mal"), w.Person("ana"), w.Person("sol")
		one, other := w.Befriend(mal, ana), w.Befriend(mal, sol)
		for _, where := range []chat.Ref{one, other} {
			w.Say(mal, where, "uno")
			w.Say(mal, where, "dos")
		}
		for who, where := range map[*chat.Actor]chat.Ref{ana: one, sol: other} {
			reach(w, who, where)
			who.Read(w.See(who, where), 1)
		}
		anas, sols := watch(t, w, mal, one), watch(t, w, mal, other)
		anas.live(ana)
		sols.live(sol)
		block(t, w, ana, mal)
		showTo(t, w, sol, chat.Nobody)
		w.Say(mal, one, "tres")
		w.Say(mal, other, "tres")
		ana.Delivered(far)
		sol.Delivered(far)
		if m, n := anas.live(ana), sols.live(sol); m != (chat.Member{}) || n.Delivered != 0 || n.Read > 1 {
			t.Errorf("mal is told live %+v of ana, who blocked him, and %+v of sol", m, n)
		}
		m, n := anas.back(t, ana), sols.back(t, sol)
		if m.Delivered != n.Delivered || m.Untold != n.Untold || m.Read != n.Read || m.Read != 1 {
			t.Errorf("mal reads %+v of ana, who blocked him, and %+v of sol", m, n)
		}
	})
}

// Who comes into a conversation is told of with what reached them elsewhere.
func TestWhoComesInIsNotToldToBeHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		tom, beto := w.Person("tom"), w.Person("beto")
		showTo(t, w, beto, chat.Nobody)
		w.Say(tom, w.Lobby(), "hola")
		beto.Delivered(far)
		beto.Flush()
		time.Sleep(time.Second)
		group := w.Group(tom, "ven")
		toms := watch(t, w, tom, group)
		w.Add(tom, group, beto)
		if m := toms.live(beto); m.Delivered != 0 {
			t.Errorf("tom is told %+v", m)
		}
		members, err := tom.Members(w.Ctx, w.Lobby())
		for _, m := range members {
			if m.User == beto.Me().ID && (m.Delivered != 0 || m.Read != 0) || err != nil {
				t.Errorf("in a room, where no marks are told, tom reads %+v, %v", m, err)
			}
		}
	})
}
