package chat

import (
	"context"
	"time"
	"unicode/utf8"
)

// MaxTerm is the longest term of a silence or ban; what lasts longer has none.
const MaxTerm = 10 * 365 * 24 * time.Hour

// cleanReason is a reason as it is kept, "" if none shows; LongReason beyond
// MaxReason characters.
func cleanReason(s string) (string, error) {
	reason := OneLine(s, MaxReason+1)
	if utf8.RuneCountInString(reason) > MaxReason {
		return "", &Error{Code: LongReason, Limit: MaxReason}
	}
	if !seen(reason) {
		return "", nil
	}
	return reason, nil
}

// Warn tells somebody what is not done here, at once or when they come.
func (a *Actor) Warn(ctx context.Context, nick, reason string) (err error) {
	defer wrap(&err, "warn")
	p, reason, err := a.about(ctx, nick, reason)
	if err != nil {
		return err
	}
	if reason == "" {
		return &Error{Code: TextEmpty}
	}
	return a.rule(ctx, PersonWarned{User: p.ID, Reason: reason})
}

// Silence lets somebody read and not write for a term, in place of another one unless
// somebody above the person decided that. It returns until when.
func (a *Actor) Silence(ctx context.Context, nick string, term time.Duration, reason string) (_ time.Time, err error) {
	defer wrap(&err, "silence")
	p, err := a.lasting(ctx, nick)
	if err == nil && p.Silenced.After(a.s.Now()) {
		err = a.overrules(ctx, p.SilencedAs)
	}
	if err != nil {
		return time.Time{}, err
	}
	if reason, err = cleanReason(reason); err != nil {
		return time.Time{}, err
	}
	until := a.until(min(max(term, time.Minute), MaxTerm))
	return until, a.rule(ctx, PersonSilenced{User: p.ID, Until: until, Reason: reason})
}

// Unsilence lets them write again.
func (a *Actor) Unsilence(ctx context.Context, nick string) (err error) {
	defer wrap(&err, "unsilence")
	p, err := a.over(ctx, moderates, nick)
	if err != nil {
		return err
	}
	if !p.Silenced.After(a.s.Now()) {
		return &Error{Code: NothingPending, Name: string(p.Nick), Why: WhyNotSilenced}
	}
	if err := a.overrules(ctx, p.SilencedAs); err != nil {
		return err
	}
	return a.rule(ctx, PersonSilenced{User: p.ID})
}

// Kick ends all sessions of somebody, who may come back. Whoever was not here reads
// the reason when they come, and has a transfer ended that may be running.
func (a *Actor) Kick(ctx context.Context, nick, reason string) (here bool, err error) {
	defer wrap(&err, "kick")
	p, reason, err := a.about(ctx, nick, reason)
	if err != nil {
		return false, err
	}
	here = a.s.Feed.IsHere(p.ID)
	return here, a.rule(ctx, PersonKicked{User: p.ID, Reason: reason})
}

// about is over with the reason of what is decided.
func (a *Actor) about(ctx context.Context, nick, reason string) (Person, string, error) {
	p, err := a.over(ctx, moderates, nick)
	if err != nil {
		return p, "", err
	}
	reason, err = cleanReason(reason)
	return p, reason, err
}

// until is when a term from now is over.
func (a *Actor) until(term time.Duration) time.Time {
	return a.s.Now().UTC().Truncate(time.Millisecond).Add(term)
}

// Warnings lists what the person was told by those who look after the server and
// has not seen yet, the oldest first.
func (a *Actor) Warnings(ctx context.Context) ([]Warning, error) {
	raw, err := a.s.Reader.Value(ctx, a.me.ID, WarnedSlot)
	if err != nil {
		return nil, err
	}
	return a.s.Reader.Warnings(ctx, a.me.ID, parsePosition(raw), mostWarnings)
}

// mostWarnings is how many warnings are told at once.
const mostWarnings = 20

// Warned notes that the person has seen their warnings up to a position. Durable
// when it returns.
func (a *Actor) Warned(ctx context.Context, upto Position) error {
	return a.put(ctx, WarnedSlot, formatPosition(upto))
}

// WarnedSlot holds up to which position a person has seen their warnings.
const WarnedSlot Slot = "warned"

// silence is Silent if the person may not write on this server now and asks for
// what a muted member may not do either. Their notes stay theirs, and so do talks
// with those who can tell them why.
func (a *Actor) silence(ctx context.Context, what action, c Conversation, until time.Time) error {
	wait := until.Sub(a.s.Now())
	if wait <= 0 || permissions[c.Kind][muted][what] {
		return nil
	}
	if c.Kind == Talk {
		peer, err := a.s.Reader.Person(ctx, c.Peer)
		if err != nil {
			return err
		}
		if peer.ID == a.me.ID || peer.Rank.LooksAfter() {
			return nil
		}
	}
	return &Error{Code: Silent, Wait: wait}
}
