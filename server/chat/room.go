package chat

import (
	"context"
	"errors"
	"unicode/utf8"
)

// mostRooms bounds a list of rooms, or of what somebody has left.
const mostRooms = 1000

// OpenRoom opens a room that the person owns, under a name nobody has.
func (a *Actor) OpenRoom(ctx context.Context, name, topic string) (_ Conversation, err error) {
	defer wrap(&err, "open a room")
	if err := a.mayDo(ctx, opens); err != nil {
		return Conversation{}, err
	}
	folded := Nick(foldHandle(name))
	if folded == "" || len(folded) > maxNick || !isAlnum(folded[0]) {
		return Conversation{}, &Error{Code: NickInvalid, Name: OneLine(name, 40)}
	}
	if topic = OneLine(topic, MaxReason+1); utf8.RuneCountInString(topic) > MaxReason {
		return Conversation{}, &Error{Code: LongReason, Limit: MaxReason}
	}
	if err := a.s.Claimable(ctx, folded); err != nil {
		return Conversation{}, a.taken(ctx, folded, err)
	}
	if err := a.change(); err != nil {
		return Conversation{}, err
	}
	return a.openRoom(ctx, RoomOpened{Conversation: NewID[Conversation](), Name: folded, Topic: topic})
}

// openRoom decides it on the name's subject: of two who take a name at once one
// has it.
func (a *Actor) openRoom(ctx context.Context, room RoomOpened) (Conversation, error) {
	taken := a.taken(ctx, room.Name, &Error{Code: NickTaken, Name: string(room.Name), Hint: a.s.freeVariant(ctx, room.Name)})
	version, held, err := a.s.Reader.Name(ctx, room.Name)
	if err != nil {
		return Conversation{}, err
	}
	if held {
		return Conversation{}, taken
	}
	at, err := a.s.Log.AppendIf(ctx, NameSubject(room.Name), version, a.s.event(a.me.ID, room))
	if errors.Is(err, ErrConflict) {
		return Conversation{}, taken
	}
	if err == nil {
		err = a.s.Awaiter.Await(ctx, at)
	}
	if err != nil {
		return Conversation{}, err
	}
	return a.s.Reader.Conversation(ctx, a.me.ID, room.Conversation)
}

// taken is why nobody can take a name: RoomTaken if it is that of a room, which
// everybody can find, else what was said of it.
func (a *Actor) taken(ctx context.Context, name Nick, otherwise error) error {
	c, err := a.s.Reader.ByHandle(ctx, a.me.ID, Handle(name))
	if err == nil && c.Kind == Room {
		return &Error{Code: RoomTaken, Name: string(name)}
	}
	return otherwise
}

// Join brings the person into a room. In what they are in already they stay.
func (a *Actor) Join(ctx context.Context, ref Ref) (_ Conversation, err error) {
	defer wrap(&err, "join")
	c, err := a.Conversation(ctx, ref)
	if err != nil || c.Member {
		return c, err
	}
	if err := may(enters, c); err != nil {
		return c, err
	}
	if err := a.enter(); err != nil {
		return c, err
	}
	at, err := a.s.Log.Append(ctx, a.s.event(a.me.ID, RoomJoined{Conversation: c.ID}))
	if err == nil {
		err = a.s.Awaiter.Await(ctx, at)
	}
	if err != nil {
		return c, err
	}
	if c, err = a.s.Reader.Conversation(ctx, a.me.ID, c.ID); err == nil && !c.Member {
		err = may(enters, c) // put out meanwhile
	}
	return c, err
}

// enter takes a coming in from the person's budget.
func (a *Actor) enter() error {
	if wait, ok := a.s.Limiter.Take(a.me.ID, Joins, 1); !ok {
		return tooFast(wait)
	}
	return nil
}

// Rooms lists the rooms of the server by name, those too that the person is not in.
func (a *Actor) Rooms(ctx context.Context) ([]Conversation, error) {
	rooms, err := a.s.Reader.Rooms(ctx, a.me.ID, mostRooms)
	return a.current(rooms), err
}

// Departed lists the groups that the person has left, and what they were put out
// of, all of which they read up to then.
func (a *Actor) Departed(ctx context.Context) ([]Conversation, error) {
	left, err := a.s.Reader.Departed(ctx, a.me.ID, mostRooms)
	return a.current(left), err
}
