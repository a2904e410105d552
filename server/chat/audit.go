package chat

import "context"

// Audit lists what those who look after the server decided before a position (0:
// up to now), the newest first, at most limit. Nobody can change it: it is read
// from the log.
func (a *Actor) Audit(ctx context.Context, before Position, limit int) (_ []Decision, err error) {
	defer wrap(&err, "audit")
	if err := a.mayDo(ctx, audits); err != nil {
		return nil, err
	}
	return a.s.Reader.Audit(ctx, before, limit)
}

// KindOf is what an event of that body is called in the log.
func KindOf(b Body) string { return b.kind() }

// Again is the body of an event that decides the same, nil for one of another topic.
// A ban that was lifted is named by its target, which bans finds.
func (d Decision) Again(bans []Ban) Body {
	target := Ban{User: d.User}
	if d.User.IsZero() && d.Subject != "" {
		target, _ = ParseBan(d.Subject)
	}
	switch d.Kind {
	case KindOf(RankGiven{}):
		return RankGiven{User: d.User, Rank: Rank(d.Subject)}
	case KindOf(PersonWarned{}):
		return PersonWarned{User: d.User, Reason: d.Reason}
	case KindOf(PersonSilenced{}):
		return PersonSilenced{User: d.User, Until: d.Until, Reason: d.Reason}
	case KindOf(PersonKicked{}):
		return PersonKicked{User: d.User, Reason: d.Reason}
	case KindOf(Banned{}):
		target.Until, target.Reason = d.Until, d.Reason
		return Banned{Ban: target}
	case KindOf(BanLifted{}):
		for _, b := range bans {
			if b.Same(target) {
				return BanLifted{Ban: b.ID}
			}
		}
		return BanLifted{}
	case KindOf(ReportClosed{}):
		id, _ := ParseID[Event](d.Subject)
		return ReportClosed{Report: id, Outcome: d.Reason}
	case KindOf(PersonForgotten{}):
		return PersonForgotten{User: d.User}
	case KindOf(NickFreed{}):
		return NickFreed{Nick: Nick(d.Subject)}
	}
	return nil
}
