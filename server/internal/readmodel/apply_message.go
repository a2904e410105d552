package readmodel

import (
	"database/sql"
	"errors"
	"time"

	"charla/server/chat"
)

// What the column retracted holds. A wordless message is taken back as readers see
// it; but what its author did to it afterwards is still to come in the log, from
// which its words were erased, and has its effect.
const (
	standing = 0
	taken    = 1
	wordless = 2
)

// messagePosted: a member says something. An ID that was posted before is the
// same message sent again. A file goes by its name: see postFile.
func (t *tx) messagePosted(e chat.Event, b chat.MessagePosted) error {
	c, err := t.conversation(b.Conversation)
	if err != nil || !c.exists() {
		return err
	}
	s, err := t.seat(c.id, e.By)
	if err != nil || !s.seen(c).Lets(b) {
		return err
	}
	if mute, err := t.silent(e, c, s); err != nil || mute {
		return err
	}
	refused, hidden, err := t.asked(c, e.By)
	if err != nil || refused {
		return err
	}
	m := chat.Message{
		ID: chat.MessageID(e.ID), Conversation: c.id, Position: t.at, Changed: t.at, From: e.By, Nick: s.Nick, At: e.At,
		Text: b.Text, ReplyTo: b.ReplyTo, Expires: c.expires(e.At), Hidden: hidden,
	}
	switch {
	case b.File != nil && b.File.Name != "":
		return t.postFile(c, s, m, *b.File)
	case !b.Version.IsZero():
		return t.erasedVersion(e, b)
	case b.Text == "" && !b.Erased:
		return nil
	}
	m.Retracted = b.Text == ""
	return t.insert(c, s, m)
}

// expires is when what is posted now is over.
func (c *conversation) expires(at time.Time) time.Time {
	if c.rules.expiry == 0 {
		return time.Time{}
	}
	return at.Add(c.rules.expiry)
}

// insert stores a new message with the next number, unless its ID is known.
func (t *tx) insert(c *conversation, s *seat, m chat.Message) error {
	m.Number = c.lastN + 1
	var name, size, hash any
	if m.File != nil {
		name, size, hash = m.File.Name, m.File.Size, m.File.Hash
	}
	state := standing
	if m.Retracted {
		state = wordless
	}
	n, err := t.exec(`INSERT INTO messages (pos, conv, n, id, author, at, text, changed, retracted, reply, file_name, file_size, file_hash, expires, hidden)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		t.at, m.Conversation[:], m.Number, m.ID[:], m.From[:], m.At.UnixMilli(), m.Text, m.Changed, state, key(m.ReplyTo), name, size, hash, never(m.Expires), m.Hidden)
	if err != nil || n == 0 {
		return err
	}
	c.lastN, c.lastPos, c.changed, c.modified = m.Number, t.at, t.at, true
	s.own, s.modified = m.Number, true
	s.read(m.Number)
	t.index(nil, m)
	t.change(chat.Change{Kind: chat.Posted, Conversation: c.id, Message: &m})
	return t.wrote(c, s, m.Hidden)
}

// messageEdited: other words for a message of one's own. A file stays as it is
// and may lose its words; a message of nothing else may not.
func (t *tx) messageEdited(e chat.Event, b chat.MessageEdited) error {
	m, ok, err := t.own(e, b.Conversation, b.Message)
	if err != nil || !ok || b.Text == "" && m.File == nil && !b.Erased {
		return err
	}
	if may, err := t.permits(e, b.Conversation); err != nil || !may {
		return err
	}
	was := m
	m.Text, m.Edited, m.Retracted = b.Text, true, b.Text == "" && m.File == nil
	return t.update(was, m, chat.Edited)
}

// messageRetracted: one's own message is taken back, and its file's name is free.
func (t *tx) messageRetracted(e chat.Event, b chat.MessageRetracted) error {
	m, ok, err := t.own(e, b.Conversation, b.Message)
	if err != nil || !ok {
		return err
	}
	return t.retract(m)
}

func (t *tx) retract(m chat.Message) error {
	was := m
	m.Text, m.File, m.Retracted = "", nil, true
	return t.update(was, m, chat.Retracted)
}

// own finds a message that the event's author wrote there and has not retracted;
// a wordless one too, which is Retracted.
func (t *tx) own(e chat.Event, conv chat.ConversationID, id chat.MessageID) (chat.Message, bool, error) {
	m, err := scanMessage(t.row(selectMessage+"WHERE x.id = ?", id[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	if err != nil || m.From != e.By || m.Conversation != conv {
		return m, false, err
	}
	ok, err := t.stands(m)
	return m, ok, err
}

// stands reports whether a message was not taken back and its time is not over; a
// wordless one too.
func (t *tx) stands(m chat.Message) (bool, error) {
	if !m.Retracted {
		return true, nil
	}
	return t.exists("SELECT 1 FROM messages WHERE id = ? AND retracted = ?", m.ID[:], wordless)
}

// permits reports whether the event's author may write what it says there.
func (t *tx) permits(e chat.Event, id chat.ConversationID) (bool, error) {
	c, err := t.conversation(id)
	if err != nil {
		return false, err
	}
	s, err := t.seat(id, e.By)
	if err != nil || !s.seen(c).Lets(e.Body) {
		return false, err
	}
	mute, err := t.silent(e, c, s)
	return !mute, err
}

// update stores what an event made of a message. One that was taken back by
// something else than its retraction is wordless.
func (t *tx) update(was, m chat.Message, kind chat.ChangeKind) error {
	m.Changed = t.at
	state := standing
	switch {
	case m.Retracted && kind == chat.Retracted:
		state = taken
	case m.Retracted:
		state = wordless
	}
	var name, size, hash any
	if m.File != nil {
		name, size, hash = m.File.Name, m.File.Size, m.File.Hash
	}
	c, err := t.conversation(m.Conversation)
	if err != nil {
		return err
	}
	if kind == chat.Edited {
		if m.Hidden, err = t.unseen(c, m); err != nil {
			return err
		}
	}
	_, err = t.exec(`UPDATE messages SET text = ?, changed = ?, edited = ?, retracted = ?, file_name = ?, file_size = ?, file_hash = ?, expires = ?, expired = ?, hidden = ?
		WHERE conv = ? AND n = ?`,
		m.Text, t.at, m.Edited, state, name, size, hash, never(m.Expires), m.Expired, m.Hidden, m.Conversation[:], m.Number)
	if err != nil {
		return err
	}
	if !m.Expired { // nobody did anything
		c.changed, c.modified = t.at, true
	}
	t.index(&was, m)
	t.change(chat.Change{Kind: kind, Conversation: m.Conversation, Message: &m})
	return nil
}
