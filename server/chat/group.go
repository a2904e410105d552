package chat

import (
	"context"
	"errors"
	"slices"
)

// NewGroup makes a group of the person and the nicks.
func (a *Actor) NewGroup(ctx context.Context, title string, nicks []string) (_ Conversation, err error) {
	defer wrap(&err, "new group")
	if err := a.mayDo(ctx, gathers); err != nil {
		return Conversation{}, err
	}
	if title, err = CleanTitle(title); err != nil {
		return Conversation{}, err
	}
	members, err := a.people(ctx, nicks)
	if err != nil {
		return Conversation{}, err
	}
	if !slices.Contains(members, a.me.ID) {
		members = append([]UserID{a.me.ID}, members...)
	}
	if len(members) > MaxGroup {
		return Conversation{}, &Error{Code: GroupFull, Limit: MaxGroup}
	}
	if err := a.addable(ctx, "", members); err != nil {
		return Conversation{}, err
	}
	if err := a.bring(len(members)); err != nil {
		return Conversation{}, err
	}
	if err := a.intrude(ctx, members); err != nil {
		return Conversation{}, err
	}
	id := NewID[Conversation]()
	return a.decide(ctx, id, 0, GroupCreated{Conversation: id, Title: title, Members: members})
}

// Add brings people into a group; into a room, back those who were put out, whatever
// they let others do: it takes a bar away. Who is in already is left as they are. Who
// was put out needs an owner or admin.
func (a *Actor) Add(ctx context.Context, ref Ref, nicks []string) (_ Conversation, err error) {
	defer wrap(&err, "add to group")
	newcomers, err := a.people(ctx, nicks)
	if err != nil {
		return Conversation{}, err
	}
	if err := a.bring(len(newcomers)); err != nil {
		return Conversation{}, err
	}
	spent := false // also when somebody else was faster
	return a.revise(ctx, ref, adds, func(c Conversation) (Body, error) {
		members, err := a.s.Reader.Members(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		fresh := slices.DeleteFunc(slices.Clone(newcomers), func(id UserID) bool {
			return slices.ContainsFunc(members, func(m Member) bool { return m.User == id })
		})
		if fresh, err = a.returning(ctx, c, fresh); err != nil {
			return nil, err
		}
		if c.Kind == Group && len(members)+len(fresh) > MaxGroup {
			return nil, &Error{Code: GroupFull, Limit: MaxGroup}
		}
		if len(fresh) == 0 {
			return nil, nil
		}
		body := MembersAdded{Conversation: c.ID, Members: fresh}
		if c.Kind != Group { // whoever comes back into a room may leave it as they came
			return body, nil
		}
		if err := a.addable(ctx, c.Handle, fresh); err != nil {
			return nil, err
		}
		if !spent {
			if err := a.intrude(ctx, fresh); err != nil {
				return nil, err
			}
			spent = true
		}
		return body, nil
	})
}

// returning is those of newcomers who may be brought in: into a room nobody comes
// by another's hand who was not put out of it. If somebody was whom the person
// may not bring back, it is NotAllowed.
func (a *Actor) returning(ctx context.Context, c Conversation, newcomers []UserID) (fresh []UserID, err error) {
	for _, id := range newcomers {
		seat, err := a.s.Reader.Seat(ctx, id, c.ID)
		if err != nil && CodeOf(err) != NoConversation {
			return nil, err
		}
		if seat.Barred && !c.LetsBack() {
			return nil, &Error{Code: NotAllowed, Name: string(c.Handle), Why: WhyAdmins}
		}
		if c.Kind == Group || seat.Barred {
			fresh = append(fresh, id)
		}
	}
	return fresh, nil
}

// revise decides something about a group or room, against the version it was made
// from; when somebody else was faster it looks again, three times. Of a talk what is
// said last holds. nil is nothing to decide.
func (a *Actor) revise(ctx context.Context, ref Ref, what action, make func(Conversation) (Body, error)) (Conversation, error) {
	for range 3 {
		c, err := a.allowed(ctx, what, ref)
		if err != nil {
			return c, err
		}
		body, err := make(c)
		if err != nil || body == nil {
			return c, err
		}
		if c.Kind == Talk {
			return a.agree(ctx, c.ID, body)
		}
		c, err = a.decide(ctx, c.ID, c.Version.Seq(), body)
		if !errors.Is(err, ErrConflict) {
			return c, err
		}
		// The winner's event is in the log; wait until the view has seen it.
		if err := a.s.catchUp(ctx); err != nil {
			return c, err
		}
	}
	return Conversation{}, &Error{Code: Conflict}
}

// decide appends an event on the conversation's subject and returns the
// conversation as it is afterwards.
func (a *Actor) decide(ctx context.Context, id ConversationID, last uint64, body Body) (Conversation, error) {
	at, err := a.s.Log.AppendIf(ctx, ConversationSubject(id), last, a.s.event(a.me.ID, body))
	if err != nil {
		return Conversation{}, err
	}
	if err := a.s.Awaiter.Await(ctx, at); err != nil {
		return Conversation{}, err
	}
	return a.s.Reader.Conversation(ctx, a.me.ID, id)
}

// people finds everybody named, each once; NoPerson names the first who is not known.
func (a *Actor) people(ctx context.Context, nicks []string) ([]UserID, error) {
	var ids []UserID
	for _, typed := range nicks {
		nick := Nick(foldHandle(typed))
		p, err := a.s.Reader.PersonByNick(ctx, nick)
		if CodeOf(err) == NoPerson {
			e := &Error{Code: NoPerson, Name: OneLine(typed, maxNick)}
			if nick != "" {
				e.Hint = a.nearest(ctx, string(nick))
			}
			return nil, e
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, p.ID) {
			ids = append(ids, p.ID)
		}
	}
	return ids, nil
}

// bring takes a change of n people's seats from the person's budgets: everybody's
// messages wait while the view seats them.
func (a *Actor) bring(n int) error {
	if err := a.change(); err != nil {
		return err
	}
	if wait, ok := a.s.Limiter.Take(a.me.ID, Seats, n); !ok {
		return tooFast(wait)
	}
	return nil
}

// MaxStrangers is how many people who do not know the person are brought into a group
// at once.
const MaxStrangers = 40

// intrude takes bringing people into a group to whom the person is a stranger from
// the budget of Requests, for it reaches them as a request does. Those who look after
// the server bring in whom they like.
func (a *Actor) intrude(ctx context.Context, ids []UserID) error {
	if rank, err := a.rank(ctx); err != nil || rank.LooksAfter() {
		return err
	}
	strangers := 0
	for _, id := range ids {
		known, err := a.s.Reader.Acquainted(ctx, id, a.me.ID)
		if err != nil {
			return err
		}
		if !known {
			strangers++
		}
	}
	switch {
	case strangers == 0:
		return nil
	case strangers > MaxStrangers:
		return &Error{Code: TooMany, Name: "strangers", Limit: MaxStrangers}
	}
	if wait, ok := a.s.Limiter.Take(a.me.ID, Requests, strangers); !ok {
		return tooFast(wait)
	}
	return nil
}

func (a *Actor) change() error {
	if wait, ok := a.s.Limiter.Take(a.me.ID, Changes, 1); !ok {
		return tooFast(wait)
	}
	return nil
}
