package readmodel

import (
	"context"
	"database/sql"

	"charla/server/chat"
)

// Seat is chat.Reader's.
func (m *Model) Seat(ctx context.Context, user chat.UserID, id chat.ConversationID) (s chat.Conversation, err error) {
	defer wrap(&err, "read model: seat")
	err = m.read(ctx, func(c *conn) error {
		s = chat.Conversation{ID: id, Exists: true}
		var seat bool
		err := c.row(`SELECT c.kind, m.user IS NOT NULL, m.user IS NOT NULL AND m.gone IS NULL, m.left_n
			FROM conversations c LEFT JOIN members m ON m.conv = c.id AND m.user = ? WHERE c.id = ?`, user[:], id[:]).
			Scan(&s.Kind, &seat, &s.Member, nullable(&s.Left))
		if err == nil && !seat && s.Kind != chat.Room {
			err = sql.ErrNoRows
		}
		return missing(err, chat.NoConversation, "")
	})
	if err != nil {
		return chat.Conversation{}, err
	}
	return s, nil
}

// Seats is chat.Reader's.
func (m *Model) Seats(ctx context.Context, user chat.UserID, limit int) (list []chat.Conversation, err error) {
	defer wrap(&err, "read model: seats")
	err = m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			s := chat.Conversation{Exists: true}
			err := row.Scan(into(&s.ID), &s.Kind, &s.Member, &s.Left, &s.Changed)
			list = append(list, s)
			return err
		}, `SELECT c.id, c.kind, m.gone IS NULL, m.left_n, c.changed FROM members m CROSS JOIN conversations c ON c.id = m.conv
			WHERE m.user = ? ORDER BY c.changed DESC, c.version LIMIT ? + 0`, user[:], max(limit, 0))
	})
	return list, err
}
