package journal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// publishFunc sends one message and returns the server's acknowledgement,
// which it gives after the sync.
type publishFunc func(context.Context, *engine, *nats.Msg, ...jetstream.PublishOpt) (*jetstream.PubAck, error)

func publish(ctx context.Context, e *engine, msg *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	return e.js.PublishMsg(ctx, msg, opts...)
}

const (
	// attempt bounds the wait for one acknowledgement: a slow card may take
	// seconds for a sync.
	attempt = 5 * time.Second
	// attemptShelf is shorter, because of values that are stored without an
	// answer: see landed.
	attemptShelf = time.Second
	// giveUpAfter bounds all attempts together. It is well below dedupe, so
	// that the server recognizes the last retry.
	giveUpAfter = 16 * time.Second
	firstPause  = 20 * time.Millisecond
	longestWait = time.Second
)

// store publishes data until it is acknowledged, refused, or too much time has
// passed. A time-out does not mean "not stored", and neither does an engine that
// failed meanwhile, so every attempt carries the same id and the server stores
// one of them. The error has a chat code.
func (j *Journal) store(ctx context.Context, subject, id string, data []byte, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	ctx, cancel := context.WithTimeout(ctx, giveUpAfter)
	defer cancel()
	defer context.AfterFunc(j.life, cancel)()
	opts = append(opts, jetstream.WithMsgID(id), jetstream.WithRetryAttempts(0))

	for pause := firstPause; ; pause = min(2*pause, longestWait) {
		e, err := j.writable(ctx)
		if err != nil {
			return nil, err
		}
		ack, err := j.try(ctx, e, &nats.Msg{Subject: subject, Data: data}, opts)
		switch {
		case err == nil:
			j.acknowledged(ack)
			return ack, nil
		case e.damaged.Load() && e.landed(ctx, subject, id):
			return &jetstream.PubAck{}, nil
		case ctx.Err() == nil && e.sound.Err() != nil:
			continue // writable knows whether to wait, and how long
		case ctx.Err() == nil && !transient(err):
			return nil, mapped(err)
		case ctx.Err() != nil || j.diskIsFull():
			return nil, j.unanswered(err)
		}
		j.log.Warn("the log did not answer, trying again", "subject", subject, "err", err)
		sleep(ctx, pause)
	}
}

func (j *Journal) try(ctx context.Context, e *engine, msg *nats.Msg, opts []jetstream.PublishOpt) (*jetstream.PubAck, error) {
	wait := attempt
	if ofShelf(msg.Subject) {
		wait = attemptShelf
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	defer context.AfterFunc(e.sound, cancel)()
	return j.publish(ctx, e, msg, opts...)
}

// landed reports whether what was sent with this id is the value of a subject of
// the shelf, synced like any other, though the server did not say so: it gives no
// answer when the value before cannot be read and so not be removed.
func (e *engine) landed(ctx context.Context, subject, id string) bool {
	if !ofShelf(subject) {
		return false
	}
	last, err := e.self.GetLastMsgForSubject(ctx, subject)
	return err == nil && last.Header.Get(jetstream.MsgIDHeader) == id
}

func ofShelf(subject string) bool { return strings.HasPrefix(subject, selfStream+".") }

// acknowledged remembers how far the log must reach from here on.
func (j *Journal) acknowledged(ack *jetstream.PubAck) {
	if ack.Stream != evStream {
		return
	}
	for {
		before := j.acked.Load()
		if ack.Sequence <= before || j.acked.CompareAndSwap(before, ack.Sequence) {
			return
		}
	}
}

// unanswered is the error for a record that may or may not be stored.
func (j *Journal) unanswered(err error) error {
	switch {
	case j.life.Err() != nil:
		return errClosed()
	case j.diskIsFull():
		return diskFull(fmt.Errorf("no room on the disk: %w", err))
	}
	return unavailable(err)
}

// diskIsFull is looked up because the server gives no answer at all when it
// cannot write.
func (j *Journal) diskIsFull() bool {
	free, known := freeBytes(j.o.Dir)
	return known && free < maxWire
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
