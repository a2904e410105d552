package chat

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"time"
)

// One PersonForgotten takes at most so much at once, for the projector does nothing
// else meanwhile. It is said again until all is gone; each goes on where the one
// before it ended.
const (
	ForgottenSeats    = 1000   // left
	ForgottenMessages = 200    // taken back
	ForgottenLook     = 20_000 // numbers of conversations looked through for them
)

// Forget removes somebody: their words, files, keys and settings are gone, they are
// in nothing any more, and their sessions end. What is much takes a while after it
// returns (forgetKeeper). Their nick stays taken (FreeNick).
// What is left of them is "someone who left", and, of somebody banned, that their
// keys are.
func (a *Actor) Forget(ctx context.Context, nick string) (err error) {
	defer wrap(&err, "forget")
	p, err := a.over(ctx, forgets, nick)
	if err != nil {
		return err
	}
	slots, err := a.s.Reader.Slots(ctx, p.ID)
	if err != nil {
		return err
	}
	if err := a.outlast(ctx, p); err != nil {
		return err
	}
	if err := a.rule(ctx, PersonForgotten{User: p.ID}); err != nil {
		return err
	}
	// The view has none of it any more; this is for the log's own copy.
	for _, slot := range slots {
		if err := a.s.Shelf.Put(ctx, p.ID, slot, nil); err != nil {
			return err
		}
	}
	a.s.remind()
	return nil
}

// outlast bans the keys of somebody banned, which they have proven, for as long as they
// are: the ban of a person goes with the person. These are events of their own, for
// which keys somebody had leaves the log with them.
func (a *Actor) outlast(ctx context.Context, p Person) error {
	bans, err := a.s.Reader.Bans(ctx)
	if err != nil {
		return err
	}
	now := a.s.Now()
	of := inForce(bans, now, func(b Ban) bool { return b.User == p.ID })
	if of == nil {
		return nil
	}
	for _, k := range p.Keys {
		b := Ban{Key: k.Fingerprint, Until: of.Until, Reason: of.Reason}
		if !k.Proven || inForce(bans, now, b.Same) != nil {
			continue
		}
		if err := a.rule(ctx, Banned{Ban: b}); err != nil {
			return err
		}
	}
	return nil
}

// forgetKeeper says again who is forgotten until nothing of them is left, also after
// a stop. The projector serves nobody else while a piece is applied, so it rests three
// times as long as each took, and waits while the view has enough to do with what
// was taken back before.
type forgetKeeper struct{ *Service }

const (
	forgetRest = 3 // times what a piece took, at least forgetLull
	forgetLull = 10 * time.Millisecond
	forgetWait = 200 * time.Millisecond // for the index of words (Sated)
)

func (k forgetKeeper) run(ctx context.Context) {
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.forgets:
		case <-rest.C:
		}
		pause, left := k.piece(ctx)
		if rest.Stop(); left {
			rest.Reset(pause)
		}
	}
}

// piece forgets some more of everybody; left: it is to be asked again, after a pause.
func (k forgetKeeper) piece(ctx context.Context) (pause time.Duration, left bool) {
	defer func() {
		if r := recover(); r != nil {
			k.Logger.Error("forget: panic", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	began := time.Now()
	users, err := k.Reader.Forgetting(ctx)
	sated := false
	if err == nil && len(users) > 0 {
		sated, err = k.Reader.Sated(ctx)
	}
	if sated {
		return forgetWait, true
	}
	for _, user := range users {
		if err == nil {
			var at Position
			if at, err = k.Log.Append(ctx, k.event(UserID{}, PersonForgotten{User: user})); err == nil {
				err = k.Awaiter.Await(ctx, at)
			}
		}
	}
	if err != nil && ctx.Err() == nil { // as when the disk is full
		k.Logger.Warn("forget", "err", err)
		time.AfterFunc(time.Minute, k.remind)
	}
	return max(forgetRest*time.Since(began), forgetLull), len(users) > 0 && err == nil
}

// remind asks the keeper to look. It never waits.
func (s *Service) remind() {
	select {
	case s.forgets <- struct{}{}:
	default:
	}
}

// FreeNick lets a new person claim the nick of somebody who was forgotten. It is
// decided on the name's subject.
func (a *Actor) FreeNick(ctx context.Context, typed string) (err error) {
	defer wrap(&err, "free nick")
	if err := a.mayDo(ctx, forgets); err != nil {
		return err
	}
	nick := Nick(foldHandle(strings.TrimSpace(typed)))
	none := &Error{Code: NothingPending, Name: OneLine(typed, maxNick), Why: WhyNotForgotten}
	version, taken, err := a.s.Reader.Name(ctx, nick)
	if err != nil {
		return err
	}
	_, err = a.s.Reader.PersonByNick(ctx, nick)
	switch {
	case err == nil || !taken:
		return none
	case CodeOf(err) != NoPerson:
		return err
	}
	event := a.s.event(a.me.ID, NickFreed{Nick: nick})
	at, err := a.s.Log.AppendIf(ctx, NameSubject(nick), version, event)
	if errors.Is(err, ErrConflict) {
		return &Error{Code: Conflict}
	}
	if err == nil {
		err = a.s.Awaiter.Await(ctx, at)
	}
	if err != nil {
		return err
	}
	had, err := a.s.Reader.Decided(ctx, event.ID)
	if err == nil && !had {
		err = none
	}
	return err
}

// ForgettingLeft is what one PersonForgotten may still do to messages.
type ForgettingLeft struct{ messages, look int }

// NewForgetting is all of it.
func NewForgetting() ForgettingLeft { return ForgettingLeft{ForgottenMessages, ForgottenLook} }

// Over reports that the next one has to go on.
func (f *ForgettingLeft) Over() bool { return f.messages <= 0 || f.look <= 0 }

// Look is up to which number of a conversation that ends with last is looked, after
// one, and how many messages are taken at most.
func (f *ForgettingLeft) Look(after, last Number) (upto Number, most int) {
	return min(last, after+Number(f.look)), f.messages
}

// Took notes what was taken of how many that were looked at. A conversation costs
// something even if nothing is in it.
func (f *ForgettingLeft) Took(messages int, looked Number) {
	f.messages -= messages
	f.look -= int(looked) + 20
}
