package chattest

import (
	"slices"
	"time"

	"charla/server/chat"
)

// moderation is what those who look after the server decided.
type moderation struct {
	bans       []chat.Ban
	warnings   map[chat.UserID][]chat.Warning
	reports    []*chat.Report
	audit      []chat.Decision
	forgetting []*forgetting
}

// forgetting is how far somebody's conversations were looked through.
type forgetting struct {
	user chat.UserID
	conv chat.ConversationID
	n    chat.Number
}

// judge is the rank of an event's author: the operator's of nobody.
func (v *View) judge(id chat.UserID) chat.Rank {
	if id.IsZero() {
		return chat.RankOperator
	}
	return v.rank(id)
}

// living is a person who is there: not forgotten, and no guest who left.
func (v *View) living(id chat.UserID) *chat.Person {
	if p := v.person(id); p != nil && !p.Forgotten && !v.gone[id] {
		return p
	}
	return nil
}

func (v *View) moderated(at chat.Position, e chat.Event) {
	by := v.judge(e.By)
	if v.isDecided(e.ID) {
		by = ""
	}
	switch b := e.Body.(type) {
	case chat.RankGiven:
		v.rankGiven(at, e, by, b)
	case chat.PersonWarned:
		if v.over(e, by, b.User) && b.Reason != "" {
			v.caution(at, e, b.User, time.Time{}, b.Reason)
			v.decided(at, e, chat.Decision{User: b.User, Reason: b.Reason})
		}
	case chat.PersonSilenced:
		v.silenced(at, e, by, b)
	case chat.PersonKicked:
		if !v.over(e, by, b.User) {
			return
		}
		if b.Reason != "" {
			v.caution(at, e, b.User, time.Time{}, b.Reason)
		}
		v.tell(chat.Change{Kind: chat.Expelled, Position: at, User: b.User, Reason: "kicked", Said: b.Reason})
		v.decided(at, e, chat.Decision{User: b.User, Reason: b.Reason})
	case chat.Banned:
		v.banned(at, e, by, b.Ban)
	case chat.BanLifted:
		v.banLifted(at, e, by, b)
	case chat.Reported:
		v.reported(e, b)
	case chat.ReportClosed:
		v.reportClosed(at, e, by, b)
	case chat.PersonForgotten:
		v.forgotten(at, e, by, b)
	case chat.NickFreed:
		v.nickFreed(at, e, by, b)
	}
}

func (v *View) isDecided(id chat.EventID) bool {
	return slices.ContainsFunc(v.audit, func(d chat.Decision) bool { return d.ID == id })
}

func (v *View) decided(at chat.Position, e chat.Event, d chat.Decision) {
	if v.isDecided(e.ID) {
		return
	}
	d.ID, d.Position, d.At, d.By, d.Kind = e.ID, at, e.At, e.By, chat.KindOf(e.Body)
	v.audit = append(v.audit, d)
}

func (v *View) over(e chat.Event, by chat.Rank, user chat.UserID) bool {
	return !user.IsZero() && user != e.By && by.Moderates(v.rank(user))
}

func (v *View) owners() (n int) {
	for _, p := range v.people {
		if p.Rank == chat.RankOwner {
			n++
		}
	}
	return n
}

func (v *View) rankGiven(at chat.Position, e chat.Event, by chat.Rank, b chat.RankGiven) {
	p := v.living(b.User)
	if p == nil || p.Rank == chat.RankGuest || p.Rank == b.Rank || !by.Appoints(b.Rank) {
		return
	}
	if p.Rank == chat.RankOwner && by != chat.RankOperator && v.owners() < 2 {
		return
	}
	p.Rank = b.Rank
	v.tell(chat.Change{Kind: chat.Ranked, Position: at, User: b.User, Reason: string(b.Rank)})
	v.decided(at, e, chat.Decision{User: b.User, Subject: string(b.Rank)})
}

func (v *View) caution(at chat.Position, e chat.Event, user chat.UserID, until time.Time, reason string) {
	w := chat.Warning{Position: at, At: e.At, Kind: chat.KindOf(e.Body), Until: until, Reason: reason}
	v.warnings[user] = append(v.warnings[user], w)
	v.tell(chat.Change{Kind: chat.Cautioned, Position: at, User: user, Reason: reason})
}

func (v *View) silenced(at chat.Position, e chat.Event, by chat.Rank, b chat.PersonSilenced) {
	if !v.over(e, by, b.User) || !b.Until.IsZero() && !b.Until.After(e.At) {
		return
	}
	p := v.person(b.User)
	if b.Until.IsZero() && p.Silenced.IsZero() || p.Silenced.After(e.At) && !by.Overrules(p.SilencedAs) {
		return
	}
	p.Silenced, p.SilencedBy, p.SilencedAs = b.Until, e.By, by
	v.caution(at, e, b.User, b.Until, b.Reason)
	v.decided(at, e, chat.Decision{User: b.User, Until: b.Until, Reason: b.Reason})
}

// silent reports whether an event's author may not write in c because they are
// silenced.
func (v *View) silent(e chat.Event, c *conversation) bool {
	p := v.person(e.By)
	if p == nil || !p.Silenced.After(e.At) {
		return false
	}
	if c.kind != chat.Talk {
		return true
	}
	other, _ := v.peer(e.By, c)
	rank := v.rank(other)
	return other != e.By && rank != chat.RankOwner && rank != chat.RankAdmin
}

// permits reports whether an event's author may write what it says there.
func (v *View) permits(e chat.Event, id chat.ConversationID) bool {
	c := v.conv(id)
	return c.seat(e.By).Lets(e.Body) && !v.silent(e, c)
}

func (v *View) banned(at chat.Position, e chat.Event, by chat.Rank, b chat.Ban) {
	if !by.LooksAfter() || !b.Valid(e.At) || !b.User.IsZero() && !v.over(e, by, b.User) {
		return
	}
	if may, _ := by.KeepsOut(b.Network); b.Network.IsValid() && !may {
		return
	}
	if slices.ContainsFunc(v.bans, func(o chat.Ban) bool { return o.Same(b) && o.In(e.At) && !by.Overrules(o.As) }) {
		return
	}
	for _, p := range v.people {
		held := slices.ContainsFunc(p.Keys, func(k chat.Key) bool { return k.Fingerprint == b.Key })
		if held && !v.over(e, by, p.ID) {
			return
		}
	}
	v.bans = slices.DeleteFunc(slices.Clone(v.bans), func(o chat.Ban) bool { return !o.In(e.At) || o.Same(b) })
	if len(v.bans) >= chat.MaxBans {
		return
	}
	b.ID, b.By, b.As, b.At = e.ID, e.By, by, e.At
	v.bans = append(v.bans, b)
	v.codes = slices.DeleteFunc(v.codes, func(c chat.AccessCode) bool { return v.strikes(b, c.By) || v.strikes(b, c.For) })
	v.tell(chat.Change{Kind: chat.Expelled, Position: at, User: b.User, Reason: "banned", Said: b.Reason, Until: b.Until})
	v.decided(at, e, chat.Decision{User: b.User, Subject: subjectOf(b), Until: b.Until, Reason: b.Reason})
}

// strikes reports whether a ban is of that person, or of a key that they proved.
func (v *View) strikes(b chat.Ban, user chat.UserID) bool {
	p := v.person(user)
	return p != nil && (b.User == user || slices.ContainsFunc(p.Keys, func(k chat.Key) bool { return k.Proven && k.Fingerprint == b.Key }))
}

func subjectOf(b chat.Ban) string {
	if b.Network.IsValid() {
		return b.Network.String()
	}
	return b.Key
}

func (v *View) banLifted(at chat.Position, e chat.Event, by chat.Rank, lifted chat.BanLifted) {
	i := slices.IndexFunc(v.bans, func(b chat.Ban) bool { return b.ID == lifted.Ban })
	if i < 0 || !by.LooksAfter() {
		return
	}
	b := v.bans[i]
	if !by.Overrules(b.As) || !b.User.IsZero() && !v.over(e, by, b.User) {
		return
	}
	v.bans = slices.Delete(slices.Clone(v.bans), i, i+1)
	v.decided(at, e, chat.Decision{User: b.User, Subject: subjectOf(b)})
}

func (v *View) reported(e chat.Event, b chat.Reported) {
	m := v.messages[b.Message]
	if e.By.IsZero() || !v.rank(e.By).Reports() || m == nil || m.From == e.By || !v.stands(m) || m.Hidden {
		return
	}
	if author := v.person(m.From); author.Forgotten {
		return
	}
	c := v.conv(m.Conversation)
	if p := c.part(e.By); c.kind != chat.Room && (p == nil || p.gone && p.left < m.Number) {
		return
	}
	open := 0
	for _, r := range v.reports {
		if r.ID == e.ID {
			return
		}
		if r.By == e.By && r.Closed.IsZero() {
			open++
			if r.Message == b.Message {
				return
			}
		}
	}
	if open < chat.MaxReports {
		v.reports = append(v.reports, &chat.Report{
			ID: e.ID, At: e.At, By: e.By, Author: m.From, Message: m.ID, Text: chat.ReportText(*m), Reason: b.Reason,
		})
	}
}

func (v *View) reportClosed(at chat.Position, e chat.Event, by chat.Rank, b chat.ReportClosed) {
	for _, r := range v.reports {
		if r.ID == b.Report && by.LooksAfter() && r.Closed.IsZero() && r.Author != e.By {
			r.Closed, r.Closer, r.Outcome, r.Text = e.At, e.By, b.Outcome, ""
			v.decided(at, e, chat.Decision{Subject: b.Report.String(), Reason: b.Outcome})
		}
	}
}
