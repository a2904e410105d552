package readmodel

import (
	"database/sql"
	"errors"

	"charla/server/chat"
)

// wasBanned: what is over makes room, and what was there of the same gives way.
func (t *tx) wasBanned(e chat.Event, by chat.Rank, b chat.Ban) error {
	if ok, err := t.mayBan(e, by, b); err != nil || !ok {
		return err
	}
	if _, err := t.exec("DELETE FROM bans WHERE until <= ?", e.At.UnixMilli()); err != nil {
		return err
	}
	t.bansChanged()
	network := ""
	if b.Network.IsValid() {
		network = b.Network.String()
	}
	_, err := t.exec("DELETE FROM bans WHERE user IS ? AND key IS ? AND network IS ?", key(b.User), text(b.Key), text(network))
	if err != nil {
		return err
	}
	var standing int
	if err := t.row("SELECT count(*) FROM bans").Scan(&standing); err != nil || standing >= chat.MaxBans {
		return err
	}
	_, err = t.exec("INSERT INTO bans (id, pos, user, key, network, until, reason, by, byrank, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		e.ID[:], t.at, key(b.User), text(b.Key), text(network), moment(b.Until), b.Reason, key(e.By), by, e.At.UnixMilli())
	if err != nil {
		return err
	}
	if err := t.dropCodes(b); err != nil {
		return err
	}
	t.change(chat.Change{Kind: chat.Expelled, User: b.User, Reason: "banned", Said: b.Reason, Until: b.Until})
	return t.decided(e, chat.Decision{User: b.User, Subject: b.Key + network, Until: b.Until, Reason: b.Reason})
}

// dropCodes takes what whoever is banned gave out and could come in by: the person,
// or those who proved to have the key.
func (t *tx) dropCodes(b chat.Ban) error {
	_, err := t.exec(`DELETE FROM codes WHERE by = ?1 OR user = ?1 OR by IN (SELECT user FROM keys WHERE fingerprint = ?2 AND proven)
		OR user IN (SELECT user FROM keys WHERE fingerprint = ?2 AND proven)`, key(b.User), b.Key)
	return err
}

// text is a string as an argument; "" is NULL.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// mayBan: somebody below, a key that nobody but such people have, pasted or proven, or
// a network; and not in place of what somebody above decided.
func (t *tx) mayBan(e chat.Event, by chat.Rank, b chat.Ban) (bool, error) {
	if !by.LooksAfter() || !b.Valid(e.At) {
		return false, nil
	}
	bans, err := t.bans()
	if err != nil {
		return false, err
	}
	for _, old := range bans {
		if old.Same(b) && old.In(e.At) && !by.Overrules(old.As) {
			return false, nil
		}
	}
	if !b.User.IsZero() {
		return t.over(e, by, b.User)
	}
	if b.Network.IsValid() {
		may, _ := by.KeepsOut(b.Network)
		return may, nil
	}
	holders, err := ids[chat.Person](t.conn, "SELECT user FROM keys WHERE fingerprint = ?", b.Key)
	for _, id := range holders {
		if ok, err := t.over(e, by, id); err != nil || !ok {
			return false, err
		}
	}
	return err == nil, err
}

func (t *tx) banLifted(e chat.Event, by chat.Rank, b chat.BanLifted) error {
	if !by.LooksAfter() {
		return nil
	}
	var user chat.UserID
	var as chat.Rank
	var fingerprint, network string
	err := t.row("SELECT user, key, network, byrank FROM bans WHERE id = ?", b.Ban[:]).Scan(into(&user), nullable(&fingerprint), nullable(&network), &as)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil || !by.Overrules(as) {
		return err
	}
	if !user.IsZero() {
		if ok, err := t.over(e, by, user); err != nil || !ok {
			return err
		}
	}
	if _, err := t.exec("DELETE FROM bans WHERE id = ?", b.Ban[:]); err != nil {
		return err
	}
	t.bansChanged()
	return t.decided(e, chat.Decision{User: user, Subject: fingerprint + network})
}
