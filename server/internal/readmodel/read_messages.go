package readmodel

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/text/unicode/norm"

	"charla/server/chat"
)

// mostMessages bounds what one call returns, whatever was asked for.
const mostMessages = 1000

// Page is chat.Reader's. A conversation that is not there has an empty page:
// it may be a talk that nobody has written in yet.
func (m *Model) Page(ctx context.Context, id chat.ConversationID, q chat.PageQuery) (p chat.Page, err error) {
	defer wrap(&err, "read model: page")
	err = m.snapshot(ctx, func(c *conn, applied chat.Position) error {
		p, err = c.page(id, q)
		p.AsOf = applied
		return err
	})
	return p, err
}

// notHidden holds of messages x that are not hidden from the person it is given;
// all are there for nobody (NULL).
const notHidden = "(NOT x.hidden OR coalesce(x.author = ?, 1))"

// page is one page of a conversation. One message more than asked for tells
// whether there are others.
func (c *conn) page(id chat.ConversationID, q chat.PageQuery) (chat.Page, error) {
	limit := max(min(q.Limit, mostMessages), 0)
	upto := chat.Number(1 << 62)
	if q.Upto != 0 {
		upto = min(upto, q.Upto)
	}
	var list []chat.Message
	var err error
	forward := q.After != 0 && q.Before == 0
	if forward {
		list, err = c.messages(selectMessage+"WHERE x.conv = ? AND x.n > ? AND x.n <= ? AND "+notHidden+" ORDER BY x.n LIMIT ? + 0", id[:], min(q.After, upto), upto, key(q.For), limit+1)
	} else {
		if q.Before != 0 {
			upto = min(upto, q.Before-1)
		}
		list, err = c.messages(selectMessage+"WHERE x.conv = ? AND x.n <= ? AND "+notHidden+" ORDER BY x.n DESC LIMIT ? + 0", id[:], upto, key(q.For), limit+1)
	}
	if err != nil {
		return chat.Page{}, err
	}
	p := chat.Page{Messages: list[:min(limit, len(list))], More: len(list) > limit}
	if !forward {
		slices.Reverse(p.Messages)
	}
	p.Notices, err = c.noticesOf(id, q, p)
	return p, err
}

// Message is chat.Reader's.
func (m *Model) Message(ctx context.Context, id chat.MessageID) (msg chat.Message, err error) {
	defer wrap(&err, "read model: message")
	err = m.read(ctx, func(c *conn) error {
		msg, err = c.message(id)
		return err
	})
	return msg, err
}

// Since is chat.Reader's.
func (m *Model) Since(
	ctx context.Context, user chat.UserID, after chat.Position, where []chat.ConversationID, limit int,
) (list []chat.Message, upto chat.Position, err error) {
	defer wrap(&err, "read model: since")
	limit = max(min(limit, mostMessages), 1)
	err = m.snapshot(ctx, func(c *conn, applied chat.Position) error {
		list, err = c.since(user, after, where, limit)
		if upto = max(applied, after); len(list) == limit {
			upto = list[limit-1].Position
		}
		return err
	})
	return list, upto, err
}

// place is where a message stands.
type place struct {
	pos  chat.Position
	conv chat.ConversationID
	n    chat.Number
}

// since gathers positions conversation by conversation, each from an index and
// never more than could still be among the first limit, and then reads those
// messages: its cost does not grow with what others wrote elsewhere.
func (c *conn) since(user chat.UserID, after chat.Position, where []chat.ConversationID, limit int) ([]chat.Message, error) {
	mine, err := ids[chat.Conversation](c, `SELECT c.id FROM members m JOIN conversations c ON c.id = m.conv
		WHERE m.user = ? AND m.gone IS NULL AND NOT m.pending AND c.last_pos > ?`, user[:], after)
	if err != nil {
		return nil, err
	}
	var found []place
	bound := chat.Position(1<<63 - 1)
	for _, id := range mine {
		if len(where) > 0 && !slices.Contains(where, id) {
			continue
		}
		err := c.each(func(row scanner) error {
			p := place{conv: id}
			err := row.Scan(&p.pos, &p.n)
			found = append(found, p)
			return err
		}, "SELECT x.pos, x.n FROM messages x WHERE x.conv = ? AND x.pos > ? AND x.pos < ? AND "+notHidden+" ORDER BY x.pos LIMIT ? + 0", id[:], after, bound, user[:], limit)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(found, func(a, b place) int { return cmp.Compare(a.pos, b.pos) })
		if len(found) >= limit {
			found = found[:limit]
			bound = found[limit-1].pos
		}
	}
	list := make([]chat.Message, 0, len(found))
	for _, p := range found {
		m, err := scanMessage(c.row(selectMessage+"WHERE x.conv = ? AND x.n = ?", p.conv[:], p.n))
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// Files is chat.Reader's. A folder has no bound and its list no pages, so it has a
// connection of its own: those who list wait for each other, and nobody else for
// them.
func (m *Model) Files(ctx context.Context, id chat.ConversationID) (list []chat.Message, err error) {
	defer wrap(&err, "read model: files")
	err = m.snapshotOf(ctx, m.lister, func(c *conn, _ chat.Position) error {
		if err := c.mustExist(id); err != nil {
			return err
		}
		list, err = c.messages(selectMessage+"WHERE x.conv = ? AND x.file_name IS NOT NULL ORDER BY x.file_name", id[:])
		return err
	})
	return list, err
}

// FileNamed is chat.Reader's.
func (m *Model) FileNamed(ctx context.Context, id chat.ConversationID, name string) (msg chat.Message, err error) {
	defer wrap(&err, "read model: file")
	err = m.read(ctx, func(c *conn) error {
		msg, err = c.fileNamed(id, norm.NFC.String(name))
		return err
	})
	return msg, err
}

// FileOf is chat.Reader's.
func (m *Model) FileOf(ctx context.Context, id chat.ConversationID, by chat.UserID, name string) (msg chat.Message, err error) {
	defer wrap(&err, "read model: file")
	err = m.snapshot(ctx, func(c *conn, _ chat.Position) error {
		msg, err = c.fileOf(id, by, norm.NFC.String(name))
		return err
	})
	return msg, err
}

// HasBlob is chat.Reader's.
func (m *Model) HasBlob(ctx context.Context, hash string) (has bool, err error) {
	defer wrap(&err, "read model: blob")
	err = m.read(ctx, func(c *conn) error {
		has, err = c.exists("SELECT 1 FROM messages WHERE file_hash = ? LIMIT 1", hash)
		return err
	})
	return has, err
}
