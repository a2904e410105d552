package journal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"charla/server/chat"
)

// testOnlyLose makes the first n acknowledgements get lost on the way: the
// record is stored, the writer sees a time-out.
func testOnlyLose(j *Journal, n int) {
	var mu sync.Mutex
	publish := j.publish
	j.publish = func(ctx context.Context, e *engine, m *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
		ack, err := publish(ctx, e, m, opts...)
		mu.Lock()
		defer mu.Unlock()
		if n > 0 {
			n--
			return nil, context.DeadlineExceeded
		}
		return ack, err
	}
}

func TestRetryAfterLostAcknowledgementCountsOnce(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	testOnlyLose(j, 2)
	e := post("once")
	at, err := j.Append(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	all := readAll(t, j)
	if len(all) != 1 || all[0].event.ID != e.ID || all[0].at != at {
		t.Fatalf("log holds %v, want the event once at %d", all, at)
	}
}

func TestOwnRetryIsNoConflict(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	testOnlyLose(j, 1)
	subject, e := chat.NameSubject("ana"), post("claim")
	at, err := j.AppendIf(t.Context(), subject, 0, e)
	if err != nil {
		t.Fatalf("within the server's memory: %v", err)
	}

	// Beyond it the server calls the retry a conflict; and it stays ours when
	// somebody has built on it since.
	if _, err := j.AppendIf(t.Context(), subject, at.Seq(), post("rename")); err != nil {
		t.Fatal(err)
	}
	publish := j.publish
	j.publish = func(ctx context.Context, on *engine, m *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
		return publish(ctx, on, m, append(opts, jetstream.WithMsgID("forgotten "+e.ID.String()))...)
	}
	again, err := j.AppendIf(t.Context(), subject, 0, e)
	if err != nil || again != at {
		t.Fatalf("the retry got %d, %v; the event is at %d", again, err, at)
	}
	j.publish = publish
	if _, err := j.AppendIf(t.Context(), subject, 0, post("somebody else")); !errors.Is(err, chat.ErrConflict) {
		t.Fatalf("another event: %v", err)
	}
	if _, err := j.AppendIf(t.Context(), subject, 99, post("from the future")); !errors.Is(err, chat.ErrConflict) {
		t.Fatalf("a sequence beyond the log: %v", err)
	}
	if n := len(readAll(t, j)); n != 2 {
		t.Fatalf("%d events, want 2", n)
	}
}

// hold makes the publishes of a journal wait until the returned function is
// called; entered tells of each that begins to wait.
func hold(j *Journal) (entered <-chan struct{}, release func()) {
	begun, gate := make(chan struct{}, 100), make(chan struct{})
	publish := j.publish
	j.publish = func(ctx context.Context, e *engine, m *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
		begun <- struct{}{}
		select {
		case <-gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return publish(ctx, e, m, opts...)
	}
	return begun, sync.OnceFunc(func() { close(gate) })
}

func TestCancelledInTheQueueIsNotStored(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	entered, release := hold(j)
	first := make(chan error, 1)
	go func() { _, err := j.Append(t.Context(), post("first")); first <- err }()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	queued := make(chan error, 1)
	go func() { _, err := j.Append(ctx, post("never")); queued <- err }()
	<-j.committer.queue.news // it stands in the queue
	cancel()
	if err := <-queued; chat.CodeOf(err) != chat.Unavailable || !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	release()
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(t.Context(), post("after")); err != nil {
		t.Fatal(err)
	}
	if n := len(readAll(t, j)); n != 2 {
		t.Fatalf("%d events, want 2", n)
	}
}

func TestFullQueueSaysUnavailable(t *testing.T) {
	q := newQueue()
	r := &request{events: make([][]byte, 1), size: maxEvents}
	for range maxWaitingBytes / maxEvents {
		if err := q.push(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.push(r); chat.CodeOf(err) != chat.Unavailable {
		t.Fatalf("over the bytes: %v", err)
	}
	q = newQueue()
	small := &request{events: make([][]byte, 1), size: 1}
	for range maxWaiting {
		if err := q.push(small); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.push(small); chat.CodeOf(err) != chat.Unavailable {
		t.Fatalf("over the number: %v", err)
	}
}

func TestAppendWhileClosing(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	entered, release := hold(j)
	inFlight, queued := make(chan error, 1), make(chan error, 1)
	go func() { _, err := j.Append(t.Context(), post("in flight")); inFlight <- err }()
	<-entered
	go func() { _, err := j.Append(t.Context(), post("queued")); queued <- err }()
	<-j.committer.queue.news
	tail, err := j.Tail(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- j.Close() }()
	if err := <-queued; chat.CodeOf(err) != chat.Unavailable {
		t.Errorf("queued: %v", err)
	}
	if _, err := j.Append(t.Context(), post("late")); chat.CodeOf(err) != chat.Unavailable {
		t.Errorf("late: %v", err)
	}
	if _, err := j.AppendIf(t.Context(), chat.NameSubject("ana"), 0, post("late")); chat.CodeOf(err) != chat.Unavailable {
		t.Errorf("late, alone: %v", err)
	}
	release()
	if err := <-inFlight; err != nil {
		t.Errorf("in flight: %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := tail.Next(t.Context(), 1); chat.CodeOf(err) != chat.Unavailable {
		t.Errorf("tail: %v", err)
	}
	if err := tail.Close(); err != nil {
		t.Error(err)
	}
}

func TestReaderAheadOfTheLogIsRefused(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	if _, err := j.Append(t.Context(), post("one")); err != nil {
		t.Fatal(err)
	}
	if tail, err := j.Tail(t.Context(), 1); err != nil {
		t.Fatal(err)
	} else {
		tail.Close()
	}
	if _, err := j.Tail(t.Context(), 2); !errors.Is(err, ErrBehind) {
		t.Errorf("got %v", err)
	}
	if _, err := j.TailShelf(t.Context(), 1); !errors.Is(err, ErrBehind) {
		t.Errorf("shelf: got %v", err)
	}
}

func TestTooLargeIsRefused(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	huge := post(strings.Repeat("x", maxRecord))
	if _, err := j.Append(t.Context(), huge); !errors.Is(err, ErrTooLarge) {
		t.Errorf("append: %v", err)
	}
	if _, err := j.Append(t.Context(), make([]chat.Event, chat.MaxEnvelope+1)...); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too many: %v", err)
	}
	if _, err := j.Append(t.Context()); err == nil {
		t.Error("nothing was appended")
	}
	if _, err := j.AppendIf(t.Context(), chat.NameSubject("ana"), 0, huge); !errors.Is(err, ErrTooLarge) {
		t.Errorf("alone: %v", err)
	}
	if err := j.Put(t.Context(), chat.NewID[chat.Person](), "marks", make([]byte, maxRecord+1)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("put: %v", err)
	}
	if _, err := j.Append(t.Context(), post(strings.Repeat("x", maxEvents-1000))); err != nil {
		t.Errorf("what fits: %v", err)
	}
}

func TestFullLogSaysDiskFull(t *testing.T) {
	dir := t.TempDir()
	j := mustOpenBounded(t, dir, minStore)
	stored, err := fill(t, j)
	if chat.CodeOf(err) != chat.DiskFull {
		t.Fatalf("got %v", err)
	}
	if _, err := j.Append(t.Context(), post(strings.Repeat("x", 16<<10))); chat.CodeOf(err) != chat.DiskFull {
		t.Fatalf("append: %v", err)
	}
	if used, bound, err := j.Usage(t.Context()); err != nil || used > bound || bound != minStore {
		t.Fatalf("usage %d of %d, %v", used, bound, err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = mustOpenBounded(t, dir, 2*minStore)
	if _, err := j.Append(t.Context(), post(strings.Repeat("x", 32<<10))); err != nil {
		t.Fatalf("with more room: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	j = mustOpenBounded(t, dir, minStore) // less than it holds
	if id, err := j.Identity(t.Context()); err != nil || id.First != 1 || id.Last != stored+1 {
		t.Fatalf("of %d records there are %d to %d, %v", stored+1, id.First, id.Last, err)
	}
	if _, err := j.Append(t.Context(), post(strings.Repeat("x", 32<<10))); chat.CodeOf(err) != chat.DiskFull {
		t.Fatalf("with less room: %v", err)
	}
}

// fill stores records, which nobody decodes, until one is refused.
func fill(t *testing.T, j *Journal) (stored uint64, err error) {
	t.Helper()
	record := make([]byte, maxRecord)
	for size := maxRecord; size >= 8<<10; size /= 2 {
		for err = nil; err == nil; stored++ {
			if stored > 2*minStore/maxRecord {
				t.Fatal("the bound holds nothing back")
			}
			_, err = j.store(t.Context(), "EV.n.fill", fmt.Sprint(stored, size), record[:size])
		}
		stored--
	}
	return stored, err
}

func TestBusyServerIsAskedAgain(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	busy := 2
	publish := j.publish
	j.publish = func(ctx context.Context, e *engine, m *nats.Msg, opts ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
		if busy > 0 {
			busy--
			return nil, &jetstream.APIError{Code: 429, ErrorCode: 10167, Description: "too many requests"}
		}
		return publish(ctx, e, m, opts...)
	}
	if _, err := j.AppendIf(t.Context(), chat.NameSubject("ana"), 0, post("x")); err != nil || busy != 0 {
		t.Fatalf("got %v with %d refusals left", err, busy)
	}
}

func TestNoAnswerIsUnavailable(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	j.publish = func(context.Context, *engine, *nats.Msg, ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
		cancel()
		return nil, nats.ErrTimeout
	}
	if _, err := j.AppendIf(ctx, chat.NameSubject("ana"), 0, post("x")); chat.CodeOf(err) != chat.Unavailable {
		t.Fatalf("got %v", err)
	}
}

func TestPanicOfTheCommitterLeavesNobodyWaiting(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	j.publish = func(context.Context, *engine, *nats.Msg, ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
		panic("bug")
	}
	for range 2 {
		if _, err := j.Append(t.Context(), post("x")); chat.CodeOf(err) != chat.Unavailable {
			t.Fatalf("got %v", err)
		}
	}
}

func TestDamagedFolderIsRefused(t *testing.T) {
	streams := filepath.Join("jetstream", "$G", "streams")
	for name, tt := range map[string]struct {
		damage func(dir string) error
		says   string
	}{
		"settings of the log damaged": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, streams, evStream, "meta.inf"), []byte("{"), 0o600)
		}, "stream EV is on disk but could not be opened"},
		"log gone": {func(dir string) error {
			return os.RemoveAll(filepath.Join(dir, streams, evStream))
		}, "the log (stream EV) is missing"},
		"shelf gone": {func(dir string) error {
			return os.RemoveAll(filepath.Join(dir, streams, selfStream))
		}, "the shelf (stream SELF) is missing"},
		"of a cluster": {func(dir string) error {
			return os.MkdirAll(filepath.Join(dir, "jetstream", "$SYS", "_js_", "_meta_"), 0o700)
		}, "belongs to a node of a cluster"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			j := mustOpen(t, dir)
			if _, err := j.Append(t.Context(), post("precious")); err != nil {
				t.Fatal(err)
			}
			if err := j.Put(t.Context(), chat.NewID[chat.Person](), "marks", []byte("{}")); err != nil {
				t.Fatal(err)
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			if err := tt.damage(dir); err != nil {
				t.Fatal(err)
			}
			_, err := Open(t.Context(), Options{Dir: dir, MaxStore: testStore})
			var state *StateError
			if !errors.As(err, &state) || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("got %v", err)
			}
		})
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Dir: file}); err == nil {
		t.Error("a file was taken for a folder")
	}
}

// The server tells this by Fatalf, whose default ends the process.
func TestServerThatCannotStartIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "jetstream")); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), Options{Dir: dir, MaxStore: testStore})
	if err == nil || !strings.Contains(err.Error(), "did not start") {
		t.Fatalf("got %v", err)
	}
}

func TestFirstStartThatWasCutOffStartsAgain(t *testing.T) {
	dir := t.TempDir()
	half := filepath.Join(dir, "jetstream", "$G", "streams", evStream, "msgs")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	j := mustOpen(t, dir)
	if _, err := j.Append(t.Context(), post("first")); err != nil {
		t.Fatal(err)
	}
}

// The committer writes the envelope by hand; it must be what the codec writes.
func TestEnvelopeIsTheCodecs(t *testing.T) {
	c := &committer{id: chat.NewID[chat.Committer](), counter: 42}
	events := []chat.Event{post("a <b> & \u2028"), {ID: chat.NewID[chat.Event](), Body: chat.MemberLeft{}}, post("")}
	one, err := newRequest(events[:1])
	if err != nil {
		t.Fatal(err)
	}
	two, err := newRequest(events[1:])
	if err != nil {
		t.Fatal(err)
	}
	got := c.envelope([]*request{one, two})
	want, err := json.Marshal(chat.Envelope{Committer: c.id, Counter: 42, Events: events})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("got\n%s, want\n%s", got, want)
	}
	if spent := len(got) - one.size - two.size; spent > envelopeRoom {
		t.Fatalf("the envelope takes %d bytes", spent)
	}
}

func TestSlowReaderHoldsTheDeliveryBack(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	const records = maxReady + 2*maxPulled // more than a tail holds ready
	for range records {
		if _, err := j.Append(t.Context(), post("x")); err != nil {
			t.Fatal(err)
		}
	}
	opened, err := j.Tail(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	tl := opened.(*tail[chat.Entry])
	for want := uint64(1); want <= records; want++ {
		got, err := tl.Next(t.Context(), 1)
		if err != nil || len(got) != 1 || got[0].Seq != want {
			t.Fatalf("record %d: %v, %v", want, got, err)
		}
		tl.mu.Lock()
		if len(tl.ready) > maxReady {
			t.Errorf("%d records are held ready", len(tl.ready))
		}
		tl.mu.Unlock()
	}
}
