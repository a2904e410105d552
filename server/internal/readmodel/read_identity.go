package readmodel

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"charla/server/chat"
)

// Name is chat.Reader's.
func (m *Model) Name(ctx context.Context, name chat.Nick) (seq uint64, taken bool, err error) {
	defer wrap(&err, "read model: name")
	err = m.read(ctx, func(c *conn) error {
		err := c.row("SELECT seq, user IS NOT NULL OR conv IS NOT NULL FROM names WHERE name = ?", name).Scan(&seq, &taken)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return seq, taken, err
}

// codeColumns are what scanCode reads.
const codeColumns = "hash, purpose, user, conv, uses, until, by"

func scanCode(row scanner) (c chat.AccessCode, err error) {
	err = row.Scan(&c.Hash, &c.Purpose, into(&c.For), into(&c.Conversation), &c.Uses, millis{&c.Until}, into(&c.By))
	return c, err
}

func (c *conn) accessCode(hash chat.CodeHash) (chat.AccessCode, error) {
	code, err := scanCode(c.row("SELECT "+codeColumns+" FROM codes WHERE hash = ?", hash))
	if err != nil {
		return chat.AccessCode{}, missing(err, chat.CodeWrong, "")
	}
	return code, nil
}

// AccessCode is chat.Reader's.
func (m *Model) AccessCode(ctx context.Context, hash chat.CodeHash) (code chat.AccessCode, err error) {
	defer wrap(&err, "read model: code")
	err = m.read(ctx, func(c *conn) error {
		code, err = c.accessCode(hash)
		return err
	})
	return code, err
}

// LoginCodeOpen is chat.Reader's.
func (m *Model) LoginCodeOpen(ctx context.Context, user chat.UserID, now time.Time) (open bool, err error) {
	defer wrap(&err, "read model: login code")
	err = m.read(ctx, func(c *conn) error {
		open, err = c.exists("SELECT 1 FROM codes WHERE user = ? AND until > ? LIMIT 1", user[:], now.UnixMilli())
		return err
	})
	return open, err
}

// CodesBy is chat.Reader's.
func (m *Model) CodesBy(ctx context.Context, user chat.UserID, now time.Time) (codes []chat.AccessCode, err error) {
	defer wrap(&err, "read model: codes")
	err = m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			code, err := scanCode(row)
			codes = append(codes, code)
			return err
		}, "SELECT "+codeColumns+" FROM codes WHERE by IS ? AND until > ? ORDER BY pos", key(user), now.UnixMilli())
	})
	return codes, err
}

// Codes is chat.Reader's.
func (m *Model) Codes(ctx context.Context, now time.Time, limit int) (codes []chat.AccessCode, err error) {
	defer wrap(&err, "read model: all codes")
	err = m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			code, err := scanCode(row)
			codes = append(codes, code)
			return err
		}, "SELECT "+codeColumns+" FROM codes WHERE until > ? ORDER BY by, pos LIMIT ? + 0", now.UnixMilli(), max(limit, 0))
	})
	return codes, err
}

// Guests is chat.Reader's.
func (m *Model) Guests(ctx context.Context) (guests []chat.UserID, err error) {
	defer wrap(&err, "read model: guests")
	err = m.read(ctx, func(c *conn) error {
		guests, err = ids[chat.Person](c, `SELECT p.id FROM names n JOIN people p ON p.id = n.user
			WHERE n.name >= 'guest-' AND n.name < 'guest.' AND p.rank = 'guest' ORDER BY n.name`) // "." follows "-"
		return err
	})
	return guests, err
}
