package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"time"

	"charla/server/chat"
	"charla/server/internal/readmodel"
)

// salvage appends to the log what an old read model has and the new one, which
// is level with the log, has not. It decides nothing: names and memberships go
// through AppendIf as ever, and what is there already is left alone.
type salvage struct {
	s        *Server
	old      readmodel.Export
	view     *readmodel.Model
	left     []leaving
	restored int // things appended

	events []chat.Event // of messages, gathered to be appended together
}

// leaving is somebody who left a group: to be said after the messages they
// wrote before.
type leaving struct {
	conv chat.ConversationID
	user chat.UserID
	at   chat.Position
}

func (v *salvage) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{v.people, v.gatherings, v.messages, v.values} {
		if err := step(ctx); err != nil {
			return err
		}
		if err := v.s.level(ctx); err != nil {
			return err
		}
	}
	return nil
}

// decide appends one event on a subject; somebody else's there is left alone.
func (v *salvage) decide(ctx context.Context, subject chat.Subject, last uint64, e chat.Event) error {
	at, err := v.s.journal.AppendIf(ctx, subject, last, e)
	if errors.Is(err, chat.ErrConflict) {
		return nil
	}
	if err != nil {
		return err
	}
	v.restored++
	return v.s.proj.Await(ctx, at)
}

func (v *salvage) event(by chat.UserID, body chat.Body) chat.Event {
	return chat.Event{ID: chat.NewID[chat.Event](), At: time.Now().UTC(), By: by, Body: body}
}

func (v *salvage) people(ctx context.Context) error {
	return v.old.People(ctx, func(p chat.Person) error {
		if _, err := v.view.Person(ctx, p.ID); chat.CodeOf(err) != chat.NoPerson || p.Rank == chat.RankGuest {
			return err
		}
		version, _, err := v.view.Name(ctx, p.Nick)
		if err != nil {
			return err
		}
		claim := chat.PersonClaimed{Nick: p.Nick, Passphrase: p.Passphrase}
		keys := slices.Clone(p.Keys)
		if first := slices.IndexFunc(keys, func(k chat.Key) bool { return k.Proven }); first >= 0 { // as one that claims is
			claim.Key = &p.Keys[first]
			keys = slices.Delete(keys, first, first+1)
		}
		e := v.event(p.ID, claim)
		e.At = p.Since
		if err := v.decide(ctx, chat.NameSubject(p.Nick), version, e); err != nil {
			return err
		}
		return v.keys(ctx, p.ID, keys)
	})
}

// keys brings back those that somebody added.
func (v *salvage) keys(ctx context.Context, user chat.UserID, keys []chat.Key) error {
	var events []chat.Event
	for _, k := range keys {
		events = append(events, v.event(user, chat.KeyAdded{Key: k}))
	}
	if len(events) == 0 {
		return nil
	}
	v.restored += len(events)
	_, err := v.s.journal.Append(ctx, events...)
	return err
}

// gatherings brings back conversations with all who ever were in them.
func (v *salvage) gatherings(ctx context.Context) error {
	return v.old.Gatherings(ctx, func(g readmodel.Gathering) error {
		switch g.Kind {
		case chat.Room:
			name := chat.Nick(g.Title)
			return v.decide(ctx, chat.NameSubject(name), 0, v.event(chat.UserID{}, chat.RoomOpened{Conversation: g.ID, Name: name, Everyone: g.Everyone}))
		case chat.Talk:
			if _, err := v.view.Conversation(ctx, g.Lo, g.ID); chat.CodeOf(err) != chat.NoConversation {
				return err
			}
			v.restored++
			_, err := v.s.journal.Append(ctx, v.event(g.Lo, chat.TalkOpened{Conversation: g.ID, Lo: g.Lo, Hi: g.Hi}))
			return err
		}
		return v.group(ctx, g)
	})
}

func (v *salvage) group(ctx context.Context, g readmodel.Gathering) error {
	if len(g.Members) == 0 {
		return nil
	}
	var all []chat.UserID
	for _, m := range g.Members {
		all = append(all, m.User)
		if m.Gone != 0 {
			v.left = append(v.left, leaving{g.ID, m.User, m.Gone})
		}
	}
	now, err := v.view.Members(ctx, g.ID)
	if err != nil && chat.CodeOf(err) != chat.NoConversation {
		return err
	}
	if len(now) == 0 {
		e := v.event(all[0], chat.GroupCreated{Conversation: g.ID, Title: g.Title, Members: all})
		return v.decide(ctx, chat.ConversationSubject(g.ID), 0, e)
	}
	missing, err := v.missing(ctx, g)
	if err != nil || len(missing) == 0 {
		return err
	}
	return v.revise(ctx, g.ID, now[0].User, chat.MembersAdded{Conversation: g.ID, Members: missing})
}

// missing are those of a group who are not in it, unless they had left it, which
// the log knows as well.
func (v *salvage) missing(ctx context.Context, g readmodel.Gathering) (missing []chat.UserID, err error) {
	for _, m := range g.Members {
		c, err := v.view.Conversation(ctx, m.User, g.ID)
		switch {
		case chat.CodeOf(err) == chat.NoConversation, err == nil && !c.Member && m.Gone == 0:
			missing = append(missing, m.User)
		case err != nil:
			return nil, err
		}
	}
	return missing, nil
}

// revise decides a change of a group that exists, as by would.
func (v *salvage) revise(ctx context.Context, id chat.ConversationID, by chat.UserID, body chat.Body) error {
	c, err := v.view.Conversation(ctx, by, id)
	if err != nil {
		return err
	}
	return v.decide(ctx, chat.ConversationSubject(id), c.Version.Seq(), v.event(by, body))
}

// messages brings back messages in their order, and between them who left when:
// what was said after that is not for those who had left.
func (v *salvage) messages(ctx context.Context) error {
	slices.SortFunc(v.left, func(a, b leaving) int { return cmp.Compare(a.at, b.at) })
	err := v.old.Messages(ctx, func(m chat.Message) error {
		if err := v.leave(ctx, m.Position); err != nil {
			return err
		}
		_, err := v.view.Message(ctx, m.ID)
		if err == nil || chat.CodeOf(err) != chat.NoMessage {
			return err
		}
		v.events = append(v.events, v.again(m)...)
		if len(v.events) < 500 {
			return nil
		}
		return v.flush(ctx)
	})
	if err != nil {
		return err
	}
	if err := v.leave(ctx, math.MaxUint64); err != nil {
		return err
	}
	return v.flush(ctx)
}

// again is what makes a message as it stands: its words, and that they were
// edited or taken back. The words of one that was taken back are gone.
func (v *salvage) again(m chat.Message) []chat.Event {
	posted := chat.Event{ID: chat.EventID(m.ID), At: m.At, By: m.From}
	body := chat.MessagePosted{Conversation: m.Conversation, Text: m.Text, File: m.File, ReplyTo: m.ReplyTo}
	body.Erased = m.Retracted
	posted.Body = body
	events := []chat.Event{posted}
	if m.Edited && !m.Retracted && m.File == nil {
		events = append(events, v.event(m.From, chat.MessageEdited{Conversation: m.Conversation, Message: m.ID, Text: m.Text}))
	}
	if m.Retracted {
		events = append(events, v.event(m.From, chat.MessageRetracted{Conversation: m.Conversation, Message: m.ID}))
	}
	return events
}

func (v *salvage) flush(ctx context.Context) error {
	if len(v.events) == 0 {
		return nil
	}
	_, err := v.s.journal.Append(ctx, v.events...)
	v.restored += len(v.events)
	v.events = v.events[:0]
	return err
}

// leave says again who left before a position of the old log.
func (v *salvage) leave(ctx context.Context, before chat.Position) error {
	for len(v.left) > 0 && v.left[0].at < before {
		l := v.left[0]
		v.left = v.left[1:]
		if err := v.flush(ctx); err != nil {
			return err
		}
		if err := v.s.level(ctx); err != nil {
			return err
		}
		c, err := v.view.Conversation(ctx, l.user, l.conv)
		if err != nil {
			return err
		}
		if !c.Member {
			continue
		}
		if err := v.revise(ctx, l.conv, l.user, chat.MemberLeft{Conversation: l.conv}); err != nil {
			return err
		}
	}
	return nil
}

// values puts back what was on the shelf and is not. Delivered marks are
// positions of the old log and mean nothing in this one.
func (v *salvage) values(ctx context.Context) error {
	return v.old.Values(ctx, func(user chat.UserID, slot chat.Slot, value []byte) error {
		have, err := v.view.Value(ctx, user, slot)
		if err != nil {
			return err
		}
		if slot == chat.MarksSlot {
			if value = furtherRead(have, value); value == nil {
				return nil
			}
		} else if len(have) > 0 {
			return nil
		}
		v.restored++
		return v.s.journal.Put(ctx, user, slot, value)
	})
}

// furtherRead is what was read according to either of two values of marks; nil if
// the first knows all of it.
func furtherRead(have, old []byte) []byte {
	var now, was chat.Marks
	if json.Unmarshal(old, &was) != nil || len(have) > 0 && json.Unmarshal(have, &now) != nil {
		return nil
	}
	was.Delivered = 0
	merged := now.Merge(was)
	if maps.Equal(merged.Read, now.Read) {
		return nil
	}
	raw, _ := json.Marshal(merged)
	return raw
}
