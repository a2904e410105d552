package chattest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"charla/server/chat"
)

// Search is chat.Reader.
func (v *View) Search(_ context.Context, q chat.TermQuery) ([]chat.Message, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var found []chat.Message
	for _, id := range slices.Backward(v.order) {
		m := v.messages[id]
		if len(found) >= q.Limit {
			break
		}
		if (q.Before == 0 || m.Position < q.Before) && within(q.In, *m) && holds(q, *m) && (q.For.IsZero() || !hidden(m, q.For)) {
			found = append(found, *m)
		}
	}
	return found, nil
}

func within(places []chat.Extent, m chat.Message) bool {
	return slices.ContainsFunc(places, func(e chat.Extent) bool {
		return e.ID == m.Conversation && (e.Upto == 0 || m.Number <= e.Upto)
	})
}

func holds(q chat.TermQuery, m chat.Message) bool {
	terms := chat.TermsOf(m)
	for _, t := range q.Terms {
		if !slices.Contains(terms, t) {
			return false
		}
	}
	return q.Beginning == "" || slices.ContainsFunc(terms, func(t string) bool { return strings.HasPrefix(t, q.Beginning) })
}

// Seat is chat.Reader.
func (v *View) Seat(_ context.Context, user chat.UserID, id chat.ConversationID) (chat.Conversation, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c := v.conv(id)
	if c == nil || c.part(user) == nil && c.kind != chat.Room {
		return chat.Conversation{}, &chat.Error{Code: chat.NoConversation}
	}
	seat := c.seat(user)
	if p := v.person(user); p != nil {
		seat.Silenced = p.Silenced
	}
	if p := c.part(user); p != nil {
		seat.Request = p.pending && !p.gone
	}
	if o := c.other(user); o != nil {
		seat.Asked, seat.Deserted = o.pending, v.deserted(user, c)
	}
	return seat, nil
}

// Seats is chat.Reader.
func (v *View) Seats(_ context.Context, user chat.UserID, limit int) ([]chat.Conversation, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var seats []chat.Conversation
	byChange := slices.SortedStableFunc(slices.Values(v.convs), func(a, b *conversation) int {
		return cmp.Or(cmp.Compare(b.changed, a.changed), cmp.Compare(a.version, b.version))
	})
	for _, c := range byChange {
		p := c.part(user)
		if p == nil {
			continue
		}
		seats = append(seats, chat.Conversation{ID: c.id, Kind: c.kind, Exists: true, Member: !p.gone, Request: p.pending && !p.gone, Left: p.left, Gone: c.goneAt(p), Barred: p.barred, Changed: c.changed})
	}
	return seats[:min(len(seats), limit)], nil
}
