package readmodel

import (
	"context"

	"charla/server/chat"
)

// Decisions in log order: what makes each of them again stands in the audit log.
func (e Export) Decisions(ctx context.Context, f func(chat.Decision) error) (err error) {
	defer wrap(&err, "read model: export decisions")
	return e.m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			d, err := scanDecision(row)
			if err != nil {
				return err
			}
			return f(d)
		}, selectDecision+"ORDER BY d.pos")
	})
}

// Bans that stand, the oldest first.
func (e Export) Bans(ctx context.Context) ([]chat.Ban, error) { return e.m.Bans(ctx) }

// Reports that are open.
func (e Export) Reports(ctx context.Context, f func(chat.Report) error) (err error) {
	defer wrap(&err, "read model: export reports")
	return e.m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			r, err := scanReport(row)
			if err != nil {
				return err
			}
			return f(r)
		}, selectReport+"WHERE r.closed IS NULL ORDER BY r.pos")
	})
}

// FormerNick is the nick that somebody forgotten had, "" once it was freed.
func (e Export) FormerNick(ctx context.Context, user chat.UserID) (nick chat.Nick, err error) {
	err = e.m.read(ctx, func(c *conn) error {
		return c.row("SELECT coalesce(max(name), '') FROM names WHERE user = ?", user[:]).Scan(&nick)
	})
	return nick, err
}

// Codes that were issued and may be used.
func (e Export) Codes(ctx context.Context, f func(chat.AccessCode) error) (err error) {
	defer wrap(&err, "read model: export codes")
	return e.m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			var a chat.AccessCode
			err := row.Scan(&a.Hash, &a.Purpose, into(&a.For), into(&a.Conversation), &a.Uses, millis{&a.Until}, into(&a.By))
			if err != nil {
				return err
			}
			return f(a)
		}, "SELECT hash, purpose, user, conv, uses, until, by FROM codes ORDER BY pos")
	})
}
