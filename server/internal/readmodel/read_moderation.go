package readmodel

import (
	"context"

	"charla/server/chat"
)

// Owners is chat.Reader's.
func (m *Model) Owners(ctx context.Context) (n int, err error) {
	defer wrap(&err, "read model: owners")
	err = m.read(ctx, func(c *conn) error {
		n, err = c.owners()
		return err
	})
	return n, err
}

// People is chat.Reader's.
func (m *Model) People(ctx context.Context, prefix string, after chat.Nick, limit int) (people []chat.Person, err error) {
	defer wrap(&err, "read model: people")
	err = m.read(ctx, func(c *conn) error {
		list, err := ids[chat.Person](c, `SELECT p.id FROM names n JOIN people p ON p.id = n.user
			WHERE n.name >= ?1 AND n.name < ?2 AND n.name > ?3 AND NOT p.forgotten ORDER BY n.name LIMIT ?4 + 0`,
			prefix, prefix+"\U0010ffff", after, max(limit, 0))
		for _, id := range list {
			p, err := c.person(id, "")
			if err != nil {
				return err
			}
			people = append(people, p)
		}
		return err
	})
	return people, err
}

// Warnings is chat.Reader's.
func (m *Model) Warnings(ctx context.Context, user chat.UserID, after chat.Position, limit int) (list []chat.Warning, err error) {
	defer wrap(&err, "read model: warnings")
	err = m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			var w chat.Warning
			err := row.Scan(&w.Position, millis{&w.At}, &w.Kind, orNever{&w.Until}, &w.Reason)
			list = append(list, w)
			return err
		}, "SELECT pos, at, kind, until, reason FROM warnings WHERE user = ? AND pos > ? ORDER BY pos LIMIT ? + 0", user[:], after, max(limit, 0))
	})
	return list, err
}

const selectReport = `SELECT r.id, r.at, r.by, b.nick, r.author, a.nick, r.message, r.text, r.reason, r.closed, r.closer, r.outcome
	FROM reports r JOIN people b ON b.id = r.by JOIN people a ON a.id = r.author `

func scanReport(row scanner) (r chat.Report, err error) {
	err = row.Scan(into(&r.ID), millis{&r.At}, into(&r.By), &r.ByNick, into(&r.Author), &r.Nick, into(&r.Message), &r.Text, &r.Reason,
		orNever{&r.Closed}, into(&r.Closer), &r.Outcome)
	return r, err
}

// Report is chat.Reader's.
func (m *Model) Report(ctx context.Context, id chat.EventID) (r chat.Report, err error) {
	defer wrap(&err, "read model: report")
	err = m.read(ctx, func(c *conn) error {
		r, err = scanReport(c.row(selectReport+"WHERE r.id = ?", id[:]))
		return missing(err, chat.NothingPending, id.String())
	})
	return r, err
}

// Reports is chat.Reader's.
func (m *Model) Reports(ctx context.Context, limit int) (list []chat.Report, err error) {
	defer wrap(&err, "read model: reports")
	err = m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			r, err := scanReport(row)
			list = append(list, r)
			return err
		}, selectReport+"WHERE r.closed IS NULL ORDER BY r.pos LIMIT ? + 0", max(limit, 0))
	})
	return list, err
}

// ReportsBy is chat.Reader's.
func (m *Model) ReportsBy(ctx context.Context, user chat.UserID) (n int, err error) {
	defer wrap(&err, "read model: reports of a person")
	err = m.read(ctx, func(c *conn) error {
		return c.row("SELECT count(*) FROM reports WHERE by = ? AND closed IS NULL", user[:]).Scan(&n)
	})
	return n, err
}

// Decided is chat.Reader's.
func (m *Model) Decided(ctx context.Context, id chat.EventID) (had bool, err error) {
	defer wrap(&err, "read model: decided")
	err = m.read(ctx, func(c *conn) error {
		had, err = c.exists("SELECT 1 FROM audit WHERE id = ?", id[:])
		return err
	})
	return had, err
}

const selectDecision = `SELECT d.id, d.pos, d.at, d.by, b.nick, d.kind, d.user, u.nick, d.subject, d.until, d.reason
	FROM audit d LEFT JOIN people b ON b.id = d.by LEFT JOIN people u ON u.id = d.user `

func scanDecision(row scanner) (d chat.Decision, err error) {
	err = row.Scan(into(&d.ID), &d.Position, millis{&d.At}, into(&d.By), nullable(&d.ByNick), &d.Kind, into(&d.User), nullable(&d.Nick),
		&d.Subject, orNever{&d.Until}, &d.Reason)
	return d, err
}

// Audit is chat.Reader's.
func (m *Model) Audit(ctx context.Context, before chat.Position, limit int) (list []chat.Decision, err error) {
	defer wrap(&err, "read model: audit")
	if before == 0 {
		before = 1<<63 - 1
	}
	err = m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			d, err := scanDecision(row)
			list = append(list, d)
			return err
		}, selectDecision+"WHERE d.pos < ? ORDER BY d.pos DESC LIMIT ? + 0", before, max(limit, 0))
	})
	return list, err
}

// Forgetting is chat.Reader's.
func (m *Model) Forgetting(ctx context.Context) (list []chat.UserID, err error) {
	defer wrap(&err, "read model: forgetting")
	err = m.read(ctx, func(c *conn) error {
		list, err = ids[chat.Person](c, "SELECT user FROM forgetting ORDER BY user")
		return err
	})
	return list, err
}

// Slots is chat.Reader's.
func (m *Model) Slots(ctx context.Context, user chat.UserID) (list []chat.Slot, err error) {
	defer wrap(&err, "read model: slots")
	err = m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			var s chat.Slot
			err := row.Scan(&s)
			list = append(list, s)
			return err
		}, "SELECT slot FROM shelf WHERE user = ? ORDER BY slot", user[:])
	})
	return list, err
}
