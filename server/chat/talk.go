package chat

import "context"

// asking reports whether a message of the person's into c is part of a request to
// somebody who does not know them, and is an error if it cannot be: after MaxAsked
// messages that were not let in, or when they begin too many such talks.
func (a *Actor) asking(ctx context.Context, c Conversation, event Event) (bool, error) {
	switch {
	case c.Exists && !c.Asked:
		return false, nil
	case c.Exists:
		full, err := a.s.Reader.Conversation(ctx, a.me.ID, c.ID)
		if err != nil || !full.Asked || full.LastN < MaxAsked {
			return full.Asked, err
		}
		if _, err := a.s.Reader.Message(ctx, MessageID(event.ID)); err == nil {
			return true, nil // the same message again
		}
		return true, &Error{Code: RequestPending, Name: string(full.Handle)}
	}
	known, err := a.s.Reader.Acquainted(ctx, c.Peer, a.me.ID)
	if err != nil || known {
		return false, err
	}
	if wait, ok := a.s.Limiter.Take(a.me.ID, Requests, 1); !ok {
		return false, tooFast(wait)
	}
	return true, nil
}

// unheard is RequestPending in a talk in which the person has said all that they may
// to somebody who has not let them in: other words would be more of it.
func (a *Actor) unheard(ctx context.Context, id ConversationID) error {
	seat, err := a.s.Reader.Seat(ctx, a.me.ID, id)
	if err != nil || !seat.Asked {
		return err
	}
	full, err := a.s.Reader.Conversation(ctx, a.me.ID, id)
	if err == nil && full.Asked && full.LastN >= MaxAsked {
		err = &Error{Code: RequestPending, Name: string(full.Handle)}
	}
	return err
}

// arrived is RequestPending if what was appended at a position did not come in,
// because others of the person's were faster.
func (a *Actor) arrived(ctx context.Context, c Conversation, event Event, at Position) error {
	if err := a.s.Awaiter.Await(ctx, at); err != nil {
		return err
	}
	_, err := a.s.Reader.Message(ctx, MessageID(event.ID))
	if posted, file := event.Body.(MessagePosted); file && posted.File != nil && CodeOf(err) == NoMessage {
		_, err = a.s.Reader.FileOf(ctx, c.ID, a.me.ID, posted.File.Name) // a new version of theirs
	}
	if code := CodeOf(err); code != NoMessage && code != NoFile {
		return err
	}
	full, err := a.s.Reader.Conversation(ctx, a.me.ID, c.ID)
	if err != nil {
		return err
	}
	return &Error{Code: RequestPending, Name: string(full.Handle)}
}

// Requests lists the talks that strangers began and that the person has neither
// let in nor blocked, the newest first.
func (a *Actor) Requests(ctx context.Context) ([]Conversation, error) {
	all, _, err := a.Conversations(ctx)
	var requests []Conversation
	for _, c := range all {
		if c.Request {
			requests = append(requests, c)
		}
	}
	return requests, err
}

// Accept lets in a talk that a stranger began: from then on it is as any other.
// NothingPending if it is no request.
func (a *Actor) Accept(ctx context.Context, ref Ref) (_ Conversation, err error) {
	defer wrap(&err, "accept")
	c, err := a.Conversation(ctx, ref)
	if err != nil {
		return Conversation{}, err
	}
	if !c.Request {
		return Conversation{}, &Error{Code: NothingPending, Name: string(c.Handle), Why: WhyNoRequest}
	}
	if err := a.change(); err != nil {
		return Conversation{}, err
	}
	if err := a.happens(ctx, TalkAccepted{Conversation: c.ID}); err != nil {
		return Conversation{}, err
	}
	if c, err = a.s.Reader.Conversation(ctx, a.me.ID, c.ID); err == nil && c.Request {
		err = &Error{Code: Conflict} // it was blocked meanwhile, on another screen
	}
	return c, err
}

// Block makes somebody nothing to the person: neither learns whether the other is
// here, what they write to the person is not shown, now or later, and they bring
// the person into no group. They are not told. In groups and rooms in which both
// are, each goes on reading the other.
func (a *Actor) Block(ctx context.Context, nick string) (Person, error) {
	return a.estrange(ctx, nick, true)
}

// Unblock takes that back. What was written meanwhile is not shown.
func (a *Actor) Unblock(ctx context.Context, nick string) (Person, error) {
	return a.estrange(ctx, nick, false)
}

func (a *Actor) estrange(ctx context.Context, nick string, block bool) (_ Person, err error) {
	defer wrap(&err, "block")
	found, err := a.people(ctx, []string{nick})
	if err != nil {
		return Person{}, err
	}
	if found[0] == a.me.ID {
		return Person{}, &Error{Code: NotAllowed, Why: WhySelf}
	}
	p, err := a.Person(ctx, found[0])
	if err != nil {
		return Person{}, err
	}
	is, err := a.s.Reader.Blocks(ctx, a.me.ID, p.ID)
	switch {
	case err != nil:
		return Person{}, err
	case is == block && block:
		return p, nil
	case is == block:
		return Person{}, &Error{Code: NothingPending, Name: string(p.Nick), Why: WhyNotBlocked}
	}
	if err := a.change(); err != nil {
		return Person{}, err
	}
	var body Body = PersonBlocked{User: p.ID}
	if !block {
		body = PersonUnblocked{User: p.ID}
	}
	return p, a.happens(ctx, body)
}

// happens appends what the person did and waits until it can be seen.
func (a *Actor) happens(ctx context.Context, body Body) error {
	at, err := a.s.Log.Append(ctx, a.s.event(a.me.ID, body))
	if err != nil {
		return err
	}
	return a.s.Awaiter.Await(ctx, at)
}

// BlockedPeople lists whom the person has blocked, the latest first.
func (a *Actor) BlockedPeople(ctx context.Context) ([]Person, error) {
	ids, err := a.s.Reader.Blocked(ctx, a.me.ID)
	var people []Person
	for _, id := range ids {
		p, err := a.Person(ctx, id)
		if err != nil {
			return nil, err
		}
		people = append(people, p)
	}
	return people, err
}
