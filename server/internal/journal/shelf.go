package journal

import (
	"context"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"charla/server/chat"
)

// maxSlot is the longest name of a slot, in bytes: chat.Slot.
const maxSlot = 64

// Put is chat.Shelf: one record per slot, the newest wins. A cleared slot
// stays as an empty record, so that readers hear of it.
func (j *Journal) Put(ctx context.Context, user chat.UserID, slot chat.Slot, value []byte) (err error) {
	defer wrap(&err, "journal: put %s %s", user, slot)
	if user.IsZero() || len(slot) > maxSlot || !validSubject(string(slot)) {
		return fmt.Errorf("there is no such slot")
	}
	if len(value) > maxRecord {
		return fmt.Errorf("%d bytes: %w", len(value), ErrTooLarge)
	}
	leave, err := j.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	_, err = j.store(ctx, selfStream+"."+user.String()+"."+string(slot), nuid.Next(), value)
	return err
}

// shelfEntry reads a record of SELF.
func shelfEntry(msg jetstream.Msg, seq uint64) (chat.ShelfEntry, error) {
	rest, ok := strings.CutPrefix(msg.Subject(), selfStream+".")
	id, slot, cut := strings.Cut(rest, ".")
	if !ok || !cut {
		return chat.ShelfEntry{}, fmt.Errorf("subject %q is not of the shelf", msg.Subject())
	}
	user, err := chat.ParseID[chat.Person](id)
	if err != nil {
		return chat.ShelfEntry{}, err
	}
	return chat.ShelfEntry{Seq: seq, User: user, Slot: chat.Slot(slot), Value: msg.Data()}, nil
}
