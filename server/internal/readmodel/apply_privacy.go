package readmodel

import (
	"database/sql"
	"errors"

	"charla/server/chat"
)

// chose takes from somebody's settings what others see of it. Those of nobody who
// is known yet are looked at again when they claim their nick: the shelf may be
// ahead of the log.
func (t *tx) chose(user chat.UserID, value []byte) error {
	s := chat.ParseSettings(value)
	p := s.Privacy()
	var before chat.Audience
	err := t.row("SELECT sees FROM people WHERE id = ?", user[:]).Scan(&before)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = t.exec("UPDATE people SET name = ?, status = ?, sees = ?, receipts = ?, adds = ? WHERE id = ?",
		s.Name, s.Status, p.Seen, p.Receipts, p.Adds, user[:])
	if err != nil {
		return err
	}
	if before != p.Seen {
		t.change(chat.Change{Kind: chat.Estranged, User: user})
	}
	return nil
}

// lastSeen stores when somebody was last here; it moves only forward.
func (t *tx) lastSeen(user chat.UserID, at int64) error {
	_, err := t.exec("UPDATE people SET seen = max(seen, ?) WHERE id = ?", at, user[:])
	return err
}

// regard takes what is on the shelf of somebody who is a person only now.
func (t *tx) regard(user chat.UserID) error {
	settings, err := t.value(user, chat.SettingsSlot)
	if err != nil {
		return err
	}
	if settings != nil {
		if err := t.chose(user, settings); err != nil {
			return err
		}
	}
	raw, err := t.value(user, chat.MarksSlot)
	if err != nil || raw == nil {
		return err
	}
	marks, err := parseMarks(raw)
	if err != nil {
		return err
	}
	return t.lastSeen(user, marks.Seen)
}
