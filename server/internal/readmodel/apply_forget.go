package readmodel

import (
	"bytes"
	"database/sql"
	"errors"

	"charla/server/chat"
)

// personForgotten: the first time what is theirs goes at once; then, and whenever
// it is said again, some of where they are and of what they said
// (chat.ForgottenSeats, …), until none is left.
func (t *tx) personForgotten(e chat.Event, by chat.Rank, b chat.PersonForgotten) error {
	var rank chat.Rank
	var forgotten bool
	err := t.row("SELECT rank, forgotten FROM people WHERE id = ?", b.User[:]).Scan(&rank, &forgotten)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil || b.User == e.By || !by.Forgets(rank) {
		return err
	}
	if !forgotten {
		if err := t.empty(b.User); err != nil {
			return err
		}
		t.change(chat.Change{Kind: chat.Expelled, User: b.User, Reason: "forgotten"})
		if err := t.decided(e, chat.Decision{User: b.User}); err != nil {
			return err
		}
	}
	going, err := t.exists("SELECT 1 FROM forgetting WHERE user = ?", b.User[:])
	if err != nil || !going {
		return err
	}
	t.forgot = true
	if more, err := t.unseat(b.User); err != nil || more {
		return err
	}
	return t.unsay(b.User)
}

// empty takes all of a person's that is not in a conversation.
func (t *tx) empty(user chat.UserID) error {
	for _, statement := range []string{
		"UPDATE people SET nick = '', passphrase = '', name = '', status = '', seen = 0, sees = 'everyone', receipts = 1, adds = 'everyone', rank = 'member', silenced = 0, silencer = NULL, byrank = '', forgotten = 1 WHERE id = ?",
		"DELETE FROM keys WHERE user = ?",
		"DELETE FROM codes WHERE user = ?1 OR by = ?1",
		"DELETE FROM blocks WHERE user = ?1 OR other = ?1",
		"DELETE FROM bans WHERE user = ?",
		"DELETE FROM warnings WHERE user = ?",
		"DELETE FROM shelf WHERE user = ?",
		"DELETE FROM moved WHERE user = ?",
		"DELETE FROM reads WHERE user = ?",
		"DELETE FROM delivered WHERE user = ?",
		"UPDATE reports SET text = '' WHERE author = ?",
		"UPDATE reports SET reason = '' WHERE by = ?",
		"INSERT INTO forgetting (user, n) VALUES (?, 0)",
	} {
		if _, err := t.exec(statement, user[:]); err != nil {
			return err
		}
	}
	for k := range t.seats {
		if k.user == user {
			delete(t.seats, k)
		}
	}
	t.bansChanged()
	t.muted = true
	return nil
}

// unseat takes them out of what they are in, as leaving does; more: not of all yet.
func (t *tx) unseat(user chat.UserID) (more bool, err error) {
	in, err := ids[chat.Conversation](t.conn, "SELECT conv FROM members WHERE user = ? AND gone IS NULL ORDER BY conv LIMIT ? + 0", user[:], chat.ForgottenSeats)
	for _, id := range in {
		c, err := t.conversation(id)
		if err != nil {
			return false, err
		}
		s, err := t.seat(id, user)
		if err == nil {
			err = t.depart(c, s, chat.UserID{}, false)
		}
		if err != nil {
			return false, err
		}
	}
	return len(in) == chat.ForgottenSeats, err
}

// unsay takes back what they said, conversation by conversation from where the last
// time ended.
func (t *tx) unsay(user chat.UserID) error {
	var at chat.ConversationID
	var n chat.Number
	if err := t.row("SELECT conv, n FROM forgetting WHERE user = ?", user[:]).Scan(into(&at), &n); err != nil {
		return err
	}
	were, err := ids[chat.Conversation](t.conn, "SELECT conv FROM members WHERE user = ? AND conv >= ? ORDER BY conv", user[:], at[:])
	if err != nil {
		return err
	}
	left := chat.NewForgetting()
	for _, id := range were {
		if !bytes.Equal(id[:], at[:]) {
			n = 0
		}
		if n, err = t.unsayIn(id, user, n, &left); err != nil {
			return err
		}
		if left.Over() {
			_, err := t.exec("UPDATE forgetting SET conv = ?, n = ? WHERE user = ?", id[:], n, user[:])
			return err
		}
	}
	_, err = t.exec("DELETE FROM forgetting WHERE user = ?", user[:])
	return err
}

// unsayIn takes back what they said in a conversation after a number, and returns up
// to which it is done.
func (t *tx) unsayIn(id chat.ConversationID, user chat.UserID, after chat.Number, left *chat.ForgettingLeft) (chat.Number, error) {
	c, err := t.conversation(id)
	if err != nil {
		return 0, err
	}
	upto, most := left.Look(after, c.lastN)
	said, err := t.messages(selectMessage+"WHERE x.conv = ? AND x.n > ? AND x.n <= ? AND x.author = ? AND x.retracted <> ? ORDER BY x.n LIMIT ? + 0",
		id[:], after, upto, user[:], taken, most)
	if err != nil {
		return 0, err
	}
	for _, m := range said {
		if err := t.retract(m); err != nil {
			return 0, err
		}
		t.forgotten[m.Position] = true
	}
	if len(said) == most {
		upto = said[most-1].Number
	}
	left.Took(len(said), upto-after)
	return upto, nil
}

// nickFreed: the nick of somebody forgotten is nobody's. The name's subject has
// moved on either way.
func (t *tx) nickFreed(e chat.Event, by chat.Rank, b chat.NickFreed) error {
	n, err := t.exec("UPDATE names SET seq = ? WHERE name = ?", int64(t.at.Seq()), b.Nick)
	if err != nil || n == 0 || !by.Frees() {
		return err
	}
	n, err = t.exec("UPDATE names SET user = NULL WHERE name = ? AND user IN (SELECT id FROM people WHERE forgotten)", b.Nick)
	if err != nil || n == 0 {
		return err
	}
	return t.decided(e, chat.Decision{Subject: string(b.Nick)})
}
