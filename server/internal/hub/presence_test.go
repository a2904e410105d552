package hub_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/internal/hub"
)

// rest lets two hours pass, in a bubble: every round that is due has turned.
func rest() { time.Sleep(2 * time.Hour) }

// calm lets followers learn who is here, so that nothing of it wakes them.
func calm(followers ...chat.Follower) {
	rest()
	for _, f := range followers {
		f.Next()
		awake(f)
	}
}

func TestWhoIsHere(t *testing.T) {
	h := newHub(t)
	ana, beto := newUser(), newUser()
	one, two, other := h.Follow(ana), h.Follow(ana), h.Follow(beto)
	_, _, before := h.Here(0)
	one.Close()
	if here, _, v := h.Here(2); len(here) != 2 || v != before || !h.IsHere(ana) {
		t.Errorf("with one of her sessions closed %d are here at %d, was %d", len(here), v, before)
	}
	two.Close()
	if here, _, v := h.Here(2); !slices.Equal(here, []chat.UserID{beto}) || v <= before || h.IsHere(ana) || !h.IsHere(beto) {
		t.Errorf("here are %v at %d", here, v)
	}
	other.Close()
	if here, _, _ := h.Here(2); len(here) != 0 {
		t.Errorf("here are %v, want nobody", here)
	}
}

// Each session copied the list of everybody at each change, to show a number.
func TestManyHereAreCountedAndNotCopiedRegression(t *testing.T) {
	h := newHub(t)
	for range 5000 {
		defer h.Follow(newUser()).Close()
	}
	var ids []chat.UserID
	total := 0
	if n := testing.AllocsPerRun(10, func() { ids, total, _ = h.Here(50) }); n != 0 || ids != nil || total != 5000 {
		t.Errorf("%d are listed of %d, with %v allocations", len(ids), total, n)
	}
	if ids, total, _ = h.Here(5000); len(ids) != 5000 || total != 5000 {
		t.Errorf("%d are listed of %d, want all", len(ids), total)
	}
}

func TestPresenceWakesOnceInTwoSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		f := h.Follow(newUser())
		defer f.Close()
		calm(f)
		wakes := 0
		for range 40 { // ten seconds of coming and going
			h.Follow(newUser()).Close()
			time.Sleep(260 * time.Millisecond)
			synctest.Wait()
			if awake(f) {
				wakes++
				f.Next()
			}
		}
		if wakes != 6 { // at 0, 2, … 10 s
			t.Errorf("woken %d times in ten seconds, want 6", wakes)
		}
	})
}

func TestTheFirstChangeIsToldAtOnceAndTheLastOneToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		f := h.Follow(newUser())
		defer f.Close()
		calm(f)
		visit := h.Follow(newUser())
		synctest.Wait()
		if !awake(f) {
			t.Error("not told at once")
		}
		f.Next()
		visit.Close()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if _, _, v := h.Here(0); !awake(f) || f.Next().Here != v {
			t.Error("not told of the end")
		}
	})
}

func TestASilentHubWakesNobodyTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		stopped := h.Follow(newUser()) // never reads
		defer stopped.Close()
		ana := newUser()
		f := h.Follow(ana)
		defer f.Close()
		h.Typing(newTalk(), ana)
		rest()
		if !awake(f) || !awake(stopped) {
			t.Error("not told who is here")
		}
		if rest(); awake(f) || awake(stopped) {
			t.Error("woken again though nothing happened")
		}
	})
}

func TestManySessionsAreWokenFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		var all []chat.Follower
		for range 3000 {
			all = append(all, h.Follow(newUser()))
		}
		calm(all...)
		visit := h.Follow(newUser())
		defer visit.Close()
		var rounds []int
		for total := 0; total < len(all) && len(rounds) < 20; {
			synctest.Wait()
			n := 0
			for _, f := range all {
				if awake(f) {
					n++
				}
			}
			rounds = append(rounds, n)
			total += n
			time.Sleep(2 * time.Second)
		}
		if slices.Max(rounds) > 500 || len(rounds) > 7 {
			t.Errorf("woken by rounds %v, want at most 500 in one and all in 7", rounds)
		}
		for _, f := range all {
			f.Close()
		}
	})
}

func TestTypingEndsBySixSecondsOrByTheMessage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		ana, id := newUser(), newTalk()
		session, f, other := h.Follow(ana), h.Follow(newUser()), h.Follow(newUser())
		defer session.Close()
		defer f.Close()
		defer other.Close()
		f.Watch(id, 0)
		calm(f, other)
		wantTyping := func(want int) {
			t.Helper()
			synctest.Wait()
			if got := h.WhoTypes(id); len(got) != want {
				t.Errorf("%d type, want %d", len(got), want)
			}
		}
		h.Typing(id, ana)
		wantTyping(1)
		if !awake(f) || awake(other) {
			t.Error("typing wakes not just those who watch")
		}
		time.Sleep(5 * time.Second)
		h.Typing(id, ana)
		if synctest.Wait(); awake(f) {
			t.Error("woken though nothing changed")
		}
		time.Sleep(5 * time.Second)
		wantTyping(1)
		time.Sleep(time.Second)
		wantTyping(0)
		if !awake(f) {
			t.Error("not woken by the end")
		}
		time.Sleep(2 * time.Second)
		h.Typing(id, ana)
		m := posted(id, at(1), "hola")
		m.Message.From = ana
		h.Publish([]chat.Change{m}, level(1))
		wantTyping(0)
	})
}

func TestOnlyWhoIsHereTypes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		ana, one, two := newUser(), newTalk(), newTalk()
		h.Typing(one, ana)
		if got := h.WhoTypes(one); len(got) != 0 {
			t.Errorf("%v types without a session", got)
		}
		f := h.Follow(ana)
		h.Typing(one, ana)
		h.Typing(two, ana)
		if a, b := h.WhoTypes(one), h.WhoTypes(two); len(a) != 0 || len(b) != 1 {
			t.Errorf("typing in %d and %d, want in the newer alone", len(a), len(b))
		}
		f.Close()
		if got := h.WhoTypes(two); len(got) != 0 {
			t.Errorf("%v types after leaving", got)
		}
	})
}

func TestAClosedHubTurnsNoTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub.New(nil)
		f := h.Follow(newUser())
		h.Close()
		h.Follow(newUser())
		h.Typing(newTalk(), newUser())
		rest()
		awake(f)
		h.Follow(newUser())
		if rest(); awake(f) {
			t.Error("woken by a closed hub")
		}
	})
}
