package limit

import (
	"net/netip"
	"sync"
	"time"

	"charla/server/chat"
)

// GuessRates is how many wrong passphrases are borne.
type GuessRates struct {
	Address Rate // from one address, at those who are not known there
	Pair    Rate // from one address, at one person's
	Person  Rate // at one person's, from all addresses where they are not known
}

// Guesses bounds the guessing of passphrases. Whoever is over a budget is to be
// told so and compared with nothing; what is right costs nothing.
//
// A budget of the address alone bounds one guesser and not two hundred of them
// at one person, so each person has one too. But what anybody can spend, anybody
// can spend out: with that alone a stranger keeps ana out for as long as they
// like, and one who sits behind her router does with that of the address. So
// neither counts where she came in well lately: there she has the pair's budget,
// and nothing that is tried elsewhere or at others takes of it. What is left to a
// stranger is to hold up a passphrase typed at a new place, and to whoever shares
// her address to guess at hers; a key is never asked about here, nor is a code
// that the server made, which nobody guesses.
//
// What is compared already when a budget ends is compared to its end: as many as
// the Hasher takes at once.
type Guesses struct {
	rates   GuessRates
	now     func() time.Time
	address buckets[netip.Prefix]
	pair    buckets[guess]
	person  buckets[chat.UserID]
	known   known
}

type guess struct {
	at   chat.UserID
	from netip.Prefix
}

// NewGuesses returns full budgets, and knows nobody's addresses.
func NewGuesses(r GuessRates, now func() time.Time) *Guesses {
	return &Guesses{
		rates: r, now: now, known: known{of: map[chat.UserID]places{}},
		address: newBuckets[netip.Prefix](maxAddresses),
		pair:    newBuckets[guess](maxAddresses),
		person:  newBuckets[chat.UserID](maxAddresses),
	}
}

// Held is what holds up a passphrase.
type Held int

const (
	Free     Held = iota
	ByOwn         // what came from the same address
	ByOthers      // what came from elsewhere, at the same person's
)

// Look reports whether a passphrase from addr may be compared with who's, and
// how long to wait if not. The zero Addr is one that is not counted: of a
// trusted proxy, behind which anybody may be. It is nobody's known one either.
func (g *Guesses) Look(who chat.UserID, addr netip.Addr) (wait time.Duration, by Held) {
	now := g.now()
	if addr.IsValid() {
		from := PrefixOf(addr)
		known := g.known.has(who, from, now)
		wait, _ = g.pair.look(guess{who, from}, g.rates.Pair, now)
		if !known {
			all, _ := g.address.look(from, g.rates.Address, now)
			wait = max(wait, all)
		}
		switch {
		case wait > 0:
			return wait, ByOwn
		case known:
			return 0, Free
		}
	}
	if wait, _ = g.person.look(who, g.rates.Person, now); wait > 0 {
		return wait, ByOthers
	}
	return 0, Free
}

// Wrong counts a passphrase of who's that was wrong.
func (g *Guesses) Wrong(who chat.UserID, addr netip.Addr) {
	now := g.now()
	if addr.IsValid() {
		from := PrefixOf(addr)
		g.pair.take(guess{who, from}, g.rates.Pair, 1, now)
		if g.known.has(who, from, now) {
			return
		}
		g.address.take(from, g.rates.Address, 1, now)
	}
	g.person.take(who, g.rates.Person, 1, now)
}

// Right remembers that who came in well from there, however they did.
func (g *Guesses) Right(who chat.UserID, addr netip.Addr) {
	if addr.IsValid() {
		g.known.add(who, PrefixOf(addr), g.now())
	}
}

// What is known of where people come from, in memory alone: a restart forgets
// it. Of more places, or people, the one longest unused is forgotten; their next
// good sign-in is remembered again.
const (
	maxPlaces = 8       // of a person
	maxKnown  = 1 << 14 // people: some 8 MB
	lately    = 30 * 24 * time.Hour
)

// known is where people came in well, and when last.
type known struct {
	mu sync.Mutex
	of map[chat.UserID]places
}

type places struct {
	at   map[netip.Prefix]time.Time
	last time.Time
}

func (k *known) has(who chat.UserID, from netip.Prefix, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	at, ok := k.of[who].at[from]
	return ok && now.Sub(at) < lately
}

func (k *known) add(who chat.UserID, from netip.Prefix, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.of[who]
	if !ok {
		if len(k.of) >= maxKnown {
			delete(k.of, oldest(k.of, func(p places) time.Time { return p.last }))
		}
		p.at = map[netip.Prefix]time.Time{}
	}
	if _, again := p.at[from]; !again && len(p.at) >= maxPlaces {
		delete(p.at, oldest(p.at, func(at time.Time) time.Time { return at }))
	}
	p.at[from], p.last = now, now
	k.of[who] = p
}

// oldest is the key of the value with the earliest time.
func oldest[K comparable, V any](m map[K]V, at func(V) time.Time) (key K) {
	var first time.Time
	for k, v := range m {
		if t := at(v); first.IsZero() || t.Before(first) {
			key, first = k, t
		}
	}
	return key
}
