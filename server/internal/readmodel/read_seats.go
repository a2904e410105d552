package readmodel

import (
	"context"
	"database/sql"
	"time"

	"charla/server/chat"
)

// Seat is chat.Reader's.
func (m *Model) Seat(ctx context.Context, user chat.UserID, id chat.ConversationID) (_ chat.Conversation, err error) {
	defer wrap(&err, "read model: seat")
	k := seatKey{id, user}
	is, kept, changes := m.seats.kept(k)
	if !kept {
		err := m.read(ctx, func(c *conn) error {
			is, err = c.sitting(k)
			return err
		})
		if err != nil {
			return chat.Conversation{}, err
		}
		m.seats.keep(k, is, changes)
	}
	seat := chat.Conversation{ID: id, Kind: is.kind, Exists: true, Member: is.member, Left: is.left, Gone: is.gone, Barred: is.barred,
		Role: is.role, Writers: is.writers, Slow: is.slow, Request: is.pending, Asked: is.asked, Deserted: is.alone}
	switch {
	case is.kind == chat.Room && !is.barred:
		seat.Gone = 0
	case is.kind == chat.Group && seat.Gone != 0:
		seat.Writers, seat.Slow = chat.AllWrite, 0
	}
	if is.until != 0 {
		seat.Silenced = time.UnixMilli(is.until).UTC()
	}
	return seat, nil
}

// isAsked says of a conversation c whether the other one has not let in person ?1.
const isAsked = "c.kind = 'talk' AND EXISTS (SELECT 1 FROM members o WHERE o.conv = c.id AND o.user <> ?1 AND o.pending)"

// sitting reads a seat, NoConversation for a stranger to a talk or a group.
func (c *conn) sitting(k seatKey) (is sitting, err error) {
	var seat bool
	err = c.row(`SELECT c.kind, m.user IS NOT NULL, m.user IS NOT NULL AND m.gone IS NULL, m.left_n, m.gone, m.barred, iif(m.gone IS NULL, m.role, ''), c.writers, c.slow, m.pending AND m.gone IS NULL, `+isAsked+`,
		c.kind = 'talk' AND EXISTS (SELECT 1 FROM people p WHERE p.id IN (c.lo, c.hi) AND p.id <> ?1 AND p.forgotten),
		coalesce((SELECT silenced FROM people WHERE id = ?1), 0)
		FROM conversations c LEFT JOIN members m ON m.conv = c.id AND m.user = ?1 WHERE c.id = ?2`, k.user[:], k.conv[:]).
		Scan(&is.kind, &seat, &is.member, nullable(&is.left), nullable(&is.gone), nullable(&is.barred), nullable(&is.role), &is.writers, span{&is.slow}, nullable(&is.pending), &is.asked, &is.alone, &is.until)
	if err == nil && !seat && is.kind != chat.Room {
		err = sql.ErrNoRows
	}
	return is, missing(err, chat.NoConversation, "")
}

// Seats is chat.Reader's.
func (m *Model) Seats(ctx context.Context, user chat.UserID, limit int) (list []chat.Conversation, err error) {
	defer wrap(&err, "read model: seats")
	err = m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			s := chat.Conversation{Exists: true}
			err := row.Scan(into(&s.ID), &s.Kind, &s.Member, &s.Request, &s.Left, nullable(&s.Gone), &s.Barred, &s.Changed)
			if s.Kind == chat.Room && !s.Barred {
				s.Gone = 0
			}
			list = append(list, s)
			return err
		}, `SELECT c.id, c.kind, m.gone IS NULL, m.pending AND m.gone IS NULL, m.left_n, m.gone, m.barred, c.changed FROM members m CROSS JOIN conversations c ON c.id = m.conv
			WHERE m.user = ? ORDER BY c.changed DESC, c.version LIMIT ? + 0`, user[:], max(limit, 0))
	})
	return list, err
}
