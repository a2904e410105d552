package chattest

import (
	"fmt"
	"net/netip"
	"time"

	"charla/server/chat"
)

// decision makes e one of those who look after the server, or of whoever would like
// to. Every third is the operator's, or nobody would ever have a rank.
func (m *inventor) decision(e chat.Event) chat.Event {
	if m.r.IntN(3) == 0 {
		e.By = chat.UserID{}
	}
	reason := pick(m.r, []string{"", "spam", "insults"})
	later := e.At.Add(time.Duration(m.r.IntN(5)-1) * time.Hour)
	switch m.r.IntN(14) {
	case 0, 1, 2:
		e.Body = chat.RankGiven{User: m.who(), Rank: pick(m.r, []chat.Rank{chat.RankOwner, chat.RankAdmin, chat.RankMember, chat.RankGuest, "king"})}
	case 3:
		e.Body = chat.PersonWarned{User: m.who(), Reason: reason}
	case 4, 5:
		e.Body = chat.PersonSilenced{User: m.who(), Until: pick(m.r, []time.Time{{}, later}), Reason: reason}
	case 6:
		e.Body = chat.PersonKicked{User: m.who(), Reason: reason}
	case 7, 8:
		e.Body = chat.Banned{Ban: m.ban(later, reason)}
	case 9:
		e.Body = chat.BanLifted{Ban: m.oneOf(m.bans)}
	case 10, 11:
		e.Body = chat.Reported{Message: chat.MessageID(m.oneOf(m.posted)), Reason: reason}
	case 12:
		e.Body = chat.ReportClosed{Report: m.oneOf(m.reports), Outcome: reason}
	default:
		nick := pick(m.r, m.nicks[3:])
		e.Body = chat.NickFreed{Nick: chat.Nick(nick)}
		if m.r.IntN(4) == 0 {
			e.Body = chat.PersonForgotten{User: m.id(nick)}
		}
	}
	if m.r.IntN(20) == 0 {
		e.ID = chat.EventID(m.message())
	}
	switch e.Body.(type) {
	case chat.Banned:
		m.bans = append(m.bans, e.ID)
	case chat.Reported:
		m.reports = append(m.reports, e.ID)
	}
	return e
}

// oneOf is an event of those, or any.
func (m *inventor) oneOf(events []chat.EventID) chat.EventID {
	if len(events) == 0 {
		return chat.EventID(m.message())
	}
	return pick(m.r, events)
}

func (m *inventor) ban(until time.Time, reason string) chat.Ban {
	b := chat.Ban{Until: pick(m.r, []time.Time{{}, until}), Reason: reason}
	switch m.r.IntN(4) {
	case 0:
		b.User = m.who()
	case 1:
		b.Key = fmt.Sprintf("SHA256:%d", m.r.IntN(3))
	case 2:
		b.Network = pick(m.r, []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("0.0.0.0/1")})
	default:
		b.User, b.Key = m.who(), "SHA256:0"
	}
	return b
}

// judged notes what a view says of those who look after the server.
func (s *stage) judged(v chat.View, note func(what string, answer any, err error)) {
	ctx := s.t.Context()
	owners, err := v.Owners(ctx)
	note("owners", owners, err)
	people, err := v.People(ctx, "", "beto", 3)
	note("people", people, err)
	bans, err := v.Bans(ctx)
	for _, b := range bans {
		note("ban", fmt.Sprintf("%+v", b), err) // with what JSON leaves out
	}
	audit, err := v.Audit(ctx, 0, 1000)
	note("audit", audit, err)
	some, err := v.Audit(ctx, chat.PositionAt(100, 0), 3)
	note("some of it", some, err)
	reports, err := v.Reports(ctx, 1000)
	note("reports", reports, err)
	for _, d := range audit {
		if d.Kind == chat.KindOf(chat.ReportClosed{}) {
			id, _ := chat.ParseID[chat.Event](d.Subject)
			r, err := v.Report(ctx, id)
			note("closed", r, err)
		}
		had, err := v.Decided(ctx, d.ID)
		note("decided", had, err)
	}
	forgetting, err := v.Forgetting(ctx)
	note("forgetting", forgetting, err)
	for _, nick := range s.everybody() {
		open, err := v.ReportsBy(ctx, s.id(nick))
		note("reports of "+nick, open, err)
		warnings, err := v.Warnings(ctx, s.id(nick), 0, 100)
		note("warnings of "+nick, warnings, err)
		slots, err := v.Slots(ctx, s.id(nick))
		note("slots of "+nick, slots, err)
		found, err := v.PersonByNick(ctx, chat.Nick(nick))
		note("called "+nick, found, err)
	}
	nicks, err := v.Nicks(ctx, "", 100)
	note("nicks", nicks, err)
}
