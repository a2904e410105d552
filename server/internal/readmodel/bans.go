package readmodel

import (
	"context"
	"net/netip"
	"sync"

	"charla/server/chat"
)

// bans keeps the list of bans, which is asked for each connection. Apply forgets it;
// what was read before that is not kept after it. It is bounded by chat.MaxBans.
type bans struct {
	mu      sync.Mutex
	changes uint64
	list    []chat.Ban
	known   bool
}

func (b *bans) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changes++
	b.list, b.known = nil, false
}

// kept is the list if it holds, or the number to hand to keep after reading it.
func (b *bans) kept() (list []chat.Ban, known bool, changes uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.list, b.known, b.changes
}

func (b *bans) keep(list []chat.Ban, changes uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if changes == b.changes {
		b.list, b.known = list, true
	}
}

// Bans is chat.Reader's.
func (m *Model) Bans(ctx context.Context) (list []chat.Ban, err error) {
	defer wrap(&err, "read model: bans")
	list, known, changes := m.bans.kept()
	if known {
		return list, nil
	}
	err = m.read(ctx, func(c *conn) error {
		list, err = c.bans()
		return err
	})
	if err == nil {
		m.bans.keep(list, changes)
	}
	return list, err
}

func (c *conn) bans() (list []chat.Ban, err error) {
	err = c.each(func(row scanner) error {
		var b chat.Ban
		var network string
		err := row.Scan(into(&b.ID), into(&b.User), nullable(&b.Key), nullable(&network), orNever{&b.Until}, &b.Reason, into(&b.By), &b.As, millis{&b.At})
		if err == nil && network != "" {
			b.Network, err = netip.ParsePrefix(network)
		}
		list = append(list, b)
		return err
	}, "SELECT id, user, key, network, until, reason, by, byrank, at FROM bans ORDER BY pos")
	return list, err
}
