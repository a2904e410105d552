package readmodel

import (
	"context"
	"time"

	"charla/server/chat"
)

// Acquainted is chat.TalkReader's.
func (m *Model) Acquainted(ctx context.Context, user, other chat.UserID) (known bool, err error) {
	defer wrap(&err, "read model: acquainted")
	if user == other {
		return true, nil
	}
	talk := chat.TalkID(user, other)
	err = m.read(ctx, func(c *conn) error {
		if known, err = c.knowsByGroup(user, other); err != nil || known {
			return err
		}
		known, err = c.exists("SELECT count(*) = 2 FROM members WHERE conv = ? AND wrote", talk[:])
		return err
	})
	return known, err
}

// Shared is chat.TalkReader's.
func (m *Model) Shared(ctx context.Context, a, b chat.UserID, limit int) (list []chat.ConversationID, err error) {
	defer wrap(&err, "read model: shared groups")
	err = m.read(ctx, func(c *conn) error {
		list, err = ids[chat.Conversation](c, `SELECT x.conv FROM members x JOIN members y ON y.conv = x.conv AND y.user = ?2 AND y.gone IS NULL
			JOIN conversations c ON c.id = x.conv AND c.kind = 'group' WHERE x.user = ?1 AND x.gone IS NULL ORDER BY x.conv LIMIT ?3`, a[:], b[:], limit)
		return err
	})
	return list, err
}

// Blocked is chat.TalkReader's.
func (m *Model) Blocked(ctx context.Context, by chat.UserID) (list []chat.UserID, err error) {
	defer wrap(&err, "read model: blocked")
	err = m.read(ctx, func(c *conn) error {
		list, err = ids[chat.Person](c, "SELECT other FROM blocks WHERE user = ? ORDER BY pos DESC", by[:])
		return err
	})
	return list, err
}

// Blocks is chat.TalkReader's.
func (m *Model) Blocks(ctx context.Context, by, other chat.UserID) (does bool, err error) {
	defer wrap(&err, "read model: blocks")
	err = m.read(ctx, func(c *conn) error {
		does, err = c.blocks(by, other)
		return err
	})
	return does, err
}

// Estranged is chat.TalkReader's.
func (m *Model) Estranged(ctx context.Context, user chat.UserID) (list []chat.UserID, err error) {
	defer wrap(&err, "read model: estranged")
	err = m.read(ctx, func(c *conn) error {
		list, err = ids[chat.Person](c, "SELECT other FROM blocks WHERE user = ?1 UNION SELECT user FROM blocks WHERE other = ?1", user[:])
		return err
	})
	return list, err
}

// ReadApart is chat.TalkReader's.
func (m *Model) ReadApart(ctx context.Context, user chat.UserID, group chat.ConversationID) (all map[chat.UserID]chat.Number, err error) {
	defer wrap(&err, "read model: read apart")
	all = map[chat.UserID]chat.Number{}
	err = m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			var id chat.UserID
			var n chat.Number
			err := row.Scan(into(&id), &n)
			all[id] = n
			return err
		}, `SELECT m.user, max(coalesce(r.own, 0), coalesce((SELECT x.n FROM messages x WHERE x.conv = m.conv
				AND x.pos <= (SELECT min(b.pos) FROM blocks b WHERE b.user = ?1 AND b.other = m.user OR b.user = m.user AND b.other = ?1)
				ORDER BY x.pos DESC LIMIT 1), 0))
			FROM members m LEFT JOIN reads r ON r.user = m.user AND r.conv = m.conv
			WHERE m.conv = ?2 AND m.gone IS NULL AND (EXISTS (SELECT 1 FROM blocks b WHERE b.user = ?1 AND b.other = m.user)
				OR EXISTS (SELECT 1 FROM blocks b WHERE b.user = m.user AND b.other = ?1))`, user[:], group[:])
	})
	return all, err
}

// Reserved is chat.TalkReader's.
func (m *Model) Reserved(ctx context.Context) (all map[chat.UserID]chat.Audience, err error) {
	defer wrap(&err, "read model: reserved")
	all = map[chat.UserID]chat.Audience{}
	err = m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			var id chat.UserID
			var sees chat.Audience
			err := row.Scan(into(&id), &sees)
			all[id] = sees
			return err
		}, "SELECT id, sees FROM people WHERE sees <> 'everyone'")
	})
	return all, err
}

// Privacy is chat.TalkReader's.
func (m *Model) Privacy(ctx context.Context, user chat.UserID) (p chat.Privacy, seen time.Time, err error) {
	defer wrap(&err, "read model: privacy")
	err = m.read(ctx, func(c *conn) error {
		var at int64
		err := c.row("SELECT sees, receipts, adds, seen FROM people WHERE id = ?", user[:]).Scan(&p.Seen, &p.Receipts, &p.Adds, &at)
		if at > 0 {
			seen = time.Unix(at, 0).UTC()
		}
		return missing(err, chat.NoPerson, "")
	})
	return p, seen, err
}
