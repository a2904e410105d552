package chat

import (
	"context"
	"net/netip"
	"time"
)

// Actor is one person's hands, already authenticated: the only way to read or
// change anything. It asks the permission table before it acts; faces never
// do. Methods are safe for concurrent use.
type Actor struct {
	s    *Service
	me   Person
	from netip.Addr // the client's; zero: not known
}

// Ref names a conversation to an actor. Peer is set for a talk, so that the
// first message can open it.
type Ref struct {
	ID   ConversationID
	Peer UserID
}

// Ref is how to name c to an actor.
func (c Conversation) Ref() Ref { return Ref{ID: c.ID, Peer: c.Peer} }

// Me is the person.
func (a *Actor) Me() Person { return a.me }

// Now is the server's clock.
func (a *Actor) Now() time.Time { return a.s.Now() }

// Await waits until what was acknowledged at p can be read.
func (a *Actor) Await(ctx context.Context, p Position) error { return a.s.Awaiter.Await(ctx, p) }

// Conversations lists the person's conversations, newest change first, and the
// position the list is as of.
func (a *Actor) Conversations(ctx context.Context) ([]Conversation, Position, error) {
	list, asOf, err := a.s.Reader.Conversations(ctx, a.me.ID)
	return a.current(list), asOf, err
}

// Conversation is how the person sees ref now. A talk that nobody has written
// in yet is found if Peer is set; Exists is false then.
func (a *Actor) Conversation(ctx context.Context, ref Ref) (Conversation, error) {
	c, err := a.s.Reader.Conversation(ctx, a.me.ID, ref.ID)
	if CodeOf(err) != NoConversation || ref.Peer.IsZero() || TalkID(a.me.ID, ref.Peer) != ref.ID {
		return a.seenNow(c), err
	}
	peer, perr := a.s.Reader.Person(ctx, ref.Peer)
	if perr != nil {
		return Conversation{}, err
	}
	c = a.talkWith(peer)
	if c.Blocked, err = a.s.Reader.Blocks(ctx, a.me.ID, peer.ID); err != nil {
		return Conversation{}, err
	}
	c.Member = !c.Blocked
	c.Draft, err = a.Draft(ctx, c.Ref())
	return c, err
}

// allowed is the conversation if the person may do what there.
func (a *Actor) allowed(ctx context.Context, what action, ref Ref) (Conversation, error) {
	c, err := a.Conversation(ctx, ref)
	if err == nil {
		err = may(what, c)
	}
	if err == nil && a.visits(what, c) {
		err = &Error{Code: NotAllowed, Name: string(c.Handle), Why: WhyGuest}
	}
	if err != nil || permissions[c.Kind][muted][what] {
		return c, err
	}
	me, err := a.s.Reader.Person(ctx, a.me.ID)
	if err != nil {
		return c, err
	}
	return c, a.silence(ctx, what, c, me.Silenced)
}

// seated is allowed for those who need to know nothing else of the conversation
// than its Ref and whether it Exists: what is asked for each message and key.
// Refusals, and talks that nobody has written in, take the longer way.
func (a *Actor) seated(ctx context.Context, what action, ref Ref) (Conversation, error) {
	seat, err := a.s.Reader.Seat(ctx, a.me.ID, ref.ID)
	if err == nil && may(what, seat) == nil && !a.visits(what, seat) && !seat.Silenced.After(a.s.Now()) {
		seat.Peer = ref.Peer
		return seat, nil
	}
	return a.allowed(ctx, what, ref)
}

// MayWrite is nil if the person may write there now, or why they may not: for who
// shows it before something is typed.
func (a *Actor) MayWrite(ctx context.Context, ref Ref) error {
	_, err := a.seated(ctx, writes, ref)
	return err
}

// talkWith is the talk with peer as it is before the first message.
func (a *Actor) talkWith(peer Person) Conversation {
	handle, members := Handle(peer.Nick), 2
	if peer.ID == a.me.ID {
		handle, members = Notes, 1
	}
	return Conversation{
		ID: TalkID(a.me.ID, peer.ID), Kind: Talk, Handle: handle, Title: string(handle), Peer: peer.ID, Member: true, Members: members,
		Deserted: peer.Forgotten,
	}
}

// Members lists who is in a conversation, with what the person is told of their
// marks.
func (a *Actor) Members(ctx context.Context, ref Ref) ([]Member, error) {
	c, err := a.allowed(ctx, reads, ref)
	if err != nil || !c.Exists {
		return nil, err
	}
	if standingIn(c) == former {
		return nil, &Error{Code: NotMember, Name: string(c.Handle)}
	}
	members, err := a.s.Reader.Members(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	return a.told(ctx, c, members)
}

// Page reads history. That of a talk nobody has written in is empty.
func (a *Actor) Page(ctx context.Context, ref Ref, q PageQuery) (Page, error) {
	c, err := a.seated(ctx, reads, ref)
	if err == nil && !c.Exists {
		// The position first: somebody may write in between.
		var asOf Position
		if _, asOf, err = a.Conversations(ctx); err != nil {
			return Page{}, err
		}
		if c, err = a.seated(ctx, reads, ref); err == nil && !c.Exists {
			return Page{AsOf: asOf}, nil
		}
	}
	if err != nil {
		return Page{}, err
	}
	page, err := a.pageOf(ctx, c, q)
	page.Messages = a.faded(page.Messages)
	return page, err
}

func (a *Actor) pageOf(ctx context.Context, c Conversation, q PageQuery) (Page, error) {
	q.For = a.me.ID
	if standingIn(c) == former {
		return a.pageUpto(ctx, c, q)
	}
	return a.s.Reader.Page(ctx, c.ID, q)
}

// pageUpto reads what somebody who left may read: no message if nothing had been
// said by then.
func (a *Actor) pageUpto(ctx context.Context, c Conversation, q PageQuery) (Page, error) {
	if q.Gone = c.Gone; c.Left == 0 {
		page, err := a.s.Reader.Page(ctx, c.ID, PageQuery{Limit: 1})
		if page = (Page{AsOf: page.AsOf}); err == nil && q.Notices {
			page.Notices, err = a.s.Reader.Notices(ctx, c.ID, 0, c.Gone)
		}
		return page, err
	}
	if q.Upto == 0 || q.Upto > c.Left {
		q.Upto = c.Left
	}
	page, err := a.s.Reader.Page(ctx, c.ID, q)
	for i := range page.Messages {
		page.Messages[i] = page.Messages[i].AsOf(c.Gone)
	}
	return page, err
}

// Message is one message of a conversation that the person may read.
func (a *Actor) Message(ctx context.Context, id MessageID) (Message, error) {
	m, err := a.s.Reader.Message(ctx, id)
	if err != nil {
		return Message{}, err
	}
	c, err := a.s.Reader.Seat(ctx, a.me.ID, m.Conversation)
	if err != nil || may(reads, c) != nil || a.hidden(m) || standingIn(c) == former && m.Number > c.Left {
		return Message{}, &Error{Code: NoMessage}
	}
	return a.fade(m.AsOf(c.Gone)), nil
}

// hidden reports whether the person had blocked the author when they wrote it.
func (a *Actor) hidden(m Message) bool { return m.Hidden && m.From != a.me.ID }

// Since lists the messages posted after a position in the person's conversations,
// or in those named, and up to where the list is complete. What stands in a
// request is not in it, also when that was let in later.
func (a *Actor) Since(ctx context.Context, after Position, where []ConversationID, limit int) ([]Message, Position, error) {
	list, upto, err := a.s.Reader.Since(ctx, a.me.ID, after, where, limit)
	return a.faded(list), upto, err
}

// Follow starts following for one session: of the marks of others it tells what
// the person is told. The caller closes the follower.
func (a *Actor) Follow() Follower {
	return &discreetFollower{a.s.Feed.Follow(a.me.ID), a.s.sights, a.me.ID}
}

// Typing tells the others that the person is typing; not a stranger whom they
// have not let in.
func (a *Actor) Typing(ctx context.Context, ref Ref) {
	if c, err := a.seated(ctx, writes, ref); err == nil && c.Exists && !c.Request {
		a.s.Feed.Typing(ref.ID, a.me.ID)
	}
}

// Person finds anybody by ID; nicks are public on a server.
func (a *Actor) Person(ctx context.Context, id UserID) (Person, error) {
	return public(a.s.Reader.Person(ctx, id))
}

// PersonByNick finds anybody by nick.
func (a *Actor) PersonByNick(ctx context.Context, nick Nick) (Person, error) {
	return public(a.s.Reader.PersonByNick(ctx, nick))
}

// public is what others may see of a person: no keys, no passphrase.
func public(p Person, err error) (Person, error) {
	p.Keys, p.Passphrase, p.SilencedBy, p.SilencedAs = nil, "", UserID{}, ""
	return p, err
}
