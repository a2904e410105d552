package chattest

import (
	"time"

	"charla/server/chat"
)

func (v *View) posted(at chat.Position, e chat.Event, b chat.MessagePosted) {
	c := v.conv(b.Conversation)
	id := chat.MessageID(e.ID)
	if c == nil || !c.seat(e.By).Lets(b) || v.silent(e, c) || v.messages[id] != nil {
		return
	}
	o := c.other(e.By)
	if v.deserted(e.By, c) || o != nil && o.pending && c.last() >= chat.MaxAsked {
		return
	}
	m := chat.Message{
		Hidden: o != nil && o.gone && v.blocks(o.user, e.By),
		ID:     id, Conversation: c.id, Number: c.last() + 1, Position: at, Changed: at,
		From: e.By, Nick: v.person(e.By).Nick, At: e.At, Text: b.Text, ReplyTo: b.ReplyTo,
		Expires: c.expires(e.At),
	}
	if b.File != nil && b.File.Name != "" {
		name, mine := v.freeName(c, e.By, b.File.Name)
		m.File = &chat.File{Name: name, Size: b.File.Size, Hash: b.File.Hash}
		if mine != nil {
			newer := *mine
			newer.File, newer.Edited, newer.Hidden = m.File, true, false
			if !m.Expires.IsZero() {
				newer.Expires = m.Expires
			}
			if b.Text != "" {
				newer.Text = b.Text
			}
			v.change(at, chat.Edited, newer)
			return
		}
	}
	switch {
	case m.File == nil && !b.Version.IsZero():
		v.touched(at, e.By, b.Conversation, b.Version, m.Expires, true)
		return
	case m.File == nil && m.Text == "" && !b.Erased:
		return
	case m.File == nil && m.Text == "":
		m.Retracted, v.wordless[id] = true, true
	}
	c.messages = append(c.messages, id)
	v.order = append(v.order, id)
	c.part(e.By).read = m.Number
	c.voice(e.By)
	v.change(at, chat.Posted, m)
	v.appear(at, c, c.part(e.By))
	if o != nil && !m.Hidden {
		v.appear(at, c, o)
	}
	v.letIn(at, c, c.part(e.By))
}

func (v *View) edited(at chat.Position, e chat.Event, b chat.MessageEdited) {
	m := v.own(e.By, b.Conversation, b.Message)
	if m == nil || b.Text == "" && m.File == nil && !b.Erased || !v.permits(e, b.Conversation) {
		return
	}
	newer := *m
	newer.Text, newer.Edited, newer.Retracted = b.Text, true, b.Text == "" && m.File == nil
	v.wordless[m.ID] = newer.Retracted
	v.change(at, chat.Edited, newer)
}

// touched: a message of one's own is another since, and how was erased.
func (v *View) touched(at chat.Position, by chat.UserID, conv chat.ConversationID, id chat.MessageID, expires time.Time, sent bool) {
	if m := v.own(by, conv, id); m != nil {
		newer := *m
		newer.Edited, newer.Hidden = true, m.Hidden && !sent
		if !expires.IsZero() {
			newer.Expires = expires
		}
		v.change(at, chat.Edited, newer)
	}
}

func (v *View) retracted(at chat.Position, e chat.Event, b chat.MessageRetracted) {
	if m := v.own(e.By, b.Conversation, b.Message); m != nil {
		v.retract(at, *m)
	}
}

func (v *View) retract(at chat.Position, m chat.Message) {
	m.Text, m.File, m.Retracted = "", nil, true
	delete(v.wordless, m.ID)
	v.change(at, chat.Retracted, m)
}

func (v *View) renamed(at chat.Position, e chat.Event, b chat.FileRenamed) {
	m := v.own(e.By, b.Conversation, b.Message)
	if m == nil || (m.File == nil || b.Name == "") && !b.Erased || !v.permits(e, b.Conversation) {
		return
	}
	if replaced := v.own(e.By, b.Conversation, b.Replaced); replaced != nil {
		v.retract(at, *replaced)
	}
	if b.Erased {
		v.touched(at, e.By, b.Conversation, b.Message, time.Time{}, false)
		return
	}
	name, mine := v.freeName(v.conv(m.Conversation), e.By, b.Name)
	if name == m.File.Name {
		return
	}
	if mine != nil {
		v.retract(at, *mine)
	}
	newer := *m
	newer.File = &chat.File{Name: name, Size: m.File.Size, Hash: m.File.Hash}
	newer.Edited = true
	v.change(at, chat.Edited, newer)
}

// change stores a message as it is now and tells its conversation. What was
// told before is never modified.
func (v *View) change(at chat.Position, kind chat.ChangeKind, m chat.Message) {
	m.Changed = at
	if kind == chat.Edited {
		o := v.conv(m.Conversation).other(m.From)
		m.Hidden = m.Hidden || o != nil && o.gone && v.blocks(o.user, m.From)
	}
	v.messages[m.ID] = &m
	v.conv(m.Conversation).changed = at
	v.tell(chat.Change{Kind: kind, Position: at, Conversation: m.Conversation, Message: &m})
}

// own is a message of that conversation that user wrote and did not take back; a
// wordless one too.
func (v *View) own(user chat.UserID, conv chat.ConversationID, id chat.MessageID) *chat.Message {
	m := v.messages[id]
	if m == nil || m.Conversation != conv || m.From != user || !v.stands(m) {
		return nil
	}
	return m
}

// stands reports whether a message was not taken back and its time is not over; a
// wordless one too.
func (v *View) stands(m *chat.Message) bool { return !m.Retracted || v.wordless[m.ID] }

// freeName is the first of "name.ext", "name (2).ext", "name (3).ext", … that
// nobody else has live in the conversation, and user's own live file of it.
func (v *View) freeName(c *conversation, user chat.UserID, name string) (string, *chat.Message) {
	for n := 1; ; n++ {
		candidate := chat.NumberedName(name, n)
		holder := v.fileNamed(c, candidate)
		if holder == nil || holder.From == user {
			return candidate, holder
		}
	}
}

func (v *View) fileNamed(c *conversation, name string) *chat.Message {
	for _, id := range c.messages {
		if m := v.messages[id]; m.File != nil && m.File.Name == name {
			return m
		}
	}
	return nil
}
