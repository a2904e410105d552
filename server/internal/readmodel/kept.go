package readmodel

import (
	"math"
	"time"

	"charla/server/chat"
)

// outs are the people who are banned, and until when, in Unix milliseconds. They are
// asked at each event, so the model keeps them from batch to batch until a ban changes.
// There are no more than bans.
type outs map[chat.UserID]int64

// bansChanged has them, and what is kept of bans elsewhere, read again.
func (t *tx) bansChanged() { t.outs, t.banned = nil, true }

func (t *tx) isOut(user chat.UserID, at time.Time) (bool, error) {
	if t.outs == nil {
		t.outs = outs{}
		err := t.each(func(row scanner) error {
			var user chat.UserID
			var until int64
			err := row.Scan(into(&user), &until)
			t.outs[user] = until
			return err
		}, "SELECT user, coalesce(until, ?) FROM bans WHERE user IS NOT NULL", int64(math.MaxInt64))
		if err != nil {
			t.outs = nil
			return false, err
		}
	}
	return t.outs[user] > at.UnixMilli(), nil
}

// kept reports whether an event's author may not do it because they are banned or
// silenced. Whether they may write is judged where they do.
func (t *tx) kept(e chat.Event) (bool, error) {
	if !chat.OpenToBanned(e.Body) {
		if out, err := t.isOut(e.By, e.At); err != nil || out {
			return out, err
		}
	}
	if chat.OpenToSilenced(e.Body) {
		return false, nil
	}
	return t.silenced(e)
}

// silenced reports whether an event's author is silenced at its time.
func (t *tx) silenced(e chat.Event) (bool, error) {
	return t.exists("SELECT 1 FROM people WHERE id = ? AND silenced > ?", e.By[:], e.At.UnixMilli())
}

// passed moves the subject of an event that has no effect.
func (t *tx) passed(e chat.Event) error {
	name, in := chat.Decides(e.Body)
	if b, ok := e.Body.(chat.NickFreed); ok {
		return t.nickFreed(e, "", b)
	}
	if name != "" {
		_, err := t.decideName(name)
		return err
	}
	if in.IsZero() {
		return nil
	}
	_, _, err := t.decides(e, in)
	return err
}
