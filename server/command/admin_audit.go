package command

import (
	"context"
	"strconv"

	"charla/server/chat"
	"charla/server/i18n"
)

var adminAudit = Command{
	English: []string{"admin audit"}, Spanish: []string{"admin registro"}, For: owners,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Audit },
	Flags: []Flag{{Name: "last", Value: true}, {Name: "before", Value: true}},
	run:   runAudit,
}

// runAudit prints decisions, the newest first. The position of the last one, which
// --json tells, is what --before takes to go on.
func runAudit(ctx context.Context, c *Call) error {
	left, err := c.number("last", readLast)
	if err != nil {
		return err
	}
	at, err := c.number("before", 0)
	if err != nil {
		return err
	}
	none := c.Words.Command.None.Decisions
	if at != 0 {
		none = c.Words.Command.None.Earlier
	}
	before, n := chat.Position(at), 0
	for left > 0 {
		page, err := c.Actor.Audit(ctx, before, int(min(left, pageSize)))
		if err != nil || len(page) == 0 {
			return c.orNone(n, err, none)
		}
		for _, d := range page {
			if err := c.decision(d); err != nil {
				return err
			}
			before = d.Position
		}
		left, n = left-uint64(len(page)), n+len(page)
	}
	return nil
}

// number is a flag's, or without.
func (c *Call) number(flag string, without uint64) (uint64, error) {
	typed, given := c.Flags[flag]
	if !given {
		return without, nil
	}
	n, err := strconv.ParseUint(typed, 10, 62)
	if err != nil || n == 0 {
		return 0, c.wrong("--" + flag + " " + chat.OneLine(typed, 20))
	}
	return n, nil
}

// decisionJSON is a line of the audit log as --json prints it.
type decisionJSON struct {
	Position chat.Position `json:"position"` // for --before
	At       string        `json:"at"`
	By       string        `json:"by"`
	Kind     string        `json:"kind"`
	Nick     string        `json:"nick,omitempty"`
	Person   string        `json:"person,omitempty"` // stays when the nick is gone
	Subject  string        `json:"subject,omitempty"`
	Until    string        `json:"until,omitempty"`
	Reason   string        `json:"reason,omitempty"`
}

// decision prints one: "2026-01-02 10:00 UTC  ada  silenced beto  until …  spam".
func (c *Call) decision(d chat.Decision) error {
	w := &c.Words.Command.Admin
	by := d.ByNick
	if d.By.IsZero() {
		by = system
	}
	if c.JSON {
		return c.object(decisionJSON{
			Position: d.Position, At: stamp(d.At), By: string(by), Kind: d.Kind, Nick: string(d.Nick), Person: d.User.String(),
			Subject: d.Subject, Until: stamp(d.Until), Reason: d.Reason,
		})
	}
	about := ""
	if d.By.IsZero() {
		by = chat.Nick(w.Operator)
	}
	if !d.User.IsZero() {
		about = c.nick(d.Nick, d.User)
	}
	return c.columns(c.until(d.At), c.nick(by, d.By), w.Decision(d.Kind, about, clean(d.Subject), !d.Until.IsZero()), c.until(d.Until), clean(d.Reason))
}
