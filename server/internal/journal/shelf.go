package journal

import (
	"context"
	"errors"
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
		return errors.New("not the name of a slot")
	}
	if len(value) > maxRecord {
		return fmt.Errorf("%d bytes: %w", len(value), ErrTooLarge)
	}
	leave, err := j.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	_, err = j.store(ctx, shelfSubject(user, slot), nuid.Next(), value)
	return err
}

// shelfSubject is where the value of a slot is kept; userAndSlot is its inverse.
func shelfSubject(user chat.UserID, slot chat.Slot) string {
	return selfStream + "." + user.String() + "." + string(slot)
}

func userAndSlot(subject string) (chat.UserID, chat.Slot, error) {
	rest, ok := strings.CutPrefix(subject, selfStream+".")
	id, slot, cut := strings.Cut(rest, ".")
	if !ok || !cut || id == "" {
		return chat.UserID{}, "", fmt.Errorf("subject %q is not of the shelf", subject)
	}
	user, err := chat.ParseID[chat.Person](id)
	return user, chat.Slot(slot), err
}

// shelfEntry reads a record of SELF.
func shelfEntry(msg jetstream.Msg, seq uint64) (chat.ShelfEntry, error) {
	user, slot, err := userAndSlot(msg.Subject())
	return chat.ShelfEntry{Seq: seq, User: user, Slot: slot, Value: msg.Data()}, err
}
