package server

import (
	"context"
	"errors"
	"strings"
	"time"

	"charla/server/chat"
	"charla/server/internal/readmodel"
)

// leaving is somebody who left a group or room, or was put out: to be said after
// the messages they wrote before.
type leaving struct {
	conv   chat.ConversationID
	user   chat.UserID
	at     chat.Position
	barred bool
}

// gatherings brings back conversations with all who ever were in them. Who may do
// what there comes after the messages (governed): those were written by people who
// may not write any more.
func (v *salvage) gatherings(ctx context.Context) error {
	return v.old.Gatherings(ctx, func(g readmodel.Gathering) error {
		if g.Kind == chat.Talk {
			return v.talk(ctx, g)
		}
		for _, m := range g.Members {
			if m.Gone != 0 {
				v.left = append(v.left, leaving{g.ID, m.User, m.Gone, m.Barred})
			}
		}
		if g.Kind == chat.Room {
			return v.room(ctx, g)
		}
		return v.group(ctx, g)
	})
}

// room brings back a room, its owner's if it has one, and who is or was in it.
func (v *salvage) room(ctx context.Context, g readmodel.Gathering) error {
	version, taken, err := v.view.Name(ctx, chat.Nick(g.Title))
	if err != nil {
		return err
	}
	if !taken {
		v.lacking[g.ID] = true
		var owner chat.UserID
		if len(g.Members) > 0 && g.Members[0].Role == chat.RoleOwner {
			owner = g.Members[0].User
		}
		room := chat.RoomOpened{Conversation: g.ID, Name: chat.Nick(g.Title), Topic: *g.Rules.Topic, Everyone: g.Everyone}
		if err := v.decide(ctx, chat.NameSubject(room.Name), version, v.event(owner, room)); err != nil {
			return err
		}
	}
	missing, err := v.missing(ctx, g, !taken)
	if err != nil {
		return err
	}
	for _, user := range missing {
		v.events = append(v.events, v.event(user, chat.RoomJoined{Conversation: g.ID}))
	}
	if err := v.flush(ctx); err != nil {
		return err
	}
	return v.outdated(ctx, g)
}

func (v *salvage) group(ctx context.Context, g readmodel.Gathering) error {
	if len(g.Members) == 0 {
		return nil
	}
	now, err := v.view.Members(ctx, g.ID)
	if err != nil && chat.CodeOf(err) != chat.NoConversation {
		return err
	}
	if len(now) == 0 {
		v.lacking[g.ID] = true
		var all []chat.UserID
		for _, m := range g.Members {
			all = append(all, m.User)
		}
		e := v.event(all[0], chat.GroupCreated{Conversation: g.ID, Title: firstTitle(g), Members: all})
		return v.decide(ctx, chat.ConversationSubject(g.ID), 0, e)
	}
	if err := v.outdated(ctx, g); err != nil {
		return err
	}
	missing, err := v.missing(ctx, g, false)
	if err != nil || len(missing) == 0 {
		return err
	}
	return v.revise(ctx, g.ID, owner(now), chat.MembersAdded{Conversation: g.ID, Members: missing})
}

// firstTitle is one that makes the handle by which a group goes: where it was
// renamed that is of another title than it has now.
func firstTitle(g readmodel.Gathering) string {
	if h := g.Members[0].Handle; !strings.HasPrefix(string(h), string(chat.HandleOf(g.Title))) {
		return string(h)
	}
	return g.Title
}

// outdated notes a conversation of which the log has not all that was decided.
func (v *salvage) outdated(ctx context.Context, g readmodel.Gathering) error {
	if len(g.Members) == 0 {
		return nil
	}
	c, err := v.view.Conversation(ctx, g.Members[0].User, g.ID)
	if chat.CodeOf(err) == chat.NoConversation || err == nil && c.Version < g.Version {
		v.lacking[g.ID], err = true, nil
	}
	return err
}

// owner is who may decide, zero if there is nobody.
func owner(members []chat.Member) chat.UserID {
	for _, m := range members {
		if m.Role == chat.RoleOwner {
			return m.User
		}
	}
	return chat.UserID{}
}

// missing are those who are not in a conversation, unless they had left it, which
// the log knows as well if it is not of new.
func (v *salvage) missing(ctx context.Context, g readmodel.Gathering, fresh bool) (missing []chat.UserID, err error) {
	for _, m := range g.Members {
		c, err := v.view.Conversation(ctx, m.User, g.ID)
		switch {
		case chat.CodeOf(err) == chat.NoConversation, err == nil && !c.Member && (m.Gone == 0 || fresh):
			missing = append(missing, m.User)
		case err != nil:
			return nil, err
		}
	}
	return missing, nil
}

// revise decides a change of a group or room that exists, as by would.
func (v *salvage) revise(ctx context.Context, id chat.ConversationID, by chat.UserID, body chat.Body) error {
	c, err := v.view.Conversation(ctx, by, id)
	if err != nil {
		return err
	}
	return v.decide(ctx, chat.ConversationSubject(id), c.Version.Seq(), v.event(by, body))
}

// asOwner is revise by whoever owns it now; where nobody does nothing is decided.
func (v *salvage) asOwner(ctx context.Context, id chat.ConversationID, body chat.Body) error {
	members, err := v.view.Members(ctx, id)
	if err != nil {
		return err
	}
	by := owner(members)
	if by.IsZero() {
		return nil
	}
	return v.revise(ctx, id, by, body)
}

// lasts makes a message that is said again last as long as it did: the time of
// one follows from what is set when it is posted.
func (v *salvage) lasts(ctx context.Context, m chat.Message) error {
	var term time.Duration
	switch {
	case m.Expired:
		term = chat.MinExpiry
	case !m.Expires.IsZero():
		term = max(chat.MinExpiry, min(m.Expires.Sub(m.At), chat.MaxExpiry))
	}
	set, known := v.terms[m.Conversation]
	if !known {
		c, err := v.view.Conversation(ctx, m.From, m.Conversation)
		if err != nil {
			return err
		}
		set = c.Expiry
	}
	v.terms[m.Conversation] = term
	if set == term {
		return nil
	}
	if err := v.level(ctx); err != nil {
		return err
	}
	v.lacking[m.Conversation] = true // so that it is set as it was in the end
	change := chat.ConversationChanged{Conversation: m.Conversation, Expiry: &term}
	if c, err := v.view.Conversation(ctx, m.From, m.Conversation); err != nil || c.Kind == chat.Talk {
		return errors.Join(err, v.say(ctx, v.event(m.From, change)))
	}
	return v.asOwner(ctx, m.Conversation, change)
}

// level puts into the log and the view what was gathered.
func (v *salvage) level(ctx context.Context) error {
	if err := v.flush(ctx); err != nil {
		return err
	}
	return v.s.level(ctx)
}

// leave says again who left before a position of the old log.
func (v *salvage) leave(ctx context.Context, before chat.Position) error {
	for len(v.left) > 0 && v.left[0].at < before {
		l := v.left[0]
		v.left = v.left[1:]
		if err := v.level(ctx); err != nil {
			return err
		}
		c, err := v.view.Conversation(ctx, l.user, l.conv)
		if err != nil {
			return err
		}
		if !c.Member {
			continue
		}
		if l.barred {
			err = v.asOwner(ctx, l.conv, chat.MemberRemoved{Conversation: l.conv, User: l.user})
		} else {
			err = v.revise(ctx, l.conv, l.user, chat.MemberLeft{Conversation: l.conv})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// governed brings back who may do what, and what is set, where the log lacks some
// of what was decided.
func (v *salvage) governed(ctx context.Context) error {
	return v.old.Gatherings(ctx, func(g readmodel.Gathering) error {
		if g.Kind == chat.Talk {
			return v.agreed(ctx, g)
		}
		if !v.lacking[g.ID] {
			return nil
		}
		for _, m := range g.Members { // owners first, who make the others what they were
			if m.Gone != 0 {
				continue
			}
			c, err := v.view.Conversation(ctx, m.User, g.ID)
			if err == nil && c.Role != m.Role {
				err = v.asOwner(ctx, g.ID, chat.RoleGiven{Conversation: g.ID, User: m.User, Role: m.Role})
			}
			if err != nil {
				return err
			}
		}
		rules := g.Rules
		if g.Kind == chat.Room {
			rules.Title = nil
		}
		return v.asOwner(ctx, g.ID, rules)
	})
}
