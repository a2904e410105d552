package journal

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"charla/server/chat"
)

// Options say where a journal lives and what it may use.
type Options struct {
	Dir      string // of the store; made if missing. Whoever calls holds a lock on it
	Node     string // stable name of this server; default "one"
	MaxStore int64  // bytes the log may take; default DefaultMaxStore(Dir)
	Log      *slog.Logger
	Now      func() time.Time // default time.Now

	// ReadOverDamage lets tails go on where records of the log are damaged, and
	// warns. Without it they end there with a *DamagedError: what is built from
	// the log would lack them. For an operator who has decided.
	ReadOverDamage bool

	careless bool // no sync before acknowledgements: for what is synced as a whole, see Rewrite
}

// closeGrace is how long Close waits for what is being stored.
const closeGrace = 5 * time.Second

// maxWriters bounds the AppendIfs and Puts in flight; more wait their turn.
const maxWriters = 64

// Journal is an open log and shelf.
type Journal struct {
	log *slog.Logger
	o   Options // with the defaults filled in

	committer *committer
	writers   chan struct{}
	publish   publishFunc   // replaced by tests, which lose acknowledgements
	acked     atomic.Uint64 // the highest sequence of the log that was acknowledged

	cutOff   uint64 // records the log has lost at its end, as far as its seal knows
	sealed   seal   // of reseal, once Open is through
	resealed chan struct{}

	life context.Context // ends when Close gives up on what is in flight
	end  context.CancelFunc

	closing sync.Once
	mu      sync.Mutex
	closed  bool
	inUse   sync.WaitGroup // AppendIfs and Puts in flight; added to under mu
	tails   map[reader]struct{}

	engine   *engine
	mended   chan struct{} // closed at the end of the mend under way; nil if there is none
	nextMend time.Time
	mends    sync.WaitGroup // of one mend at most; added to under mu, and not once closed
}

// reader is a tail, whatever it reads.
type reader interface {
	detach()
	attach(context.Context, *engine) error
	fail(cause error)
	stop(cause error)
}

var (
	_ chat.Log   = (*Journal)(nil)
	_ chat.Shelf = (*Journal)(nil)
)

// Open starts the embedded server on o.Dir and opens the two streams, which it
// makes on the first start. It refuses a folder that it cannot vouch for: see
// *StateError.
func Open(ctx context.Context, o Options) (_ *Journal, err error) {
	defer wrap(&err, "journal: open %s", o.Dir)
	if o.Node == "" {
		o.Node = "one"
	}
	if !validToken(o.Node) {
		return nil, fmt.Errorf("node name %q: want letters, digits, - or _", o.Node)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxStore == 0 {
		o.MaxStore = DefaultMaxStore(o.Dir)
	}
	if o.MaxStore < minStore {
		return nil, fmt.Errorf("%d bytes are too few for a log: at least %d", o.MaxStore, minStore)
	}
	found, err := inspect(o.Dir)
	if err != nil {
		return nil, err
	}

	j := &Journal{log: o.Log, o: o, publish: publish, writers: make(chan struct{}, maxWriters), resealed: make(chan struct{}), tails: map[reader]struct{}{}}
	j.life, j.end = context.WithCancel(context.WithoutCancel(ctx))
	j.engine = newEngine(j.life, o.Log)
	if err := j.engine.start(ctx, o, found); err != nil {
		j.shutdown()
		return nil, err
	}
	info := j.engine.ev.CachedInfo()
	state := info.State
	if err := j.unseal(info.Created.UTC(), state.LastSeq); err != nil {
		o.Log.Warn("what is stored is safe, only its end was not noted", "err", err)
	}
	go j.reseal()
	o.Log.Info("the log is open", "records", state.Msgs, "bytes", state.Bytes, "bound", o.MaxStore)
	j.committer = newCommitter(j, o.Node, o.Now())
	go j.committer.run()
	return j, nil
}

// Close refuses new work, lets what is being stored finish (for at most
// closeGrace), ends the tails and stops the server. Appends that still wait
// get chat.Unavailable.
func (j *Journal) Close() error {
	j.closing.Do(j.close)
	return nil
}

func (j *Journal) close() {
	j.mu.Lock()
	j.closed = true
	tails := j.tails
	j.tails = nil
	j.mu.Unlock()

	giveUp := time.AfterFunc(closeGrace, j.end)
	defer giveUp.Stop()
	j.committer.close()
	j.inUse.Wait()
	j.end()
	<-j.resealed
	j.mends.Wait()
	for t := range tails {
		t.stop(errClosed())
	}
	j.shutdown()
}

func (j *Journal) shutdown() {
	j.end()
	j.current().shutdown()
}

// current is the engine that reads, sound or not.
func (j *Journal) current() *engine {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.engine
}

func (j *Journal) openTails() []reader {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Collect(maps.Keys(j.tails))
}

// enter lets one AppendIf or Put in, and says how to leave; or waits for its
// turn until ctx ends.
func (j *Journal) enter(ctx context.Context) (leave func(), err error) {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return nil, errClosed()
	}
	j.inUse.Add(1)
	j.mu.Unlock()
	select {
	case j.writers <- struct{}{}:
		return func() { <-j.writers; j.inUse.Done() }, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-j.life.Done():
		err = errStopped
	}
	j.inUse.Done()
	return nil, unavailable(err)
}

// Identity asks the server how the log is.
func (j *Journal) Identity(ctx context.Context) (_ chat.LogIdentity, err error) {
	defer wrap(&err, "journal: identity")
	info, err := j.current().ev.Info(ctx)
	if err != nil {
		return chat.LogIdentity{}, mapped(err)
	}
	id := chat.LogIdentity{Created: info.Created.UTC(), First: info.State.FirstSeq, Last: info.State.LastSeq}
	if id.Last == 0 {
		id.First = 0
	}
	return id, nil
}

// Lost is how many records are not there any more, between 1 and the last one
// or behind it. A log is never shortened by charla, so each is damage: see
// projector.Compare.
func (j *Journal) Lost(ctx context.Context) (_ uint64, err error) {
	defer wrap(&err, "journal: lost records")
	info, err := j.current().ev.Info(ctx)
	if err != nil {
		return 0, mapped(err)
	}
	return info.State.LastSeq - info.State.Msgs + j.cutOff, nil
}

// ShelfEnd is the sequence of the last value put on the shelf.
func (j *Journal) ShelfEnd(ctx context.Context) (_ uint64, err error) {
	defer wrap(&err, "journal: end of the shelf")
	info, err := j.current().self.Info(ctx)
	if err != nil {
		return 0, mapped(err)
	}
	return info.State.LastSeq, nil
}

// Usage is how many bytes the log takes, and its bound: at the bound every
// Append says chat.DiskFull.
func (j *Journal) Usage(ctx context.Context) (used, bound int64, err error) {
	defer wrap(&err, "journal: usage")
	info, err := j.current().ev.Info(ctx)
	if err != nil {
		return 0, 0, mapped(err)
	}
	return int64(info.State.Bytes), j.o.MaxStore, nil
}
