package journal

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/oklog/ulid/v2"

	"charla/server/chat"
)

// maxEvents bounds the encoded events of one envelope; envelopeRoom is for the
// rest of it.
const (
	envelopeRoom = 128
	maxEvents    = maxRecord - envelopeRoom
)

// committer writes envelopes, one at a time. Its goroutine owns counter.
type committer struct {
	j       *Journal
	queue   *queue
	id      chat.ID[chat.Committer] // one per life: the projection counts per committer
	subject string
	counter uint64
	ended   chan struct{}
}

func newCommitter(j *Journal, node string, now time.Time) *committer {
	return &committer{
		j:       j,
		queue:   newQueue(),
		id:      chat.ID[chat.Committer](ulid.MustNew(ulid.Timestamp(now), rand.Reader)),
		subject: evStream + ".n." + node,
		ended:   make(chan struct{}),
	}
}

// Append is chat.Log: the events of one call go into one envelope, together
// with those of other calls that wait at the same time. When ctx ends before
// the committer took them they are not stored; after that they may be.
func (j *Journal) Append(ctx context.Context, events ...chat.Event) (_ chat.Position, err error) {
	defer wrap(&err, "journal: append")
	if err := ctx.Err(); err != nil {
		return 0, unavailable(err)
	}
	r, err := newRequest(events)
	if err != nil {
		return 0, err
	}
	if err := j.committer.queue.push(r); err != nil {
		return 0, err
	}
	select {
	case a := <-r.answer:
		return a.at, a.err
	case <-ctx.Done():
		j.committer.queue.withdraw(r)
		return 0, unavailable(ctx.Err())
	}
}

func newRequest(events []chat.Event) (*request, error) {
	if len(events) == 0 {
		return nil, errors.New("no events")
	}
	if len(events) > chat.MaxEnvelope {
		return nil, fmt.Errorf("%d events: %w", len(events), ErrTooLarge)
	}
	r := &request{events: make([][]byte, len(events)), answer: make(chan answer, 1)}
	for i, e := range events {
		raw, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		r.events[i] = raw
		r.size += len(raw) + 1
	}
	if r.size > maxEvents {
		return nil, fmt.Errorf("%d bytes of events: %w", r.size, ErrTooLarge)
	}
	return r, nil
}

// run takes what waits, stores it as one envelope and wakes those who wait,
// until the queue is closed. A panic here would leave every Append waiting, so
// it closes the queue instead.
func (c *committer) run() {
	defer close(c.ended)
	var taken []*request
	defer func() {
		if p := recover(); p != nil {
			c.j.log.Error("the committer stopped", "panic", p, "stack", string(debug.Stack()))
			c.refuse(append(taken, c.queue.close()...), unavailable(fmt.Errorf("the committer stopped: %v", p)))
		}
	}()
	for range c.queue.news {
		for {
			var open bool
			if taken, open = c.queue.take(); len(taken) == 0 {
				if !open {
					return
				}
				break
			}
			c.commit(taken)
		}
	}
}

// commit stores one envelope. One that was given up may be in the log all the
// same: before the next, or after it, where the projection ignores it because
// it has seen a higher counter.
func (c *committer) commit(taken []*request) {
	c.counter++
	id := c.id.String() + "-" + strconv.FormatUint(c.counter, 10)
	ack, err := c.j.store(context.Background(), c.subject, id, c.envelope(taken))
	if err != nil {
		c.refuse(taken, err)
		return
	}
	index := 0
	for _, r := range taken {
		index += len(r.events)
		r.answer <- answer{at: chat.PositionAt(ack.Sequence, index-1)}
	}
}

// envelope is json.Marshal of the chat.Envelope, from events that their
// callers have encoded already, side by side.
func (c *committer) envelope(taken []*request) []byte {
	size := envelopeRoom
	for _, r := range taken {
		size += r.size
	}
	b := make([]byte, 0, size)
	b = append(b, `{"c":"`...)
	b = append(b, c.id.String()...)
	b = append(b, `","n":`...)
	b = strconv.AppendUint(b, c.counter, 10)
	b = append(b, `,"e":[`...)
	for _, r := range taken {
		for _, raw := range r.events {
			b = append(append(b, raw...), ',')
		}
	}
	b[len(b)-1] = ']'
	return append(b, '}')
}

func (c *committer) refuse(requests []*request, err error) {
	for _, r := range requests {
		select {
		case r.answer <- answer{err: err}:
		default: // has its answer
		}
	}
}

// close refuses what waits and waits for the envelope in flight.
func (c *committer) close() {
	c.refuse(c.queue.close(), errClosed())
	<-c.ended
}
