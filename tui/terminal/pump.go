package terminal

import (
	"context"
	"io"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// pump is the only caller of program.Send, which blocks while the program is
// busy; so nobody else ever waits for a slow session.
type pump struct {
	session *session
	program *tea.Program
	gate    *gate
	gateDue *time.Timer // the gate waits for more bytes until then
	newsDue *time.Timer // news that came too early are handed on then
	newsAt  time.Time
	release *time.Timer // Bubble Tea's own ticker is stopped then
	helpers sync.WaitGroup
}

// pump moves what comes in to the program until ctx ends.
func (s *session) pump(ctx context.Context, program *tea.Program, c Config) {
	defer func() {
		if r := recover(); r != nil {
			s.panicked("pump", r)
			program.Send(tea.QuitMsg{})
		}
	}()
	p := &pump{session: s, program: program, gate: newGate(), gateDue: stoppedTimer(), newsDue: stoppedTimer(),
		release: time.NewTimer(releaseAfter)}
	defer p.helpers.Wait()
	defer p.stopTimers()
	program.Send(sizeMsg(c.Size.clamped()))
	in := newInput(c.In)
	go in.run(ctx, s)
	p.run(ctx, c, in)
}

func (p *pump) stopTimers() {
	p.gateDue.Stop()
	p.newsDue.Stop()
	p.release.Stop()
}

func stoppedTimer() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

func (p *pump) run(ctx context.Context, c Config, in *input) {
	var sizes <-chan Size
	if c.Sizes != nil {
		sizes = c.Sizes.C()
	}
	wake := c.Wake
	for {
		select {
		case <-ctx.Done():
			return
		case chunk := <-in.chunks:
			p.chunk(ctx, in, chunk)
		case <-in.ended:
			p.send(p.gate.end())
			p.program.Send(endMsg{ErrInputEnded})
			return
		case <-p.gateDue.C:
			select {
			case chunk := <-in.chunks: // the bytes did come, while the program was busy
				p.chunk(ctx, in, chunk)
			default:
				p.send(p.gate.timeout())
			}
		case size := <-sizes:
			p.program.Send(sizeMsg(size.clamped()))
		case <-wake:
			if wait := frameGap - time.Since(p.newsAt); wait > 0 {
				p.newsDue.Reset(wait)
				wake = nil
				continue
			}
			p.news()
		case <-p.newsDue.C:
			wake = c.Wake
			p.news()
		case <-p.session.frameTimer.C:
			p.program.Send(frameMsg{})
		case <-p.release.C:
			p.helpers.Go(p.releaseTicker)
		}
	}
}

func (p *pump) chunk(ctx context.Context, in *input, c chunk) {
	events := p.gate.feed(c.data, c.fresh)
	p.send(events)
	if wait := p.gate.patience(); wait > 0 {
		p.gateDue.Reset(wait)
	} else {
		p.gateDue.Stop()
	}
	in.taken(ctx, len(events))
}

func (p *pump) news() {
	p.program.Send(NewsMsg{})
	p.newsAt = time.Now()
}

func (p *pump) send(events []tea.Msg) {
	if len(events) > 0 {
		p.program.Send(eventsMsg(events))
	}
}

// releaseAfter spares short sessions the wait of releaseTicker.
const releaseAfter = time.Second

// releaseTicker stops the ticker that Bubble Tea runs for its renderer, of
// which there is none: ReleaseTerminal ends that goroutine and does nothing
// else here. It first waits 500 ms for an input reader that does not exist, so
// it has a goroutine of its own, for which the pump waits when it ends.
func (p *pump) releaseTicker() {
	defer func() {
		if r := recover(); r != nil {
			p.session.panicked("release", r)
		}
	}()
	_ = p.program.ReleaseTerminal()
}

// Limits of what comes in. A byte costs one, an event eventCost; what goes
// beyond waits in the client, because nothing is read meanwhile.
const (
	inputRate  = 512 * 1024    // per second
	inputBurst = 2 * inputRate // at once
	eventCost  = 256           // so 2,000 events per second, 4,000 at once
	readSmall  = 256           // the buffer of an idle session
	readLarge  = 4096          // the buffer while much comes in
	stallGap   = 100 * time.Millisecond
)

// chunk is what one read gave. fresh is false if it may have piled up while
// the session was busy: then lines in it say nothing about a paste.
type chunk struct {
	data  []byte
	fresh bool
}

// input reads the client's bytes. One chunk is under way at a time.
type input struct {
	in     io.Reader
	chunks chan chunk
	done   chan int // the number of events in the chunk
	ended  chan struct{}
	budget float64
	filled time.Time
}

func newInput(in io.Reader) *input {
	return &input{in: in, chunks: make(chan chunk), done: make(chan int), ended: make(chan struct{}),
		budget: inputBurst, filled: time.Now()}
}

// run reads until the input or ctx ends.
func (i *input) run(ctx context.Context, s *session) {
	defer close(i.ended)
	defer func() {
		if r := recover(); r != nil {
			s.panicked("read", r)
		}
	}()
	buf, fresh := make([]byte, readSmall), true
	for {
		n, err := i.in.Read(buf)
		if n > 0 {
			handed := time.Now()
			cost, ok := i.hand(ctx, chunk{buf[:n], fresh})
			if !ok || !i.pay(ctx, n+cost*eventCost) {
				return
			}
			fresh = time.Since(handed) < stallGap
			buf = nextBuffer(buf, n)
		}
		if err != nil {
			return
		}
	}
}

// nextBuffer grows the buffer when it was filled and shrinks it when the flood
// is over.
func nextBuffer(buf []byte, n int) []byte {
	switch {
	case n == len(buf) && len(buf) == readSmall:
		return make([]byte, readLarge)
	case n <= readSmall && len(buf) == readLarge:
		return make([]byte, readSmall)
	}
	return buf
}

// hand gives a chunk to the pump and waits until it was used up.
func (i *input) hand(ctx context.Context, c chunk) (events int, ok bool) {
	select {
	case i.chunks <- c:
	case <-ctx.Done():
		return 0, false
	}
	select {
	case events = <-i.done:
		return events, true
	case <-ctx.Done():
		return 0, false
	}
}

// taken is called by the pump when the events of a chunk are with the program.
func (i *input) taken(ctx context.Context, events int) {
	select {
	case i.done <- events:
	case <-ctx.Done():
	}
}

// pay takes the cost from the budget and waits while it is overdrawn.
func (i *input) pay(ctx context.Context, cost int) bool {
	now := time.Now()
	i.budget = min(i.budget+now.Sub(i.filled).Seconds()*inputRate, inputBurst)
	i.filled = now
	i.budget -= float64(cost)
	if i.budget >= 0 {
		return true
	}
	wait := time.NewTimer(time.Duration(-i.budget / inputRate * float64(time.Second)))
	defer wait.Stop()
	select {
	case <-wait.C:
		return true
	case <-ctx.Done():
		return false
	}
}
