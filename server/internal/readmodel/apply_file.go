package readmodel

import (
	"time"

	"golang.org/x/text/unicode/norm"

	"charla/server/chat"
)

// postFile: under a name that the author has live already, the file is a new
// version of that message; under a name of somebody else's it becomes "name (2)".
func (t *tx) postFile(c *conversation, s *seat, m chat.Message, f chat.File) error {
	known, err := t.exists("SELECT 1 FROM messages WHERE id = ?", m.ID[:])
	if err != nil || known {
		return err
	}
	name, old, err := t.place(c.id, m.From, norm.NFC.String(f.Name))
	if err != nil {
		return err
	}
	f.Name = name
	if old == nil {
		m.File = &f
		return t.insert(c, s, m)
	}
	was := *old
	old.File, old.Edited, old.Hidden = &f, true, false // these bytes are sent now
	if !m.Expires.IsZero() {
		old.Expires = m.Expires
	}
	if m.Text != "" {
		old.Text = m.Text
	}
	return t.update(was, *old, chat.Edited)
}

// erasedVersion is what postFile did with a file whose name is not in the log any
// more.
func (t *tx) erasedVersion(e chat.Event, b chat.MessagePosted) error {
	known, err := t.exists("SELECT 1 FROM messages WHERE id = ?", e.ID[:])
	if err != nil || known {
		return err
	}
	c, err := t.conversation(b.Conversation)
	if err != nil {
		return err
	}
	return t.touched(e, b.Conversation, b.Version, c.expires(e.At), true)
}

// touched: a message of one's own is another since, and how is not in the log any
// more; its time ends when expires says, if that does. sent: it was a new version
// of a file.
func (t *tx) touched(e chat.Event, conv chat.ConversationID, id chat.MessageID, expires time.Time, sent bool) error {
	m, ok, err := t.own(e, conv, id)
	if err != nil || !ok {
		return err
	}
	was := m
	m.Edited, m.Hidden = true, m.Hidden && !sent
	if !expires.IsZero() {
		m.Expires = expires
	}
	return t.update(was, m, chat.Edited)
}

// fileRenamed: one's own live file gets another name. Another live file of
// one's own there is replaced, that is, retracted; one of somebody else's is not.
func (t *tx) fileRenamed(e chat.Event, b chat.FileRenamed) error {
	m, ok, err := t.own(e, b.Conversation, b.Message)
	if err != nil || !ok || (m.File == nil || b.Name == "") && !b.Erased {
		return err
	}
	if may, err := t.permits(e, b.Conversation); err != nil || !may {
		return err
	}
	if replaced, ok, err := t.own(e, b.Conversation, b.Replaced); err != nil {
		return err
	} else if ok {
		if err := t.retract(replaced); err != nil {
			return err
		}
	}
	if b.Erased {
		return t.touched(e, b.Conversation, b.Message, time.Time{}, false)
	}
	name, old, err := t.place(m.Conversation, e.By, norm.NFC.String(b.Name))
	if err != nil || name == m.File.Name {
		return err
	}
	if old != nil {
		if err := t.retract(*old); err != nil {
			return err
		}
	}
	was, f := m, *m.File
	f.Name = name
	m.File, m.Edited = &f, true
	return t.update(was, m, chat.Edited)
}

// place is the first of name, "name (2)", "name (3)", … that is free, or
// holds a file of by's own, which is returned too.
func (t *tx) place(id chat.ConversationID, by chat.UserID, name string) (string, *chat.Message, error) {
	m, err := t.fileNamed(id, name)
	switch {
	case chat.CodeOf(err) == chat.NoFile:
		return name, nil, nil
	case err != nil:
		return "", nil, err
	case m.From == by:
		return name, &m, nil
	}
	held, err := t.variants(id, name)
	if err != nil {
		return "", nil, err
	}
	for n := 2; ; n++ {
		v := chat.NumberedName(name, n)
		author, taken := held[v]
		if !taken {
			return v, nil, nil
		}
		if author == by {
			m, err := t.fileNamed(id, v)
			return v, &m, err
		}
	}
}

// variants are the live files whose names may be numbered ones of name, with their
// authors: one query, however many files somebody has numbered on purpose.
func (c *conn) variants(id chat.ConversationID, name string) (map[string]chat.UserID, error) {
	prefix := chat.NumberedPrefix(name)
	held := map[string]chat.UserID{}
	err := c.each(func(row scanner) error {
		var name string
		var author chat.UserID
		err := row.Scan(&name, into(&author))
		held[name] = author
		return err
	}, "SELECT file_name, author FROM messages WHERE conv = ? AND file_name >= ? AND file_name < ?", id[:], prefix, prefix+"\U0010ffff")
	return held, err
}

// fileOf finds what became of a file that by put under name.
func (c *conn) fileOf(id chat.ConversationID, by chat.UserID, name string) (chat.Message, error) {
	m, err := c.fileNamed(id, name)
	if err == nil && m.From == by || err != nil && chat.CodeOf(err) != chat.NoFile {
		return m, err
	}
	held, err := c.variants(id, name)
	if err != nil {
		return chat.Message{}, err
	}
	best := 0
	for candidate, author := range held {
		if n, ok := chat.NumberOf(name, candidate); ok && author == by && (best == 0 || n < best) {
			best = n
		}
	}
	if best == 0 {
		return chat.Message{}, &chat.Error{Code: chat.NoFile, Name: name}
	}
	return c.fileNamed(id, chat.NumberedName(name, best))
}
