package readmodel

import (
	"charla/server/chat"
)

// decides finds the group or room that an event decides about, and its author's
// seat there. The version moves even when the event has no effect: it is the last
// sequence of the conversation's subject in the log, and a version that stayed
// behind would make every later AppendIf conflict for ever.
func (t *tx) decides(e chat.Event, id chat.ConversationID) (*conversation, *seat, error) {
	c, err := t.conversation(id)
	if err != nil {
		return nil, nil, err
	}
	if c.kind == chat.Group || c.kind == chat.Room {
		c.version, c.modified = t.at, true
	}
	s, err := t.seat(id, e.By)
	return c, s, err
}

// seen is what the permission table asks of a seat.
func (s *seat) seen(c *conversation) chat.Conversation {
	seen := chat.Conversation{ID: c.id, Kind: c.kind, Exists: c.exists(), Member: s.in, Barred: s.barred, Writers: c.rules.writers}
	if s.in {
		seen.Role = s.Role
	}
	return seen
}

// membersAdded: a member brings in people who are known and not in yet.
func (t *tx) membersAdded(e chat.Event, b chat.MembersAdded) error {
	c, s, err := t.decides(e, b.Conversation)
	if err != nil || !s.seen(c).Lets(b) {
		return err
	}
	back, before := s.seen(c).LetsBack(), len(t.changes)
	for _, id := range b.Members {
		newcomer, err := t.seat(c.id, id)
		if err != nil {
			return err
		}
		if newcomer.barred && !back || !newcomer.barred && c.kind == chat.Room {
			continue
		}
		if err := t.bring(c, e.By, []chat.UserID{id}); err != nil {
			return err
		}
	}
	if in := t.came(c, before, e.By); len(in) > 0 {
		return t.noticeOf(c, chat.NoticeAdded, in...)
	}
	return nil
}

// memberLeft: a member of a group or room goes.
func (t *tx) memberLeft(e chat.Event, b chat.MemberLeft) error {
	c, s, err := t.decides(e, b.Conversation)
	if err != nil || !s.seen(c).Lets(b) {
		return err
	}
	return t.depart(c, s, b.Successor, false)
}

// memberRemoved: a member is put out, and stays out until somebody brings them back.
func (t *tx) memberRemoved(e chat.Event, b chat.MemberRemoved) error {
	c, s, err := t.decides(e, b.Conversation)
	if err != nil || b.User == e.By {
		return err
	}
	out, err := t.seat(c.id, b.User)
	if err != nil || !out.in || !s.seen(c).LetsOn(b, out.Role) {
		return err
	}
	return t.depart(c, out, chat.UserID{}, true)
}

// depart takes a member out. They may read what there was until now; a room that
// they were not put out of they see as anybody does. If nobody else owned it,
// somebody does from now on.
func (t *tx) depart(c *conversation, s *seat, successor chat.UserID, barred bool) error {
	left, role, owned := c.lastN, chat.RoleMember, s.Role == chat.RoleOwner
	if c.kind == chat.Room && !barred {
		left = 0
	}
	if s.Role == chat.RoleMuted {
		role = chat.RoleMuted
	}
	_, err := t.exec("UPDATE members SET gone = ?, left_n = ?, role = ?, barred = ?, left_title = ?, left_topic = ? WHERE conv = ? AND user = ?",
		t.at, left, role, barred, c.title, c.rules.topic, c.id[:], s.User[:])
	if err != nil {
		return err
	}
	member, err := t.told(c, s)
	if err != nil {
		return err
	}
	if err := t.departed(c, s, barred); err != nil { // before who left is told nothing more
		return err
	}
	s.in, s.barred, s.gone, s.left = false, barred, t.at, left
	c.members--
	c.modified = true
	if c.kind == chat.Group {
		c.changed = t.at
	}
	t.change(chat.Change{Kind: chat.Left, Conversation: c.id, Member: member})
	t.change(chat.Change{Kind: chat.Exited, Conversation: c.id, User: s.User})
	s.Role = role
	if !owned {
		return nil
	}
	return t.inherit(c, successor)
}

// inherit gives a group or room that has no owner any more to the heir.
func (t *tx) inherit(c *conversation, named chat.UserID) error {
	owned, err := t.ownedBesides(c, chat.UserID{})
	if err != nil || owned {
		return err
	}
	heirs, err := ids[chat.Person](t.conn, `SELECT user FROM members WHERE conv = ? AND gone IS NULL
		ORDER BY user = ? DESC, CASE role WHEN 'admin' THEN 1 WHEN 'member' THEN 2 ELSE 3 END, since, user LIMIT 1`, c.id[:], named[:])
	if err != nil || len(heirs) == 0 {
		return err
	}
	s, err := t.seat(c.id, heirs[0])
	if err != nil {
		return err
	}
	return t.give(c, s, chat.RoleOwner, chat.UserID{})
}

// ownedBesides reports whether anybody but one owns it.
func (t *tx) ownedBesides(c *conversation, but chat.UserID) (bool, error) {
	return t.exists("SELECT 1 FROM members WHERE conv = ? AND gone IS NULL AND role = 'owner' AND user <> ? LIMIT 1", c.id[:], but[:])
}

// roleGiven: a member has another role. The last owner stays.
func (t *tx) roleGiven(e chat.Event, b chat.RoleGiven) error {
	c, s, err := t.decides(e, b.Conversation)
	if err != nil {
		return err
	}
	who, err := t.seat(c.id, b.User)
	if err != nil || !who.in || who.Role == b.Role {
		return err
	}
	if may := s.seen(c).LetsOn(b, who.Role); !may {
		if may, err = t.firstOwner(e, b, c); err != nil || !may {
			return err
		}
		if err := t.decided(e, chat.Decision{User: b.User, Subject: c.title}); err != nil {
			return err
		}
	}
	if who.Role == chat.RoleOwner {
		if owned, err := t.ownedBesides(c, b.User); err != nil || !owned {
			return err
		}
	}
	return t.give(c, who, b.Role, e.By)
}

// firstOwner reports whether the author may give a room that nobody owns its first
// owner.
func (t *tx) firstOwner(e chat.Event, b chat.RoleGiven, c *conversation) (bool, error) {
	if c.kind != chat.Room {
		return false, nil
	}
	if rank, err := t.rank(e.By); err != nil || !rank.Lets(b) {
		return false, err
	}
	owned, err := t.ownedBesides(c, chat.UserID{})
	return !owned, err
}

// give makes a role of somebody; by is zero if it fell to them.
func (t *tx) give(c *conversation, s *seat, role chat.Role, by chat.UserID) error {
	if _, err := t.exec("UPDATE members SET role = ? WHERE conv = ? AND user = ?", role, c.id[:], s.User[:]); err != nil {
		return err
	}
	n := chat.RoleNotice(s.Role, role)
	s.Role = role
	t.change(chat.Change{Kind: chat.Revised, Conversation: c.id})
	who, err := t.party(by)
	if err != nil {
		return err
	}
	n.By, n.Whom = who, []chat.Party{{ID: s.User, Nick: s.Nick}}
	return t.notice(c, n)
}

// conversationChanged: what is set is set, if all of it may be.
func (t *tx) conversationChanged(e chat.Event, b chat.ConversationChanged) error {
	c, s, err := t.decides(e, b.Conversation)
	if err != nil || !s.seen(c).Lets(b) {
		return err
	}
	if waits, err := t.waits(c); err != nil || waits {
		return err
	}
	title, rules := c.title, c.rules
	set(&title, b.Title)
	set(&rules.topic, b.Topic)
	set(&rules.writers, b.Writers)
	set(&rules.expiry, b.Expiry)
	set(&rules.slow, b.Slow)
	if title == c.title && rules == c.rules {
		return nil
	}
	_, err = t.exec("UPDATE conversations SET title = ?, topic = ?, writers = ?, expiry = ?, slow = ? WHERE id = ?",
		title, rules.topic, rules.writers, rules.expiry.Milliseconds(), rules.slow.Milliseconds(), c.id[:])
	if err != nil {
		return err
	}
	said := b.Notices(c.set())
	c.title, c.rules = title, rules
	t.change(chat.Change{Kind: chat.Revised, Conversation: c.id})
	by := chat.Party{ID: e.By, Nick: s.Nick}
	for _, n := range said {
		n.By = by
		if err := t.notice(c, n); err != nil {
			return err
		}
	}
	return nil
}

// set is all that is set in it.
func (c *conversation) set() chat.ConversationChanged {
	r := c.rules
	return chat.ConversationChanged{Conversation: c.id, Title: &c.title, Topic: &r.topic, Writers: &r.writers, Expiry: &r.expiry, Slow: &r.slow}
}

// set is what an event says if it says anything.
func set[T any](v *T, said *T) {
	if said != nil {
		*v = *said
	}
}

// roomJoined: somebody who is known comes in by themselves.
func (t *tx) roomJoined(e chat.Event, b chat.RoomJoined) error {
	c, err := t.conversation(b.Conversation)
	if err != nil || c.kind != chat.Room {
		return err
	}
	if known, err := t.isPerson(e.By); err != nil || !known {
		return err
	}
	s, err := t.seat(c.id, e.By)
	if err != nil || !s.seen(c).Lets(b) {
		return err
	}
	return t.join(c.id, e.By, chat.RoleMember)
}

// groupJoined: somebody who is known comes into a group with a code, if nothing
// else keeps them out: a code is used last.
func (t *tx) groupJoined(e chat.Event, b chat.GroupJoined) error {
	c, s, err := t.decides(e, b.Conversation)
	if err != nil || c.kind != chat.Group || s.in || s.barred || c.members >= chat.MaxGroup {
		return err
	}
	if rank, err := t.rank(e.By); err != nil || !rank.Lets(b) {
		return err
	}
	if code, err := t.accessCode(b.Code); chat.CodeOf(err) == chat.CodeWrong || err == nil && code.Conversation != c.id {
		return nil
	} else if err != nil {
		return err
	}
	if _, ok, err := t.useCode(b.Code, chat.JoinCode, e.At, e.By); err != nil || !ok {
		return err
	}
	if err := t.join(c.id, e.By, chat.RoleMember); err != nil {
		return err
	}
	if err := t.noticeOf(c, chat.NoticeCame); err != nil {
		return err
	}
	return t.voice(c.id, e.By)
}

// messagesExpired: the server blanks what had its time. What was not due by the
// event's own time stays.
func (t *tx) messagesExpired(e chat.Event, b chat.MessagesExpired) error {
	if !e.By.IsZero() {
		return nil
	}
	for _, id := range b.Messages {
		m, err := t.message(id)
		if chat.CodeOf(err) == chat.NoMessage {
			continue
		}
		if err != nil {
			return err
		}
		if m.Conversation != b.Conversation || m.Expires.IsZero() || m.Expires.After(e.At) {
			continue
		}
		if err := t.update(m, m.Faded(), chat.Retracted); err != nil {
			return err
		}
	}
	return nil
}
