package limit

import (
	"net/netip"
	"testing"
	"time"

	"charla/server/chat"
)

var tight = GuessRates{
	Address: Rate{Burst: 6, Second: 1}, Pair: Rate{Burst: 3, Second: 0.5}, Person: Rate{Burst: 10, Second: 0.1},
}

func at(i int) netip.Addr { return netip.AddrFrom4([4]byte{203, 0, byte(i >> 8), byte(i)}) }

// Two hundred machines guess at ana's passphrase, each within its own budget.
func TestManyAddressesShareThePersonsBudget(t *testing.T) {
	c := newClock()
	g, ana, beto := NewGuesses(tight, c.now), person(), person()
	compared := 0
	for range 3 {
		for i := range 200 {
			if _, by := g.Look(ana, at(i)); by == Free {
				compared++
				g.Wrong(ana, at(i))
			}
		}
	}
	if compared != 10 {
		t.Errorf("%d guesses were compared, want 10", compared)
	}
	if wait, by := g.Look(ana, at(999)); by != ByOthers || wait != 10*time.Second {
		t.Errorf("held %v for %v", by, wait)
	}
	if _, by := g.Look(beto, at(999)); by != Free {
		t.Error("beto pays for what is tried at ana's")
	}
	c.pass(10 * time.Second)
	if _, by := g.Look(ana, at(999)); by != Free {
		t.Error("held up after the wait that was told")
	}
}

// What strangers spent does not count where she was before; what came from there
// does.
func TestKnownAddressIsNotHeldUpByStrangers(t *testing.T) {
	c := newClock()
	g, ana, home := NewGuesses(tight, c.now), person(), at(1)
	g.Right(ana, home)
	for i := range 100 {
		g.Wrong(ana, at(i+100))
	}
	if _, by := g.Look(ana, home); by != Free {
		t.Error("a stranger locks her out of her home")
	}
	for range 3 {
		g.Wrong(ana, home)
	}
	if wait, by := g.Look(ana, home); by != ByOwn || wait != 2*time.Second {
		t.Errorf("guesses from home: held %v for %v", by, wait)
	}
	c.pass(31 * 24 * time.Hour)
	for i := range 100 {
		g.Wrong(ana, at(i+100))
	}
	if _, by := g.Look(ana, home); by != ByOthers {
		t.Error("known for ever")
	}
}

// Mal sits behind ana's router and spends what may be guessed from there, at their
// own passphrase.
func TestNeighbourDoesNotHoldHerUp(t *testing.T) {
	g, ana, mal, home := NewGuesses(tight, newClock().now), person(), person(), at(1)
	g.Right(ana, home)
	for range 100 {
		g.Wrong(mal, home)
		g.Wrong(person(), home)
	}
	if _, by := g.Look(ana, home); by != Free {
		t.Error("a neighbour locks her out of her home")
	}
	if _, by := g.Look(person(), home); by != ByOwn {
		t.Error("guessing at everybody from there has no end")
	}
}

func (g *Guesses) knows(who chat.UserID, addr netip.Addr) bool {
	return g.known.has(who, PrefixOf(addr), g.now())
}

// Behind a trusted proxy that tells no address may be anybody: if ana came in
// from there it must not open her to all of them.
func TestNoAddressIsNobodysHome(t *testing.T) {
	g, ana := NewGuesses(tight, newClock().now), person()
	nowhere := netip.Addr{}
	g.Right(ana, nowhere)
	compared := 0
	for range 100 {
		if _, by := g.Look(ana, nowhere); by == Free {
			compared++
			g.Wrong(ana, nowhere)
		}
	}
	if compared != 10 || g.knows(ana, nowhere) {
		t.Errorf("%d were compared; known: %t", compared, g.knows(ana, nowhere))
	}
}

// Mal has many addresses and many nicks, and cannot make the server forget where
// ana lives by using hers up, nor fill it.
func TestPlacesAreBounded(t *testing.T) {
	c := newClock()
	g, ana, mal := NewGuesses(tight, c.now), person(), person()
	g.Right(ana, at(1))
	for i := range 1000 {
		c.pass(time.Second)
		g.Right(mal, at(i))
	}
	if n := len(g.known.of[mal].at); n != maxPlaces || !g.knows(mal, at(999)) || g.knows(mal, at(1)) {
		t.Errorf("%d places of one person", n)
	}
	if !g.knows(ana, at(1)) {
		t.Error("ana's was forgotten for mal's")
	}
	first := person()
	g.Right(first, at(2))
	for range maxKnown {
		c.pass(time.Second)
		g.Right(person(), at(3))
	}
	if n := len(g.known.of); n != maxKnown || g.knows(first, at(2)) {
		t.Errorf("%d people are known", n)
	}
}
