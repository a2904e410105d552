package server

import (
	"context"

	"charla/server/chat"
	"charla/server/internal/readmodel"
)

// talk brings back a talk, let in by whoever had let it in.
func (v *salvage) talk(ctx context.Context, g readmodel.Gathering) error {
	opener, asked := g.Lo, g.Hi
	if g.Pending == g.Lo {
		opener, asked = g.Hi, g.Lo
	}
	var events []chat.Event
	c, err := v.view.Conversation(ctx, asked, g.ID)
	switch {
	case chat.CodeOf(err) == chat.NoConversation:
		events = append(events, v.event(opener, chat.TalkOpened{Conversation: g.ID, Lo: g.Lo, Hi: g.Hi}))
	case err != nil || !c.Request:
		return err
	}
	if g.Pending.IsZero() && g.Lo != g.Hi {
		events = append(events, v.event(asked, chat.TalkAccepted{Conversation: g.ID}))
	}
	if len(events) == 0 {
		return nil
	}
	v.restored++
	_, err = v.s.journal.Append(ctx, events...)
	return err
}

// unseen puts the block that hid a message around what brings it back.
func (v *salvage) unseen(ctx context.Context, m chat.Message, again []chat.Event) ([]chat.Event, error) {
	if !m.Hidden {
		return again, nil
	}
	c, err := v.view.Conversation(ctx, m.From, m.Conversation)
	if err != nil {
		return nil, err
	}
	stands, err := v.view.Blocks(ctx, c.Peer, m.From)
	if err != nil || stands {
		return again, err
	}
	hidden := append([]chat.Event{v.event(c.Peer, chat.PersonBlocked{User: m.From})}, again...)
	return append(hidden, v.event(c.Peer, chat.PersonUnblocked{User: m.From})), nil
}

// agreed brings back for how long messages stay in a talk, as whoever is in it would
// set it.
func (v *salvage) agreed(ctx context.Context, g readmodel.Gathering) error {
	for _, m := range g.Members {
		if m.Gone != 0 {
			continue
		}
		c, err := v.view.Conversation(ctx, m.User, g.ID)
		if err != nil || c.Expiry == *g.Rules.Expiry {
			return err
		}
		return v.say(ctx, v.event(m.User, chat.ConversationChanged{Conversation: g.ID, Expiry: g.Rules.Expiry}))
	}
	return nil
}

// blocks brings back who wants nothing of whom. It is the last step: who has
// blocked somebody is not in their talk.
func (v *salvage) blocks(ctx context.Context) error {
	return v.old.Blocks(ctx, func(by, other chat.UserID) error {
		stands, err := v.view.Blocks(ctx, by, other)
		if err != nil || stands {
			return err
		}
		v.restored++
		_, err = v.s.journal.Append(ctx, v.event(by, chat.PersonBlocked{User: other}))
		return err
	})
}
