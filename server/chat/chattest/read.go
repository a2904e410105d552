package chattest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"charla/server/chat"
)

// PersonByNick is chat.Reader.
func (v *View) PersonByNick(_ context.Context, nick chat.Nick) (chat.Person, error) {
	return v.find(string(nick), func(p chat.Person) bool { return p.Nick == nick && !v.gone[p.ID] && !p.Forgotten })
}

// Person is chat.Reader.
func (v *View) Person(_ context.Context, id chat.UserID) (chat.Person, error) {
	return v.find(id.String(), func(p chat.Person) bool { return p.ID == id })
}

func (v *View) find(name string, is func(chat.Person) bool) (chat.Person, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if i := slices.IndexFunc(v.people, is); i >= 0 {
		return v.shown(v.people[i]), nil
	}
	return chat.Person{}, &chat.Error{Code: chat.NoPerson, Name: name}
}

// PeopleByKey is chat.Reader.
func (v *View) PeopleByKey(_ context.Context, fingerprint string) ([]chat.Person, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var owners []chat.Person
	for _, p := range v.people {
		if slices.ContainsFunc(p.Keys, func(k chat.Key) bool { return k.Fingerprint == fingerprint }) {
			owners = append(owners, v.shown(p))
		}
	}
	return owners, nil
}

// Nicks is chat.Reader.
func (v *View) Nicks(_ context.Context, prefix string, limit int) ([]chat.Nick, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var nicks []chat.Nick
	for _, p := range v.people {
		if strings.HasPrefix(string(p.Nick), prefix) && !v.gone[p.ID] && !p.Forgotten {
			nicks = append(nicks, p.Nick)
		}
	}
	slices.Sort(nicks)
	return nicks[:min(len(nicks), limit)], nil
}

// Conversations is chat.Reader.
func (v *View) Conversations(_ context.Context, user chat.UserID) ([]chat.Conversation, chat.Position, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var all []chat.Conversation
	for _, c := range v.convs {
		if !c.has(user) {
			continue
		}
		if seen := v.seenBy(user, c); c.kind != chat.Talk || seen.Last != nil {
			all = append(all, seen)
		}
	}
	slices.SortStableFunc(all, func(a, b chat.Conversation) int {
		return cmp.Or(cmp.Compare(b.Changed, a.Changed), cmp.Compare(a.Version, b.Version))
	})
	return all, v.at, nil
}

// Conversation is chat.Reader.
func (v *View) Conversation(_ context.Context, user chat.UserID, id chat.ConversationID) (chat.Conversation, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c := v.conv(id)
	if c == nil || c.part(user) == nil && c.kind != chat.Room {
		return chat.Conversation{}, &chat.Error{Code: chat.NoConversation}
	}
	return v.seenBy(user, c), nil
}

// ByHandle is chat.Reader.
func (v *View) ByHandle(_ context.Context, user chat.UserID, handle chat.Handle) (chat.Conversation, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, c := range v.convs {
		if c.part(user) == nil && c.kind != chat.Room {
			continue
		}
		if seen := v.seenBy(user, c); seen.Handle == handle && !v.gone[seen.Peer] {
			return seen, nil
		}
	}
	return chat.Conversation{}, &chat.Error{Code: chat.NoConversation, Name: string(handle)}
}

// seenBy is how user sees c, who is or was in it or stands outside of a room.
func (v *View) seenBy(user chat.UserID, c *conversation) chat.Conversation {
	p := c.part(user)
	s := chat.Conversation{
		ID: c.id, Kind: c.kind, Handle: chat.Handle(c.title), Title: c.title, Exists: true, Member: c.has(user),
		Topic: c.topic, Writers: c.writers, Expiry: c.expiry, Slow: c.slow, Members: c.members(), Version: c.version, Changed: c.changed, LastN: c.last(),
		Draft: string(v.values[place{user, chat.DraftSlot(c.id)}]),
	}
	switch {
	case c.kind == chat.Group:
		s.Handle = p.handle
	case c.kind == chat.Talk:
		s.Peer, s.Handle = v.peer(user, c)
		s.Title, s.Deserted = string(s.Handle), v.deserted(user, c)
	}
	outside := p == nil || c.kind == chat.Room && p.gone && !p.barred
	if !outside && p.gone {
		s.Left, s.Gone, s.Barred, s.LastN = p.left, p.goneAt, p.barred, p.left
	}
	if !outside && !p.gone {
		s.Role = p.role
	}
	for n := s.LastN; n > 0 && s.Last == nil; n-- {
		if m := v.messages[c.messages[n-1]]; !hidden(m, user) {
			s.Last = m
		}
	}
	if o := c.other(user); o != nil && p != nil {
		s.Request, s.Asked, s.Blocked = p.pending && !p.gone, o.pending, p.gone && v.blocks(user, o.user)
	}
	if s.Gone != 0 && s.Last != nil {
		last := s.Last.AsOf(s.Gone)
		s.Last = &last
	}
	if s.Gone != 0 && c.kind == chat.Group {
		s.Title, s.Topic, s.Members, s.Writers, s.Expiry, s.Slow = p.leftTitle, p.leftTopic, 0, chat.AllWrite, 0, 0
	}
	if s.Last != nil && s.Last.Expired {
		s.Last = nil
	}
	if !outside {
		s.Read = min(v.marked(c, p).Read, s.LastN)
		for _, id := range c.messages[s.Read:s.LastN] {
			if m := v.messages[id]; m.From != user && !m.Expired {
				s.Unread++
			}
		}
	}
	return s
}

// deserted reports whether the other one of a talk was forgotten.
func (v *View) deserted(user chat.UserID, c *conversation) bool {
	o := c.other(user)
	return o != nil && v.person(o.user).Forgotten
}

// peer is the other one of a talk and what user calls them.
func (v *View) peer(user chat.UserID, c *conversation) (chat.UserID, chat.Handle) {
	for _, p := range c.parts {
		if p.user != user {
			return p.user, cmp.Or(chat.Handle(v.person(p.user).Nick), chat.LeftHandle(p.user))
		}
	}
	return user, chat.Notes
}

// Members is chat.Reader.
func (v *View) Members(_ context.Context, id chat.ConversationID) ([]chat.Member, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c := v.conv(id)
	if c == nil {
		return nil, &chat.Error{Code: chat.NoConversation}
	}
	return v.members(c), nil
}

// members are who is in it now.
func (v *View) members(c *conversation) (members []chat.Member) {
	for _, p := range c.parts {
		if !p.gone || c.kind == chat.Talk && !v.person(p.user).Forgotten {
			members = append(members, v.member(c, p))
		}
	}
	return members
}

// member tells of p with their marks. Marks are kept as they were put, whether
// or not what they mark is known here yet: the shelf and the log are read apart.
func (v *View) member(c *conversation, p *part) chat.Member {
	m := v.marked(c, p)
	v.told(c, p, &m)
	return m
}

// marked is member with all that the person themselves knows.
func (v *View) marked(c *conversation, p *part) chat.Member {
	marks := v.marks[p.user]
	return chat.Member{
		User: p.user, Nick: v.person(p.user).Nick, Role: p.role, Since: p.since,
		Delivered: marks.Delivered, Read: max(p.read, min(marks.Read[c.id], c.last())),
	}
}

// Page is chat.Reader.
func (v *View) Page(_ context.Context, id chat.ConversationID, q chat.PageQuery) (chat.Page, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c := v.conv(id)
	if c == nil { // a talk that nobody has written in yet, perhaps
		return chat.Page{AsOf: v.at}, nil
	}
	first, last := chat.Number(1), c.last() // of what was asked for
	if q.Upto > 0 {
		last = min(last, q.Upto)
	}
	if q.Before > 0 {
		last = min(last, q.Before-1)
	}
	if q.After > 0 && q.Before == 0 {
		first = q.After + 1
	}
	page := chat.Page{AsOf: v.at}
	for n := first; n <= last; n++ {
		if m := v.messages[c.messages[n-1]]; q.For.IsZero() || !hidden(m, q.For) {
			page.Messages = append(page.Messages, *m)
		}
	}
	if extra := len(page.Messages) - q.Limit; extra > 0 {
		page.More = true
		if q.After > 0 && q.Before == 0 {
			page.Messages = page.Messages[:q.Limit]
		} else {
			page.Messages = page.Messages[extra:]
		}
	}
	page.Notices = v.noticesOf(c, q, page)
	return page, nil
}

// Message is chat.Reader.
func (v *View) Message(_ context.Context, id chat.MessageID) (chat.Message, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if m := v.messages[id]; m != nil {
		return *m, nil
	}
	return chat.Message{}, &chat.Error{Code: chat.NoMessage}
}

// Since is chat.Reader.
func (v *View) Since(_ context.Context, user chat.UserID, after chat.Position, where []chat.ConversationID, limit int) ([]chat.Message, chat.Position, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var found []chat.Message
	for _, id := range v.order {
		m := v.messages[id]
		c := v.conv(m.Conversation)
		if m.Position <= after || !c.has(user) || c.part(user).pending || hidden(m, user) || len(where) > 0 && !slices.Contains(where, m.Conversation) {
			continue
		}
		if found = append(found, *m); len(found) == limit {
			return found, m.Position, nil
		}
	}
	return found, v.at, nil
}

// Files is chat.Reader.
func (v *View) Files(_ context.Context, id chat.ConversationID) ([]chat.Message, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c := v.conv(id)
	if c == nil {
		return nil, &chat.Error{Code: chat.NoConversation}
	}
	var files []chat.Message
	for _, id := range c.messages {
		if m := v.messages[id]; m.File != nil {
			files = append(files, *m)
		}
	}
	slices.SortFunc(files, func(a, b chat.Message) int { return cmp.Compare(a.File.Name, b.File.Name) })
	return files, nil
}

// FileNamed is chat.Reader.
func (v *View) FileNamed(_ context.Context, id chat.ConversationID, name string) (chat.Message, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if c := v.conv(id); c != nil {
		if m := v.fileNamed(c, name); m != nil {
			return *m, nil
		}
	}
	return chat.Message{}, &chat.Error{Code: chat.NoFile, Name: name}
}

// FileOf is chat.Reader.
func (v *View) FileOf(_ context.Context, id chat.ConversationID, by chat.UserID, name string) (chat.Message, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var found *chat.Message
	if c := v.conv(id); c != nil {
		least := 0
		for _, id := range c.messages {
			m := v.messages[id]
			if m.File == nil || m.From != by {
				continue
			}
			if n, ok := chat.NumberOf(name, m.File.Name); ok && (found == nil || n < least) {
				found, least = m, n
			}
		}
	}
	if found == nil {
		return chat.Message{}, &chat.Error{Code: chat.NoFile, Name: name}
	}
	return *found, nil
}

// Value is chat.Reader.
func (v *View) Value(_ context.Context, user chat.UserID, slot chat.Slot) ([]byte, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return bytes.Clone(v.values[place{user, slot}]), nil
}

// HasBlob is chat.Reader.
func (v *View) HasBlob(_ context.Context, hash string) (bool, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, m := range v.messages {
		if m.File != nil && m.File.Hash == hash {
			return true, nil
		}
	}
	return false, nil
}
