package sshd

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"charla/server/chat"
)

// How many nicks one address may claim: a class at once, and then one a minute.
// A nick is taken for ever, and a key to claim it with costs a stranger nothing.
const (
	claimsAtOnce    = 60
	claimEvery      = time.Minute
	claimsAddresses = 10_000 // remembered at most; see take
)

// claims bounds how many nicks the newcomers of one address claim. Local
// networks are not counted, as in gate.
type claims struct {
	mu   sync.Mutex
	from map[netip.Prefix]*rate.Limiter
}

func newClaims() *claims { return &claims{from: map[netip.Prefix]*rate.Limiter{}} }

// take spends one claim of l's address; the error is TooFast. When too many
// addresses are remembered those that owe nothing are forgotten, and if all of
// them owe, newcomers from yet another address have to wait.
func (c *claims) take(l *link, now time.Time) error {
	if l.local {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	limiter := c.from[l.prefix]
	if limiter == nil {
		if len(c.from) >= claimsAddresses && !c.forget(now) {
			return &chat.Error{Code: chat.TooFast, Wait: claimEvery}
		}
		limiter = rate.NewLimiter(rate.Every(claimEvery), claimsAtOnce)
		c.from[l.prefix] = limiter
	}
	r := limiter.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return &chat.Error{Code: chat.TooFast, Wait: wait}
	}
	return nil
}

// forget drops the addresses that owe nothing; false if there are none.
func (c *claims) forget(now time.Time) bool {
	before := len(c.from)
	for prefix, limiter := range c.from {
		if limiter.TokensAt(now) >= claimsAtOnce {
			delete(c.from, prefix)
		}
	}
	return len(c.from) < before
}
