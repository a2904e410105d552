package sshd

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

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
		most := 32 + int64(time.Since(start)/(2*time.Second))
		if n := hasher.compared.Load(); n < 30 || n > most {
			t.Errorf("%d guesses were compared in %v, want 30 to %d", n, time.Since(start), most)
		}
		h.callFrom("192.168.7.7", "ana", gossh.Password("correct horse")).out("too fast; try again in 1 s")
		h.callFrom("192.168.7.8", "ana", gossh.Password("correct horse")).in()
		time.Sleep(time.Minute)
		for range 100 { // right ones cost nothing
			h.callFrom("192.168.7.7", "ana", gossh.Password("correct horse")).in().hangUp()
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
