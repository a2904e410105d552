package chat

import (
	"context"
	"errors"
	"time"
)

// GroupCode makes a code with which people who are here come into a group, as
// often as it has uses.
func (a *Actor) GroupCode(ctx context.Context, ref Ref, uses int, term time.Duration) (plain string, c AccessCode, err error) {
	defer wrap(&err, "group code")
	where, err := a.allowed(ctx, invites, ref)
	if err != nil {
		return "", AccessCode{}, err
	}
	if err := codeBounds(uses, term); err != nil {
		return "", AccessCode{}, err
	}
	return a.issue(ctx, AccessCode{Purpose: JoinCode, Conversation: where.ID, Uses: uses}, term)
}

// codeBounds is nil for as many uses and as long a term as a code may have.
func codeBounds(uses int, term time.Duration) error {
	switch {
	case uses < 1 || uses > MaxInviteUses:
		return &Error{Code: TooMany, Name: "uses", Limit: MaxInviteUses}
	case term <= 0 || term > MaxInviteTerm:
		return &Error{Code: TooMany, Name: "days", Limit: int(MaxInviteTerm / (24 * time.Hour))}
	}
	return nil
}

// mostRaces bounds the tries of one coming in by code while others do.
const mostRaces = 8

// JoinByCode brings the person into the group that a code leads into, and takes
// one of its uses; who is in it already uses none. A code that does not lead this
// person anywhere is CodeWrong, whatever the reason, but for those who were put
// out of what it leads into, and know it: Barred.
func (a *Actor) JoinByCode(ctx context.Context, typed string) (_ Conversation, err error) {
	defer wrap(&err, "join by code")
	if err := a.mayDo(ctx, gathers); err != nil {
		return Conversation{}, err
	}
	if err := a.enter(); err != nil { // also for one that is wrong: nobody guesses for nothing
		return Conversation{}, err
	}
	for range mostRaces {
		c, err := a.byCode(ctx, typed)
		if !errors.Is(err, ErrConflict) {
			return c, err
		}
		if err := a.s.catchUp(ctx); err != nil {
			return Conversation{}, err
		}
	}
	return Conversation{}, &Error{Code: Conflict}
}

func (a *Actor) byCode(ctx context.Context, typed string) (Conversation, error) {
	hash, err := a.s.check(ctx, typed, JoinCode, UserID{})
	if err != nil {
		return Conversation{}, err
	}
	code, err := a.s.Reader.AccessCode(ctx, hash)
	if err != nil {
		return Conversation{}, err
	}
	seat, err := a.s.Reader.Seat(ctx, a.me.ID, code.Conversation)
	switch {
	case err != nil && CodeOf(err) != NoConversation:
		return Conversation{}, err
	case seat.Member:
		return a.s.Reader.Conversation(ctx, a.me.ID, code.Conversation)
	case seat.Barred:
		c, err := a.s.Reader.Conversation(ctx, a.me.ID, code.Conversation)
		if err == nil {
			err = &Error{Code: Barred, Name: string(c.Handle)}
		}
		return Conversation{}, err
	}
	// A stranger sees nothing of the group yet; who issued the code does.
	issuer, err := a.s.Reader.Conversation(ctx, code.By, code.Conversation)
	switch {
	case CodeOf(err) == NoConversation || err == nil && !Leads(issuer):
		return Conversation{}, &Error{Code: CodeWrong}
	case err != nil:
		return Conversation{}, err
	case issuer.Members >= MaxGroup:
		return Conversation{}, &Error{Code: GroupFull, Limit: MaxGroup}
	}
	c, err := a.decide(ctx, code.Conversation, issuer.Version.Seq(), GroupJoined{Conversation: code.Conversation, Code: hash})
	if CodeOf(err) == NoConversation || err == nil && !c.Member { // somebody had the last use
		err = &Error{Code: CodeWrong}
	}
	return c, err
}
