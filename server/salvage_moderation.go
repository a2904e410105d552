package server

import (
	"context"
	"slices"
	"time"

	"charla/server/chat"
	"charla/server/internal/readmodel"
)

// reports brings back those that are open, of messages that can be read still.
func (v *salvage) reports(ctx context.Context) error {
	return v.old.Reports(ctx, func(r chat.Report) error {
		if _, err := v.view.Report(ctx, r.ID); chat.CodeOf(err) != chat.NothingPending {
			return err
		}
		v.restored++
		_, err := v.s.journal.Append(ctx, chat.Event{ID: r.ID, At: r.At, By: r.By, Body: chat.Reported{Message: r.Message, Reason: r.Reason}})
		return err
	})
}

// decisions says again what those who look after the server decided and the log does
// not know, each as it was and in its order: so each is judged as it was.
func (v *salvage) decisions(ctx context.Context) error {
	return v.old.Decisions(ctx, func(d chat.Decision) error { return v.decided(ctx, d) })
}

// freed says first again who was let in again or may write again: what they said and
// made since then has no effect in a log that knows of nothing but the ban. What those
// cannot decide whose rank the log does not know yet, decisions says once more.
func (v *salvage) freed(ctx context.Context) error {
	return v.old.Decisions(ctx, func(d chat.Decision) error {
		if d.Kind == chat.KindOf(chat.BanLifted{}) || d.Kind == chat.KindOf(chat.PersonSilenced{}) && d.Until.IsZero() {
			return v.decided(ctx, d)
		}
		return nil
	})
}

// released lifts, as the operator would, the bans and silences of people who own
// something, for the rest is brought back in their name; confined decides them again.
// A repair that is cut off between the two is to be done again, and standing holds them.
func (v *salvage) released(ctx context.Context) error {
	owners := map[chat.UserID]bool{}
	err := v.old.Gatherings(ctx, func(g readmodel.Gathering) error {
		for _, m := range g.Members {
			if m.Role == chat.RoleOwner && m.Gone == 0 {
				owners[m.User] = true
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	bans, err := v.view.Bans(ctx)
	if err != nil {
		return err
	}
	for _, b := range bans {
		if owners[b.User] && b.In(v.s.now()) {
			by, err := v.decider(ctx, b.By, b.As)
			if err != nil {
				return err
			}
			v.held = append(v.held, v.event(by, chat.Banned{Ban: b}))
			if err := v.say(ctx, v.event(chat.UserID{}, chat.BanLifted{Ban: b.ID})); err != nil {
				return err
			}
		}
	}
	for user := range owners {
		p, err := v.view.Person(ctx, user)
		if chat.CodeOf(err) == chat.NoPerson || err == nil && !p.Silenced.After(v.s.now()) {
			continue
		}
		if err != nil {
			return err
		}
		by, err := v.decider(ctx, p.SilencedBy, p.SilencedAs)
		if err != nil {
			return err
		}
		v.held = append(v.held, v.event(by, chat.PersonSilenced{User: user, Until: p.Silenced}))
		if err := v.say(ctx, v.event(chat.UserID{}, chat.PersonSilenced{User: user})); err != nil {
			return err
		}
	}
	return nil
}

// decider is who decides again what somebody decided as a rank: the operator where they
// are below it now, or less would stand in its way than did.
func (v *salvage) decider(ctx context.Context, by chat.UserID, as chat.Rank) (chat.UserID, error) {
	if by.IsZero() {
		return by, nil
	}
	p, err := v.view.Person(ctx, by)
	if err != nil || p.Forgotten || !p.Rank.Overrules(as) {
		return chat.UserID{}, err
	}
	return by, nil
}

func (v *salvage) confined(ctx context.Context) error {
	for _, e := range v.held {
		if err := v.say(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (v *salvage) decided(ctx context.Context, d chat.Decision) error {
	if known, err := v.view.Decided(ctx, d.ID); err != nil || known {
		return err
	}
	bans, err := v.view.Bans(ctx)
	if err != nil {
		return err
	}
	e := chat.Event{ID: d.ID, At: d.At, By: d.By, Body: d.Again(bans)}
	switch b := e.Body.(type) {
	case nil:
		return nil
	case chat.NickFreed:
		version, _, err := v.view.Name(ctx, b.Nick)
		if err != nil {
			return err
		}
		return v.decide(ctx, chat.NameSubject(b.Nick), version, e)
	}
	return v.say(ctx, e)
}

// say appends one event and waits until the view has it.
func (v *salvage) say(ctx context.Context, e chat.Event) error {
	at, err := v.s.journal.Append(ctx, e)
	if err != nil {
		return err
	}
	v.restored++
	return v.s.proj.Await(ctx, at)
}

// standing holds, as the operator would, whatever saying decisions again did not
// bring back: nobody walks in again, or writes, or rules, because a log was lost.
func (v *salvage) standing(ctx context.Context) error {
	err := v.old.People(ctx, func(was chat.Person) error {
		is, err := v.view.Person(ctx, was.ID)
		if chat.CodeOf(err) == chat.NoPerson || err == nil && is.Forgotten {
			return nil
		}
		for _, body := range restored(was, is, v.s.now().UTC()) {
			if err == nil {
				err = v.say(ctx, v.event(chat.UserID{}, body))
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	old, err := v.old.Bans(ctx)
	if err != nil {
		return err
	}
	for _, b := range old {
		now, err := v.view.Bans(ctx)
		if err != nil {
			return err
		}
		if !b.In(v.s.now()) || slices.ContainsFunc(now, b.Same) {
			continue
		}
		if err := v.say(ctx, v.event(chat.UserID{}, chat.Banned{Ban: b})); err != nil {
			return err
		}
	}
	return nil
}

// restored is what makes somebody what they were.
func restored(was, is chat.Person, now time.Time) (bodies []chat.Body) {
	if was.Forgotten {
		return []chat.Body{chat.PersonForgotten{User: was.ID}}
	}
	if was.Rank != is.Rank && chat.RankOwner.Appoints(was.Rank) {
		bodies = append(bodies, chat.RankGiven{User: was.ID, Rank: was.Rank})
	}
	if was.Silenced.After(now) && !was.Silenced.Equal(is.Silenced) {
		bodies = append(bodies, chat.PersonSilenced{User: was.ID, Until: was.Silenced})
	}
	return bodies
}

// codes brings back those with a use left.
func (v *salvage) codes(ctx context.Context) error {
	return v.old.Codes(ctx, func(c chat.AccessCode) error {
		if _, err := v.view.AccessCode(ctx, c.Hash); chat.CodeOf(err) != chat.CodeWrong {
			return err
		}
		return v.say(ctx, v.event(c.By, chat.CodeIssued{Code: c}))
	})
}
