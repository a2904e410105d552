package journal

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"charla/server/chat"
)

// The bounds of what a tail holds ready. At them the delivery waits for Next,
// and the server holds the rest back.
const (
	maxReady      = 512
	maxReadyBytes = 8 << 20
	maxPulled     = 64 // records asked for and not yet looked at: half of what the client would drop
)

// With the defaults a reader notices a server that went away after 10 s.
const (
	pullExpiry    = 10 * time.Second
	pullHeartbeat = 500 * time.Millisecond
)

// ErrBehind says that a reader has seen more than the log holds. Reading on
// would swallow new events until the log has caught up.
var ErrBehind = errors.New("the log is behind its reader")

// Tail is chat.Log.
func (j *Journal) Tail(ctx context.Context, after uint64) (_ chat.Tail, err error) {
	defer wrap(&err, "journal: tail after %d", after)
	t, err := openTail(ctx, j, j.ev, after, logEntry, j.missing)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// TailShelf is chat.Shelf.
func (j *Journal) TailShelf(ctx context.Context, after uint64) (_ chat.ShelfTail, err error) {
	defer wrap(&err, "journal: tail of the shelf after %d", after)
	t, err := openTail(ctx, j, j.self, after, shelfEntry, nil)
	if err != nil {
		return nil, err
	}
	return t, nil
}

// logEntry reads a record of EV.
func logEntry(msg jetstream.Msg, seq uint64) (chat.Entry, error) {
	e := chat.Entry{Seq: seq, Digest: digest(msg.Data())}
	err := json.Unmarshal(msg.Data(), &e.Envelope)
	return e, err
}

func digest(stored []byte) [8]byte {
	sum := sha256.Sum256(stored)
	return [8]byte(sum[:8])
}

// tail is one ordered consumer whose records, decoded, wait for Next.
type tail[E any] struct {
	j      *Journal
	decode func(jetstream.Msg, uint64) (E, error)
	gap    func(from, to uint64) error // why sequences are missing; nil: they may
	stream jetstream.Stream
	cons   jetstream.Consumer
	cc     jetstream.ConsumeContext

	receiving sync.Mutex // held over a delivery; taken before mu
	seen      uint64     // sequence of the last record; receiving must be held

	mu     sync.Mutex
	ready  []E
	sizes  []int
	bytes  int
	err    error // why nothing comes any more; told when ready is empty
	closed bool
	news   chan struct{} // one wake each
	room   chan struct{}
}

func openTail[E any](ctx context.Context, j *Journal, stream jetstream.Stream, after uint64, decode func(jetstream.Msg, uint64) (E, error), gap func(from, to uint64) error) (*tail[E], error) {
	info, err := stream.Info(ctx)
	if err != nil {
		return nil, mapped(err)
	}
	if last := info.State.LastSeq; after > last {
		return nil, fmt.Errorf("%w: it ends at %d", ErrBehind, last)
	}
	t := &tail[E]{j: j, decode: decode, gap: gap, stream: stream, seen: after,
		news: make(chan struct{}, 1), room: make(chan struct{}, 1)}
	t.cons, err = stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: after + 1,
	})
	if err != nil {
		return nil, mapped(err)
	}

	t.cc, err = t.cons.Consume(t.receive, jetstream.PullExpiry(pullExpiry), jetstream.PullHeartbeat(pullHeartbeat),
		jetstream.PullMaxMessages(maxPulled), jetstream.ConsumeErrHandler(t.trouble))
	if err != nil {
		return nil, mapped(err)
	}
	if !j.adopt(t) {
		t.stop(errClosed())
		return nil, errClosed()
	}
	return t, nil
}

// adopt makes Close end t; false if it will not any more.
func (j *Journal) adopt(t stopper) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return false
	}
	j.tails[t] = struct{}{}
	return true
}

// receive is called by the consumer's goroutine, record by record, and holds
// it back while there is no room. When the consumer starts over it has another
// goroutine, which waits until this one is through.
func (t *tail[E]) receive(msg jetstream.Msg) {
	t.receiving.Lock()
	defer t.receiving.Unlock()
	entry, seq, err := t.read(msg)
	t.mu.Lock()
	for len(t.ready) > 0 && (len(t.ready) >= maxReady || t.bytes >= maxReadyBytes) && !t.closed && t.err == nil {
		t.mu.Unlock()
		<-t.room
		t.mu.Lock()
	}
	defer t.mu.Unlock()
	if t.closed || t.err != nil {
		return
	}
	if err != nil {
		t.err = fmt.Errorf("journal: read record %d: %w", seq, err)
	} else {
		t.ready, t.sizes = append(t.ready, entry), append(t.sizes, len(msg.Data()))
		t.bytes += len(msg.Data())
	}
	wake(t.news)
}

// read decodes a record; a panic of the decoder is an error of the record.
func (t *tail[E]) read(msg jetstream.Msg) (entry E, seq uint64, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	meta, err := msg.Metadata()
	if err != nil {
		return entry, 0, err
	}
	before := t.seen
	seq = meta.Sequence.Stream
	t.seen = seq
	if t.gap != nil && seq > before+1 {
		if err := t.gap(before+1, seq-1); err != nil {
			return entry, seq, err
		}
	}
	entry, err = t.decode(msg, seq)
	return entry, seq, err
}

// trouble hears of errors; the consumer gets over all but a closed connection.
// It is called with the consumer's lock held: it must not stop it.
func (t *tail[E]) trouble(_ jetstream.ConsumeContext, err error) {
	if errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, jetstream.ErrConnectionClosed) {
		t.fail(unavailable(err))
		return
	}
	t.j.log.Debug("a reader of the log starts over where it was", "err", err)
}

// fail makes cause the end of the tail, after what is ready.
func (t *tail[E]) fail(cause error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil {
		t.err = cause
	}
	wake(t.news)
	wake(t.room)
}

// Next is chat.Tail and chat.ShelfTail.
func (t *tail[E]) Next(ctx context.Context, limit int) ([]E, error) {
	for {
		if got, err := t.take(limit); len(got) > 0 || err != nil {
			return got, err
		}
		select {
		case <-t.news:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (t *tail[E]) take(limit int) ([]E, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, errClosed()
	}
	n := min(max(limit, 1), len(t.ready))
	if n == 0 {
		return nil, t.err
	}
	got := append([]E(nil), t.ready[:n]...)
	for _, size := range t.sizes[:n] {
		t.bytes -= size
	}
	rest := copy(t.ready, t.ready[n:])
	clear(t.ready[rest:])
	copy(t.sizes, t.sizes[n:])
	t.ready, t.sizes = t.ready[:rest], t.sizes[:rest]
	wake(t.room)
	return got, nil
}

// Close ends the tail and takes its consumer off the server.
func (t *tail[E]) Close() error {
	t.j.mu.Lock()
	delete(t.j.tails, t)
	gone := t.j.closed
	t.j.mu.Unlock()
	if gone {
		return nil // Journal.Close ends it, or has
	}
	name := t.cons.CachedInfo().Name
	t.stop(errClosed())
	ctx, cancel := context.WithTimeout(t.j.life, attempt)
	defer cancel()
	if err := t.stream.DeleteConsumer(ctx, name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		t.j.log.Debug("a reader of the log was left to time out", "err", err)
	}
	return nil
}

// stop ends the delivery and waits until it has ended.
func (t *tail[E]) stop(cause error) {
	t.fail(cause)
	t.mu.Lock()
	t.closed, t.ready, t.sizes = true, nil, nil
	t.mu.Unlock()
	t.cc.Stop()
	<-t.cc.Closed()
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
