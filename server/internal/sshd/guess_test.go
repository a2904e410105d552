package sshd

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
	"charla/server/internal/sshd/passphrase"
)

// slowHasher is as narrow as the real one, on the story's clock: two at once, a
// second each, 32 wait.
type slowHasher struct {
	Hasher
	queue, slots chan struct{}
	compared     atomic.Int64
}

func newSlowHasher(h Hasher) *slowHasher {
	return &slowHasher{Hasher: h, queue: make(chan struct{}, 34), slots: make(chan struct{}, 2)}
}

func (h *slowHasher) Matches(_ context.Context, _, phrase string) (bool, error) {
	select {
	case h.queue <- struct{}{}:
	default:
		return false, passphrase.ErrBusy
	}
	defer func() { <-h.queue }()
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	time.Sleep(time.Second)
	h.compared.Add(1)
	return phrase == "correct horse", nil
}

// Sixty connections with wrong passphrases filled the queue of hashes, and
// nobody else's passphrase was compared any more.
func TestFloodOfWrongPassphrasesShutsOutNobodyElseRegression(t *testing.T) {
	for _, address := range []string{"203.0.113.7", "192.168.7.7"} {
		var hasher *slowHasher
		slow := func(c *Config) { hasher = newSlowHasher(c.Hasher); c.Hasher = hasher }
		story(t, slow, func(h *house) {
			h.person("ana", nil, "correct horse")
			var flood sync.WaitGroup
			for range 60 {
				flood.Go(func() { h.callFrom(address, "ana", gossh.Password("guess")).hangUp() })
			}
			synctest.Wait()
			for range 29 {
				h.call("ana", gossh.Password("correct horse")).in().hangUp()
			}
			flood.Wait()
			if n := hasher.compared.Load(); n > 29+65 { // 30 at once and one in 2 s while this lasts
				t.Errorf("%d were compared", n)
			}
			synctest.Wait()
			if n := len(h.s.turns.of); n != 0 {
				t.Errorf("%d addresses are remembered", n)
			}
		})
	}
}

// A dictionary over a thousand connections: each had three tries of its own.
func TestGuessingHasABoundAcrossConnectionsRegression(t *testing.T) {
	var hasher *slowHasher
	slow := func(c *Config) { hasher = newSlowHasher(c.Hasher); c.Hasher = hasher }
	story(t, slow, func(h *house) {
		h.person("ana", nil, "correct horse")
		start := time.Now()
		for i := range 400 {
			h.callFrom("192.168.7.7", "ana", gossh.Password(fmt.Sprint("guess ", i))).hangUp()
		}
		most := 12 + int64(time.Since(start)/(30*time.Second))
		if n := hasher.compared.Load(); n < 10 || n > most {
			t.Errorf("%d guesses were compared in %v, want 10 to %d", n, time.Since(start), most)
		}
		h.callFrom("192.168.7.7", "ana", gossh.Password("correct horse")).out(
			"too many wrong passphrases from your address; try again in 21 s, or come in with a key, which never waits")
		h.callFrom("192.168.7.8", "ana", gossh.Password("correct horse")).in()
		time.Sleep(time.Minute)
		for range 100 { // right ones cost nothing
			h.callFrom("192.168.7.7", "ana", gossh.Password("correct horse")).in().hangUp()
		}
	})
}

// A dictionary at everybody's, from one address.
func TestGuessingAtEverybodyHasABound(t *testing.T) {
	var hasher *slowHasher
	slow := func(c *Config) { hasher = newSlowHasher(c.Hasher); c.Hasher = hasher }
	story(t, slow, func(h *house) {
		var nicks []string
		for i := range 20 {
			nicks = append(nicks, fmt.Sprint("kid", i))
			h.person(chat.Nick(nicks[i]), nil, "correct horse")
		}
		start := time.Now()
		for i := range 150 {
			h.callFrom("192.168.7.7", nicks[i%20], gossh.Password(fmt.Sprint("guess ", i))).hangUp()
		}
		most := 32 + int64(time.Since(start)/(2*time.Second))
		if n := hasher.compared.Load(); n < 30 || n > most {
			t.Errorf("%d guesses were compared in %v, want 30 to %d", n, time.Since(start), most)
		}
	})
}

// Two hundred machines guess at ana's passphrase, each as often as one may. Each
// address had a budget of its own, so that all together had a hundred a second.
func TestGuessingFromManyAddressesAtOneNickRegression(t *testing.T) {
	var hasher *slowHasher
	slow := func(c *Config) { hasher = newSlowHasher(c.Hasher); c.Hasher = hasher }
	story(t, slow, func(h *house) {
		h.person("ana", nil, "correct horse")
		h.person("beto", nil, "correct horse")
		start := time.Now()
		var crowd sync.WaitGroup
		for i := range 200 {
			crowd.Go(func() {
				for range 2 {
					h.callFrom(fmt.Sprintf("203.0.113.%d", i), "ana", gossh.RetryableAuthMethod(gossh.Password("guess"), 3)).hangUp()
					time.Sleep(time.Second)
				}
			})
		}
		crowd.Wait()
		most := 50 + 34 + int64(time.Since(start)/(30*time.Second)) // what is queued is compared
		if n := hasher.compared.Load(); n < 50 || n > most {
			t.Errorf("%d guesses were compared in %v, want 50 to %d", n, time.Since(start), most)
		}
		h.callFrom("203.0.113.7", "beto", gossh.Password("correct horse")).in()
	})
}

// Mal does nothing but guess at ana's passphrase, from everywhere, so that her
// budget never has anything in it when she comes.
func TestStrangerCannotLockAnaOut(t *testing.T) {
	var hasher *slowHasher
	slow := func(c *Config) { hasher = newSlowHasher(c.Hasher); c.Hasher = hasher }
	story(t, slow, func(h *house) {
		h.person("ana", key("ana"), "correct horse")
		h.callFrom("192.0.2.5", "ana", gossh.Password("correct horse")).in().hangUp() // at home
		h.callFrom("192.0.2.6", "ana", withKey(key("ana"))).in().hangUp()             // at work
		stop, mal := make(chan struct{}), sync.WaitGroup{}
		for i := range 60 {
			mal.Go(func() {
				for {
					h.callFrom(fmt.Sprintf("203.0.113.%d", i), "ana", gossh.Password("guess")).hangUp()
					select {
					case <-time.After(10 * time.Second):
					case <-stop:
						return
					}
				}
			})
		}
		for range 4 {
			time.Sleep(time.Minute + time.Second/2)
			h.callFrom("192.0.2.5", "ana", gossh.Password("correct horse")).in().hangUp()
			h.callFrom("192.0.2.6", "ana", gossh.Password("correct horse")).in().hangUp()
			h.callFrom("198.51.100.9", "ana", withKey(key("ana"))).in().hangUp() // on the way, with her key
		}
		g := h.callFrom("198.51.100.8", "ana", gossh.Password("correct horse")) // on the way, without
		if g.err == nil {
			t.Error("her budget is not spent, so this story tells nothing")
		} else if told := strings.Join(g.banners, ""); !strings.HasPrefix(told,
			"too many wrong passphrases for ana came from elsewhere; come in with a key, which never waits, or from where you were before, or try again in ") {
			t.Errorf("told %q", told)
		}
		close(stop)
		mal.Wait()
		time.Sleep(31 * time.Second)
		h.callFrom("198.51.100.8", "ana", gossh.Password("correct horse")).in()
	})
}

// Ana came in through a proxy that tells nobody's address. It is not hers.
func TestProxyIsNobodysHome(t *testing.T) {
	var hasher *slowHasher
	slow := func(c *Config) {
		trusting(proxy + "/32")(c)
		hasher = newSlowHasher(c.Hasher)
		c.Hasher = hasher
	}
	story(t, slow, func(h *house) {
		h.person("ana", nil, "correct horse")
		h.callFrom(proxy, "ana", gossh.Password("correct horse")).in()
		for range 100 {
			h.callFrom(proxy, "ana", gossh.Password("guess")).hangUp()
		}
		if n := hasher.compared.Load(); n > 70 {
			t.Errorf("%d guesses were compared", n)
		}
	})
}

// Who hangs up while they wait for a turn gives up their place.
func TestTurnCanBeLeft(t *testing.T) {
	turns, here, home := newTurns(), context.Background(), netip.Prefix{}
	gone, hangUp := context.WithCancelCause(here)
	hangUp(ErrGone)
	one, _ := turns.wait(here, home)
	two, _ := turns.wait(here, home)
	if _, err := turns.wait(gone, home); err != ErrGone {
		t.Errorf("got %v, want ErrGone", err)
	}
	one()
	two()
	if len(turns.of) != 0 {
		t.Errorf("%d addresses are remembered", len(turns.of))
	}
}
