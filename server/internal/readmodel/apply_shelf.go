package readmodel

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"

	"charla/server/chat"
)

// shelved stores a value and tells the person's other sessions. Marks are
// merged with those that are there, and the others in a conversation are told
// of those that moved. Of who was forgotten nothing is kept.
func (t *tx) shelved(e chat.ShelfEntry) error {
	t.at = t.applied
	if gone, err := t.exists("SELECT 1 FROM people WHERE id = ? AND forgotten", e.User[:]); err != nil || gone {
		return err
	}
	switch e.Slot {
	case chat.MarksSlot:
		return t.marked(e)
	case chat.SettingsSlot:
		if err := t.store(e.User, e.Slot, e.Value); err != nil {
			return err
		}
		return t.chose(e.User, e.Value)
	}
	return t.store(e.User, e.Slot, e.Value)
}

func (t *tx) store(user chat.UserID, slot chat.Slot, value []byte) (err error) {
	if len(value) == 0 {
		_, err = t.exec("DELETE FROM shelf WHERE user = ? AND slot = ?", user[:], slot)
	} else {
		_, err = t.exec("INSERT INTO shelf (user, slot, value) VALUES (?, ?, ?) ON CONFLICT (user, slot) DO UPDATE SET value = excluded.value",
			user[:], slot, value)
	}
	if err != nil {
		return err
	}
	t.change(chat.Change{Kind: chat.Shelved, User: user, Slot: slot, Value: bytes.Clone(value)})
	return nil
}

// marked applies somebody's marks. Bytes that are no marks have no effect, and
// neither has clearing them: marks never go back.
func (t *tx) marked(e chat.ShelfEntry) error {
	if len(e.Value) == 0 {
		return nil
	}
	news, err := parseMarks(e.Value)
	if err != nil {
		t.log.Warn("read model: marks", "user", e.User, "shelf", e.Seq, "err", err)
		return nil
	}
	var old chat.Marks
	raw, err := t.value(e.User, chat.MarksSlot)
	if err == nil && raw != nil {
		old, err = parseMarks(raw)
	}
	if err != nil {
		return err
	}
	merged := old.Merge(news)
	if raw, err = json.Marshal(merged); err != nil {
		return err
	}
	if err := t.store(e.User, e.Slot, raw); err != nil {
		return err
	}
	if merged.Seen > old.Seen {
		if err := t.lastSeen(e.User, merged.Seen); err != nil {
			return err
		}
	}
	moved, err := t.moveRead(e.User, old, merged)
	if err != nil {
		return err
	}
	if err := t.moveDelivered(e.User, old.Delivered, merged.Delivered, moved); err != nil {
		return err
	}
	return t.tellMarks(e.User, moved)
}

// moves is where the marks of somebody moved; true: the delivered mark did.
type moves map[chat.ConversationID]bool

// parseMarks refuses what no log could ever hold.
func parseMarks(raw []byte) (m chat.Marks, err error) {
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, err
	}
	bad := m.Delivered > math.MaxInt64
	for _, n := range m.Read {
		bad = bad || n > math.MaxInt64
	}
	if bad {
		return m, errors.New("mark out of range")
	}
	return m, nil
}

// moveRead stores the read marks that moved and returns where they did: beyond
// what the person had read already by writing there.
func (t *tx) moveRead(user chat.UserID, old, merged chat.Marks) (moves, error) {
	moved := moves{}
	for id, n := range merged.Read {
		if n <= old.Read[id] {
			continue
		}
		s, err := t.seat(id, user)
		if err != nil {
			return nil, err
		}
		if !s.known { // the log is not that far yet; joining will find the mark
			if err := t.storeRead(seatKey{id, user}, n, 0); err != nil {
				return nil, err
			}
			continue
		}
		c, err := t.conversation(id)
		if err != nil {
			return nil, err
		}
		before := min(s.Read, c.lastN)
		if s.read(n) && min(n, c.lastN) > before {
			moved[id] = false
		}
	}
	return moved, nil
}

// moveDelivered stores the delivered mark and adds the conversations in which
// it passed a message of somebody else.
func (t *tx) moveDelivered(user chat.UserID, from, to chat.Position, moved moves) error {
	if to <= from {
		return nil
	}
	_, err := t.exec(`INSERT INTO delivered (user, pos) VALUES (?, ?) ON CONFLICT (user) DO UPDATE SET pos = max(pos, excluded.pos)`, user[:], to)
	if err != nil {
		return err
	}
	for k, s := range t.seats {
		if k.user == user {
			s.Delivered = max(s.Delivered, to)
		}
	}
	passed, err := ids[chat.Conversation](t.conn, `SELECT c.id FROM members m JOIN conversations c ON c.id = m.conv
		WHERE m.user = ?1 AND m.gone IS NULL AND c.kind <> 'room' AND c.last_pos > ?2
		AND EXISTS (SELECT 1 FROM messages x WHERE x.conv = c.id AND x.pos > ?2 AND x.pos <= ?3 AND x.author <> ?1)`, user[:], from, to)
	if err != nil {
		return err
	}
	for _, id := range passed {
		moved[id] = true
	}
	return nil
}

// tellMarks tells the others in a conversation, where marks are told at all. A
// read mark that is not told at all moves nothing.
func (t *tx) tellMarks(user chat.UserID, moved moves) error {
	order := slices.SortedFunc(maps.Keys(moved), func(a, b chat.ConversationID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range order {
		c, err := t.conversation(id)
		if err != nil {
			return err
		}
		s, err := t.seat(id, user)
		if err != nil {
			return err
		}
		if !s.in || s.pending || !c.ticks() {
			continue
		}
		member, err := t.told(c, s)
		if err != nil {
			return err
		}
		if moved[id] || member.Read > 0 {
			t.change(chat.Change{Kind: chat.Marked, Conversation: id, Member: member})
		}
	}
	return nil
}

// value is what is in a slot, nil if nothing.
func (c *conn) value(user chat.UserID, slot chat.Slot) (value []byte, err error) {
	err = c.row("SELECT value FROM shelf WHERE user = ? AND slot = ?", user[:], slot).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return value, err
}
