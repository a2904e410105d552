package readmodel

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"charla/server/chat"
)

// viewColumns are what scanView reads: conversation c, the seat m and the read
// mark r of the person ?1, the peer's people row, the newest message x.
const viewColumns = `c.id, c.kind, c.title, c.lo, c.hi, c.members, c.version, c.last_n, c.changed,
	c.topic, c.writers, c.expiry, c.slow, (SELECT count(*) FROM messages f INDEXED BY messages_expired WHERE f.conv = c.id AND f.expired AND f.n > coalesce(r.n, 0)),
	m.user IS NOT NULL, m.user IS NOT NULL AND m.gone IS NULL, m.role, m.handle, m.left_n, m.gone, m.left_title, m.left_topic, m.barred, m.pending AND m.gone IS NULL, ` + isAsked + `,
	r.n, peer.nick, ` + messageColumns

const viewJoins = `
	LEFT JOIN reads r ON r.user = ?1 AND r.conv = c.id
	LEFT JOIN people peer ON peer.id = CASE WHEN c.lo = ?1 THEN c.hi ELSE c.lo END
	LEFT JOIN messages x ON x.conv = c.id AND x.n = c.last_n
	LEFT JOIN people a ON a.id = x.author `

// view is one person's row of a conversation before it is made presentable.
type view struct {
	chat.Conversation
	lo, hi chat.UserID
	seat   bool // is or was in it
	faded  int  // messages after the read mark that have expired
	peer   chat.Nick

	leftTitle, leftTopic string // of a group, when they left it
}

func scanView(row scanner, user chat.UserID) (view, error) {
	var v view
	var last messageRow
	err := row.Scan(append([]any{
		into(&v.ID), &v.Kind, &v.Title, into(&v.lo), into(&v.hi), &v.Members, &v.Version, &v.LastN, &v.Changed,
		&v.Topic, &v.Writers, span{&v.Expiry}, span{&v.Slow}, &v.faded,
		&v.seat, &v.Member, nullable(&v.Role), nullable(&v.Handle), nullable(&v.Left), nullable(&v.Gone), nullable(&v.leftTitle), nullable(&v.leftTopic), nullable(&v.Barred), nullable(&v.Request), &v.Asked, nullable(&v.Read), nullable(&v.peer),
	}, last.dest()...)...)
	if err != nil {
		return v, err
	}
	v.Exists = true
	if !v.Member {
		v.Role = ""
	}
	if v.outside() {
		v.Gone = 0
	}
	if m := last.message(); m.Number != 0 && !m.Expired {
		v.Last = &m
	}
	v.name(user)
	v.count()
	return v, nil
}

// count says what is unread: all of it is by others, for one's own message moves
// the mark, and so does joining. A mark may be beyond the last number while the shelf is ahead of the
// log. To somebody outside of a room nothing is unread.
func (v *view) count() {
	if v.outside() {
		v.Read = 0
		return
	}
	v.Read = min(v.Read, v.LastN)
	v.Unread = max(int(v.LastN-v.Read)-v.faded, 0)
}

// outside: it is a room that they never were in, or left by themselves.
func (v *view) outside() bool { return !v.seat || v.Kind == chat.Room && !v.Member && !v.Barred }

// name gives talks and rooms the handle and title that follow from what they are.
func (v *view) name(user chat.UserID) {
	switch v.Kind {
	case chat.Room:
		v.Handle = chat.Handle(v.Title)
	case chat.Talk:
		if v.Peer = v.lo; v.lo == user {
			v.Peer = v.hi
		}
		switch v.Handle = chat.Handle(v.peer); {
		case v.Peer == user:
			v.Handle = chat.Notes
		case v.Handle == "":
			v.Handle, v.Deserted = chat.LeftHandle(v.Peer), true
		}
		v.Title = string(v.Handle)
	}
}

// Conversations is chat.Reader's.
func (m *Model) Conversations(ctx context.Context, user chat.UserID) (list []chat.Conversation, upto chat.Position, err error) {
	defer wrap(&err, "read model: conversations")
	err = m.snapshot(ctx, func(c *conn, applied chat.Position) error {
		upto = applied
		drafts, err := c.drafts(user)
		if err != nil {
			return err
		}
		err = c.each(func(row scanner) error {
			v, err := scanView(row, user)
			v.Draft = drafts[v.ID]
			list = append(list, v.Conversation)
			return err
		}, "SELECT "+viewColumns+" FROM members m CROSS JOIN conversations c ON c.id = m.conv"+viewJoins+
			"WHERE m.user = ?1 AND m.gone IS NULL AND (c.kind <> 'talk' OR c.last_n > 0) ORDER BY c.changed DESC, c.version", user[:])
		if err == nil {
			list, err = c.unhidden(list, user)
		}
		return err
	})
	return list, upto, err
}

// unhidden leaves out the talks in which there is nothing for a person, and finds
// their newest message where that of the talk is none.
func (c *conn) unhidden(list []chat.Conversation, user chat.UserID) ([]chat.Conversation, error) {
	seen := list[:0]
	for _, v := range list {
		if hidden(v.Last, user) {
			if err := c.newest(&v, user); err != nil {
				return nil, err
			}
			if v.Last == nil {
				continue
			}
		}
		seen = append(seen, v)
	}
	return seen, nil
}

// hidden reports whether a person is not to see a message.
func hidden(m *chat.Message, from chat.UserID) bool { return m != nil && m.Hidden && m.From != from }

// newest finds the newest message up to LastN that is not hidden from a person.
func (c *conn) newest(v *chat.Conversation, user chat.UserID) error {
	m, err := scanMessage(c.row(selectMessage+"WHERE x.conv = ? AND x.n <= ? AND (NOT x.hidden OR x.author = ?) ORDER BY x.n DESC LIMIT 1", v.ID[:], v.LastN, user[:]))
	if v.Last = &m; errors.Is(err, sql.ErrNoRows) {
		v.Last, err = nil, nil
	}
	return err
}

// drafts are all that a person left unsent.
func (c *conn) drafts(user chat.UserID) (map[chat.ConversationID]string, error) {
	drafts := map[chat.ConversationID]string{}
	err := c.each(func(row scanner) error {
		var slot, text string
		if err := row.Scan(&slot, &text); err != nil {
			return err
		}
		if id, err := chat.ParseID[chat.Conversation](strings.TrimPrefix(slot, "draft.")); err == nil {
			drafts[id] = text
		}
		return nil
	}, "SELECT slot, value FROM shelf WHERE user = ? AND slot >= 'draft.' AND slot < 'draft/'", user[:]) // "/" follows "."
	return drafts, err
}

// Conversation is chat.Reader's.
func (m *Model) Conversation(ctx context.Context, user chat.UserID, id chat.ConversationID) (v chat.Conversation, err error) {
	defer wrap(&err, "read model: conversation")
	err = m.snapshot(ctx, func(c *conn, _ chat.Position) error {
		v, err = c.view(user, id, "")
		return err
	})
	return v, err
}

// ByHandle is chat.Reader's.
func (m *Model) ByHandle(ctx context.Context, user chat.UserID, handle chat.Handle) (v chat.Conversation, err error) {
	defer wrap(&err, "read model: by handle")
	err = m.snapshot(ctx, func(c *conn, _ chat.Position) error {
		id, err := c.byHandle(user, handle)
		if err != nil {
			return err
		}
		v, err = c.view(user, id, handle)
		return err
	})
	return v, err
}

// byHandle says which conversation a person means. A name of the server and a
// handle of a group are never the same (freeHandle, moveHandles), so the order
// of the questions does not matter.
func (c *conn) byHandle(user chat.UserID, handle chat.Handle) (id chat.ConversationID, err error) {
	if handle == chat.Notes {
		return chat.TalkID(user, user), nil
	}
	if handle.Left() {
		if id, err := c.talkWithoutNick(user, handle); err != nil || !id.IsZero() {
			return id, err
		}
	}
	var holder chat.UserID
	err = c.row(`SELECT user, conv FROM names WHERE name = ? AND (user IS NOT NULL OR conv IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM people p WHERE p.id = user AND p.forgotten)`, handle).Scan(into(&holder), into(&id))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = c.row("SELECT conv FROM members WHERE user = ? AND handle = ?", user[:], handle).Scan(into(&id))
		return id, missing(err, chat.NoConversation, string(handle))
	case err == nil && !holder.IsZero():
		id = chat.TalkID(user, holder)
	}
	return id, err
}

// talkWithoutNick is a person's talk with somebody who was forgotten; zero if none has
// that handle.
func (c *conn) talkWithoutNick(user chat.UserID, handle chat.Handle) (chat.ConversationID, error) {
	gone, err := ids[chat.Person](c, `SELECT p.id FROM members m CROSS JOIN conversations c ON c.id = m.conv CROSS JOIN people p ON p.id = iif(c.lo = m.user, c.hi, c.lo)
		WHERE m.user = ? AND c.kind = 'talk' AND p.forgotten`, user[:])
	for _, other := range gone {
		if chat.LeftHandle(other) == handle {
			return chat.TalkID(user, other), nil
		}
	}
	return chat.ConversationID{}, err
}

// view is a conversation as a person sees it: of a talk or group that they
// never were in, NoConversation.
func (c *conn) view(user chat.UserID, id chat.ConversationID, handle chat.Handle) (chat.Conversation, error) {
	v, err := scanView(c.row("SELECT "+viewColumns+" FROM conversations c LEFT JOIN members m ON m.conv = c.id AND m.user = ?1"+viewJoins+
		"WHERE c.id = ?2", user[:], id[:]), user)
	if err != nil {
		return chat.Conversation{}, missing(err, chat.NoConversation, string(handle))
	}
	if !v.seat && v.Kind != chat.Room {
		return chat.Conversation{}, &chat.Error{Code: chat.NoConversation, Name: string(handle)}
	}
	if !v.Member && !v.outside() {
		if err := c.asOfLeaving(&v); err != nil {
			return chat.Conversation{}, err
		}
		if v.Kind == chat.Talk {
			if v.Blocked, err = c.blocks(user, v.Peer); err != nil {
				return chat.Conversation{}, err
			}
		}
	}
	if hidden(v.Last, user) {
		if err := c.newest(&v.Conversation, user); err != nil {
			return chat.Conversation{}, err
		}
	}
	draft, err := c.value(user, chat.DraftSlot(id))
	v.Draft = string(draft)
	return v.Conversation, err
}

// asOfLeaving hides from somebody who left what came after.
func (c *conn) asOfLeaving(v *view) error {
	v.LastN, v.Last = v.Left, nil
	if v.Kind == chat.Group {
		v.Title, v.Topic, v.Members = v.leftTitle, v.leftTopic, 0
		v.Writers, v.Expiry, v.Slow = chat.AllWrite, 0, 0
	}
	if err := c.row("SELECT count(*) FROM messages INDEXED BY messages_expired WHERE conv = ? AND expired AND n > ? AND n <= ?", v.ID[:], v.Read, v.Left).Scan(&v.faded); err != nil {
		return err
	}
	v.count()
	if v.Left == 0 {
		return nil
	}
	m, err := scanMessage(c.row(selectMessage+"WHERE x.conv = ? AND x.n = ?", v.ID[:], v.Left))
	if m = m.AsOf(v.Gone); !m.Expired {
		v.Last = &m
	}
	return err
}

// Members is chat.Reader's: by nick.
func (m *Model) Members(ctx context.Context, id chat.ConversationID) (list []chat.Member, err error) {
	defer wrap(&err, "read model: members")
	err = m.snapshot(ctx, func(c *conn, _ chat.Position) error {
		if err := c.mustExist(id); err != nil {
			return err
		}
		return c.each(func(row scanner) error {
			var s chat.Member
			var gone chat.Position
			var left chat.Number
			var talk, pending, receipts bool
			err := row.Scan(into(&s.User), &s.Nick, &s.Role, &s.Since, &s.Delivered, &s.Read, &gone, &left, &pending, &talk, &receipts)
			if talk {
				discreet(&s, pending, gone, left, receipts)
			}
			list = append(list, s)
			return err
		}, `SELECT m.user, p.nick, m.role, m.since, coalesce(d.pos, 0), coalesce(min(r.n, c.last_n), 0), coalesce(m.gone, 0), m.left_n, m.pending,
				c.kind = 'talk', c.kind <> 'talk' OR NOT EXISTS (SELECT 1 FROM people q WHERE q.id IN (c.lo, c.hi) AND NOT q.receipts)
			FROM members m CROSS JOIN people p ON p.id = m.user JOIN conversations c ON c.id = m.conv
			LEFT JOIN delivered d ON d.user = m.user LEFT JOIN reads r ON r.user = m.user AND r.conv = m.conv
			WHERE m.conv = ? AND (m.gone IS NULL OR c.kind = 'talk' AND NOT p.forgotten) ORDER BY p.nick`, id[:])
	})
	return list, err
}

// mustExist is NoConversation for what is none.
func (c *conn) mustExist(id chat.ConversationID) error {
	there, err := c.exists("SELECT 1 FROM conversations WHERE id = ?", id[:])
	if err == nil && !there {
		err = &chat.Error{Code: chat.NoConversation}
	}
	return err
}
