package chattest

import (
	"context"

	"charla/server/chat"
)

// notice keeps what happened in a conversation, without the nicks, and tells it.
func (v *View) notice(at chat.Position, c *conversation, n chat.Notice) {
	n.Conversation, n.Position, n.At, n.Serial = c.id, at, v.event.At, 1
	if last := len(c.notices) - 1; last >= 0 {
		n.Serial = c.notices[last].Serial + 1
	}
	c.notices = append(c.notices, n)
	c.notices = c.notices[max(len(c.notices)-chat.MaxNotices, 0):]
	v.tell(chat.Change{Kind: chat.Noticed, Position: at, Conversation: c.id, Notice: &n})
}

// noticeOf is notice for what the event's author did to people in a group.
func (v *View) noticeOf(at chat.Position, c *conversation, kind chat.NoticeKind, whom []chat.UserID) {
	if c.kind != chat.Group {
		return
	}
	var parties []chat.Party
	for _, id := range whom {
		parties = append(parties, v.party(id))
	}
	v.notice(at, c, chat.Notice{Kind: kind, By: v.party(v.event.By)}.Names(parties))
}

// came are those who came into a conversation since a change, but for one of them.
func (v *View) came(c *conversation, from int, but chat.UserID) (all []chat.UserID) {
	for _, change := range v.changes[from:] {
		if change.Kind == chat.Joined && change.Conversation == c.id && change.Member.User != but {
			all = append(all, change.Member.User)
		}
	}
	return all
}

// party is somebody with the nick they have now.
func (v *View) party(id chat.UserID) chat.Party {
	if p := v.person(id); p != nil {
		return chat.Party{ID: id, Nick: p.Nick}
	}
	return chat.Party{ID: id}
}

// noticed are the notices of a conversation that some condition holds of, with the
// nicks that people have now.
func (v *View) noticed(c *conversation, which func(chat.Notice) bool) (list []chat.Notice) {
	for _, n := range c.notices {
		if !which(n) {
			continue
		}
		n.By = v.party(n.By.ID)
		var whom []chat.Party
		for _, p := range n.Whom {
			whom = append(whom, v.party(p.ID))
		}
		n.Whom = whom
		list = append(list, n.Unsaid())
	}
	return list
}

// noticesOf are those that stand on a page.
func (v *View) noticesOf(c *conversation, q chat.PageQuery, p chat.Page) []chat.Notice {
	after, before, ok := q.NoticesAround(p)
	if !ok {
		return nil
	}
	// behind reports whether a notice stands behind the message of a number.
	behind := func(n chat.Notice, number chat.Number) bool {
		return number == 0 || number <= c.last() && v.messages[c.messages[number-1]].Position < n.Position
	}
	return v.noticed(c, func(n chat.Notice) bool {
		return behind(n, after) && (before == 0 || !behind(n, before)) && (q.Gone == 0 || n.Position <= q.Gone)
	})
}

// Notices is chat.NoticeReader.
func (v *View) Notices(_ context.Context, id chat.ConversationID, after, upto chat.Position) ([]chat.Notice, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c := v.conv(id)
	if c == nil {
		return nil, nil
	}
	return v.noticed(c, func(n chat.Notice) bool { return n.Position > after && (upto == 0 || n.Position <= upto) }), nil
}
