package chat

import (
	"context"
	"strings"
)

// MaxReports is how many open reports one person may have.
const MaxReports = 20

// Report shows a message that the person can read to those who look after the
// server; its author is not told. What it says now is kept until the report is
// closed. Reporting a message twice is one report.
func (a *Actor) Report(ctx context.Context, id MessageID, reason string) (_ EventID, err error) {
	defer wrap(&err, "report")
	if err := a.mayDo(ctx, reports); err != nil {
		return EventID{}, err
	}
	if reason, err = cleanReason(reason); err != nil {
		return EventID{}, err
	}
	m, err := a.Message(ctx, id)
	switch {
	case err != nil:
		return EventID{}, err
	case m.Retracted || m.Expired:
		return EventID{}, &Error{Code: NoMessage}
	case m.From == a.me.ID:
		return EventID{}, &Error{Code: NotAllowed, Why: WhyOwn}
	}
	if wait, ok := a.s.Limiter.Take(a.me.ID, Reports, 1); !ok {
		return EventID{}, tooFast(wait)
	}
	open, err := a.s.Reader.ReportsBy(ctx, a.me.ID)
	if err != nil {
		return EventID{}, err
	}
	if open >= MaxReports {
		return EventID{}, &Error{Code: TooMany, Name: "reports", Limit: MaxReports}
	}
	event := a.s.event(a.me.ID, Reported{Message: id, Reason: reason})
	at, err := a.s.Log.Append(ctx, event)
	if err == nil {
		err = a.s.Awaiter.Await(ctx, at)
	}
	return event.ID, err
}

// Reports lists what is to be seen to, the oldest first, at most limit. What is
// about the person themselves is for others to see to.
func (a *Actor) Reports(ctx context.Context, limit int) (_ []Report, err error) {
	defer wrap(&err, "reports")
	if err := a.mayDo(ctx, moderates); err != nil {
		return nil, err
	}
	open, err := a.s.Reader.Reports(ctx, limit)
	var list []Report
	for _, r := range open {
		if r.Author != a.me.ID {
			list = append(list, r)
		}
	}
	return list, err
}

// CloseReport says that a report was dealt with, and how. Its text is gone then.
func (a *Actor) CloseReport(ctx context.Context, id EventID, outcome string) (err error) {
	defer wrap(&err, "close report")
	if err := a.mayDo(ctx, moderates); err != nil {
		return err
	}
	if outcome, err = cleanReason(outcome); err != nil {
		return err
	}
	r, err := a.s.Reader.Report(ctx, id)
	if err == nil && (!r.Closed.IsZero() || r.Author == a.me.ID) {
		err = &Error{Code: NothingPending, Name: id.String()}
	}
	if err != nil {
		return err
	}
	return a.rule(ctx, ReportClosed{Report: id, Outcome: outcome})
}

// ReportText is what of a message stays with a report.
func ReportText(m Message) string {
	if m.File == nil {
		return m.Text
	}
	return strings.TrimSpace("[" + m.File.Name + "] " + m.Text)
}
