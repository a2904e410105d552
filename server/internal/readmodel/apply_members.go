package readmodel

import (
	"fmt"

	"charla/server/chat"
)

// roomOpened: a public room under a free name, its author's unless that is the server.
func (t *tx) roomOpened(e chat.Event, b chat.RoomOpened) error {
	if b.Name == "" {
		return nil
	}
	free, err := t.decideName(b.Name)
	if err != nil || !free {
		return err
	}
	c, err := t.conversation(b.Conversation)
	if err != nil || c.exists() || b.Conversation.IsZero() {
		return err
	}
	if !e.By.IsZero() {
		if rank, err := t.rank(e.By); err != nil || !rank.Lets(b) {
			return err
		}
	}
	if err := t.takeName(b.Name, chat.UserID{}, b.Conversation); err != nil {
		return err
	}
	if err := t.openRoom(c, b); err != nil {
		return err
	}
	if !e.By.IsZero() {
		if err := t.join(c.id, e.By, chat.RoleOwner); err != nil {
			return err
		}
	}
	if !b.Everyone {
		return nil
	}
	people, err := ids[chat.Person](t.conn, "SELECT id FROM people WHERE NOT gone AND NOT forgotten ORDER BY pos")
	if err != nil {
		return err
	}
	for _, id := range people {
		if err := t.join(b.Conversation, id, chat.RoleMember); err != nil {
			return err
		}
	}
	return nil
}

// talkOpened: by one of the two who has not blocked the other, under the ID that
// follows from the pair. A second one changes nothing.
func (t *tx) talkOpened(e chat.Event, b chat.TalkOpened) error {
	if e.By != b.Lo && e.By != b.Hi || b.Conversation != chat.TalkID(b.Lo, b.Hi) {
		return nil
	}
	c, err := t.conversation(b.Conversation)
	if err != nil || c.exists() {
		return err
	}
	for _, id := range []chat.UserID{b.Lo, b.Hi} {
		if known, err := t.isPerson(id); err != nil || !known {
			return err
		}
	}
	peer := b.Lo
	if peer == e.By {
		peer = b.Hi
	}
	if no, err := t.blocks(e.By, peer); err != nil || no {
		return err
	}
	if err := t.open(c, chat.Talk, "", false, b.Lo, b.Hi); err != nil {
		return err
	}
	if err := t.sit(c, b.Lo, e.By); err != nil || b.Lo == b.Hi {
		return err
	}
	return t.sit(c, b.Hi, e.By)
}

// groupCreated: its author, who owns it, and those of the members who are known.
func (t *tx) groupCreated(e chat.Event, b chat.GroupCreated) error {
	c, err := t.conversation(b.Conversation)
	if err != nil || c.exists() || b.Conversation.IsZero() {
		return err
	}
	if rank, err := t.rank(e.By); err != nil || !rank.Lets(b) {
		return err
	}
	if err := t.open(c, chat.Group, b.Title, false, chat.UserID{}, chat.UserID{}); err != nil {
		return err
	}
	if err := t.join(c.id, e.By, chat.RoleOwner); err != nil {
		return err
	}
	if err := t.voice(c.id, e.By); err != nil {
		return err
	}
	before := len(t.changes)
	if err := t.bring(c, e.By, b.Members); err != nil {
		return err
	}
	return t.noticeOf(c, chat.NoticeMade, t.came(c, before, e.By)...)
}

// bring joins those who are known and not in. Into a group nobody is brought who
// has blocked who brings them, and no guest.
func (t *tx) bring(c *conversation, by chat.UserID, members []chat.UserID) error {
	for _, id := range members {
		rank, err := t.rank(id)
		if err != nil {
			return err
		}
		blocked, err := t.blocks(id, by)
		if err != nil {
			return err
		}
		if rank == "" || c.kind == chat.Group && (rank == chat.RankGuest || blocked) {
			continue
		}
		if err := t.join(c.id, id, chat.RoleMember); err != nil {
			return err
		}
	}
	return nil
}

// open stores a new conversation.
func (t *tx) open(c *conversation, kind chat.Kind, title string, everyone bool, lo, hi chat.UserID) error {
	c.kind, c.title, c.version, c.changed, c.lo, c.hi = kind, title, t.at, t.at, lo, hi
	c.rules.writers = chat.AllWrite
	_, err := t.exec(`INSERT INTO conversations (id, kind, title, everyone, lo, hi, members, version, last_n, last_pos, changed)
		VALUES (?, ?, ?, ?, ?, ?, 0, ?, 0, 0, ?)`, c.id[:], kind, title, everyone, key(lo), key(hi), t.at, t.at)
	return err
}

// openRoom stores a new room. What opened it stands on its name's subject, so
// nothing was decided on its own yet.
func (t *tx) openRoom(c *conversation, b chat.RoomOpened) error {
	if err := t.open(c, chat.Room, string(b.Name), b.Everyone, chat.UserID{}, chat.UserID{}); err != nil {
		return err
	}
	c.version, c.rules.topic, c.modified = 0, b.Topic, true
	_, err := t.exec("UPDATE conversations SET topic = ? WHERE id = ?", b.Topic, c.id[:])
	return err
}

// join makes a known person a member, unless they are one or a group has all the
// members it can have. Who returns keeps the handle they had, and does not speak
// if they did not before. What was said before counts as read.
func (t *tx) join(id chat.ConversationID, user chat.UserID, role chat.Role) error {
	c, err := t.conversation(id)
	if err != nil {
		return err
	}
	s, err := t.seat(id, user)
	if err != nil || s.in || c.kind == chat.Group && c.members >= chat.MaxGroup {
		return err
	}
	if s.known && s.Role == chat.RoleMuted {
		role = chat.RoleMuted
	}
	var handle any
	if c.kind == chat.Group && !s.known {
		h, err := t.freeHandle(user, chat.HandleOf(c.title))
		if err != nil {
			return err
		}
		handle = h
	}
	_, err = t.exec(`INSERT INTO members (conv, user, handle, role, since) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (conv, user) DO UPDATE SET gone = NULL, left_n = 0, barred = 0, voiced = 0, role = excluded.role, since = excluded.since`,
		id[:], user[:], handle, role, t.at)
	if err != nil {
		return err
	}
	delete(t.seats, seatKey{id, user})
	if s.modified { // of somebody who posted, left and returned within this batch
		if err := t.storeRead(seatKey{id, user}, s.Read, s.own); err != nil {
			return err
		}
	}
	if s, err = t.seat(id, user); err != nil {
		return err
	}
	s.read(c.lastN)
	c.members++
	c.modified = true
	if c.kind == chat.Group {
		c.changed = t.at
	}
	t.change(chat.Change{Kind: chat.Joined, Conversation: id, Member: s.member(c)})
	t.change(chat.Change{Kind: chat.Entered, Conversation: id, User: user})
	return nil
}

// isPerson reports whether somebody is there to be in something.
func (t *tx) isPerson(id chat.UserID) (bool, error) {
	return t.exists("SELECT 1 FROM people WHERE id = ? AND NOT gone AND NOT forgotten", id[:])
}

// decideName notes that a name's subject moved, with or without effect: it is what
// the next AppendIf must name. free: neither a person nor a room has the name.
func (t *tx) decideName(name chat.Nick) (free bool, err error) {
	_, err = t.exec("INSERT INTO names (name, seq) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET seq = ?2", name, int64(t.at.Seq()))
	if err != nil {
		return false, err
	}
	return t.exists("SELECT 1 FROM names WHERE name = ? AND user IS NULL AND conv IS NULL", name)
}

// takeName gives a free name to a person or a room. A group whose member calls it
// by that name gives way.
func (t *tx) takeName(name chat.Nick, user chat.UserID, conv chat.ConversationID) error {
	if _, err := t.exec("UPDATE names SET user = ?, conv = ? WHERE name = ?", key(user), key(conv), name); err != nil {
		return err
	}
	return t.moveHandles(name)
}

// moveHandles renames every member's group that is called as a new nick or room
// is, so that nobody can hold a name by giving it to a group, and notes which it was.
// Who is in such a group is told; not who left it, for to be told of entering is to
// follow it.
func (t *tx) moveHandles(name chat.Nick) error {
	type holder struct {
		seatKey
		in bool
	}
	var moved []holder
	err := t.each(func(row scanner) error {
		var k holder
		err := row.Scan(into(&k.conv), into(&k.user), &k.in)
		moved = append(moved, k)
		return err
	}, "SELECT conv, user, gone IS NULL FROM members WHERE handle = ? ORDER BY user", name)
	if err != nil {
		return err
	}
	for _, k := range moved {
		h, err := t.freeHandle(k.user, chat.Handle(name))
		if err != nil {
			return err
		}
		if _, err := t.exec("UPDATE members SET handle = ? WHERE conv = ? AND user = ?", h, k.conv[:], k.user[:]); err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO moved (user, handle, conv) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", k.user[:], name, k.conv[:]); err != nil {
			return err
		}
		if k.in {
			t.change(chat.Change{Kind: chat.Entered, Conversation: k.conv, User: k.user})
		}
	}
	return nil
}

// freeHandle is the first of base, base-2, base-3, … that is no name and no
// handle of the person's. One query finds their handles of that stem, however
// many there are; names that collide are few.
func (t *tx) freeHandle(user chat.UserID, base chat.Handle) (chat.Handle, error) {
	held := map[chat.Handle]bool{chat.Notes: true}
	err := t.each(func(row scanner) error {
		var h chat.Handle
		err := row.Scan(&h)
		held[h] = true
		return err
	}, "SELECT handle FROM members WHERE user = ? AND handle >= ? AND handle < ?", user[:], base, base+".") // "." follows "-"
	if err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		h := base
		if n > 1 {
			h = chat.Handle(fmt.Sprintf("%s-%d", base, n))
		}
		if held[h] {
			continue
		}
		taken, err := t.exists("SELECT 1 FROM names WHERE name = ? AND (user IS NOT NULL OR conv IS NOT NULL)", h)
		if err != nil || !taken {
			return h, err
		}
	}
}

// ids collects a column of IDs.
func ids[K any](c *conn, query string, args ...any) (list []chat.ID[K], err error) {
	err = c.each(func(row scanner) error {
		var id chat.ID[K]
		err := row.Scan(into(&id))
		list = append(list, id)
		return err
	}, query, args...)
	return list, err
}
