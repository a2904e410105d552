package readmodel

import (
	"database/sql"
	"errors"

	"charla/server/chat"
)

// notice writes down what the event being applied did to a conversation, tells it,
// and forgets the oldest beyond the bound.
func (t *tx) notice(c *conversation, n chat.Notice) error {
	n.Conversation, n.Position, n.At = c.id, t.at, t.event.At
	if err := t.row("SELECT coalesce(max(serial), 0) + 1 FROM notices WHERE conv = ?", c.id[:]).Scan(&n.Serial); err != nil {
		return err
	}
	rows := n.Whom
	if len(rows) == 0 {
		rows = []chat.Party{{}}
	}
	for i, whom := range rows {
		_, err := t.exec("INSERT INTO notices (conv, serial, i, pos, at, kind, by, user, more, word, term) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			c.id[:], n.Serial, i, n.Position, n.At.UnixMilli(), n.Kind, key(n.By.ID), key(whom.ID), n.More, word(n), n.Term.Milliseconds())
		if err != nil {
			return err
		}
	}
	if n.Serial > chat.MaxNotices {
		if _, err := t.exec("DELETE FROM notices WHERE conv = ? AND serial <= ?", c.id[:], n.Serial-chat.MaxNotices); err != nil {
			return err
		}
	}
	t.change(chat.Change{Kind: chat.Noticed, Conversation: c.id, Notice: &n})
	return nil
}

// word is the one of a notice's fields that is a word.
func word(n chat.Notice) string {
	switch n.Kind {
	case chat.NoticeRole:
		return string(n.Role)
	case chat.NoticeWriters:
		return string(n.Writers)
	}
	return n.Text
}

// noticeOf is notice for what the event's author did to people in a group, if it did
// anything. Who comes into rooms, and who leaves them, is not told.
func (t *tx) noticeOf(c *conversation, kind chat.NoticeKind, whom ...chat.Party) error {
	if c.kind != chat.Group {
		return nil
	}
	by, err := t.party(t.event.By)
	if err != nil {
		return err
	}
	return t.notice(c, chat.Notice{Kind: kind, By: by}.Names(whom))
}

// party is somebody with their nick.
func (t *tx) party(user chat.UserID) (p chat.Party, err error) {
	if p.ID = user; user.IsZero() {
		return p, nil
	}
	err = t.row("SELECT nick FROM people WHERE id = ?", user[:]).Scan(&p.Nick)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return p, err
}

// came are those who came into a conversation by the event being applied, but for
// one of them, from a change on.
func (t *tx) came(c *conversation, from int, but chat.UserID) (all []chat.Party) {
	for _, change := range t.changes[from:] {
		if change.Kind == chat.Joined && change.Conversation == c.id && change.Member.User != but {
			all = append(all, chat.Party{ID: change.Member.User, Nick: change.Member.Nick})
		}
	}
	return all
}

// departed tells that somebody left a group, or was put out of it.
func (t *tx) departed(c *conversation, s *seat, out bool) error {
	who := chat.Party{ID: s.User, Nick: s.Nick}
	switch {
	case out:
		return t.noticeOf(c, chat.NoticeRemoved, who)
	case c.kind == chat.Group:
		return t.notice(c, chat.Notice{Kind: chat.NoticeLeft, By: who})
	}
	return nil
}
