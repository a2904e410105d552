package terminal

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// pump is the only caller of program.Send, which blocks while the program is
// busy; so nobody else ever waits for a slow session.
type pump struct {
	session *session
	program *tea.Program
	in      *input
	gate    *gate
	gateDue *time.Timer // the gate waits for more bytes until then
	sizes   throttle
	news    throttle
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
	p := &pump{session: s, program: program, in: newInput(c.In), gate: newGate(), gateDue: stoppedTimer(),
		sizes: newThrottle(), news: newThrottle(), release: time.NewTimer(releaseAfter)}
	defer p.helpers.Wait()
	defer p.stopTimers()
	program.Send(sizeMsg(c.Size.clamped()))
	go p.in.run(ctx, s)
	p.run(ctx, c)
}

func (p *pump) stopTimers() {
	p.gateDue.Stop()
	p.news.due.Stop()
	p.sizes.due.Stop()
	p.release.Stop()
}

func (p *pump) run(ctx context.Context, c Config) {
	var all <-chan Size
	if c.Sizes != nil {
		all = c.Sizes.C()
	}
	sizes, wake, held := all, c.Wake, Size{}
	for {
		select {
		case <-ctx.Done():
			return
		case chunk := <-p.in.chunks:
			p.chunk(ctx, chunk)
		case <-p.in.ended:
			p.send(p.gate.end())
			p.program.Send(endMsg{ErrInputEnded})
			return
		case <-p.gateDue.C:
			p.gateTimeout(ctx)
		case <-p.session.frameTimer.C:
			p.program.Send(frameMsg{})
		case held = <-sizes:
			if sizes = nil; !p.sizes.early() {
				sizes = all
				p.resize(held)
			}
		case <-p.sizes.due.C:
			select {
			case held = <-all:
			default:
			}
			sizes = all
			p.resize(held)
		case _, open := <-wake:
			if wake = nil; open && !p.news.early() {
				wake = c.Wake
				p.tell()
			}
		case <-p.news.due.C:
			wake = c.Wake
			p.tell()
		case <-p.release.C:
			p.helpers.Go(p.releaseTicker)
		}
	}
}

func (p *pump) resize(size Size) {
	p.program.Send(sizeMsg(size.clamped()))
	p.sizes.at = time.Now()
}

func (p *pump) tell() {
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
	if wait := p.gate.patience(); wait > 0 {
		p.gateDue.Reset(wait)
	} else {
		p.gateDue.Stop()
	}
	p.in.taken(ctx, len(events))
}

// gateTimeout ends the wait for more bytes, unless they came while the program
// was busy.
func (p *pump) gateTimeout(ctx context.Context) {
	select {
	case chunk := <-p.in.chunks:
		p.chunk(ctx, chunk)
	default:
		p.send(p.gate.timeout())
	}
}

// throttle lets one thing pass in a frame's time.
type throttle struct {
	at  time.Time   // when the last one passed
	due *time.Timer // fires when one that came too early may pass
}

func newThrottle() throttle { return throttle{due: stoppedTimer()} }

// early tells whether the last one passed too short a time ago; then due fires.
func (t *throttle) early() bool {
	wait := frameGap - time.Since(t.at)
	if wait > 0 {
		t.due.Reset(wait)
	}
	return wait > 0
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
