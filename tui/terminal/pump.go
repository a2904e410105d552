package terminal

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// pump is the only caller of program.Send, which blocks while the program is
// busy; so nobody else ever waits for a slow session. Its select is passed for
// each thing that happens, so it has few cases: one timer serves all that the
// pump waits for.
type pump struct {
	session *session
	program *tea.Program
	in      *input
	gate    *gate
	timer   *time.Timer
	rings   time.Time // when timer fires; zero: it does not
	gateDue time.Time // the gate waits for more bytes until then
	release time.Time // Bubble Tea's own ticker is stopped then
	helpers sync.WaitGroup

	c       Config
	sizesIn <-chan Size // nil while a size waits
	sizes   throttle
	held    Size            // the one that waits
	wakeIn  <-chan struct{} // nil while news wait
	news    throttle
}

// pump moves what comes in to the program until ctx ends.
func (s *session) pump(ctx context.Context, program *tea.Program, c Config) {
	defer func() {
		if r := recover(); r != nil {
			s.panicked("pump", r)
			program.Send(tea.QuitMsg{})
		}
	}()
	p := &pump{session: s, program: program, in: newInput(c.In), gate: newGate(), timer: stoppedTimer(),
		release: time.Now().Add(releaseAfter), c: c, wakeIn: c.Wake}
	if c.Sizes != nil {
		p.sizesIn = c.Sizes.C()
	}
	defer p.helpers.Wait()
	defer p.timer.Stop()
	program.Send(sizeMsg(c.Size.clamped()))
	go p.in.run(ctx, s)
	p.run(ctx)
}

func (p *pump) run(ctx context.Context) {
	for {
		p.set()
		select {
		case <-ctx.Done():
			return
		case chunk, open := <-p.in.chunks:
			if !open {
				p.send(p.gate.end())
				p.program.Send(endMsg{ErrInputEnded})
				return
			}
			p.chunk(ctx, chunk)
		case <-p.session.alarm.timer.C:
			p.program.Send(dueMsg{})
		case p.held = <-p.sizesIn:
			if p.sizes.early() {
				p.sizesIn = nil
			} else {
				p.resize()
			}
		case _, open := <-p.wakeIn:
			if p.wakeIn = nil; open && !p.news.early() {
				p.tell()
			}
		case <-p.timer.C:
			p.rings = time.Time{}
			p.due(ctx)
		}
	}
}

// due does what the timer was set for.
func (p *pump) due(ctx context.Context) {
	if p.sizes.passes() {
		select {
		case p.held = <-p.c.Sizes.C():
		default:
		}
		p.resize()
	}
	if p.news.passes() {
		p.tell()
	}
	if isDue(p.gateDue) {
		p.gateDue = time.Time{}
		p.gateTimeout(ctx)
	}
	if isDue(p.release) {
		p.release = time.Time{}
		p.helpers.Go(p.releaseTicker)
	}
}

// set sets the timer to what is due next.
func (p *pump) set() {
	var next time.Time
	for _, at := range [...]time.Time{p.gateDue, p.sizes.due, p.news.due, p.release} {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	switch {
	case next.Equal(p.rings):
		return
	case next.IsZero():
		p.timer.Stop()
	default:
		p.timer.Reset(time.Until(next))
	}
	p.rings = next
}

// isDue tells whether a time that is set has come.
func isDue(at time.Time) bool { return !at.IsZero() && !at.After(time.Now()) }

func (p *pump) resize() {
	p.sizesIn = p.c.Sizes.C()
	p.program.Send(sizeMsg(p.held.clamped()))
	p.sizes.at = time.Now()
}

func (p *pump) tell() {
	p.wakeIn = p.c.Wake
	p.program.Send(NewsMsg{})
	p.news.at = time.Now()
}

func (p *pump) send(events []tea.Msg) {
	if len(events) > 0 {
		p.program.Send(eventsMsg(events))
	}
}

func (p *pump) chunk(ctx context.Context, c chunk) {
	events := p.gate.feed(c.data, c.fresh)
	p.send(events)
	p.gateDue = time.Time{}
	if wait := p.gate.patience(); wait > 0 {
		p.gateDue = time.Now().Add(wait)
	}
	p.in.taken(ctx, len(events))
}

// gateTimeout ends the wait for more bytes, unless they came while the program
// was busy.
func (p *pump) gateTimeout(ctx context.Context) {
	select {
	case chunk, open := <-p.in.chunks:
		if open {
			p.chunk(ctx, chunk)
			return
		}
	default:
	}
	p.send(p.gate.timeout())
}

// throttle lets one thing pass in a frame's time.
type throttle struct {
	at  time.Time // when the last one passed
	due time.Time // when one that came too early may pass; zero: none waits
}

// early tells whether the last one passed too short a time ago; then it is due
// later.
func (t *throttle) early() bool {
	if time.Since(t.at) >= frameGap {
		return false
	}
	t.due = t.at.Add(frameGap)
	return true
}

// passes tells whether one that waited may pass now.
func (t *throttle) passes() bool {
	if !isDue(t.due) {
		return false
	}
	t.due = time.Time{}
	return true
}

func stoppedTimer() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
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
