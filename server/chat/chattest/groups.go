package chattest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"charla/server/chat"
)

// decides finds the group or room that an event decides about, nil if it is none,
// and how its author stands there. With or without effect the event is the last
// on the conversation's subject, which the next AppendIf must name.
func (v *View) decides(at chat.Position, by chat.UserID, id chat.ConversationID) (*conversation, chat.Conversation) {
	c := v.conv(id)
	if c == nil || c.kind == chat.Talk {
		return nil, chat.Conversation{}
	}
	c.version = at
	return c, c.seat(by)
}

// rank is what somebody is on the server, "" for nobody.
func (v *View) rank(user chat.UserID) chat.Rank {
	if p := v.living(user); p != nil {
		return p.Rank
	}
	return ""
}

// seat is what permission asks of somebody's place in it.
func (c *conversation) seat(user chat.UserID) chat.Conversation {
	seat := chat.Conversation{ID: c.id, Kind: c.kind, Writers: c.writers, Slow: c.slow, Exists: true, Member: c.has(user)}
	if p := c.part(user); p != nil {
		seat.Left, seat.Gone, seat.Barred = p.left, c.goneAt(p), p.barred
		if !p.gone {
			seat.Role = p.role
		}
	}
	if c.kind == chat.Group && seat.Gone != 0 {
		seat.Writers, seat.Slow = chat.AllWrite, 0
	}
	return seat
}

// goneAt is where somebody left what they see as it was then; 0 of who is in it,
// and of a room that they see as anybody does.
func (c *conversation) goneAt(p *part) chat.Position {
	if !p.gone || c.kind == chat.Room && !p.barred {
		return 0
	}
	return p.goneAt
}

func (v *View) membersAdded(at chat.Position, e chat.Event, b chat.MembersAdded) {
	c, by := v.decides(at, e.By, b.Conversation)
	if c == nil || !by.Lets(b) {
		return
	}
	before := len(v.changes)
	for _, user := range b.Members {
		barred := c.seat(user).Barred
		if c.kind == chat.Group && (v.rank(user) == chat.RankGuest || v.blocks(user, e.By)) {
			continue
		}
		if barred && by.LetsBack() || !barred && c.kind == chat.Group {
			v.join(at, c, user, chat.RoleMember)
		}
	}
	if in := v.came(c, before, e.By); len(in) > 0 {
		v.noticeOf(at, c, chat.NoticeAdded, in)
	}
}

func (v *View) memberLeft(at chat.Position, e chat.Event, b chat.MemberLeft) {
	c, by := v.decides(at, e.By, b.Conversation)
	if c != nil && by.Lets(b) {
		v.depart(at, c, c.part(e.By), b.Successor, false)
	}
}

func (v *View) memberRemoved(at chat.Position, e chat.Event, b chat.MemberRemoved) {
	c, by := v.decides(at, e.By, b.Conversation)
	if c == nil || b.User == e.By || !c.has(b.User) || !by.LetsOn(b, c.part(b.User).role) {
		return
	}
	v.depart(at, c, c.part(b.User), chat.UserID{}, true)
}

// depart takes a member out; the heir owns what nobody else owns.
func (v *View) depart(at chat.Position, c *conversation, p *part, successor chat.UserID, barred bool) {
	owned := p.role == chat.RoleOwner
	heir := chat.Heir(v.members(c), p.user, successor)
	m := v.member(c, p)
	p.gone, p.barred, p.left, p.leftTitle, p.leftTopic = true, barred, c.last(), c.title, c.topic
	if c.kind == chat.Room && !barred {
		p.left = 0
	}
	if p.role != chat.RoleMuted {
		p.role = chat.RoleMember
	}
	p.goneAt, p.departed = at, c.kind == chat.Talk
	if c.kind == chat.Group {
		c.changed = at
		if barred {
			v.noticeOf(at, c, chat.NoticeRemoved, []chat.UserID{p.user})
		} else {
			v.notice(at, c, chat.Notice{Kind: chat.NoticeLeft, By: v.party(p.user)})
		}
	}
	v.tell(chat.Change{Kind: chat.Left, Position: at, Conversation: c.id, Member: &m})
	v.tell(chat.Change{Kind: chat.Exited, Position: at, Conversation: c.id, User: p.user})
	if owned && c.owners() == 0 && !heir.IsZero() {
		v.give(at, c, c.part(heir), chat.RoleOwner, chat.UserID{})
	}
}

func (v *View) roleGiven(at chat.Position, e chat.Event, b chat.RoleGiven) {
	c, by := v.decides(at, e.By, b.Conversation)
	if c == nil || !c.has(b.User) {
		return
	}
	p := c.part(b.User)
	first := c.kind == chat.Room && c.owners() == 0 && v.rank(e.By).Lets(b)
	if p.role == b.Role || !first && !by.LetsOn(b, p.role) || p.role == chat.RoleOwner && c.owners() == 1 {
		return
	}
	if !by.LetsOn(b, p.role) {
		v.decided(at, e, chat.Decision{User: b.User, Subject: c.title})
	}
	v.give(at, c, p, b.Role, e.By)
}

func (v *View) give(at chat.Position, c *conversation, p *part, role chat.Role, by chat.UserID) {
	n := chat.RoleNotice(p.role, role)
	n.By, n.Whom = v.party(by), []chat.Party{v.party(p.user)}
	p.role = role
	v.tell(chat.Change{Kind: chat.Revised, Position: at, Conversation: c.id})
	v.notice(at, c, n)
}

func (v *View) conversationChanged(at chat.Position, e chat.Event, b chat.ConversationChanged) {
	c, by := v.decides(at, e.By, b.Conversation)
	if c == nil {
		c, by = v.between(e.By, b.Conversation)
	}
	if c == nil || !by.Lets(b) {
		return
	}
	was := *c
	set(&c.title, b.Title)
	set(&c.topic, b.Topic)
	set(&c.writers, b.Writers)
	set(&c.expiry, b.Expiry)
	set(&c.slow, b.Slow)
	if c.title != was.title || c.topic != was.topic || c.writers != was.writers || c.expiry != was.expiry || c.slow != was.slow {
		v.tell(chat.Change{Kind: chat.Revised, Position: at, Conversation: c.id})
	}
	for _, n := range b.Notices(chat.ConversationChanged{Title: &was.title, Topic: &was.topic, Writers: &was.writers, Expiry: &was.expiry, Slow: &was.slow}) {
		n.By = v.party(e.By)
		v.notice(at, c, n)
	}
}

func set[T any](v *T, said *T) {
	if said != nil {
		*v = *said
	}
}

func (v *View) roomJoined(at chat.Position, e chat.Event, b chat.RoomJoined) {
	if c := v.conv(b.Conversation); c != nil && c.kind == chat.Room && c.seat(e.By).Lets(b) {
		v.join(at, c, e.By, chat.RoleMember)
	}
}

func (v *View) groupJoined(at chat.Position, e chat.Event, b chat.GroupJoined) {
	c, by := v.decides(at, e.By, b.Conversation)
	if c == nil || c.kind != chat.Group || by.Member || by.Barred || c.members() >= chat.MaxGroup || !v.rank(e.By).Lets(b) {
		return
	}
	if i := v.codeAt(b.Code); i < 0 || v.codes[i].Conversation != c.id {
		return
	}
	if _, ok := v.useCode(b.Code, chat.JoinCode, e.At, e.By); ok {
		v.join(at, c, e.By, chat.RoleMember)
		v.noticeOf(at, c, chat.NoticeCame, nil)
		c.voice(e.By)
	}
}

func (v *View) messagesExpired(at chat.Position, e chat.Event, b chat.MessagesExpired) {
	for _, id := range b.Messages {
		m := v.messages[id]
		if m == nil || !e.By.IsZero() || m.Conversation != b.Conversation || m.Expires.IsZero() || m.Expires.After(e.At) {
			continue
		}
		c := v.conv(m.Conversation)
		changed := c.changed // nobody did anything
		delete(v.wordless, id)
		v.change(at, chat.Retracted, m.Faded())
		c.changed = changed
	}
}

// expires is when what is posted now is over.
func (c *conversation) expires(at time.Time) time.Time {
	if c.expiry == 0 {
		return time.Time{}
	}
	return at.Add(c.expiry)
}

func (c *conversation) owners() (n int) {
	for _, p := range c.parts {
		if !p.gone && p.role == chat.RoleOwner {
			n++
		}
	}
	return n
}

// Rooms is chat.Reader.
func (v *View) Rooms(_ context.Context, user chat.UserID, limit int) ([]chat.Conversation, error) {
	rooms := v.all(user, func(c *conversation) bool { return c.kind == chat.Room })
	slices.SortFunc(rooms, func(a, b chat.Conversation) int { return cmp.Compare(a.Title, b.Title) })
	return rooms[:min(len(rooms), limit)], nil
}

// Departed is chat.Reader.
func (v *View) Departed(_ context.Context, user chat.UserID, limit int) ([]chat.Conversation, error) {
	left := v.all(user, func(c *conversation) bool {
		p := c.part(user)
		return p != nil && p.gone && (c.kind == chat.Group || p.barred)
	})
	slices.SortStableFunc(left, func(a, b chat.Conversation) int { return cmp.Compare(b.Changed, a.Changed) })
	return left[:min(len(left), limit)], nil
}

// all is how somebody sees some conversations.
func (v *View) all(user chat.UserID, which func(*conversation) bool) (list []chat.Conversation) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, c := range v.convs {
		if which(c) {
			list = append(list, v.seenBy(user, c))
		}
	}
	return list
}

// Expiring is chat.Reader.
func (v *View) Expiring(_ context.Context, at time.Time, limit int) ([]chat.Message, error) {
	due := v.limited(func(m *chat.Message) bool { return !m.Expires.After(at) })
	return due[:min(len(due), limit)], nil
}

// NextExpiry is chat.Reader.
func (v *View) NextExpiry(context.Context) (time.Time, error) {
	if all := v.limited(func(*chat.Message) bool { return true }); len(all) > 0 {
		return all[0].Expires, nil
	}
	return time.Time{}, nil
}

// limited are the messages whose time is limited, in the order of its end.
func (v *View) limited(which func(*chat.Message) bool) (list []chat.Message) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, id := range v.order {
		if m := v.messages[id]; !m.Expires.IsZero() && which(m) {
			list = append(list, *m)
		}
	}
	slices.SortStableFunc(list, func(a, b chat.Message) int { return a.Expires.Compare(b.Expires) })
	return list
}
