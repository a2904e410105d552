package chattest

import (
	"bytes"
	"context"
	"slices"
	"time"

	"charla/server/chat"
)

// block is somebody who wants nothing of another one.
type block struct {
	by, other chat.UserID
	at        chat.Position
}

// sit gives somebody a seat in a new talk that opener opened.
func (v *View) sit(at chat.Position, c *conversation, user, opener chat.UserID) {
	p := &part{user: user, role: chat.RoleMember, since: at}
	if user != opener {
		p.pending = !v.knowsByGroup(user, opener)
		p.gone = v.blocks(user, opener)
		p.goneAt = at
	}
	c.parts = append(c.parts, p)
	m := v.member(c, p)
	v.tell(chat.Change{Kind: chat.Joined, Position: at, Conversation: c.id, Member: &m})
	if !p.gone {
		v.tell(chat.Change{Kind: chat.Entered, Position: at, Conversation: c.id, User: user})
	}
}

// other is the other one's part in a talk; nil in notes and elsewhere.
func (c *conversation) other(user chat.UserID) *part {
	if c.kind != chat.Talk {
		return nil
	}
	for _, p := range c.parts {
		if p.user != user {
			return p
		}
	}
	return nil
}

func (v *View) accepted(at chat.Position, e chat.Event, b chat.TalkAccepted) {
	if c := v.conv(b.Conversation); c != nil && c.has(e.By) {
		v.letIn(at, c, c.part(e.By))
	}
}

func (v *View) letIn(at chat.Position, c *conversation, p *part) {
	if !p.pending {
		return
	}
	p.pending = false
	m := v.member(c, p)
	v.tell(chat.Change{Kind: chat.Entered, Position: at, Conversation: c.id, User: p.user})
	v.tell(chat.Change{Kind: chat.Marked, Position: at, Conversation: c.id, Member: &m})
}

// between finds a talk in which each has let the other in, and the author's seat.
func (v *View) between(by chat.UserID, id chat.ConversationID) (*conversation, chat.Conversation) {
	c := v.conv(id)
	if c == nil || c.kind != chat.Talk || slices.ContainsFunc(c.parts, func(p *part) bool { return p.pending }) {
		return nil, chat.Conversation{}
	}
	return c, c.seat(by)
}

func (v *View) appear(at chat.Position, c *conversation, p *part) {
	if p.unseen {
		p.unseen = false
		v.tell(chat.Change{Kind: chat.Entered, Position: at, Conversation: c.id, User: p.user})
	}
}

func (v *View) blocked(at chat.Position, e chat.Event, b chat.PersonBlocked) {
	if v.living(e.By) == nil || v.living(b.User) == nil || e.By == b.User || v.blocks(e.By, b.User) {
		return
	}
	v.walls = append(v.walls, block{e.By, b.User, at})
	v.tell(chat.Change{Kind: chat.Estranged, Position: at, User: e.By})
	c := v.talk(e.By, b.User)
	if c == nil || !c.has(e.By) {
		return
	}
	p := c.part(e.By)
	p.gone, p.goneAt, p.left = true, at, c.last()
	v.tell(chat.Change{Kind: chat.Exited, Position: at, Conversation: c.id, User: e.By})
}

func (v *View) unblocked(at chat.Position, e chat.Event, b chat.PersonUnblocked) {
	if !v.blocks(e.By, b.User) {
		return
	}
	v.walls = slices.DeleteFunc(v.walls, func(w block) bool { return w.by == e.By && w.other == b.User })
	v.tell(chat.Change{Kind: chat.Estranged, Position: at, User: e.By})
	c := v.talk(e.By, b.User)
	if c == nil || c.has(e.By) {
		return
	}
	p := c.part(e.By)
	p.gone, p.goneAt, p.left, p.read = false, 0, 0, c.last()
	p.unseen = !slices.ContainsFunc(c.messages, func(id chat.MessageID) bool { return !hidden(v.messages[id], e.By) })
	v.tell(chat.Change{Kind: chat.Entered, Position: at, Conversation: c.id, User: e.By})
}

// talk is that of two people; nil if there is none.
func (v *View) talk(a, b chat.UserID) *conversation {
	if c := v.conv(chat.TalkID(a, b)); c != nil && c.kind == chat.Talk {
		return c
	}
	return nil
}

func (v *View) blocks(by, other chat.UserID) bool {
	return slices.ContainsFunc(v.walls, func(w block) bool { return w.by == by && w.other == other })
}

// knowsByGroup reports whether user did something of their own where other is too.
func (v *View) knowsByGroup(user, other chat.UserID) bool {
	return slices.ContainsFunc(v.convs, func(c *conversation) bool {
		return c.kind == chat.Group && c.has(user) && c.has(other) && c.part(user).voiced
	})
}

// voice notes that somebody who is in it did something of their own there.
func (c *conversation) voice(user chat.UserID) {
	if c.has(user) {
		c.part(user).voiced = true
	}
}

// shown is a copy of a person with what they say of themselves.
func (v *View) shown(p chat.Person) chat.Person {
	s := v.settings(p.ID)
	p.Keys, p.Name, p.Status = slices.Clone(p.Keys), s.Name, s.Status
	return p
}

// settings are those of somebody as they stand on the shelf.
func (v *View) settings(user chat.UserID) chat.Settings {
	return chat.ParseSettings(v.values[place{user, chat.SettingsSlot}])
}

// told takes from a member of a talk what the other one is not to know.
func (v *View) told(c *conversation, p *part, m *chat.Member) {
	if c.kind != chat.Talk {
		return
	}
	if p.pending {
		m.Delivered, m.Read = 0, 0
	} else if p.gone {
		m.Delivered, m.Read = min(m.Delivered, p.goneAt), min(m.Read, p.left)
	}
	for _, one := range c.parts {
		if v.settings(one.user).NoReceipts {
			m.Read = 0
		}
	}
}

func hidden(m *chat.Message, from chat.UserID) bool { return m.Hidden && m.From != from }

// Acquainted is chat.TalkReader.
func (v *View) Acquainted(_ context.Context, user, other chat.UserID) (bool, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if user == other || v.knowsByGroup(user, other) {
		return true, nil
	}
	c := v.talk(user, other)
	return c != nil && v.wrote(c, user) && v.wrote(c, other), nil
}

// Shared is chat.TalkReader.
func (v *View) Shared(_ context.Context, a, b chat.UserID, limit int) (list []chat.ConversationID, err error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, c := range v.convs {
		if c.kind == chat.Group && c.has(a) && c.has(b) {
			list = append(list, c.id)
		}
	}
	slices.SortFunc(list, func(a, b chat.ConversationID) int { return bytes.Compare(a[:], b[:]) })
	return list[:min(len(list), limit)], nil
}

func (v *View) wrote(c *conversation, user chat.UserID) bool {
	return slices.ContainsFunc(c.messages, func(id chat.MessageID) bool { return v.messages[id].From == user })
}

// Blocked is chat.TalkReader.
func (v *View) Blocked(_ context.Context, by chat.UserID) (list []chat.UserID, err error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, w := range slices.Backward(v.walls) {
		if w.by == by {
			list = append(list, w.other)
		}
	}
	return list, nil
}

// Blocks is chat.TalkReader.
func (v *View) Blocks(_ context.Context, by, other chat.UserID) (bool, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.blocks(by, other), nil
}

// Estranged is chat.TalkReader.
func (v *View) Estranged(_ context.Context, user chat.UserID) (list []chat.UserID, err error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, w := range v.walls {
		other := w.other
		if other == user {
			other = w.by
		}
		if (w.by == user || w.other == user) && !slices.Contains(list, other) {
			list = append(list, other)
		}
	}
	slices.SortFunc(list, func(a, b chat.UserID) int { return slices.Compare(a[:], b[:]) })
	return list, nil
}

// ReadApart is chat.TalkReader.
func (v *View) ReadApart(_ context.Context, user chat.UserID, group chat.ConversationID) (map[chat.UserID]chat.Number, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	all := map[chat.UserID]chat.Number{}
	c := v.conv(group)
	for _, w := range slices.Backward(v.walls) { // of two the earlier one counts
		other := w.other
		if other == user {
			other = w.by
		}
		if c == nil || w.by != user && w.other != user || !c.has(other) {
			continue
		}
		all[other] = 0
		for i, id := range c.messages {
			if m := v.messages[id]; m.Position <= w.at || m.From == other {
				all[other] = chat.Number(i + 1)
			}
		}
	}
	return all, nil
}

// Reserved is chat.TalkReader.
func (v *View) Reserved(context.Context) (map[chat.UserID]chat.Audience, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	all := map[chat.UserID]chat.Audience{}
	for _, p := range v.people {
		if to := v.settings(p.ID).Privacy().Seen; to != chat.Everyone {
			all[p.ID] = to
		}
	}
	return all, nil
}

// Privacy is chat.TalkReader.
func (v *View) Privacy(_ context.Context, user chat.UserID) (p chat.Privacy, seen time.Time, err error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.person(user) == nil {
		return p, seen, &chat.Error{Code: chat.NoPerson}
	}
	if at := v.marks[user].Seen; at > 0 {
		seen = time.Unix(at, 0).UTC()
	}
	return v.settings(user).Privacy(), seen, nil
}
