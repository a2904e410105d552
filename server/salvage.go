package server

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
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
	lacking  map[chat.ConversationID]bool // of what was decided about it the log has not all
	left     []leaving
	terms    map[chat.ConversationID]time.Duration // what Expiry is by now, where that was asked
	restored int                                   // things appended

	held []chat.Event // the bans and silences of owners, to be decided again in the end

	events []chat.Event // of messages, gathered to be appended together
}

func (v *salvage) run(ctx context.Context) error {
	v.lacking, v.terms = map[chat.ConversationID]bool{}, map[chat.ConversationID]time.Duration{}
	for _, step := range []func(context.Context) error{
		v.freed, v.released, v.people, v.gatherings, v.messages, v.blocks, v.governed, v.codes, v.values, v.reports, v.confined, v.decisions, v.standing,
	} {
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
		if p.Forgotten { // who is forgotten again in the end; until then their words are somebody's
			nick, err := v.old.FormerNick(ctx, p.ID)
			if err != nil {
				return err
			}
			if p.Nick = nick; nick == "" {
				p.Nick = chat.Nick("gone-" + strings.ToLower(p.ID.String()))
			}
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
		if err := v.lasts(ctx, m); err != nil {
			return err
		}
		again, err := v.unseen(ctx, m, v.again(m))
		if err != nil {
			return err
		}
		v.events = append(v.events, again...)
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
	switch {
	case m.Expired:
		events = append(events, v.event(chat.UserID{}, chat.MessagesExpired{Conversation: m.Conversation, Messages: []chat.MessageID{m.ID}}))
	case m.Retracted:
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

// values puts back what was on the shelf and is not. Delivered marks are
// positions of the old log and mean nothing in this one.
func (v *salvage) values(ctx context.Context) error {
	return v.old.Values(ctx, func(user chat.UserID, slot chat.Slot, value []byte) error {
		have, err := v.view.Value(ctx, user, slot)
		if err != nil {
			return err
		}
		if slot == chat.WarnedSlot { // a position of the old log: better warned twice
			return nil
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
