package readmodel

import (
	"database/sql"
	"errors"
	"time"

	"charla/server/chat"
)

// codeIssued: by who may, as many as one may have. The ones of theirs that are too
// old make room.
func (t *tx) codeIssued(e chat.Event, b chat.CodeIssued) error {
	c := b.Code
	c.By = e.By
	if ok, err := t.mayIssue(c, e.At); err != nil || !ok {
		return err
	}
	_, err := t.exec("DELETE FROM codes WHERE by IS ? AND until <= ?", key(e.By), e.At.UnixMilli())
	if err != nil {
		return err
	}
	n, err := t.exec(`INSERT INTO codes (hash, purpose, user, conv, uses, until, by, pos) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
		WHERE ?7 IS NULL OR (SELECT count(*) FROM codes WHERE by = ?7) < ?9`,
		c.Hash, c.Purpose, key(c.For), key(c.Conversation), c.Uses, c.Until.UnixMilli(), key(c.By), t.at, chat.MaxCodes)
	if err != nil || n == 0 || !c.By.IsZero() {
		return err
	}
	// The operator let somebody in, or into what is somebody's.
	return t.decided(e, chat.Decision{User: c.For, Subject: string(c.Purpose), Until: c.Until})
}

func (t *tx) mayIssue(c chat.AccessCode, at time.Time) (bool, error) {
	c.Until = c.Until.Truncate(time.Millisecond)
	known, err := t.exists("SELECT 1 FROM codes WHERE hash = ?", c.Hash)
	if err != nil || known || !c.Open(at) {
		return false, err
	}
	var rank chat.Rank
	if !c.By.IsZero() {
		if rank, err = t.rank(c.By); err != nil || rank == "" {
			return false, err
		}
	}
	if !c.For.IsZero() {
		if of, err := t.rank(c.For); err != nil || of == "" || of == chat.RankGuest {
			return false, err
		}
	}
	where, err := t.standing(c.By, c.Conversation)
	return err == nil && chat.MayIssue(c, c.By, rank, where), err
}

// rank is what somebody is on the server, "" for nobody.
func (t *tx) rank(user chat.UserID) (rank chat.Rank, err error) {
	err = t.row("SELECT rank FROM people WHERE id = ? AND NOT gone AND NOT forgotten", user[:]).Scan(&rank)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return rank, err
}

// standing is what permission needs to know of somebody in a conversation.
func (t *tx) standing(user chat.UserID, id chat.ConversationID) (chat.Conversation, error) {
	if user.IsZero() || id.IsZero() {
		return chat.Conversation{}, nil
	}
	c, err := t.conversation(id)
	if err != nil || !c.exists() {
		return chat.Conversation{}, err
	}
	s, err := t.seat(id, user)
	if err != nil {
		return chat.Conversation{}, err
	}
	return s.seen(c), nil
}

// useCode takes a use of a code, if it is for that and by may use it at that time.
// Ask it last: an event that has no effect for another reason uses none.
func (t *tx) useCode(hash chat.CodeHash, purpose chat.Purpose, at time.Time, by chat.UserID) (chat.AccessCode, bool, error) {
	c, err := t.accessCode(hash)
	if chat.CodeOf(err) == chat.CodeWrong {
		return chat.AccessCode{}, false, nil
	}
	if err != nil || c.Purpose != purpose || !c.Open(at) || !c.For.IsZero() && c.For != by {
		return chat.AccessCode{}, false, err
	}
	if !c.Conversation.IsZero() {
		if where, err := t.standing(c.By, c.Conversation); err != nil || !chat.Leads(where) {
			return chat.AccessCode{}, false, err
		}
	}
	if c.Uses == 1 {
		_, err = t.exec("DELETE FROM codes WHERE hash = ?", hash)
	} else {
		_, err = t.exec("UPDATE codes SET uses = uses - 1 WHERE hash = ?", hash)
	}
	return c, err == nil, err
}

// codeRevoked: by who issued it, or by somebody who may decide about that one and is
// not silenced.
func (t *tx) codeRevoked(e chat.Event, b chat.CodeRevoked) error {
	c, err := t.accessCode(b.Hash)
	if chat.CodeOf(err) == chat.CodeWrong {
		return nil
	}
	if err != nil {
		return err
	}
	own := c.By == e.By && !e.By.IsZero()
	if !own {
		by, err := t.rankOf(e.By)
		if err != nil {
			return err
		}
		if of, err := t.rankOf(c.By); err != nil || !by.Recalls(of) {
			return err
		}
		if silenced, err := t.silenced(e); err != nil || silenced {
			return err
		}
	}
	if _, err := t.exec("DELETE FROM codes WHERE hash = ?", b.Hash); err != nil || own {
		return err
	}
	return t.decided(e, c.Recalled())
}
