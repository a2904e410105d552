package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	evStream   = "EV"
	selfStream = "SELF"

	// maxRecord bounds one record (an envelope, a value); the streams and the
	// server take twice as much, so that headers always fit.
	maxRecord = 512 << 10
	maxWire   = 1 << 20

	// readyWithin bounds the start of the server. After a kill -9 it reads the
	// whole log, at some hundreds of megabytes a second.
	readyWithin = 10 * time.Minute

	// dedupe is how long a retry may come after the first try. The server reads
	// all records of this window on start (0.4 s per million): not longer.
	dedupe = 2 * time.Minute

	minStore  = 16 << 20
	maxMemory = 64 << 20 // the server's, for the state of consumers

	// noBound is the server's bound over all streams. The streams have theirs;
	// one that holds more than the server's would not open any more.
	noBound = 1 << 50
)

// evConfig is the log: no age, no count, and an error, not a deletion, when
// full.
func evConfig(maxStore int64) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: evStream, Subjects: []string{evStream + ".>"},
		Storage: jetstream.FileStorage, Replicas: 1,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxBytes: maxStore, MaxMsgSize: maxWire,
		Duplicates: dedupe, AllowDirect: true, AllowAtomicPublish: true,
	}
}

// selfConfig is the shelf: one value per subject.
func selfConfig(maxStore int64) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: selfStream, Subjects: []string{selfStream + ".>"},
		Storage: jetstream.FileStorage, Replicas: 1,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		MaxMsgsPerSubject: 1,
		MaxBytes:          maxStore / 8, MaxMsgSize: maxWire,
		Duplicates: dedupe, AllowDirect: true,
	}
}

// serverOptions: in this process only, no port, no signals, and a sync before
// every acknowledgement. Without SyncAlways a power cut takes what was
// acknowledged in the last two minutes.
func serverOptions(o Options) *server.Options {
	return &server.Options{
		ServerName: o.Node,
		DontListen: true, NoSigs: true, DisableJetStreamBanner: true,
		JetStream: true, StoreDir: o.Dir, SyncAlways: !o.careless,
		JetStreamMaxMemory: maxMemory,
		JetStreamMaxStore:  noBound,
		MaxPayload:         maxWire,
	}
}

// startServer returns a server that is ready, or why it is not. The server
// tells a failed start of JetStream by Fatalf alone, and says that JetStream
// is enabled even then; so both ways are watched.
func startServer(ctx context.Context, o Options, notes *serverLog) (*server.Server, error) {
	srv, err := server.NewServer(serverOptions(o))
	if err != nil {
		return nil, err
	}
	srv.SetLoggerV2(notes, false, false, false)
	srv.Start()
	if err := notes.fatalErr(); err != nil {
		return srv, fmt.Errorf("the embedded server did not start: %w", err)
	}
	within := readyWithin
	if end, ok := ctx.Deadline(); ok {
		within = min(within, time.Until(end))
	}
	if !srv.ReadyForConnections(within) {
		return srv, errors.Join(fmt.Errorf("the embedded server was not ready within %s", within), notes.fatalErr())
	}
	return srv, notes.fatalErr()
}

// openStream opens the stream, or makes it if nothing of it is on disk. A
// stream that is on disk and that the server does not offer is damaged, and
// making it anew would hide what it held.
func (e *engine) openStream(ctx context.Context, dir string, want jetstream.StreamConfig, onDisk bool) (jetstream.Stream, error) {
	st, err := e.js.Stream(ctx, want.Name)
	switch {
	case err == nil:
		return e.adjust(ctx, dir, st, want)
	case !errors.Is(err, jetstream.ErrStreamNotFound):
		return nil, fmt.Errorf("stream %s: %w", want.Name, mapped(err))
	case onDisk:
		return nil, &StateError{Dir: dir, Problem: fmt.Sprintf(
			"stream %s is on disk but could not be opened (%s)", want.Name, e.notes.lastProblem())}
	}
	if st, err = e.js.CreateStream(ctx, want); err != nil {
		return nil, fmt.Errorf("make stream %s: %w", want.Name, mapped(err))
	}
	return st, nil
}

// adjust gives a stream a changed bound. Everything else it was made with must
// be as it is made today.
func (e *engine) adjust(ctx context.Context, dir string, st jetstream.Stream, want jetstream.StreamConfig) (jetstream.Stream, error) {
	have := st.CachedInfo().Config
	if have.Storage != want.Storage || have.Retention != want.Retention || have.Discard != want.Discard ||
		max(have.MaxMsgsPerSubject, 0) != want.MaxMsgsPerSubject || // the server says -1 for no bound
		have.MaxAge != 0 || len(have.Subjects) != 1 || have.Subjects[0] != want.Subjects[0] {
		return nil, &StateError{Dir: dir, Problem: fmt.Sprintf("stream %s was not made by charla: its settings differ", want.Name)}
	}
	if have.MaxBytes == want.MaxBytes {
		return st, nil
	}
	have.MaxBytes = want.MaxBytes
	st, err := e.js.UpdateStream(ctx, have)
	if err != nil {
		return nil, fmt.Errorf("stream %s: set its bound to %d bytes: %w", want.Name, want.MaxBytes, mapped(err))
	}
	return st, nil
}

// serverLog passes what the embedded server says to slog, and remembers the
// last problem and a fatal one: the server's own logger would exit.
type serverLog struct {
	log        *slog.Logger
	complained chan struct{} // one wake, after an error

	mu      sync.Mutex
	problem string
	fatal   error
}

func (l *serverLog) Noticef(format string, v ...any) {
	l.log.Debug("nats: " + fmt.Sprintf(format, v...))
}
func (l *serverLog) Debugf(string, ...any) {}
func (l *serverLog) Tracef(string, ...any) {}

func (l *serverLog) Warnf(format string, v ...any) {
	l.note(fmt.Sprintf(format, v...), false)
}

func (l *serverLog) Errorf(format string, v ...any) {
	l.note(fmt.Sprintf(format, v...), false)
	wake(l.complained)
}

func (l *serverLog) Fatalf(format string, v ...any) {
	l.note(fmt.Sprintf(format, v...), true)
	wake(l.complained)
}

func (l *serverLog) note(text string, fatal bool) {
	l.mu.Lock()
	l.problem = text
	if fatal && l.fatal == nil {
		l.fatal = errors.New(text)
	}
	l.mu.Unlock()
	level := slog.LevelWarn
	if fatal {
		level = slog.LevelError
	}
	l.log.Log(context.Background(), level, "nats: "+text)
}

func (l *serverLog) fatalErr() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fatal
}

func (l *serverLog) lastProblem() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.problem == "" {
		return "the server gave no reason"
	}
	return l.problem
}
