package readmodel

import "charla/server/chat"

// sit gives somebody their seat in a new talk. Whom the opener is a stranger to
// has not let it in; who has blocked the opener is away from the beginning, which
// nobody is told.
func (t *tx) sit(c *conversation, user, opener chat.UserID) error {
	pending, away := false, false
	if user != opener {
		known, err := t.knowsByGroup(user, opener)
		if err != nil {
			return err
		}
		if away, err = t.blocks(user, opener); err != nil {
			return err
		}
		pending = !known
	}
	var gone any
	if away {
		gone = t.at
	}
	_, err := t.exec("INSERT INTO members (conv, user, role, since, gone, pending) VALUES (?, ?, ?, ?, ?, ?)",
		c.id[:], user[:], chat.RoleMember, t.at, gone, pending)
	if err != nil {
		return err
	}
	delete(t.seats, seatKey{c.id, user})
	s, err := t.seat(c.id, user)
	if err != nil {
		return err
	}
	c.members++
	c.modified = true
	member, err := t.told(c, s)
	if err != nil {
		return err
	}
	t.change(chat.Change{Kind: chat.Joined, Conversation: c.id, Member: member})
	if !away {
		t.change(chat.Change{Kind: chat.Entered, Conversation: c.id, User: user})
	}
	return nil
}

// asked is how a message of somebody's comes into a talk: not at all while the
// other one has enough of them and has not let them in, hidden if the other one
// has blocked its author.
func (t *tx) asked(c *conversation, by chat.UserID) (refused, hidden bool, err error) {
	other := c.peer(by)
	if c.kind != chat.Talk || other == by {
		return false, false, nil
	}
	o, err := t.seat(c.id, other)
	if err != nil {
		return false, false, err
	}
	if !o.in {
		hidden, err = t.blocks(other, by)
	}
	return o.forgotten || o.pending && c.lastN >= chat.MaxAsked, hidden, err
}

// unseen says of what an author has made of a message whether it is Hidden: as it
// was, or as a message that is written now would be. Else who is blocked could go
// on speaking by editing.
func (t *tx) unseen(c *conversation, m chat.Message) (bool, error) {
	if c.kind != chat.Talk || m.Hidden {
		return m.Hidden, nil
	}
	_, hidden, err := t.asked(c, m.From)
	return hidden, err
}

// wrote: the first message of one's own in a talk makes known to the other one,
// and lets in what was a request; in a group it makes the others known to oneself.
func (t *tx) wrote(c *conversation, s *seat, hidden bool) error {
	if c.kind != chat.Talk {
		return t.voice(c.id, s.User)
	}
	if !s.wrote {
		if _, err := t.exec("UPDATE members SET wrote = 1 WHERE conv = ? AND user = ?", c.id[:], s.User[:]); err != nil {
			return err
		}
		s.wrote = true
	}
	if err := t.appear(c, s); err != nil {
		return err
	}
	if !hidden {
		o, err := t.seat(c.id, c.peer(s.User))
		if err == nil {
			err = t.appear(c, o)
		}
		if err != nil {
			return err
		}
	}
	if !s.pending {
		return nil
	}
	return t.letIn(c, s)
}

// appear tells somebody of the first message that is for them in a talk that their
// lists have not shown.
func (t *tx) appear(c *conversation, s *seat) error {
	if !s.unseen {
		return nil
	}
	if _, err := t.exec("UPDATE members SET unseen = 0 WHERE conv = ? AND user = ?", c.id[:], s.User[:]); err != nil {
		return err
	}
	s.unseen = false
	t.change(chat.Change{Kind: chat.Entered, Conversation: c.id, User: s.User})
	return nil
}

// talkAccepted: whoever was asked lets the talk in.
func (t *tx) talkAccepted(e chat.Event, b chat.TalkAccepted) error {
	c, err := t.conversation(b.Conversation)
	if err != nil || c.kind != chat.Talk {
		return err
	}
	s, err := t.seat(c.id, e.By)
	if err != nil || !s.in || !s.pending {
		return err
	}
	return t.letIn(c, s)
}

// letIn ends a request. What the other one was not told of marks meanwhile is told.
func (t *tx) letIn(c *conversation, s *seat) error {
	if _, err := t.exec("UPDATE members SET pending = 0 WHERE conv = ? AND user = ?", c.id[:], s.User[:]); err != nil {
		return err
	}
	s.pending = false
	t.stale = append(t.stale, seatKey{c.id, c.peer(s.User)})
	t.change(chat.Change{Kind: chat.Entered, Conversation: c.id, User: s.User})
	member, err := t.told(c, s)
	if err != nil {
		return err
	}
	t.change(chat.Change{Kind: chat.Marked, Conversation: c.id, Member: member})
	return nil
}

// personBlocked: By is away from their talk with User, if there is one. The talk
// is not told.
func (t *tx) personBlocked(e chat.Event, b chat.PersonBlocked) error {
	for _, id := range []chat.UserID{e.By, b.User} {
		if known, err := t.isPerson(id); err != nil || !known || e.By == b.User {
			return err
		}
	}
	n, err := t.exec("INSERT INTO blocks (user, other, pos) VALUES (?, ?, ?) ON CONFLICT (user, other) DO NOTHING", e.By[:], b.User[:], t.at)
	if err != nil || n == 0 {
		return err
	}
	t.change(chat.Change{Kind: chat.Estranged, User: e.By})
	c, s, err := t.talkOf(e.By, b.User)
	if err != nil || c.kind != chat.Talk || !s.in {
		return err
	}
	if _, err := t.exec("UPDATE members SET gone = ?, left_n = ? WHERE conv = ? AND user = ?", t.at, c.lastN, c.id[:], e.By[:]); err != nil {
		return err
	}
	s.in, s.gone, s.left = false, t.at, c.lastN
	t.change(chat.Change{Kind: chat.Exited, Conversation: c.id, User: e.By})
	return nil
}

// personUnblocked: By is in their talk again. What was said there meanwhile stays
// Hidden and is nothing new.
func (t *tx) personUnblocked(e chat.Event, b chat.PersonUnblocked) error {
	n, err := t.exec("DELETE FROM blocks WHERE user = ? AND other = ?", e.By[:], b.User[:])
	if err != nil || n == 0 {
		return err
	}
	t.change(chat.Change{Kind: chat.Estranged, User: e.By})
	c, s, err := t.talkOf(e.By, b.User)
	if err != nil || c.kind != chat.Talk || !s.known || s.in {
		return err
	}
	seen, err := t.exists("SELECT 1 FROM messages WHERE conv = ? AND (NOT hidden OR author = ?) LIMIT 1", c.id[:], e.By[:])
	if err != nil {
		return err
	}
	if _, err := t.exec("UPDATE members SET gone = NULL, left_n = 0, unseen = ? WHERE conv = ? AND user = ?", !seen, c.id[:], e.By[:]); err != nil {
		return err
	}
	s.in, s.gone, s.left, s.unseen = true, 0, 0, !seen
	s.read(c.lastN)
	t.change(chat.Change{Kind: chat.Entered, Conversation: c.id, User: e.By})
	return nil
}

// waits reports whether one of a talk has not let the other in.
func (t *tx) waits(c *conversation) (bool, error) {
	if c.kind != chat.Talk {
		return false, nil
	}
	for _, user := range []chat.UserID{c.lo, c.hi} {
		if s, err := t.seat(c.id, user); err != nil || s.pending {
			return true, err
		}
	}
	return false, nil
}

// talkOf is the talk of two people and the seat of the first in it.
func (t *tx) talkOf(user, other chat.UserID) (*conversation, *seat, error) {
	c, err := t.conversation(chat.TalkID(user, other))
	if err != nil {
		return nil, nil, err
	}
	s, err := t.seat(c.id, user)
	return c, s, err
}

// told is a seat as the others in the conversation may know it.
func (t *tx) told(c *conversation, s *seat) (*chat.Member, error) {
	m := s.member(c)
	if c.kind != chat.Talk {
		return m, nil
	}
	receipts, err := t.receipts(c.lo, c.hi)
	discreet(m, s.pending, s.gone, s.left, receipts)
	return m, err
}

// discreet takes from what is told of somebody in a talk: who was asked and has
// not let it in is as if they had never been here, and who is away as if they had
// not been here since.
func discreet(m *chat.Member, pending bool, gone chat.Position, left chat.Number, receipts bool) {
	switch {
	case pending:
		m.Delivered, m.Read = 0, 0
	case gone != 0:
		m.Delivered, m.Read = min(m.Delivered, gone), min(m.Read, left)
	}
	if !receipts {
		m.Read = 0
	}
}

// receipts reports whether both of a talk let read marks be told.
func (c *conn) receipts(a, b chat.UserID) (both bool, err error) {
	err = c.row("SELECT coalesce(min(receipts), 1) FROM people WHERE id IN (?, ?)", a[:], b[:]).Scan(&both)
	return both, err
}

// blocks reports whether by has blocked other.
func (c *conn) blocks(by, other chat.UserID) (bool, error) {
	return c.exists("SELECT 1 FROM blocks WHERE user = ? AND other = ?", by[:], other[:])
}

// knowsByGroup reports whether user knows other because both are in a group in which
// user did something of their own. To be brought somewhere is no acquaintance.
func (c *conn) knowsByGroup(user, other chat.UserID) (bool, error) {
	return c.exists(`SELECT 1 FROM members x JOIN members y ON y.conv = x.conv AND y.user = ?2 AND y.gone IS NULL
		JOIN conversations c ON c.id = x.conv AND c.kind = 'group' WHERE x.user = ?1 AND x.gone IS NULL AND x.voiced LIMIT 1`, user[:], other[:])
}

// voice notes that somebody did something of their own in a group that they are in.
func (t *tx) voice(id chat.ConversationID, user chat.UserID) error {
	c, err := t.conversation(id)
	if err != nil || c.kind != chat.Group {
		return err
	}
	s, err := t.seat(id, user)
	if err != nil || !s.in || s.voiced {
		return err
	}
	s.voiced = true
	_, err = t.exec("UPDATE members SET voiced = 1 WHERE conv = ? AND user = ?", id[:], user[:])
	return err
}
