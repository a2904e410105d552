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
	t, err := openTail(ctx, j, evOf, after, logEntry, gaps[chat.Entry]{explain: j.missing, blank: blankEntry})
	if err != nil {
		return nil, err
	}
	return t, nil
}

// TailShelf is chat.Shelf.
func (j *Journal) TailShelf(ctx context.Context, after uint64) (_ chat.ShelfTail, err error) {
	defer wrap(&err, "journal: tail of the shelf after %d", after)
	t, err := openTail(ctx, j, selfOf, after, shelfEntry, gaps[chat.ShelfEntry]{explain: replaced, blank: blankValue})
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

// blankEntry stands for records at the end of the log that are not there any
// more: it changes nothing, but readers get to the end.
func blankEntry(seq uint64) chat.Entry { return chat.Entry{Seq: seq} }

// replaced explains values of the shelf that are missing: newer ones came, or
// they are damaged, and nobody can tell which.
func replaced(from, to uint64) error { return nil }

// blankValue is blankEntry for the shelf: marks are never cleared, so that has no
// effect.
func blankValue(seq uint64) chat.ShelfEntry { return chat.ShelfEntry{Seq: seq, Slot: chat.MarksSlot} }

// gaps is what to make of records that the server passes over.
type gaps[E any] struct {
	explain func(from, to uint64) error // why they are missing; nil: go on without them
	blank   func(seq uint64) E          // stands for those at the end
}

func digest(stored []byte) [8]byte {
	sum := sha256.Sum256(stored)
	return [8]byte(sum[:8])
}

func evOf(e *engine) jetstream.Stream   { return e.ev }
func selfOf(e *engine) jetstream.Stream { return e.self }

// tail is one ordered consumer whose records, decoded, wait for Next. It goes
// on with another one when the engine is replaced (detach, attach).
type tail[E any] struct {
	j      *Journal
	stream func(*engine) jetstream.Stream
	decode func(jetstream.Msg, uint64) (E, error)
	gaps   gaps[E]

	receiving sync.Mutex // held over a delivery; taken before mu

	mu     sync.Mutex
	seen   uint64 // sequence of the last record that was made ready
	end    ending // of the log, as it was at attach
	life   int    // which consumer is listened to; grows with each detach
	on     *engine
	cons   jetstream.Consumer // nil while detached
	cc     jetstream.ConsumeContext
	ready  []E
	sizes  []int
	bytes  int
	err    error // why nothing comes any more; told when ready is empty
	closed bool
	news   chan struct{} // one wake each
	room   chan struct{}
}

func openTail[E any](ctx context.Context, j *Journal, stream func(*engine) jetstream.Stream, after uint64, decode func(jetstream.Msg, uint64) (E, error), missing gaps[E]) (*tail[E], error) {
	e := j.current()
	t := &tail[E]{j: j, decode: decode, gaps: missing, stream: stream, seen: after,
		news: make(chan struct{}, 1), room: make(chan struct{}, 1)}
	if err := t.attach(ctx, e); err != nil {
		return nil, err
	}
	if err := j.adopt(t, e); err != nil {
		t.stop(err)
		return nil, err
	}
	return t, nil
}

// adopt makes Close end t, and mend take it along.
func (j *Journal) adopt(t reader, on *engine) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case j.closed:
		return errClosed()
	case j.engine != on || j.mended != nil:
		return unavailable(errWrite)
	}
	j.tails[t] = struct{}{}
	return nil
}

// detach ends the listening to the consumer there is, which its server may end.
// What it still delivers is dropped, and comes again after attach.
func (t *tail[E]) detach() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.life++
	t.cons, t.cc = nil, nil
	wake(t.room)
}

// attach listens to a new consumer from behind the last record that was made
// ready.
func (t *tail[E]) attach(ctx context.Context, e *engine) error {
	t.receiving.Lock() // a delivery to the consumer before ends, now that it is detached
	defer t.receiving.Unlock()
	t.mu.Lock()
	seen, life := t.seen, t.life
	t.mu.Unlock()
	stream := t.stream(e)
	info, err := stream.Info(ctx)
	if err != nil {
		return mapped(err)
	}
	if last := info.State.LastSeq; seen > last {
		return fmt.Errorf("%w: it ends at %d", ErrBehind, last)
	}
	end, err := t.ending(ctx, stream, seen, info.State.LastSeq)
	if err != nil {
		return err
	}
	t.mu.Lock()
	t.end = end
	t.finish()
	t.mu.Unlock()
	cons, err := stream.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: seen + 1,
	})
	if err != nil {
		return mapped(err)
	}
	cc, err := cons.Consume(func(msg jetstream.Msg) { t.receive(life, msg) },
		jetstream.PullExpiry(pullExpiry), jetstream.PullHeartbeat(pullHeartbeat), jetstream.PullMaxMessages(maxPulled),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) { t.trouble(life, err) }))
	if err != nil {
		return mapped(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed { // meanwhile
		cc.Stop()
		return nil
	}
	t.on, t.cons, t.cc = e, cons, cc
	return nil
}

// receive is called by the consumer's goroutine, record by record, and holds
// it back while there is no room. When the consumer starts over it has another
// goroutine, which waits until this one is through.
func (t *tail[E]) receive(life int, msg jetstream.Msg) {
	t.receiving.Lock()
	defer t.receiving.Unlock()
	entry, seq, err := t.read(msg)
	t.mu.Lock()
	for len(t.ready) > 0 && (len(t.ready) >= maxReady || t.bytes >= maxReadyBytes) && t.listens(life) {
		t.mu.Unlock()
		<-t.room
		t.mu.Lock()
	}
	defer t.mu.Unlock()
	if !t.listens(life) {
		return
	}
	if err != nil {
		t.err = fmt.Errorf("journal: read record %d: %w", seq, err)
	} else {
		t.seen = seq
		t.ready, t.sizes = append(t.ready, entry), append(t.sizes, len(msg.Data()))
		t.bytes += len(msg.Data())
		t.finish()
	}
	wake(t.news)
}

// ending is the end of a log whose last records cannot be read: the server
// counts them and delivers nothing for them, so that a reader would wait for
// ever.
type ending struct {
	readable, last uint64 // equal if there is nothing to it
	err            error  // why they are missing; nil: go on without them
}

func (t *tail[E]) ending(ctx context.Context, stream jetstream.Stream, seen, last uint64) (ending, error) {
	e := ending{readable: last, last: last}
	for ; e.readable > seen; e.readable-- {
		_, err := stream.GetMsg(ctx, e.readable)
		if err == nil {
			break
		}
		if !errors.Is(err, jetstream.ErrMsgNotFound) {
			return e, mapped(err)
		}
	}
	if e.readable < last {
		e.err = t.gaps.explain(e.readable+1, last)
	}
	return e, nil
}

// finish ends the reading, or passes to the end, when only what cannot be read
// is left. t.mu must be held.
func (t *tail[E]) finish() {
	if t.seen != t.end.readable || t.end.readable == t.end.last {
		return
	}
	if t.err = t.end.err; t.err == nil {
		t.seen = t.end.last
		t.ready, t.sizes = append(t.ready, t.gaps.blank(t.seen)), append(t.sizes, 0)
	}
	wake(t.news)
}

// listens reports whether what this consumer says counts. t.mu must be held.
func (t *tail[E]) listens(life int) bool { return !t.closed && t.err == nil && t.life == life }

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
	t.mu.Lock()
	before := t.seen
	t.mu.Unlock()
	seq = meta.Sequence.Stream
	if seq > before+1 {
		if err := t.gaps.explain(before+1, seq-1); err != nil {
			return entry, seq, err
		}
	}
	entry, err = t.decode(msg, seq)
	return entry, seq, err
}

// trouble hears of errors; the consumer gets over all but a closed connection.
// It is called with the consumer's lock held: it must not stop it.
func (t *tail[E]) trouble(life int, err error) {
	if !errors.Is(err, nats.ErrConnectionClosed) && !errors.Is(err, jetstream.ErrConnectionClosed) {
		t.j.log.Debug("a reader of the log starts over where it was", "err", err)
		return
	}
	t.mu.Lock()
	listens := t.listens(life)
	t.mu.Unlock()
	if listens {
		t.fail(unavailable(err))
	}
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
	t.mu.Lock()
	cons, on := t.cons, t.on
	t.mu.Unlock()
	t.stop(errClosed())
	if cons == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(t.j.life, attempt)
	defer cancel()
	if err := t.stream(on).DeleteConsumer(ctx, cons.CachedInfo().Name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		t.j.log.Debug("a reader of the log was left to time out", "err", err)
	}
	return nil
}

// stop ends the delivery and waits until it has ended.
func (t *tail[E]) stop(cause error) {
	t.fail(cause)
	t.mu.Lock()
	t.closed, t.ready, t.sizes = true, nil, nil
	cc := t.cc
	t.mu.Unlock()
	if cc != nil {
		cc.Stop()
		<-cc.Closed()
	}
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
