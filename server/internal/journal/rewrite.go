package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"charla/server/chat"
)

// Eraser says what is to be left.
type Eraser interface {
	// Envelope is what the envelope at seq is to be, and whether that is another
	// one: as many events, with the same IDs.
	Envelope(ctx context.Context, seq uint64, e chat.Envelope) (_ chat.Envelope, changed bool, err error)
	// Keeps reports whether what is in a slot stays.
	Keeps(ctx context.Context, user chat.UserID, slot chat.Slot) (bool, error)
}

// The bounds of what is written and not yet acknowledged.
const (
	maxUnanswered      = 512
	maxUnansweredBytes = 8 << 20
)

// Rewrite writes the log and the shelf anew into dir, where there is neither:
// each record of the log at its sequence and on its subject, with what the eraser
// leaves of it, so that no position and no decision changes. What is lost here is
// lost there. Of the shelf come the values that are there, one after the other.
//
// It stores without syncing: what is in dir counts when the caller has synced it.
// Nothing may be appended meanwhile.
func (j *Journal) Rewrite(ctx context.Context, dir string, by Eraser) (err error) {
	defer wrap(&err, "journal: rewrite into %s", dir)
	o := j.o
	o.Dir, o.MaxStore, o.careless = dir, noBound/4, true // a mark may be longer than a word
	found, err := inspect(dir)
	if err != nil || found.ev || found.self {
		return errors.Join(err, errors.New("there is a log already"))
	}
	fresh := newEngine(j.life, o.Log)
	defer fresh.shutdown()
	if err := fresh.start(ctx, o, found); err != nil {
		return err
	}
	if err := j.rewriteLog(ctx, fresh, by); err != nil {
		return err
	}
	if err := j.rewriteShelf(ctx, fresh, by); err != nil {
		return err
	}
	was, err := j.Identity(ctx)
	if err != nil {
		return err
	}
	return seal{Created: fresh.ev.CachedInfo().Created.UTC(), Last: was.Last + j.cutOff}.write(dir)
}

// record is one as it is stored; without a subject it is one that is not there.
type record struct {
	seq     uint64
	subject string
	data    []byte
}

func rawRecord(msg jetstream.Msg, seq uint64) (record, error) {
	return record{seq: seq, subject: msg.Subject(), data: msg.Data()}, nil
}

// records are those of a stream that are there, in order, and the last one in any
// case.
func (j *Journal) records(ctx context.Context, of func(*engine) jetstream.Stream, explain func(from, to uint64) error) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		info, err := of(j.current()).Info(ctx)
		if err != nil {
			yield(record{}, mapped(err))
			return
		}
		last := info.State.LastSeq
		if last == 0 {
			return
		}
		t, err := openTail(ctx, j, of, 0, rawRecord, gaps[record]{explain: explain, blank: func(seq uint64) record { return record{seq: seq} }})
		if err != nil {
			yield(record{}, err)
			return
		}
		defer t.Close()
		for at := uint64(0); at < last; {
			list, err := t.Next(ctx, maxReady)
			if err != nil {
				yield(record{}, err)
				return
			}
			for _, r := range list {
				if !yield(r, nil) {
					return
				}
				at = r.seq
			}
		}
	}
}

func (j *Journal) rewriteLog(ctx context.Context, into *engine, by Eraser) error {
	w := writer{js: into.js, next: 1}
	var lost []uint64
	for r, err := range j.records(ctx, evOf, j.missing) {
		if err != nil {
			return err
		}
		for w.seq() < r.seq || w.seq() == r.seq && r.subject == "" {
			lost = append(lost, w.seq())
			if err := w.put(ctx, evStream+".lost", nil); err != nil {
				return err
			}
		}
		if r.subject == "" {
			continue
		}
		data, err := erased(ctx, r, by)
		if err == nil {
			err = w.put(ctx, r.subject, data)
		}
		if err != nil {
			return err
		}
	}
	if err := w.settle(ctx); err != nil {
		return err
	}
	for _, seq := range lost {
		if err := into.ev.DeleteMsg(ctx, seq); err != nil {
			return mapped(err)
		}
	}
	return nil
}

// erased is what is left of a record; its very bytes if that is all.
func erased(ctx context.Context, r record, by Eraser) ([]byte, error) {
	var env chat.Envelope
	if err := json.Unmarshal(r.data, &env); err != nil {
		return nil, fmt.Errorf("record %d: %w", r.seq, err)
	}
	env, changed, err := by.Envelope(ctx, r.seq, env)
	if err != nil || !changed {
		return r.data, err
	}
	return json.Marshal(env)
}

func (j *Journal) rewriteShelf(ctx context.Context, into *engine, by Eraser) error {
	w := writer{js: into.js, next: 1}
	for r, err := range j.records(ctx, selfOf, replaced) {
		if err != nil {
			return err
		}
		if len(r.data) == 0 { // cleared, which who reads from the start need not hear
			continue
		}
		user, slot, err := userAndSlot(r.subject)
		if err != nil {
			return err
		}
		keeps, err := by.Keeps(ctx, user, slot)
		if err == nil && keeps {
			err = w.put(ctx, r.subject, r.data)
		}
		if err != nil {
			return err
		}
	}
	return w.settle(ctx)
}

// writer stores records one after another, and sees to it that each gets the
// sequence it is to have.
type writer struct {
	js         jetstream.JetStream
	next       uint64 // that is to be acknowledged
	unanswered []jetstream.PubAckFuture
	bytes      int
}

// seq is that of the record that is put next.
func (w *writer) seq() uint64 { return w.next + uint64(len(w.unanswered)) }

func (w *writer) put(ctx context.Context, subject string, data []byte) error {
	if len(w.unanswered) >= maxUnanswered || w.bytes >= maxUnansweredBytes {
		if err := w.settle(ctx); err != nil {
			return err
		}
	}
	f, err := w.js.PublishMsgAsync(&nats.Msg{Subject: subject, Data: data})
	if err != nil {
		return mapped(err)
	}
	w.unanswered, w.bytes = append(w.unanswered, f), w.bytes+len(data)
	return nil
}

// settle waits for what was put.
func (w *writer) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, giveUpAfter)
	defer cancel()
	for _, f := range w.unanswered {
		select {
		case ack := <-f.Ok():
			if ack.Sequence != w.next {
				return fmt.Errorf("record %d was stored as %d", w.next, ack.Sequence)
			}
			w.next++
		case err := <-f.Err():
			return mapped(err)
		case <-ctx.Done():
			return unavailable(ctx.Err())
		}
	}
	w.unanswered, w.bytes = w.unanswered[:0], 0
	return nil
}

// ErasedFrom is an error if j is not the log that was, erased: the same records
// at the same sequences, on the same subjects, of the same events, and as many
// lost.
func (j *Journal) ErasedFrom(ctx context.Context, was *Journal) (err error) {
	defer wrap(&err, "journal: compare with what it was rewritten from")
	next, stop := iter.Pull2(j.records(ctx, evOf, j.missing))
	defer stop()
	for r, err := range was.records(ctx, evOf, was.missing) {
		if err != nil {
			return err
		}
		mine, err, _ := next()
		if err == nil {
			err = r.becameOf(mine)
		}
		if err != nil {
			return err
		}
	}
	if more, _, there := next(); there {
		return fmt.Errorf("record %d was not there", more.seq)
	}
	return j.lostAsMuchAs(ctx, was)
}

// becameOf is nil if other can be what is left of r; the zero one cannot.
func (r record) becameOf(other record) error {
	differs := fmt.Errorf("record %d is not what was there", r.seq)
	if r.seq != other.seq || r.subject != other.subject {
		return differs
	}
	if bytes.Equal(r.data, other.data) {
		return nil
	}
	var was, is chat.Envelope
	if err := errors.Join(json.Unmarshal(r.data, &was), json.Unmarshal(other.data, &is)); err != nil {
		return err
	}
	if was.Committer != is.Committer || was.Counter != is.Counter || len(was.Events) != len(is.Events) {
		return differs
	}
	for i := range is.Events {
		if !is.Events[i].ErasedFrom(was.Events[i]) {
			return differs
		}
	}
	return nil
}

func (j *Journal) lostAsMuchAs(ctx context.Context, was *Journal) error {
	mine, err := j.Lost(ctx)
	if err != nil {
		return err
	}
	theirs, err := was.Lost(ctx)
	if err == nil && mine != theirs {
		err = fmt.Errorf("%d records are lost, %d were", mine, theirs)
	}
	return err
}
