package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"charla/server/chat"
)

// AppendIf is chat.Log. The server compares the expected sequence with that of
// the subject, not of the stream: a busy log would never let anybody win.
//
// A lost acknowledgement makes one's own retry look like a conflict. Then the
// event that took the place after last is looked at: ours is success.
func (j *Journal) AppendIf(ctx context.Context, subject chat.Subject, last uint64, event chat.Event) (_ chat.Position, err error) {
	defer wrap(&err, "journal: append to %s", subject)
	if !validSubject(string(subject)) {
		return 0, fmt.Errorf("subject %q cannot be stored", subject)
	}
	data, err := json.Marshal(chat.Envelope{Events: []chat.Event{event}})
	if err != nil {
		return 0, err
	}
	if len(data) > maxRecord {
		return 0, fmt.Errorf("%d bytes: %w", len(data), ErrTooLarge)
	}
	leave, err := j.enter(ctx)
	if err != nil {
		return 0, err
	}
	defer leave()

	full := evStream + "." + string(subject)
	ack, err := j.store(ctx, full, full+" "+event.ID.String(), data, jetstream.WithExpectLastSequencePerSubject(last))
	if conflict(err) {
		return j.ours(ctx, full, last, event.ID)
	}
	if err != nil {
		return 0, err
	}
	return chat.PositionAt(ack.Sequence, 0), nil
}

// ours is the position of the record that follows last on the subject if it
// holds the event with this ID, else chat.ErrConflict.
func (j *Journal) ours(ctx context.Context, subject string, last uint64, id chat.EventID) (chat.Position, error) {
	msg, err := j.current().ev.GetMsg(ctx, last+1, jetstream.WithGetMsgSubject(subject))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, chat.ErrConflict // last is ahead of the log
	}
	if err != nil {
		return 0, mapped(err)
	}
	var env chat.Envelope
	if err := json.Unmarshal(msg.Data, &env); err != nil {
		return 0, err
	}
	if len(env.Events) != 1 || env.Events[0].ID != id {
		return 0, chat.ErrConflict
	}
	return chat.PositionAt(msg.Sequence, 0), nil
}

// validSubject wants tokens that mean nothing to the server: no wildcard, no
// space, none empty.
func validSubject(s string) bool {
	for token := range strings.SplitSeq(s, ".") {
		if !validToken(token) {
			return false
		}
	}
	return len(s) <= 512
}

func validToken(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return s != ""
}
