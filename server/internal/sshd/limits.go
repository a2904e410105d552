package sshd

import (
	"time"

	"charla/server/internal/limit"
)

// Limits bound what strangers and people can take from the server. A zero field
// means the default.
type Limits struct {
	Connections     int // in all; more are closed at once
	Unauthenticated int // not signed in yet; at the cap one of them is dropped, see gate
	PerAddress      int // from one IPv4 address or IPv6 /64, none for local networks
	Channels        int // per connection; more are refused
	Sessions        int // of a person, over all their connections; more are refused

	// Claims is how many nicks the newcomers of one address claim; as many as
	// they like from a local network. A nick is taken for ever, and a key to
	// claim it with costs a stranger nothing. Default: a class at once, and then
	// one a minute.
	Claims limit.Rate

	// Wrong is how many passphrases may be wrong; what comes then is told to wait
	// and compared with nothing. Right ones cost nothing. Default: of an address,
	// local or not, a class that mistypes at once, and then one in 2 s; of it at one
	// person's three connections, then one in 30 s; at one person's from where they
	// are not known five times that, then one in 30 s.
	Wrong limit.GuessRates

	Version   time.Duration // for the client's version line
	Handshake time.Duration // for key exchange and sign-in, in all
	Idle      time.Duration // signed in, but no face runs
	Keepalive time.Duration // of silence, before the client is asked whether it is there
	Answer    time.Duration // for the answer to that, to a close, and for a refusal to be read
	Stuck     time.Duration // for the client's system to take what is written
	Unread    time.Duration // for a client that is there to take anything from a session
}

// withDefaults fills what is zero. The handshake is long because the key
// exchange waits while a newcomer reads our fingerprint and types yes. Unread is
// long because somebody may be paging through what a verb printed.
func (l Limits) withDefaults() Limits {
	return Limits{
		Connections:     or(l.Connections, 12_000),
		Unauthenticated: or(l.Unauthenticated, 512),
		PerAddress:      or(l.PerAddress, 128),
		Channels:        or(l.Channels, 10),
		Sessions:        or(l.Sessions, 64),
		Claims:          or(l.Claims, limit.Rate{Burst: 60, Second: 1.0 / 60}),
		Wrong: limit.GuessRates{
			Address: or(l.Wrong.Address, limit.Rate{Burst: 30, Second: 0.5}),
			Pair:    or(l.Wrong.Pair, limit.Rate{Burst: 10, Second: 1.0 / 30}),
			Person:  or(l.Wrong.Person, limit.Rate{Burst: 50, Second: 1.0 / 30}),
		},
		Version:   or(l.Version, 10*time.Second),
		Handshake: or(l.Handshake, 120*time.Second),
		Idle:      or(l.Idle, 60*time.Second),
		Keepalive: or(l.Keepalive, 30*time.Second),
		Answer:    or(l.Answer, 15*time.Second),
		Stuck:     or(l.Stuck, 20*time.Second),
		Unread:    or(l.Unread, 10*time.Minute),
	}
}

func or[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
