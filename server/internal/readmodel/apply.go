package readmodel

import (
	"context"
	"fmt"
	"math"
	"time"

	"charla/server/chat"
)

// Apply is chat.View's. An error leaves the model as it was.
func (m *Model) Apply(ctx context.Context, b chat.Batch) (_ []chat.Change, err error) {
	defer wrap(&err, "read model: apply")
	m.writing.Lock()
	defer m.writing.Unlock()
	select {
	case <-m.closed:
		return nil, errClosed()
	default:
	}
	t := newTx(m.writer, m.log)
	t.retells, t.outs = m.retells, m.outs
	m.outs = nil // what is read in a batch that fails may not be so
	err = m.writer.transaction("BEGIN IMMEDIATE", func() error { return t.apply(ctx, b) })
	if err != nil {
		return nil, damage(err)
	}
	m.outs = t.outs
	m.seats.forget(t.changes, t.stale...)
	if t.muted {
		m.seats.forgetAll()
	}
	if t.banned {
		m.bans.forget()
	}
	m.owe(t.indexed)
	m.oweForgetting(t)
	return t.changes, nil
}

// apply applies the log's entries and then the shelf's, and stores how far it got.
func (t *tx) apply(ctx context.Context, b chat.Batch) error {
	var log, shelf int64
	if err := t.row("SELECT log, shelf, applied FROM meta").Scan(&log, &shelf, &t.applied); err != nil {
		return err
	}
	for _, e := range b.Log {
		if e.Seq <= uint64(log) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.entry(e); err != nil {
			return fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		log = int64(e.Seq)
		t.digest = e.Digest[:]
	}
	if err := t.flush(); err != nil {
		return err
	}
	for _, e := range b.Shelf {
		if e.Seq <= uint64(shelf) {
			continue
		}
		if err := t.shelved(e); err != nil {
			return fmt.Errorf("shelf %d: %w", e.Seq, err)
		}
		shelf = int64(e.Seq)
	}
	if err := t.flush(); err != nil {
		return err
	}
	_, err := t.exec("UPDATE meta SET log = ?, shelf = ?, applied = ?, digest = coalesce(?, digest)", log, shelf, t.applied, t.digest)
	return err
}

// entry applies an envelope, unless a retry stored it a second time.
func (t *tx) entry(e chat.Entry) error {
	if e.Seq > math.MaxInt64>>10 {
		return fmt.Errorf("sequence out of range")
	}
	t.applied = chat.PositionAt(e.Seq, max(len(e.Envelope.Events)-1, 0))
	if c := e.Envelope.Committer; !c.IsZero() {
		n, err := t.exec(`INSERT INTO committers (id, counter) VALUES (?1, ?2)
			ON CONFLICT (id) DO UPDATE SET counter = excluded.counter WHERE excluded.counter > counter`, c[:], int64(e.Envelope.Counter))
		if err != nil || n == 0 {
			return err
		}
	}
	for i, event := range e.Envelope.Events {
		t.at, t.event = chat.PositionAt(e.Seq, i), event
		before := len(t.changes)
		err := t.happened(event)
		if err == nil && t.retells {
			err = t.retell(event, t.changes[before:])
		}
		if err != nil {
			return fmt.Errorf("event %s: %w", event.ID, err)
		}
	}
	return nil
}

// happened says what each kind means. What it does not allow has no effect; that
// is no error, for the log cannot be changed any more.
func (t *tx) happened(e chat.Event) error {
	if kept, err := t.kept(e); err != nil {
		return err
	} else if kept {
		return t.passed(e)
	}
	switch b := e.Body.(type) {
	case chat.PersonClaimed:
		return t.personClaimed(e, b)
	case chat.RoomOpened:
		return t.roomOpened(e, b)
	case chat.TalkOpened:
		return t.talkOpened(e, b)
	case chat.GroupCreated:
		return t.groupCreated(e, b)
	case chat.MembersAdded:
		return t.membersAdded(e, b)
	case chat.MemberLeft:
		return t.memberLeft(e, b)
	case chat.MessagePosted:
		return t.messagePosted(e, b)
	case chat.MessageEdited:
		return t.messageEdited(e, b)
	case chat.MessageRetracted:
		return t.messageRetracted(e, b)
	case chat.FileRenamed:
		return t.fileRenamed(e, b)
	case chat.MessagesExpired:
		return t.messagesExpired(e, b)
	case chat.KeyAdded:
		return t.keyAdded(e, b)
	case chat.KeyRemoved:
		return t.keyRemoved(e, b)
	case chat.PassphraseSet:
		return t.passphraseSet(e, b)
	case chat.CodeIssued:
		return t.codeIssued(e, b)
	case chat.CodeRevoked:
		return t.codeRevoked(e, b)
	case chat.SignedOut:
		return t.signedOut(e, b)
	case chat.GuestLeft:
		return t.guestLeft(e, b)
	case chat.RoleGiven:
		return t.roleGiven(e, b)
	case chat.MemberRemoved:
		return t.memberRemoved(e, b)
	case chat.ConversationChanged:
		return t.conversationChanged(e, b)
	case chat.RoomJoined:
		return t.roomJoined(e, b)
	case chat.GroupJoined:
		return t.groupJoined(e, b)
	case chat.TalkAccepted:
		return t.talkAccepted(e, b)
	case chat.PersonBlocked:
		return t.personBlocked(e, b)
	case chat.PersonUnblocked:
		return t.personUnblocked(e, b)
	case chat.RankGiven, chat.PersonWarned, chat.PersonSilenced, chat.PersonKicked, chat.Banned, chat.BanLifted,
		chat.Reported, chat.ReportClosed, chat.PersonForgotten, chat.NickFreed:
		return t.moderated(e)
	case chat.Unknown:
		return t.skip(b.Kind, b.Version)
	}
	return fmt.Errorf("kind %T is not applied", e.Body)
}

// skip remembers an event that a newer program would have applied.
func (t *tx) skip(kind string, version int) error {
	_, err := t.exec("INSERT INTO skipped (kind, version, n) VALUES (?, ?, 1) ON CONFLICT (kind, version) DO UPDATE SET n = n + 1", kind, version)
	return err
}

// Applied is chat.View's.
func (m *Model) Applied(ctx context.Context) (log, shelf uint64, err error) {
	o, err := m.Origin(ctx)
	return o.Seq, o.Shelf, err
}

// Origin is what the model remembers of the log and the shelf it was built from,
// for the comparison of the two copies on start.
type Origin struct {
	Created time.Time // of the stream (Bind); zero: of no log yet
	Seq     uint64    // of the last applied entry
	Digest  [8]byte   // of that entry
	Lost    uint64    // entries the log lacked when the model was begun (Bind)
	Shelf   uint64    // sequence of the last applied value
	Skipped int       // events of unknown kinds: a program that knows one rebuilds
}

// Origin reads it.
func (m *Model) Origin(ctx context.Context) (o Origin, err error) {
	defer wrap(&err, "read model: origin")
	err = m.read(ctx, func(c *conn) error {
		var created int64
		var digest []byte
		err := c.row("SELECT created, log, digest, lost, shelf, (SELECT coalesce(sum(n), 0) FROM skipped) FROM meta").Scan(&created, &o.Seq, &digest, &o.Lost, &o.Shelf, &o.Skipped)
		if created != 0 {
			o.Created = time.Unix(0, created).UTC()
		}
		copy(o.Digest[:], digest)
		return err
	})
	return o, err
}

// Bind remembers which log the model is built from and, the first time, how many
// entries it lacked then. A model that is bound to another log stays as it is,
// and that is an error.
func (m *Model) Bind(ctx context.Context, log chat.LogIdentity, lost uint64) (err error) {
	defer wrap(&err, "read model: bind")
	m.writing.Lock()
	defer m.writing.Unlock()
	select {
	case <-m.closed:
		return errClosed()
	default:
	}
	created := log.Created.UnixNano()
	n, err := m.writer.exec("UPDATE meta SET lost = iif(created = 0, ?2, lost), created = ?1 WHERE created IN (0, ?1)", created, lost)
	if err == nil && n == 0 {
		err = fmt.Errorf("built from another log")
	}
	return damage(err)
}
