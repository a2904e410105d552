package chattest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"charla/server/chat"
)

// Log is a chat.Log and a chat.Shelf in memory. What is appended is stored at
// once, one envelope for each call, in its wire form: whoever reads gets what a
// decoder made of the bytes. It is bounded by the test that fills it.
type Log struct {
	committer chat.ID[chat.Committer]
	created   time.Time

	mu      sync.Mutex
	entries []chat.Entry
	counter uint64
	decided map[chat.Subject]decision
	puts    []chat.ShelfEntry
	grown   chan struct{} // closed when something was stored

	failures []error
	twice    int
	gate     chan struct{}
}

type decision struct {
	at    chat.Position
	event chat.EventID
}

var (
	_ chat.Log   = (*Log)(nil)
	_ chat.Shelf = (*Log)(nil)
)

// NewLog returns an empty log.
func NewLog() *Log {
	return &Log{
		committer: chat.NewID[chat.Committer](),
		created:   time.Now().UTC(),
		decided:   map[chat.Subject]decision{},
		grown:     make(chan struct{}),
	}
}

// TestOnlyFail makes the next appends and puts fail, one with each error.
func (l *Log) TestOnlyFail(errs ...error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failures = append(l.failures, errs...)
}

// TestOnlyTwice makes the next n appends store their envelope twice, as a retry
// does whose first try was stored but not acknowledged.
func (l *Log) TestOnlyTwice(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.twice = n
}

// TestOnlyHold keeps appends and puts waiting until the returned function is
// called.
func (l *Log) TestOnlyHold() (release func()) {
	gate := make(chan struct{})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gate = gate
	return sync.OnceFunc(func() {
		l.mu.Lock()
		l.gate = nil
		l.mu.Unlock()
		close(gate)
	})
}

// enter waits at the gate and takes a failure if one is due. l.mu is held when
// it returns nil.
func (l *Log) enter(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.mu.Lock()
		gate := l.gate
		if gate == nil {
			break
		}
		l.mu.Unlock()
		select {
		case <-gate:
		case <-ctx.Done():
		}
	}
	if len(l.failures) > 0 {
		err := l.failures[0]
		l.failures = l.failures[1:]
		l.mu.Unlock()
		return err
	}
	return nil
}

// Append is chat.Log.
func (l *Log) Append(ctx context.Context, events ...chat.Event) (chat.Position, error) {
	if len(events) == 0 || len(events) > chat.MaxEnvelope {
		return 0, fmt.Errorf("append of %d events", len(events))
	}
	if err := l.enter(ctx); err != nil {
		return 0, err
	}
	defer l.mu.Unlock()
	l.counter++
	e := chat.Envelope{Committer: l.committer, Counter: l.counter, Events: events}
	if l.twice > 0 {
		l.twice--
		if _, err := l.store(e); err != nil {
			return 0, err
		}
	}
	return l.store(e)
}

// AppendIf is chat.Log.
func (l *Log) AppendIf(ctx context.Context, subject chat.Subject, last uint64, event chat.Event) (chat.Position, error) {
	if err := l.enter(ctx); err != nil {
		return 0, err
	}
	defer l.mu.Unlock()
	d := l.decided[subject]
	if d.at != 0 && d.event == event.ID {
		return d.at, nil
	}
	if d.at.Seq() != last {
		return 0, fmt.Errorf("%s at %d, not %d: %w", subject, d.at.Seq(), last, chat.ErrConflict)
	}
	at, err := l.store(chat.Envelope{Events: []chat.Event{event}})
	if err == nil {
		l.decided[subject] = decision{at: at, event: event.ID}
	}
	return at, err
}

// store stores what the wire form of e says. l.mu must be held.
func (l *Log) store(e chat.Envelope) (chat.Position, error) {
	entry, err := EntryOf(uint64(len(l.entries))+1, e)
	if err != nil {
		return 0, err
	}
	l.entries = append(l.entries, entry)
	l.grew()
	return chat.PositionAt(entry.Seq, len(e.Events)-1), nil
}

// EntryOf is the entry that a log holds at seq after it stored e: its wire form
// read back.
func EntryOf(seq uint64, e chat.Envelope) (chat.Entry, error) {
	raw, err := json.Marshal(e)
	if err != nil {
		return chat.Entry{}, err
	}
	entry := chat.Entry{Seq: seq}
	if err := json.Unmarshal(raw, &entry.Envelope); err != nil {
		return chat.Entry{}, err
	}
	sum := sha256.Sum256(raw)
	entry.Digest = [8]byte(sum[:8])
	return entry, nil
}

// grew wakes whoever waits at the end. l.mu must be held.
func (l *Log) grew() {
	close(l.grown)
	l.grown = make(chan struct{})
}

// Identity is chat.Log.
func (l *Log) Identity(context.Context) (chat.LogIdentity, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := chat.LogIdentity{Created: l.created, Last: uint64(len(l.entries))}
	if id.Last > 0 {
		id.First = 1
	}
	return id, nil
}

// lastPut is the sequence of the newest value on the shelf.
func (l *Log) lastPut() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.puts) == 0 {
		return 0
	}
	return l.puts[len(l.puts)-1].Seq
}

// Put is chat.Shelf.
func (l *Log) Put(ctx context.Context, user chat.UserID, slot chat.Slot, value []byte) error {
	if err := l.enter(ctx); err != nil {
		return err
	}
	defer l.mu.Unlock()
	seq := uint64(1)
	if n := len(l.puts); n > 0 {
		seq = l.puts[n-1].Seq + 1
	}
	// A shelf keeps the latest value of a slot: the one before is gone.
	l.puts = slices.DeleteFunc(l.puts, func(e chat.ShelfEntry) bool { return e.User == user && e.Slot == slot })
	l.puts = append(l.puts, chat.ShelfEntry{Seq: seq, User: user, Slot: slot, Value: slices.Clone(value)})
	l.grew()
	return nil
}

// Tail is chat.Log.
func (l *Log) Tail(_ context.Context, after uint64) (chat.Tail, error) {
	return &tail[chat.Entry]{log: l, after: after, done: make(chan struct{}),
		all: func() []chat.Entry { return l.entries },
		seq: func(e chat.Entry) uint64 { return e.Seq },
	}, nil
}

// TailShelf is chat.Shelf.
func (l *Log) TailShelf(_ context.Context, after uint64) (chat.ShelfTail, error) {
	return &tail[chat.ShelfEntry]{log: l, after: after, done: make(chan struct{}),
		all: func() []chat.ShelfEntry { return l.puts },
		seq: func(e chat.ShelfEntry) uint64 { return e.Seq },
	}, nil
}

// tail reads entries or puts.
type tail[E any] struct {
	log   *Log
	after uint64
	all   func() []E // log.mu must be held
	seq   func(E) uint64
	once  sync.Once
	done  chan struct{}
}

var errTailClosed = errors.New("the tail is closed")

// Next is chat.Tail and chat.ShelfTail.
func (t *tail[E]) Next(ctx context.Context, max int) ([]E, error) {
	for {
		t.log.mu.Lock()
		grown, all := t.log.grown, t.all()
		from, _ := slices.BinarySearchFunc(all, t.after+1, func(e E, seq uint64) int { return int(t.seq(e)) - int(seq) })
		batch := slices.Clone(all[from:min(len(all), from+max)])
		t.log.mu.Unlock()
		select {
		case <-t.done:
			return nil, errTailClosed
		default:
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(batch) > 0 {
			t.after = t.seq(batch[len(batch)-1])
			return batch, nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
		case <-t.done:
		}
	}
}

// Close is chat.Tail and chat.ShelfTail.
func (t *tail[E]) Close() error {
	t.once.Do(func() { close(t.done) })
	return nil
}
