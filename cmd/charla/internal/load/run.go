package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Config is one run.
type Config struct {
	Address    string        // host:port
	Anywhere   bool          // also one that is not on a private network
	Sessions   int           // at least two
	Rate       float64       // messages a second, by all together
	For        time.Duration // of messages
	Idle       time.Duration // of silence before them
	Connecting int           // at most so many sign in at once
	PID        int           // of the server, to measure it; 0: not
	Prefix     string        // nicks are this and a number
	Seed       uint64        // of the keys: the same seed is the same people

	Tell func(sentence string) // how it goes; may be nil
}

// The bounds of one run: what the tool itself can hold.
const (
	maxSessions = 20_000
	maxMessages = 1_000_000
)

const (
	quiet      = 500 * time.Millisecond // of silence make a server that is quiet
	quietWaits = 20 * time.Second       // for it, at most
	late       = 10 * time.Second       // that the last deliveries may take
)

// Errors of a run that was made, but not as it should be. The report is whole.
var (
	ErrMissed      = errors.New("not every delivery was seen")
	ErrConnect     = errors.New("not every session came in")
	ErrLost        = errors.New("the server ended sessions")
	ErrInterrupted = errors.New("interrupted")
	errNobody      = errors.New("nobody came in")
)

// Validate says what is wrong with a configuration.
func (c Config) Validate() error {
	switch {
	case c.Sessions < 2 || c.Sessions > maxSessions:
		return fmt.Errorf("--sessions %d: from 2 to %d", c.Sessions, maxSessions)
	case !(c.Rate >= 0 && c.Rate*c.For.Seconds() <= maxMessages): // also not a number
		return fmt.Errorf("--rate %g for %s: from none to %d messages in all", c.Rate, c.For, maxMessages)
	case c.For < 0 || c.Idle < 0:
		return errors.New("--for and --idle are not negative")
	case c.Connecting < 1:
		return fmt.Errorf("--connecting %d: at least one", c.Connecting)
	case c.PID < 0:
		return fmt.Errorf("--pid %d: the number of a process", c.PID)
	}
	return nil
}

// run is a run that goes on.
type run struct {
	Config
	dial     string // the address that Address stands for
	meter    meter
	board    *board
	screens  histogram
	sessions []*session // those that came in

	before, connected, idled, ended usage
	report                          Report
}

// Run makes a run. The report holds what there is also when an error is
// returned, for example when ctx ends before the run does. All sessions are
// closed when it returns.
func Run(ctx context.Context, c Config) (Report, error) {
	if err := c.Validate(); err != nil {
		return Report{}, err
	}
	if c.Tell == nil {
		c.Tell = func(string) {}
	}
	address, err := resolve(ctx, c.Address, c.Anywhere)
	if err != nil {
		return Report{}, err
	}
	if err := raiseFiles(c.Sessions); err != nil {
		return Report{}, err
	}
	if err := awaitServer(ctx, address); err != nil {
		return Report{}, err
	}
	r := &run{Config: c, dial: address, meter: meter{c.PID}, board: newBoard()}
	r.report = Report{Address: c.Address, Sessions: c.Sessions, LoadBefore: loadAverage()}
	defer r.hangUp()
	for _, phase := range []func(context.Context) error{r.connect, r.idle, r.talk} {
		if err = phase(ctx); err != nil {
			break
		}
	}
	r.finish()
	return r.report, errors.Join(err, r.verdict())
}

// connect brings everybody in and waits until the server is quiet.
func (r *run) connect(ctx context.Context) (err error) {
	if r.before, err = r.meter.read(); err != nil {
		return err
	}
	r.Tell(fmt.Sprintf("connecting %d sessions to %s", r.Sessions, r.dial))
	var (
		mu    sync.Mutex
		group sync.WaitGroup
		next  = make(chan int)
	)
	began := time.Now()
	for range min(r.Connecting, r.Sessions) {
		group.Go(func() { // ends when next is closed
			for n := range next {
				s, err := r.enter(ctx, n)
				mu.Lock()
				r.admit(s, err)
				mu.Unlock()
			}
		})
	}
	for n := 0; n < r.Sessions && ctx.Err() == nil; n++ {
		next <- n
	}
	close(next)
	group.Wait()
	r.report.connected(len(r.sessions), time.Since(began), &r.screens)
	switch {
	case ctx.Err() != nil:
		return ErrInterrupted
	case len(r.sessions) == 0:
		return errNobody
	}
	if err := r.awaitQuiet(ctx); err != nil {
		return err
	}
	r.connected, err = r.meter.read()
	return err
}

// enter brings one person in, to the first screen. A panic is a failure.
func (r *run) enter(ctx context.Context, n int) (s *session, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	nick := fmt.Sprintf("%s%d", r.Prefix, n)
	key, err := signer(r.Seed, nick)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if s, err = dial(ctx, r.dial, nick, n, key, r.board); err != nil {
		return nil, err
	}
	if err := s.awaitScreen(ctx); err != nil {
		s.close()
		return nil, fmt.Errorf("screen of %s: %w", nick, err)
	}
	r.screens.add(time.Since(began))
	return s, nil
}

func (r *run) admit(s *session, err error) {
	if err == nil {
		r.sessions = append(r.sessions, s)
		return
	}
	if r.report.Failures++; r.report.Failures == 1 {
		r.report.FirstFailure = err.Error()
	}
}

// awaitQuiet waits until nothing comes any more, within reason: some chats
// never stop.
func (r *run) awaitQuiet(ctx context.Context) error {
	until := time.Now().Add(quietWaits)
	for now := time.Now(); now.Before(until); now = time.Now() {
		rest := quiet - now.Sub(time.Unix(0, r.board.lastly.Load()))
		if rest <= 0 {
			return nil
		}
		if err := pause(ctx, rest); err != nil {
			return err
		}
	}
	r.report.Restless = true
	return nil
}

// idle measures silence.
func (r *run) idle(ctx context.Context) error {
	r.Tell(fmt.Sprintf("%d are in; idle for %s", len(r.sessions), r.Idle))
	bytes := r.board.bytes.Load()
	if err := pause(ctx, r.Idle); err != nil {
		return err
	}
	r.report.idled(r.board.bytes.Load()-bytes, len(r.sessions), r.Idle)
	var err error
	r.idled, err = r.meter.read()
	return err
}

// talk lets one after the other say something, at the rate, and waits for the
// last deliveries. What an interruption leaves is reported too.
func (r *run) talk(ctx context.Context) error {
	count := int(r.Rate * r.For.Seconds())
	if count == 0 || len(r.sessions) < 2 {
		return nil
	}
	r.Tell(fmt.Sprintf("%d messages, %g a second", count, r.Rate))
	bytes := r.board.bytes.Load()
	err := r.send(ctx, count)
	r.report.talked(r.board, r.board.bytes.Load()-bytes)
	var unread error
	r.ended, unread = r.meter.read()
	return errors.Join(err, unread)
}

func (r *run) send(ctx context.Context, count int) error {
	began := time.Now()
	random := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())) // never those of an earlier run
	for n := range count {
		due := began.Add(time.Duration(float64(n) / r.Rate * float64(time.Second)))
		if err := pause(ctx, time.Until(due)); err != nil {
			return err
		}
		r.say(random, n, due)
	}
	return r.awaitDeliveries(ctx)
}

// say sends the nth message. One whose session is gone counts as sent: that
// nobody sees it is the server's doing.
func (r *run) say(random *rand.Rand, n int, due time.Time) {
	m := newMarker(random, n)
	for r.board.taken(m) {
		m = newMarker(random, n)
	}
	s := r.sessions[n%len(r.sessions)]
	now := time.Now()
	r.report.sent(len(r.sessions)-1, now.Sub(due))
	r.board.post(m, message{n: n, sender: s.n, at: now})
	_ = s.say(m)
}

// awaitDeliveries ends when all are seen, when it has been long enough, or when
// the server has left everybody.
func (r *run) awaitDeliveries(ctx context.Context) error {
	for until := time.Now().Add(late); r.board.seen.Load() < r.report.Expected && time.Now().Before(until); {
		if r.lost() == len(r.sessions) {
			return nil
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// pause waits, or returns ErrInterrupted when ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ErrInterrupted
	}
}

// finish computes what is known at the end.
func (r *run) finish() {
	r.report.Lost = r.lost()
	r.report.LoadAfter = loadAverage()
	if r.PID != 0 {
		r.report.Server = r.server()
	}
}

// lost counts the sessions that the server ended.
func (r *run) lost() (n int) {
	for _, s := range r.sessions {
		if s.lost() {
			n++
		}
	}
	return n
}

func (r *run) verdict() error {
	var errs []error
	if r.report.Failures > 0 {
		errs = append(errs, fmt.Errorf("%w: %d of %d, the first: %s", ErrConnect, r.report.Failures, r.Sessions, r.report.FirstFailure))
	}
	if r.report.Lost > 0 {
		errs = append(errs, fmt.Errorf("%w: %d of %d", ErrLost, r.report.Lost, len(r.sessions)))
	}
	if r.report.Seen < r.report.Expected {
		errs = append(errs, fmt.Errorf("%w: %d of %d", ErrMissed, r.report.Seen, r.report.Expected))
	}
	return errors.Join(errs...)
}

// hangUp closes everything.
func (r *run) hangUp() {
	for _, s := range r.sessions {
		s.closed.Store(true)
		_ = s.conn.Close()
	}
	for _, s := range r.sessions {
		<-s.ended
	}
}
