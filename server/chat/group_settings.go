package chat

import (
	"context"
	"time"
	"unicode/utf8"
)

// Change sets what b says of a group or room, or, for how long messages stay, of a
// talk; its Conversation is set here. What it says already changes nothing.
func (a *Actor) Change(ctx context.Context, ref Ref, b ConversationChanged) (_ Conversation, err error) {
	defer wrap(&err, "change a conversation")
	if b, err = b.clean(); err != nil {
		return Conversation{}, err
	}
	asks := b.asks()
	if len(asks) == 0 {
		return Conversation{}, &Error{Code: TextEmpty}
	}
	if err := a.change(); err != nil {
		return Conversation{}, err
	}
	return a.revise(ctx, ref, asks[0], func(c Conversation) (Body, error) {
		for _, what := range asks[1:] {
			if err := may(what, c); err != nil {
				return nil, err
			}
		}
		if b.Title != nil && c.Kind != Group {
			return nil, &Error{Code: NotAGroup, Name: string(c.Handle)}
		}
		if err := a.between(ctx, c); err != nil {
			return nil, err
		}
		if b.saysOf(c) {
			return nil, nil
		}
		b.Conversation = c.ID
		return b, nil
	})
}

// between is NotYet in a talk in which nothing is set: nobody wrote there, or one has
// not let the other in; who is silenced sets nothing anywhere. Whom the other one has
// blocked sets what they like, as they write what they like: to refuse it would tell
// them.
func (a *Actor) between(ctx context.Context, c Conversation) error {
	not := func(why Why) error { return &Error{Code: NotYet, Name: string(c.Handle), Why: why} }
	switch {
	case c.Kind != Talk:
		return nil
	case !c.Exists:
		return not(WhySilence)
	case c.Request:
		return not(WhyRequest)
	case c.Asked:
		return not(WhyAsked)
	}
	return a.maySpeak(ctx)
}

// agree sets something in a talk. Conflict: the other one was faster, or it is not so
// for another reason.
func (a *Actor) agree(ctx context.Context, id ConversationID, body Body) (Conversation, error) {
	if err := a.happens(ctx, body); err != nil {
		return Conversation{}, err
	}
	c, err := a.s.Reader.Conversation(ctx, a.me.ID, id)
	if b, ok := body.(ConversationChanged); ok && err == nil && !b.saysOf(c) {
		err = &Error{Code: Conflict}
	}
	return c, err
}

// clean takes out of a change what was typed and cannot be said.
func (b ConversationChanged) clean() (ConversationChanged, error) {
	if b.Title != nil {
		title, err := CleanTitle(*b.Title)
		if err != nil {
			return b, err
		}
		b.Title = &title
	}
	if b.Topic != nil {
		topic := OneLine(*b.Topic, MaxReason+1)
		if utf8.RuneCountInString(topic) > MaxReason {
			return b, &Error{Code: LongReason, Limit: MaxReason}
		}
		b.Topic = &topic
	}
	if err := within(b.Expiry, MinExpiry, MaxExpiry); err != nil {
		return b, err
	}
	if err := within(b.Slow, MinSlow, MaxSlow); err != nil {
		return b, err
	}
	if b.Writers != nil && *b.Writers != AllWrite && *b.Writers != AdminsWrite {
		return b, &Error{Code: NotAllowed}
	}
	return b, nil
}

// within is nil for a term that is not set, off (0), or between both.
func within(d *time.Duration, least, most time.Duration) error {
	if d == nil || *d == 0 || *d >= least && *d <= most {
		return nil
	}
	return &Error{Code: TermOutside, Limit: int(least / time.Second), Wait: most}
}

// saysOf reports whether all that b sets is so.
func (b ConversationChanged) saysOf(c Conversation) bool {
	return is(b.Title, c.Title) && is(b.Topic, c.Topic) && is(b.Writers, c.Writers) && is(b.Expiry, c.Expiry) && is(b.Slow, c.Slow)
}

func is[T comparable](said *T, v T) bool { return said == nil || *said == v }
