package readmodel

import (
	"context"

	"charla/server/chat"
)

// Notices is chat.Reader's.
func (m *Model) Notices(ctx context.Context, id chat.ConversationID, after, upto chat.Position) (list []chat.Notice, err error) {
	defer wrap(&err, "read model: notices")
	err = m.read(ctx, func(c *conn) error {
		list, err = c.notices("x.pos > ? AND x.pos <= ?", id, after, orEnd(upto))
		return err
	})
	return list, err
}

// noticesOf are those that stand on a page.
func (c *conn) noticesOf(id chat.ConversationID, q chat.PageQuery, p chat.Page) ([]chat.Notice, error) {
	after, before, ok := q.NoticesAround(p)
	if !ok {
		return nil, nil
	}
	return c.notices(`x.pos > coalesce((SELECT pos FROM messages WHERE conv = ?1 AND n = ?2), iif(?2 = 0, 0, 1 << 62))
		AND x.pos < coalesce((SELECT pos FROM messages WHERE conv = ?1 AND n = ?3), 1 << 62) AND x.pos <= ?4`, id, after, before, orEnd(q.Gone))
}

// orEnd is a position, or that of the end of all logs.
func orEnd(p chat.Position) chat.Position {
	if p == 0 {
		return 1 << 62
	}
	return p
}

// notices of a conversation, ?1, that a condition holds of. Those who were forgotten
// have no nick any more.
func (c *conn) notices(where string, id chat.ConversationID, args ...any) (list []chat.Notice, err error) {
	err = c.each(func(row scanner) error {
		n := chat.Notice{Conversation: id}
		var whom chat.Party
		var word string
		err := row.Scan(&n.Serial, &n.Position, millis{&n.At}, &n.Kind, into(&n.By.ID), nullable(&n.By.Nick), into(&whom.ID), nullable(&whom.Nick), &n.More, &word, span{&n.Term})
		if err != nil {
			return err
		}
		if last := len(list) - 1; last >= 0 && list[last].Serial == n.Serial {
			list[last].Whom = append(list[last].Whom, whom)
			return nil
		}
		switch n.Kind {
		case chat.NoticeRole:
			n.Role = chat.Role(word)
		case chat.NoticeWriters:
			n.Writers = chat.Writers(word)
		default:
			n.Text = word
		}
		if !whom.ID.IsZero() {
			n.Whom = []chat.Party{whom}
		}
		list = append(list, n.Unsaid())
		return nil
	}, `SELECT x.serial, x.pos, x.at, x.kind, x.by, a.nick, x.user, w.nick, x.more, x.word, x.term
		FROM notices x LEFT JOIN people a ON a.id = x.by LEFT JOIN people w ON w.id = x.user
		WHERE x.conv = ?1 AND `+where+` ORDER BY x.pos, x.serial, x.i`, append([]any{id[:]}, args...)...)
	return list, err
}
