package readmodel

import (
	"context"
	"time"

	"charla/server/chat"
)

// PersonByNick is chat.Reader's.
func (m *Model) PersonByNick(ctx context.Context, nick chat.Nick) (p chat.Person, err error) {
	defer wrap(&err, "read model: person")
	err = m.read(ctx, func(c *conn) error {
		id, err := c.holder(nick)
		if err != nil {
			return err
		}
		p, err = c.person(id, string(nick))
		return err
	})
	return p, err
}

// Person is chat.Reader's.
func (m *Model) Person(ctx context.Context, id chat.UserID) (p chat.Person, err error) {
	defer wrap(&err, "read model: person")
	err = m.read(ctx, func(c *conn) error {
		p, err = c.person(id, "")
		return err
	})
	return p, err
}

// PeopleByKey is chat.Reader's.
func (m *Model) PeopleByKey(ctx context.Context, fingerprint string) (people []chat.Person, err error) {
	defer wrap(&err, "read model: people by key")
	err = m.read(ctx, func(c *conn) error {
		owners, err := ids[chat.Person](c, "SELECT user FROM keys WHERE fingerprint = ? ORDER BY user", fingerprint)
		for _, id := range owners {
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

// Nicks is chat.Reader's.
func (m *Model) Nicks(ctx context.Context, prefix string, limit int) (nicks []chat.Nick, err error) {
	defer wrap(&err, "read model: nicks")
	err = m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			var n chat.Nick
			err := row.Scan(&n)
			nicks = append(nicks, n)
			return err
		}, "SELECT n.name FROM names n JOIN people p ON p.id = n.user WHERE n.name >= ? AND n.name < ? AND NOT p.forgotten ORDER BY n.name LIMIT ? + 0",
			prefix, prefix+"\U0010ffff", max(limit, 0))
	})
	return nicks, err
}

// Value is chat.Reader's.
func (m *Model) Value(ctx context.Context, user chat.UserID, slot chat.Slot) (value []byte, err error) {
	defer wrap(&err, "read model: value")
	err = m.read(ctx, func(c *conn) error {
		value, err = c.value(user, slot)
		return err
	})
	return value, err
}

// holder is the person with a nick, or NoPerson.
func (c *conn) holder(nick chat.Nick) (id chat.UserID, err error) {
	err = c.row("SELECT n.user FROM names n JOIN people p ON p.id = n.user WHERE n.name = ? AND NOT p.forgotten", nick).Scan(into(&id))
	return id, missing(err, chat.NoPerson, string(nick))
}

func (c *conn) person(id chat.UserID, name string) (chat.Person, error) {
	p := chat.Person{ID: id}
	var silenced int64
	err := c.row("SELECT nick, passphrase, since, name, status, rank, silenced, silencer, byrank, forgotten FROM people WHERE id = ?", id[:]).
		Scan(&p.Nick, &p.Passphrase, millis{&p.Since}, &p.Name, &p.Status, &p.Rank, &silenced, into(&p.SilencedBy), &p.SilencedAs, &p.Forgotten)
	if err != nil {
		return chat.Person{}, missing(err, chat.NoPerson, name)
	}
	if silenced != 0 {
		p.Silenced = time.UnixMilli(silenced).UTC()
	}
	err = c.each(func(row scanner) error {
		var k chat.Key
		err := row.Scan(&k.Fingerprint, &k.Authorized, &k.Name, &k.Proven)
		p.Keys = append(p.Keys, k)
		return err
	}, "SELECT fingerprint, authorized, name, proven FROM keys WHERE user = ? ORDER BY pos, fingerprint", id[:])
	return p, err
}
