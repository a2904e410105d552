package readmodel

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"charla/server/chat"
)

// Rooms is chat.Reader's.
func (m *Model) Rooms(ctx context.Context, user chat.UserID, limit int) (list []chat.Conversation, err error) {
	defer wrap(&err, "read model: rooms")
	return m.views(ctx, user, "SELECT "+viewColumns+" FROM conversations c LEFT JOIN members m ON m.conv = c.id AND m.user = ?1"+viewJoins+
		"WHERE c.kind = 'room' ORDER BY c.title LIMIT ?2 + 0", limit)
}

// Departed is chat.Reader's.
func (m *Model) Departed(ctx context.Context, user chat.UserID, limit int) (list []chat.Conversation, err error) {
	defer wrap(&err, "read model: departed")
	return m.views(ctx, user, "SELECT "+viewColumns+" FROM members m CROSS JOIN conversations c ON c.id = m.conv"+viewJoins+
		"WHERE m.user = ?1 AND m.gone IS NOT NULL AND (c.kind = 'group' OR m.barred) ORDER BY c.changed DESC, c.version LIMIT ?2 + 0", limit)
}

// views are conversations as a person sees them.
func (m *Model) views(ctx context.Context, user chat.UserID, query string, limit int) (list []chat.Conversation, err error) {
	err = m.snapshot(ctx, func(c *conn, _ chat.Position) error {
		drafts, err := c.drafts(user)
		if err != nil {
			return err
		}
		var found []view
		err = c.each(func(row scanner) error {
			v, err := scanView(row, user)
			found = append(found, v)
			return err
		}, query, user[:], max(min(limit, mostMessages), 0))
		for _, v := range found {
			if err == nil && !v.Member && !v.outside() {
				err = c.asOfLeaving(&v)
			}
			v.Draft = drafts[v.ID]
			list = append(list, v.Conversation)
		}
		return err
	})
	return list, err
}

// Moved is chat.Reader's.
func (m *Model) Moved(ctx context.Context, user chat.UserID, was chat.Handle) (now chat.Handle, err error) {
	defer wrap(&err, "read model: moved")
	err = m.read(ctx, func(c *conn) error {
		err := c.row(`SELECT m.handle FROM moved v CROSS JOIN members m ON m.conv = v.conv AND m.user = v.user
			WHERE v.user = ? AND v.handle = ? AND m.gone IS NULL ORDER BY m.handle LIMIT 1`, user[:], was).Scan(&now)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return now, err
}

// Expiring is chat.Reader's.
func (m *Model) Expiring(ctx context.Context, at time.Time, limit int) (list []chat.Message, err error) {
	defer wrap(&err, "read model: expiring")
	err = m.read(ctx, func(c *conn) error {
		list, err = c.messages(selectMessage+"WHERE x.expires <= ? ORDER BY x.expires, x.pos LIMIT ? + 0", at.UnixMilli(), max(min(limit, mostMessages), 0))
		return err
	})
	return list, err
}

// NextExpiry is chat.Reader's.
func (m *Model) NextExpiry(ctx context.Context) (next time.Time, err error) {
	defer wrap(&err, "read model: next expiry")
	err = m.read(ctx, func(c *conn) error {
		err := c.row("SELECT expires FROM messages WHERE expires IS NOT NULL ORDER BY expires LIMIT 1").Scan(orNever{&next})
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return next, err
}
