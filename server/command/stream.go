package command

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"charla/server/chat"
)

// Stream hands out every message posted in a person's conversations after a
// position: in log order, none missing and none twice, also of conversations
// they come into meanwhile. What strangers write comes once they are let in; that
// they want to is told by Asked. One goroutine at a time. It holds no messages
// between calls: who is slow reads them from the history later.
type Stream struct {
	actor    *chat.Actor
	follower chat.Follower
	where    []chat.ConversationID // nil: all
	watched  map[chat.ConversationID]bool
	at       chat.Position // everything up to here was handed out
	behind   bool          // read the history before the news
	asked    []chat.Conversation
	linked   []chat.Change
	warned   bool // something was decided about the person
	ranked   chat.Rank

	// Notices says to hand out what happens as well, with Happened.
	Notices  bool
	happened []Happened
	noticed  map[chat.ConversationID]uint64 // the serial of the last of each
}

// Told is a message with what its reader calls its conversation now.
type Told struct {
	chat.Message
	Handle chat.Handle
}

// Happened is what happened in a conversation, with what its reader calls that now.
type Happened struct {
	chat.Notice
	Handle chat.Handle
}

// NewStream starts after a position; nil is now. where, if not nil, names the
// conversations. Close it.
func NewStream(ctx context.Context, a *chat.Actor, after *chat.Position, where []chat.ConversationID) (*Stream, error) {
	s := &Stream{actor: a, follower: a.Follow(), where: where, watched: map[chat.ConversationID]bool{}, noticed: map[chat.ConversationID]uint64{}, behind: after != nil}
	at, err := s.watchAll(ctx)
	if err != nil {
		s.Close()
		return nil, err
	}
	s.at = at
	if after != nil {
		s.at = *after
	}
	return s, nil
}

// Close ends following.
func (s *Stream) Close() { s.follower.Close() }

// Wake is ready after news came. Call Take once before waiting the first time.
func (s *Stream) Wake() <-chan struct{} { return s.follower.Wake() }

// Position is where to go on in another life: everything up to it was taken.
func (s *Stream) Position() chat.Position { return s.at }

// Warned reports whether something was decided about the person since it was asked
// last: Session.Warnings says what.
func (s *Stream) Warned() bool {
	was := s.warned
	s.warned = false
	return was
}

// Ranked is the rank that the person was given on the server since it was asked last,
// "" if none was: Session.Ranked says it.
func (s *Stream) Ranked() chat.Rank {
	was := s.ranked
	s.ranked = ""
	return was
}

// Linked are the devices that came in as the person with a code since it was asked
// last, MaxKeys at most: Session.Linked says it.
func (s *Stream) Linked() []chat.Change {
	was := s.linked
	s.linked = nil
	return was
}

// Take returns the next messages, without waiting, and whether there are more
// at once. Of a history that is long it returns a page at a time. What an error kept
// from being told is read from the history the next time.
func (s *Stream) Take(ctx context.Context) (told []Told, more bool, err error) {
	defer func() { s.behind = s.behind || err != nil }()
	news := s.follower.Next()
	if err := s.missed(ctx, news.Lost); err != nil {
		return nil, false, err
	}
	for _, change := range news.Changes {
		if err := s.take(ctx, change, news.AsOf); err != nil {
			return nil, false, err
		}
	}
	if news.LostOwn {
		if _, err := s.watchAll(ctx); err != nil {
			return nil, false, err
		}
	}
	if s.behind = s.behind || news.LostOwn || len(news.Lost) > 0; s.behind {
		return s.catchUp(ctx)
	}
	var posted []chat.Message
	for _, change := range news.Changes {
		if change.Kind == chat.Posted && change.Position > s.at {
			posted = append(posted, *change.Message)
		}
	}
	if told, err = s.name(ctx, posted); err != nil {
		return nil, false, err
	}
	s.at = max(s.at, news.AsOf)
	return told, false, nil
}

// take takes a change that is no message.
func (s *Stream) take(ctx context.Context, change chat.Change, asOf chat.Position) error {
	switch change.Kind {
	case chat.Noticed:
		return s.hear(ctx, *change.Notice)
	case chat.Exited:
		s.unwatch(change.Conversation)
	case chat.Cautioned:
		s.warned = true
	case chat.Ranked:
		s.ranked = chat.Rank(change.Reason)
	case chat.Linked:
		if len(s.linked) < chat.MaxKeys {
			s.linked = append(s.linked, change)
		}
	case chat.Entered:
		s.behind = true // it may have had messages since, which were not watched
		if !s.wants(change.Conversation) {
			return nil
		}
		c, err := s.actor.Conversation(ctx, chat.Ref{ID: change.Conversation})
		switch {
		case err != nil:
			return err
		case !c.Request:
			s.watch(c, asOf)
			return s.since(ctx, c.Ref(), change.Position-1)
		case len(s.asked) < pageSize:
			s.asked = append(s.asked, c)
		}
	}
	return nil
}

// Asked are the requests that came since the last call, a page of them at most.
func (s *Stream) Asked() []chat.Conversation {
	asked := s.asked
	s.asked = nil
	return asked
}

// Happened is what happened since the last call, in the order of the log, a page of
// it at most: it stands in the conversations all the same.
func (s *Stream) Happened() []Happened {
	happened := s.happened
	s.happened = nil
	slices.SortStableFunc(happened, func(a, b Happened) int { return cmp.Compare(a.Position, b.Position) })
	return happened
}

// hear takes what happened, once.
func (s *Stream) hear(ctx context.Context, n chat.Notice) error {
	if !s.Notices || n.Serial <= s.noticed[n.Conversation] || len(s.happened) >= pageSize {
		return nil
	}
	c, err := s.actor.Conversation(ctx, chat.Ref{ID: n.Conversation})
	if err == nil {
		s.noticed[n.Conversation] = n.Serial
		s.happened = append(s.happened, Happened{Notice: n, Handle: c.Handle})
	}
	return err
}

// since takes what happened in a conversation after a position.
func (s *Stream) since(ctx context.Context, ref chat.Ref, after chat.Position) error {
	if !s.Notices {
		return nil
	}
	list, err := s.actor.Notices(ctx, ref, after)
	for _, n := range list {
		if err == nil {
			err = s.hear(ctx, n)
		}
	}
	return err
}

// missed takes what happened where so much did that the news are lost.
func (s *Stream) missed(ctx context.Context, lost []chat.ConversationID) error {
	for _, id := range lost {
		if err := s.since(ctx, chat.Ref{ID: id}, s.at); err != nil && chat.CodeOf(err) != chat.NoConversation {
			return err
		}
	}
	return nil
}

// catchUp takes a page of the history. What the follower tells of the same
// messages later is at or below s.at and dropped.
func (s *Stream) catchUp(ctx context.Context) ([]Told, bool, error) {
	messages, upto, err := s.actor.Since(ctx, s.at, s.where, pageSize)
	if err != nil {
		return nil, false, err
	}
	told, err := s.name(ctx, messages)
	if err != nil {
		return nil, false, err
	}
	s.at = max(s.at, upto)
	s.behind = len(messages) == pageSize
	return told, s.behind, nil
}

// name finds what the reader calls each message's conversation. Handles are
// asked for anew each time: a group's can move when a newcomer claims its nick,
// and an answer sent to the old one would reach a stranger.
func (s *Stream) name(ctx context.Context, messages []chat.Message) ([]Told, error) {
	told := make([]Told, 0, len(messages))
	handles := map[chat.ConversationID]chat.Handle{}
	for _, m := range messages {
		handle, known := handles[m.Conversation]
		if !known {
			c, err := s.actor.Conversation(ctx, chat.Ref{ID: m.Conversation})
			if err != nil {
				return nil, err
			}
			handle = c.Handle
			handles[m.Conversation] = handle
		}
		told = append(told, Told{Message: m, Handle: handle})
	}
	return told, nil
}

// watchAll follows all that is wanted, nothing else, and returns from where on.
// What it ends are conversations that the person left: the change that told it
// may be lost.
func (s *Stream) watchAll(ctx context.Context) (chat.Position, error) {
	convs, at, err := s.actor.Conversations(ctx)
	if err != nil {
		return 0, err
	}
	gone := maps.Clone(s.watched)
	for _, c := range convs {
		if c.Member && c.Exists && !c.Request && s.wants(c.ID) {
			delete(gone, c.ID)
			s.watch(c, at)
		}
	}
	for id := range gone {
		s.unwatch(id)
	}
	return at, nil
}

func (s *Stream) watch(c chat.Conversation, after chat.Position) {
	s.watched[c.ID] = true
	s.follower.Watch(c.ID, after)
}

func (s *Stream) unwatch(id chat.ConversationID) {
	delete(s.watched, id)
	delete(s.noticed, id)
	s.follower.Unwatch(id)
}

func (s *Stream) wants(id chat.ConversationID) bool {
	return s.where == nil || slices.Contains(s.where, id)
}
