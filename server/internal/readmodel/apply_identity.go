package readmodel

import (
	"database/sql"
	"errors"

	"charla/server/chat"
)

// personClaimed: the first to claim a free name has it, and is in every room
// that everyone is in, and where the code leads.
func (t *tx) personClaimed(e chat.Event, b chat.PersonClaimed) error {
	if e.By.IsZero() || b.Nick == "" {
		return nil
	}
	free, err := t.decideName(b.Nick)
	if err != nil || !free || b.Guest && (!b.Nick.Guest() || b.Code != "") {
		return err
	}
	if known, err := t.exists("SELECT 1 FROM people WHERE id = ?", e.By[:]); err != nil || known {
		return err
	}
	var code chat.AccessCode
	if b.Code != "" {
		var ok bool
		if code, ok, err = t.useCode(b.Code, chat.Invitation, e.At, e.By); err != nil || !ok {
			return err
		}
	}
	if err := t.newPerson(e, b); err != nil {
		return err
	}
	if err := t.regard(e.By); err != nil {
		return err
	}
	if err := t.takeName(b.Nick, e.By, chat.ConversationID{}); err != nil {
		return err
	}
	t.change(chat.Change{Kind: chat.Claimed, User: e.By})
	places, err := ids[chat.Conversation](t.conn, "SELECT id FROM conversations WHERE everyone ORDER BY id")
	if err != nil {
		return err
	}
	if !code.Conversation.IsZero() {
		places = append(places, code.Conversation)
	}
	for _, id := range places {
		if err := t.join(id, e.By, chat.RoleMember); err != nil {
			return err
		}
	}
	return t.cameBy(code, e.By)
}

// cameBy notes that somebody new came into the group that their invitation leads to.
func (t *tx) cameBy(code chat.AccessCode, user chat.UserID) error {
	if code.Conversation.IsZero() {
		return nil
	}
	c, err := t.conversation(code.Conversation)
	if err != nil {
		return err
	}
	s, err := t.seat(c.id, user)
	if err == nil && s.in {
		err = t.noticeOf(c, chat.NoticeCame)
	}
	if err != nil {
		return err
	}
	return t.voice(c.id, user)
}

// newPerson stores who claimed. A guest has no way to come again.
func (t *tx) newPerson(e chat.Event, b chat.PersonClaimed) error {
	rank := chat.RankMember
	if b.Guest {
		rank, b.Passphrase, b.Key = chat.RankGuest, "", nil
	}
	_, err := t.exec("INSERT INTO people (id, nick, passphrase, since, pos, rank) VALUES (?, ?, ?, ?, ?, ?)",
		e.By[:], b.Nick, b.Passphrase, e.At.UnixMilli(), t.at, rank)
	if err != nil || b.Key == nil {
		return err
	}
	k := *b.Key
	k.Proven = true
	return t.storeKey(e.By, k)
}

func (t *tx) storeKey(user chat.UserID, k chat.Key) error {
	_, err := t.exec(`INSERT INTO keys (user, fingerprint, authorized, name, proven, pos) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (user, fingerprint) DO UPDATE SET proven = 1`, user[:], k.Fingerprint, k.Authorized, k.Name, k.Proven, t.at)
	return err
}

// access is what of a person decides how they come in.
type access struct {
	resident   bool // known, and no guest
	passphrase string
	keys       int
	has        bool // the key that was asked for
	proven     bool // and proven to have it
}

func (t *tx) access(user chat.UserID, fingerprint string) (a access, err error) {
	err = t.row(`SELECT rank <> 'guest', passphrase, (SELECT count(*) FROM keys k WHERE k.user = p.id),
		EXISTS (SELECT 1 FROM keys k WHERE k.user = p.id AND k.fingerprint = ?2),
		EXISTS (SELECT 1 FROM keys k WHERE k.user = p.id AND k.fingerprint = ?2 AND k.proven)
		FROM people p WHERE p.id = ?1 AND NOT p.forgotten`, user[:], fingerprint).Scan(&a.resident, &a.passphrase, &a.keys, &a.has, &a.proven)
	if errors.Is(err, sql.ErrNoRows) {
		return access{}, nil
	}
	return a, err
}

// keyAdded: one more, or the proof of one that was pasted.
func (t *tx) keyAdded(e chat.Event, b chat.KeyAdded) error {
	a, err := t.access(e.By, b.Key.Fingerprint)
	switch {
	case err != nil || !a.resident || b.Key.Fingerprint == "":
		return err
	case !a.has && (b.Had || a.keys >= chat.MaxKeys), a.has && (a.proven || !b.Key.Proven):
		return nil
	}
	if ok, err := t.lets(e, b.Code); err != nil || !ok {
		return err
	}
	if err := t.storeKey(e.By, b.Key); err != nil || b.Code == "" {
		return err
	}
	t.change(chat.Change{Kind: chat.Linked, User: e.By, Way: b.Key.Fingerprint, Reason: b.Key.Name})
	return t.dropLogins(e.By)
}

// lets takes a use of the login code that an event came with, if it did.
func (t *tx) lets(e chat.Event, code chat.CodeHash) (bool, error) {
	if code == "" {
		return true, nil
	}
	_, ok, err := t.useCode(code, chat.LoginCode, e.At, e.By)
	return ok, err
}

// keyRemoved: any but the last way in.
func (t *tx) keyRemoved(e chat.Event, b chat.KeyRemoved) error {
	a, err := t.access(e.By, b.Fingerprint)
	if err != nil || !a.resident || !a.has || a.keys == 1 && a.passphrase == "" {
		return err
	}
	if _, err := t.exec("DELETE FROM keys WHERE user = ? AND fingerprint = ?", e.By[:], b.Fingerprint); err != nil {
		return err
	}
	t.change(chat.Change{Kind: chat.Expelled, User: e.By, Keep: b.Keep, Way: b.Fingerprint, Reason: "key-removed"})
	return t.dropLogins(e.By)
}

// passphraseSet: another, or none while there is a key.
func (t *tx) passphraseSet(e chat.Event, b chat.PassphraseSet) error {
	a, err := t.access(e.By, "")
	if err != nil || !a.resident || b.Passphrase == "" && a.keys == 0 {
		return err
	}
	if ok, err := t.lets(e, b.Code); err != nil || !ok {
		return err
	}
	if _, err := t.exec("UPDATE people SET passphrase = ? WHERE id = ?", b.Passphrase, e.By[:]); err != nil {
		return err
	}
	if a.passphrase != "" {
		t.change(chat.Change{Kind: chat.Expelled, User: e.By, Keep: b.Keep, Way: chat.ByPassphrase, Reason: "passphrase-changed"})
	}
	if b.Code != "" {
		t.change(chat.Change{Kind: chat.Linked, User: e.By, Way: chat.ByPassphrase})
	}
	return t.dropLogins(e.By)
}

// signedOut ends sessions, and takes the codes with which others might begin.
func (t *tx) signedOut(e chat.Event, b chat.SignedOut) error {
	known, err := t.exists("SELECT 1 FROM people WHERE id = ?", e.By[:])
	if err != nil || !known {
		return err
	}
	t.change(chat.Change{Kind: chat.Expelled, User: e.By, Keep: b.Keep, Reason: "signed-out"})
	return t.dropLogins(e.By)
}

// dropLogins takes the login codes for somebody who has just shut others out: one
// made in a session that is in the wrong hands would let those hands in again.
func (t *tx) dropLogins(user chat.UserID) error {
	_, err := t.exec("DELETE FROM codes WHERE user = ?", user[:])
	return err
}

// guestLeft: their nick is free, and they are in nothing any more. What they said
// stays, under the nick they said it with.
func (t *tx) guestLeft(e chat.Event, _ chat.GuestLeft) error {
	n, err := t.exec("UPDATE people SET gone = 1 WHERE id = ? AND rank = 'guest' AND NOT gone", e.By[:])
	if err != nil || n == 0 {
		return err
	}
	if _, err := t.exec("UPDATE names SET user = NULL WHERE user = ?1 AND name = (SELECT nick FROM people WHERE id = ?1)", e.By[:]); err != nil {
		return err
	}
	places, err := ids[chat.Conversation](t.conn, `SELECT m.conv FROM members m JOIN conversations c ON c.id = m.conv
		WHERE m.user = ? AND m.gone IS NULL AND c.kind <> 'talk' ORDER BY m.conv`, e.By[:])
	if err != nil {
		return err
	}
	for _, id := range places {
		c, err := t.conversation(id)
		if err != nil {
			return err
		}
		s, err := t.seat(id, e.By)
		if err != nil {
			return err
		}
		if err := t.depart(c, s, chat.UserID{}, false); err != nil {
			return err
		}
	}
	t.change(chat.Change{Kind: chat.Expelled, User: e.By, Reason: "guest-left"})
	return nil
}
