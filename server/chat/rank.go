package chat

import (
	"context"
	"encoding/json"
	"time"
)

// RankOperator is the rank of what the server's own machine decides: of an event
// By nobody. No person has it.
const RankOperator = operator

// below is about whom each rank may decide: never about its equals. Nobody decides
// about themselves, whatever their rank.
var below = map[Rank]map[Rank]bool{
	operator:  {RankOwner: true, RankAdmin: true, RankMember: true, RankGuest: true},
	RankOwner: {RankAdmin: true, RankMember: true, RankGuest: true},
	RankAdmin: {RankMember: true, RankGuest: true},
}

// Moderates reports whether somebody of rank r may decide about another of that rank.
func (r Rank) Moderates(whom Rank) bool { return deeds[r][moderates] && below[r][whom] }

// LooksAfter reports whether somebody of rank r sees to reports and lifts bans.
func (r Rank) LooksAfter() bool { return deeds[r][moderates] }

// Operates reports whether r is the rank of whoever is on the server's own machine.
func (r Rank) Operates() bool { return r == operator }

// Appoints reports whether somebody of rank r gives that rank to another. It is an
// owner's to give all of them but a guest's, which comes of how one came in.
func (r Rank) Appoints(to Rank) bool {
	return deeds[r][appoints] && (to == RankOwner || to == RankAdmin || to == RankMember)
}

// Forgets reports whether somebody of rank r may have another of that rank forgotten.
func (r Rank) Forgets(whom Rank) bool { return deeds[r][forgets] && below[r][whom] }

// Invites reports whether somebody of rank r may give out codes that let others in.
func (r Rank) Invites() bool { return deeds[r][bids] }

// Reports reports whether somebody of rank r may report messages.
func (r Rank) Reports() bool { return deeds[r][reports] }

// Frees reports whether somebody of rank r may free the nick of somebody forgotten.
func (r Rank) Frees() bool { return deeds[r][forgets] }

// rank is the person's, read each time: it may have changed since the session began.
func (a *Actor) rank(ctx context.Context) (Rank, error) {
	if a.me.Rank == operator {
		return operator, nil
	}
	me, err := a.s.Reader.Person(ctx, a.me.ID)
	if err != nil || me.Forgotten {
		return "", err
	}
	return me.Rank, nil
}

// GiveRank makes somebody an owner, admin or member of the server. The last owner
// stays one, unless it is the operator who decides: LastOwner.
func (a *Actor) GiveRank(ctx context.Context, nick string, rank Rank) (_ Person, err error) {
	defer wrap(&err, "give rank")
	if err := a.mayDo(ctx, appoints); err != nil {
		return Person{}, err
	}
	p, err := a.named(ctx, nick)
	if err != nil || p.Rank == rank {
		return public(p, err)
	}
	if !RankOwner.Appoints(rank) || p.Rank == RankGuest {
		return Person{}, &Error{Code: NotAllowed}
	}
	if p.Rank == RankOwner && a.me.Rank != operator {
		owners, err := a.s.Reader.Owners(ctx)
		if err != nil {
			return Person{}, err
		}
		if owners < 2 {
			return Person{}, &Error{Code: LastOwner}
		}
	}
	if err := a.rule(ctx, RankGiven{User: p.ID, Rank: rank}); err != nil {
		return Person{}, err
	}
	return public(a.s.Reader.Person(ctx, p.ID))
}

// Standing is somebody as those see them who look after the server.
type Standing struct {
	Person
	Here   bool
	Seen   time.Time // zero: never that it was noted
	Banned *Ban      // nil if they may come in
}

// People lists those whose nick begins with prefix and comes after another, in
// alphabetical order, at most limit.
func (a *Actor) People(ctx context.Context, prefix string, after Nick, limit int) (_ []Standing, err error) {
	defer wrap(&err, "people")
	if err := a.mayDo(ctx, moderates); err != nil {
		return nil, err
	}
	folded := string(foldHandle(prefix))
	if folded == "" && prefix != "" {
		return nil, nil
	}
	people, err := a.s.Reader.People(ctx, folded, after, limit)
	if err != nil {
		return nil, err
	}
	bans, err := a.s.Reader.Bans(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Standing, len(people))
	for i, p := range people {
		list[i] = Standing{Person: p, Here: a.s.Feed.IsHere(p.ID)}
		list[i].Keys, list[i].Passphrase = nil, ""
		if b := inForce(bans, a.s.Now(), func(b Ban) bool { return b.User == p.ID }); b != nil {
			list[i].Banned = b
		}
		var m Marks
		raw, err := a.s.Reader.Value(ctx, p.ID, MarksSlot)
		if err == nil && len(raw) > 0 {
			err = json.Unmarshal(raw, &m)
		}
		if err != nil {
			return nil, err
		}
		if m.Seen > 0 {
			list[i].Seen = time.Unix(m.Seen, 0).UTC()
		}
	}
	return list, nil
}

// named finds somebody by nick; NoPerson has the nearest one as its hint.
func (a *Actor) named(ctx context.Context, typed string) (Person, error) {
	ids, err := a.people(ctx, []string{typed})
	if err != nil {
		return Person{}, err
	}
	return a.s.Reader.Person(ctx, ids[0])
}

// over finds somebody about whom the person may decide. Whoever may decide nothing
// is refused before anybody is looked for: the answer tells them nothing.
func (a *Actor) over(ctx context.Context, what deed, typed string) (Person, error) {
	if err := a.mayDo(ctx, what); err != nil {
		return Person{}, err
	}
	p, err := a.named(ctx, typed)
	if err != nil {
		return p, err
	}
	rank, err := a.rank(ctx)
	if err == nil && (p.ID == a.me.ID || !below[rank][p.Rank]) {
		err = a.notOver(p)
	}
	return p, err
}

// notOver is why the person may not decide about somebody.
func (a *Actor) notOver(p Person) error {
	if p.ID == a.me.ID {
		return &Error{Code: NotAllowed, Why: WhySelf}
	}
	return &Error{Code: NotAllowed, Name: string(p.Nick), Why: WhyRank}
}

// lasting is over for what is to outlast a visit: a guest comes back under another
// nick, and nothing decided about them would mean anything then.
func (a *Actor) lasting(ctx context.Context, typed string) (Person, error) {
	p, err := a.over(ctx, moderates, typed)
	if err == nil && p.Rank == RankGuest {
		err = &Error{Code: NotAllowed, Name: string(p.Nick), Why: WhyVisit}
	}
	return p, err
}

// rule appends what the person decided and waits for its effect. The projection is
// the judge: of two who decide against each other the first in the log is right, and
// the other gets Conflict.
func (a *Actor) rule(ctx context.Context, body Body) error {
	if wait, ok := a.s.Limiter.Take(a.me.ID, Decisions, 1); !ok {
		return tooFast(wait)
	}
	event := a.s.event(a.me.ID, body)
	at, err := a.s.Log.Append(ctx, event)
	if err == nil {
		err = a.s.Awaiter.Await(ctx, at)
	}
	if err != nil {
		return err
	}
	had, err := a.s.Reader.Decided(ctx, event.ID)
	if err == nil && !had {
		err = &Error{Code: Conflict}
	}
	return err
}
