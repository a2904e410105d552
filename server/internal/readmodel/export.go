package readmodel

import (
	"context"
	"time"

	"charla/server/chat"
)

// Export is all that a model holds, for putting back into a log what the log
// has lost. Each method calls f for one thing after the other, without holding
// more than one in memory, and ends with f's error. Nothing may apply meanwhile.
type Export struct{ m *Model }

// Export hands it out.
func (m *Model) Export() Export { return Export{m} }

// Membership is somebody who is or was in a conversation.
type Membership struct {
	User   chat.UserID
	Role   chat.Role
	Gone   chat.Position // when they left; 0: is in
	Barred bool          // was put out
	Handle chat.Handle   // of a group
}

// Gathering is a conversation with all who ever were in it.
type Gathering struct {
	ID       chat.ConversationID
	Kind     chat.Kind
	Title    string // a room's name
	Everyone bool
	Lo, Hi   chat.UserID  // of a talk
	Pending  chat.UserID  // of a talk: who has not let it in
	Members  []Membership // owners first, then in the order of joining

	Version chat.Position            // of what was decided last
	Rules   chat.ConversationChanged // all that is set
}

// People in the order in which they came.
func (e Export) People(ctx context.Context, f func(chat.Person) error) (err error) {
	defer wrap(&err, "read model: export people")
	return e.m.read(ctx, func(c *conn) error {
		list, err := ids[chat.Person](c, "SELECT id FROM people ORDER BY pos")
		if err != nil {
			return err
		}
		for _, id := range list {
			p, err := c.person(id, "")
			if err == nil {
				err = f(p)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Gatherings in no order that matters.
func (e Export) Gatherings(ctx context.Context, f func(Gathering) error) (err error) {
	defer wrap(&err, "read model: export conversations")
	return e.m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			var g Gathering
			b := chat.ConversationChanged{Title: new(""), Topic: new(""), Writers: new(chat.Writers("")), Expiry: new(time.Duration(0)), Slow: new(time.Duration(0))}
			err := row.Scan(into(&g.ID), &g.Kind, &g.Title, &g.Everyone, into(&g.Lo), into(&g.Hi), &g.Version, b.Topic, b.Writers, span{b.Expiry}, span{b.Slow})
			if err != nil {
				return err
			}
			*b.Title, b.Conversation = g.Title, g.ID
			g.Rules = b
			err = c.each(func(row scanner) error {
				var m Membership
				var pending bool
				err := row.Scan(into(&m.User), &m.Role, nullable(&m.Gone), &m.Barred, nullable(&m.Handle), &pending)
				if pending {
					g.Pending = m.User
				}
				g.Members = append(g.Members, m)
				return err
			}, "SELECT user, role, gone, barred, handle, pending FROM members WHERE conv = ? ORDER BY role = 'owner' DESC, since, user", g.ID[:])
			if err != nil {
				return err
			}
			return f(g)
		}, "SELECT id, kind, title, everyone, lo, hi, version, topic, writers, expiry, slow FROM conversations ORDER BY id")
	})
}

// Messages in log order.
func (e Export) Messages(ctx context.Context, f func(chat.Message) error) (err error) {
	defer wrap(&err, "read model: export messages")
	return e.m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			m, err := scanMessage(row)
			if err != nil {
				return err
			}
			return f(m)
		}, selectMessage+"ORDER BY x.pos")
	})
}

// Values on the shelf. Marks are the merged ones.
func (e Export) Values(ctx context.Context, f func(user chat.UserID, slot chat.Slot, value []byte) error) (err error) {
	defer wrap(&err, "read model: export values")
	return e.m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			var user chat.UserID
			var slot chat.Slot
			var value []byte
			if err := row.Scan(into(&user), &slot, &value); err != nil {
				return err
			}
			return f(user, slot, value)
		}, "SELECT user, slot, value FROM shelf ORDER BY user, slot")
	})
}

// Blocks that stand, the oldest first.
func (e Export) Blocks(ctx context.Context, f func(by, other chat.UserID) error) (err error) {
	defer wrap(&err, "read model: export blocks")
	return e.m.read(ctx, func(c *conn) error {
		return c.each(func(row scanner) error {
			var by, other chat.UserID
			if err := row.Scan(into(&by), into(&other)); err != nil {
				return err
			}
			return f(by, other)
		}, "SELECT user, other FROM blocks ORDER BY pos")
	})
}
