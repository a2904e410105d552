package readmodel

import (
	"database/sql"
	"errors"
	"time"

	"charla/server/chat"
)

// moderated judges what was decided about people by the ranks at this point of the
// log. A decision that is known already was stored twice.
func (t *tx) moderated(e chat.Event) error {
	if b, ok := e.Body.(chat.Reported); ok {
		return t.reported(e, b)
	}
	by, err := t.rankOf(e.By)
	if err != nil {
		return err
	}
	known, err := t.exists("SELECT 1 FROM audit WHERE id = ?", e.ID[:])
	if err != nil {
		return err
	}
	if known {
		by = "" // which may do nothing
	}
	switch b := e.Body.(type) {
	case chat.RankGiven:
		return t.rankGiven(e, by, b)
	case chat.PersonWarned:
		return t.personWarned(e, by, b)
	case chat.PersonSilenced:
		return t.personSilenced(e, by, b)
	case chat.PersonKicked:
		return t.personKicked(e, by, b)
	case chat.Banned:
		return t.wasBanned(e, by, b.Ban)
	case chat.BanLifted:
		return t.banLifted(e, by, b)
	case chat.ReportClosed:
		return t.reportClosed(e, by, b)
	case chat.PersonForgotten:
		return t.personForgotten(e, by, b)
	case chat.NickFreed:
		return t.nickFreed(e, by, b)
	}
	return nil
}

// rankOf is the rank of an event's author: the operator's of nobody.
func (t *tx) rankOf(id chat.UserID) (chat.Rank, error) {
	if id.IsZero() {
		return chat.RankOperator, nil
	}
	return t.rank(id)
}

// decided writes a decision that has its effect into the audit log.
func (t *tx) decided(e chat.Event, d chat.Decision) error {
	_, err := t.exec("INSERT INTO audit (pos, id, at, by, kind, user, subject, until, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
		t.at, e.ID[:], e.At.UnixMilli(), key(e.By), chat.KindOf(e.Body), key(d.User), d.Subject, moment(d.Until), d.Reason)
	return err
}

// moment is a time as an argument; the zero one is NULL.
func moment(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at.UnixMilli()
}

// over reports whether by, the rank of e's author, may decide about user.
func (t *tx) over(e chat.Event, by chat.Rank, user chat.UserID) (bool, error) {
	rank, err := t.rankOf(user)
	return err == nil && !user.IsZero() && user != e.By && by.Moderates(rank), err
}

// rankGiven: the last owner stays one, unless the operator decides otherwise.
func (t *tx) rankGiven(e chat.Event, by chat.Rank, b chat.RankGiven) error {
	was, err := t.rankOf(b.User)
	if err != nil || b.User.IsZero() || was == "" || was == chat.RankGuest || was == b.Rank || !by.Appoints(b.Rank) {
		return err
	}
	if was == chat.RankOwner && by != chat.RankOperator {
		if n, err := t.owners(); err != nil || n < 2 {
			return err
		}
	}
	if _, err := t.exec("UPDATE people SET rank = ? WHERE id = ?", b.Rank, b.User[:]); err != nil {
		return err
	}
	t.change(chat.Change{Kind: chat.Ranked, User: b.User, Reason: string(b.Rank)})
	return t.decided(e, chat.Decision{User: b.User, Subject: string(b.Rank)})
}

// owners counts the owners of the server.
func (c *conn) owners() (n int, err error) {
	err = c.row("SELECT count(*) FROM people WHERE rank = 'owner'").Scan(&n)
	return n, err
}

func (t *tx) personWarned(e chat.Event, by chat.Rank, b chat.PersonWarned) error {
	if ok, err := t.over(e, by, b.User); err != nil || !ok || b.Reason == "" {
		return err
	}
	if err := t.caution(e, b.User, time.Time{}, b.Reason); err != nil {
		return err
	}
	return t.decided(e, chat.Decision{User: b.User, Reason: b.Reason})
}

// caution keeps what somebody is to be told until they have seen it.
func (t *tx) caution(e chat.Event, user chat.UserID, until time.Time, reason string) error {
	_, err := t.exec("INSERT INTO warnings (user, pos, at, kind, until, reason) VALUES (?, ?, ?, ?, ?, ?)",
		user[:], t.at, e.At.UnixMilli(), chat.KindOf(e.Body), moment(until), reason)
	t.change(chat.Change{Kind: chat.Cautioned, User: user, Reason: reason})
	return err
}

// personSilenced: until then, by the times of events; or not any more.
func (t *tx) personSilenced(e chat.Event, by chat.Rank, b chat.PersonSilenced) error {
	if ok, err := t.over(e, by, b.User); err != nil || !ok {
		return err
	}
	var until int64
	if !b.Until.IsZero() {
		until = b.Until.UnixMilli()
	}
	if until != 0 && !b.Until.After(e.At) {
		return nil
	}
	if ok, err := t.maySilence(e, by, b.User); err != nil || !ok {
		return err
	}
	n, err := t.exec("UPDATE people SET silenced = ?1, silencer = ?3, byrank = ?4 WHERE id = ?2 AND (?1 <> 0 OR silenced <> 0)", until, b.User[:], key(e.By), by)
	if err != nil || n == 0 {
		return err
	}
	for k, s := range t.seats {
		if k.user == b.User {
			s.silenced = until
		}
	}
	t.muted = true
	if err := t.caution(e, b.User, b.Until, b.Reason); err != nil {
		return err
	}
	return t.decided(e, chat.Decision{User: b.User, Until: b.Until, Reason: b.Reason})
}

// maySilence: not in place of what somebody above decided, while that lasts.
func (t *tx) maySilence(e chat.Event, by chat.Rank, user chat.UserID) (bool, error) {
	var as chat.Rank
	err := t.row("SELECT byrank FROM people WHERE id = ? AND silenced > ?", user[:], e.At.UnixMilli()).Scan(&as)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	return err == nil && by.Overrules(as), err
}

// silent reports whether somebody may not write in a conversation at an event's
// time because they are silenced: in their notes they may, and to who can tell why.
func (t *tx) silent(e chat.Event, c *conversation, s *seat) (bool, error) {
	if s.silenced <= e.At.UnixMilli() {
		return false, nil
	}
	free, err := t.exists(`SELECT 1 FROM conversations c WHERE c.id = ?1 AND c.kind = 'talk' AND (c.lo = c.hi
		OR EXISTS (SELECT 1 FROM people p WHERE p.id IN (c.lo, c.hi) AND p.id <> ?2 AND p.rank IN ('owner', 'admin')))`, c.id[:], s.User[:])
	return !free, err
}

func (t *tx) personKicked(e chat.Event, by chat.Rank, b chat.PersonKicked) error {
	if ok, err := t.over(e, by, b.User); err != nil || !ok {
		return err
	}
	if b.Reason != "" {
		if err := t.caution(e, b.User, time.Time{}, b.Reason); err != nil {
			return err
		}
	}
	t.change(chat.Change{Kind: chat.Expelled, User: b.User, Reason: "kicked", Said: b.Reason})
	return t.decided(e, chat.Decision{User: b.User, Reason: b.Reason})
}
