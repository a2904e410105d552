package limit

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"charla/server/chat"
)

// clock is a time that a test moves.
type clock struct{ time.Time }

func (c *clock) now() time.Time       { return c.Time }
func (c *clock) pass(d time.Duration) { c.Time = c.Add(d) }
func newClock() *clock                { return &clock{time.Unix(1_700_000_000, 0)} }
func person() chat.UserID             { return chat.NewID[chat.Person]() }
func (p *People) held() int           { return len(p.buckets.held) }

func TestABurstThenAPace(t *testing.T) {
	c := newClock()
	p, ana := New(c.now), person()
	for i := range 30 {
		if _, ok := p.Take(ana, chat.Messages, 1); !ok {
			t.Fatalf("message %d of a burst was refused", i+1)
		}
	}
	wait, ok := p.Take(ana, chat.Messages, 1)
	if ok || wait != 200*time.Millisecond {
		t.Fatalf("after the burst: %t, wait %s; want to wait 200ms", ok, wait)
	}
	if again, _ := p.Take(ana, chat.Messages, 1); again != wait {
		t.Errorf("asking costs: wait %s, then %s", wait, again)
	}
	c.pass(wait)
	if _, ok := p.Take(ana, chat.Messages, 1); !ok {
		t.Error("refused after the wait that was told")
	}
	if _, ok := p.Take(person(), chat.Messages, 1); !ok {
		t.Error("another pays for her")
	}
	if _, ok := p.Take(ana, chat.Changes, 10); !ok {
		t.Error("another budget pays for messages")
	}
}

func TestMoreThanABudgetHoldsCostsAllOfIt(t *testing.T) {
	c := newClock()
	p, ana := New(c.now), person()
	if _, ok := p.Take(ana, chat.Bytes, 1<<30); !ok {
		t.Error("refused for ever")
	}
	if wait, ok := p.Take(ana, chat.Bytes, 64<<10); ok || wait != time.Second {
		t.Errorf("afterwards: %t, wait %s; want 1s", ok, wait)
	}
}

func TestNothingAndTheUncountedAreFree(t *testing.T) {
	c := newClock()
	p, ana := New(c.now), person()
	for range 100 {
		for _, n := range []int{0, -5} {
			if _, ok := p.Take(ana, chat.Messages, n); !ok {
				t.Fatal("nothing was refused")
			}
		}
		if _, ok := p.Take(ana, "songs", 5); !ok {
			t.Fatal("songs were refused")
		}
	}
}

func TestFullBucketsAreForgotten(t *testing.T) {
	c := newClock()
	p := New(c.now)
	for range 1000 {
		p.Take(person(), chat.Messages, 1)
	}
	p.Take(person(), chat.Changes, 10) // full again after 50 s
	busy := person()
	for range 3 {
		c.pass(time.Minute)
		p.Take(busy, chat.Messages, 30)
	}
	if n := p.held(); n != 1 {
		t.Errorf("%d buckets are held, want the busy one's", n)
	}
}

func TestWhoFindsNoRoomSharesABucket(t *testing.T) {
	c := newClock()
	b := newBuckets[int](2)
	slow := Rate{Burst: 1, Second: 1}
	for key, want := range []bool{true, true, true, false, false} {
		if _, ok := b.take(key, slow, 1, c.now()); ok != want {
			t.Errorf("the %dth was granted: %t", key+1, ok)
		}
	}
	if len(b.held) != 2 {
		t.Errorf("%d are held, want 2", len(b.held))
	}
	c.pass(time.Minute)
	if _, ok := b.take(7, slow, 1, c.now()); !ok || len(b.held) != 1 {
		t.Error("no room though all are full again")
	}
}

func TestUnlimited(t *testing.T) {
	for range 1000 {
		if _, ok := Unlimited().Take(person(), chat.Messages, 1<<20); !ok {
			t.Fatal("refused")
		}
	}
}

func TestAddressesAreCountedByWhoHasThem(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.7":            "192.0.2.7/32",
		"::ffff:192.0.2.7":     "192.0.2.7/32",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::1": "2001:db8:1:2::/64",
		"fe80::1%eth0":         "fe80::/64",
		"::1":                  "::/64",
	} {
		if got := PrefixOf(netip.MustParseAddr(addr)).String(); got != want {
			t.Errorf("%s is counted as %s, want %s", addr, got, want)
		}
	}
	if got := PrefixOf(netip.Addr{}); got != (netip.Prefix{}) {
		t.Errorf("no address is counted as %s", got)
	}
}

func TestAnAddressHasItsOwnBucket(t *testing.T) {
	c := newClock()
	a := NewAddresses(Rate{Burst: 2, Second: 0.5}, c.now)
	take := func(addr string) string {
		wait, ok := a.Take(netip.MustParseAddr(addr))
		return fmt.Sprint(ok, wait)
	}
	for _, step := range []struct{ addr, want string }{
		{"2001:db8::1", "true 0s"}, {"2001:db8::2", "true 0s"}, {"2001:db8::3", "false 2s"},
		{"2001:db8:0:1::1", "true 0s"}, {"192.0.2.1", "true 0s"},
	} {
		if got := take(step.addr); got != step.want {
			t.Errorf("%s: %s, want %s", step.addr, got, step.want)
		}
	}
}

func TestLookingCostsNothing(t *testing.T) {
	c, home := newClock(), netip.MustParseAddr("192.0.2.7")
	a := NewAddresses(Rate{Burst: 1, Second: 0.5}, c.now)
	for range 10 {
		if _, ok := a.Look(home); !ok {
			t.Fatal("a look at a full bucket was refused")
		}
	}
	if _, ok := a.Take(home); !ok {
		t.Fatal("looking spent something")
	}
	for range 10 {
		if wait, ok := a.Look(home); ok || wait != 2*time.Second {
			t.Fatalf("an empty bucket: %v, %t", wait, ok)
		}
	}
	c.pass(2 * time.Second)
	if _, ok := a.Take(home); !ok {
		t.Error("looking in vain cost something")
	}
}

// A clock that jumps back must not make anybody wait a day.
func TestClockThatJumpsADay(t *testing.T) {
	c := newClock()
	p, ana := New(c.now), person()
	spendAll := func() (wait time.Duration) {
		t.Helper()
		for range 1000 {
			if wait, ok := p.Take(ana, chat.Messages, 1); !ok {
				return wait
			}
		}
		t.Fatal("no end to the budget")
		return 0
	}
	for _, jump := range []time.Duration{-24 * time.Hour, 24 * time.Hour, -24 * time.Hour} {
		spendAll()
		c.pass(jump)
		if wait := spendAll(); wait > 200*time.Millisecond {
			t.Errorf("after a jump of %s one waits %s", jump, wait)
		}
		c.pass(200 * time.Millisecond)
		if _, ok := p.Take(ana, chat.Messages, 1); !ok {
			t.Errorf("after a jump of %s: refused after the wait that was told", jump)
		}
	}
}
