package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// frameGap is the shortest time after a frame; after one in which nothing had
// changed it is emptyGap: a timer of the model that has no effect must not hold
// up the news that comes just then.
const (
	frameGap = 16 * time.Millisecond
	emptyGap = 2 * time.Millisecond
)

// Messages of the pump to the program.
type (
	eventsMsg []tea.Msg
	sizeMsg   Size
	dueMsg    struct{} // the session's alarm went off
	endMsg    struct{ err error }
	cmdMsg    struct{ cmd tea.Cmd } // what filter's Update wants to be run
)

// Run drives a model on a terminal until the model quits, ctx ends, the input
// ends or the client stops reading. It restores every mode before it returns,
// also after a panic of the model.
func Run(ctx context.Context, m Model, c Config) error {
	s := newSession(m, c)
	defer s.alarm.timer.Stop()
	defer context.AfterFunc(ctx, s.painter.out.hurry)()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := s.painter.open(); err != nil {
		return fmt.Errorf("terminal: open: %w", err)
	}
	env := append([]string{"TERM=" + c.Term}, c.Environ...)
	size := c.Size.clamped()
	program := tea.NewProgram(s,
		tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutRenderer(), tea.WithFPS(1),
		tea.WithoutSignalHandler(), tea.WithFilter(s.filter), tea.WithContext(ctx), tea.WithWindowSize(size.Width, size.Height),
		tea.WithEnvironment(env), tea.WithColorProfile(colorprofile.Env(env)))

	pumped := make(chan struct{})
	go func() {
		defer close(pumped)
		s.pump(ctx, program, c)
	}()
	_, err := program.Run()
	err = s.outcome(ctx, err)
	cancel()
	<-pumped
	return s.leave(err)
}

// session is the tea.Model that Bubble Tea runs: it hands messages on to the
// inner model and paints. All of it belongs to the program's goroutine, except
// failed.
type session struct {
	model   Model
	painter *painter
	log     *slog.Logger
	size    Size
	next    time.Time // no frame before
	alarm   alarm

	failed atomic.Pointer[failure] // set by any goroutine of the session
}

// failure is why a session ends, if not by the model's wish.
type failure struct{ err error }

var _ tea.Model = (*session)(nil)

func newSession(m Model, c Config) *session {
	out := newGuard(c.Out, c.Hangup, c.Log)
	return &session{model: m, painter: newPainter(out, c.Term), log: c.Log, alarm: newAlarm()}
}

// fail keeps the first reason and returns the command that ends the program.
func (s *session) fail(err error) tea.Cmd {
	s.failed.CompareAndSwap(nil, &failure{err})
	return tea.Quit
}

// panicked logs a panic with its stack; to be called from a deferred function.
func (s *session) panicked(where string, r any) tea.Cmd {
	logPanic(s.log, where, r)
	return s.fail(fmt.Errorf("%w in %s", ErrPanic, where))
}

func logPanic(log *slog.Logger, where string, r any) {
	log.Error("panic in a terminal session", "where", where, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
}

// Init implements tea.Model.
func (s *session) Init() (cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			cmd = s.panicked("init", r)
		}
	}()
	return s.wrap(s.model.Init())
}

// View implements tea.Model; the painter is the view.
func (s *session) View() tea.View { return tea.View{} }

// filter takes what the pump sends before Bubble Tea does, on the program's
// goroutine too. For each message that it handles itself Bubble Tea hands a
// command, also none, to another goroutine, which wakes up for it; most of what
// comes in leads to none.
func (s *session) filter(_ tea.Model, msg tea.Msg) tea.Msg {
	switch msg.(type) {
	case NewsMsg, dueMsg, eventsMsg, sizeMsg:
		if _, cmd := s.Update(msg); cmd != nil {
			return cmdMsg{cmd}
		}
		return nil
	}
	return msg
}

// Update implements tea.Model. A panic of the model or of its drawing ends this
// session and no other.
func (s *session) Update(msg tea.Msg) (self tea.Model, cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			self, cmd = s, s.panicked("update", r)
		}
	}()
	if run, ok := msg.(cmdMsg); ok {
		return s, run.cmd
	}
	if s.failed.Load() != nil { // the model may be broken
		return s, tea.Quit // nobody else says it if a goroutine of ours failed
	}
	cmd = s.handle(msg)
	if s.failed.Load() != nil {
		return s, cmd
	}
	if err := s.frame(); err != nil {
		cmd = s.fail(err)
	}
	s.alarm.set()
	return s, cmd
}

// handle gives a message to the model, or to the painter if it is an order.
func (s *session) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg: // Bubble Tea's own size may come after a newer one of the pump
		return nil
	case dueMsg:
		return s.events(s.alarm.due())
	case afterOrder:
		return s.events(s.alarm.after(msg))
	case endMsg:
		return s.fail(msg.err)
	case sizeMsg:
		s.size = Size(msg)
		s.painter.resize()
		return s.update(tea.WindowSizeMsg{Width: s.size.Width, Height: s.size.Height})
	case eventsMsg:
		return s.events(msg)
	case bellOrder:
		s.painter.order([]byte{ansi.BEL})
		return nil
	case copyOrder:
		s.painter.order(appendCopy(nil, msg.text))
		return nil
	case noticeOrder:
		s.painter.order(appendNotice(nil, s.painter.notice, msg))
		return nil
	case repaintOrder:
		s.painter.resize()
		return nil
	}
	return s.update(msg)
}

// events hands on what came in with one read, so that it costs one frame.
func (s *session) events(events []tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for _, event := range events {
		if cmd := s.event(event); cmd != nil {
			cmds = append(cmds, cmd)
		}
	}
	return tea.Batch(cmds...)
}

func (s *session) event(event tea.Msg) tea.Cmd {
	switch event := event.(type) {
	case tea.ModeReportMsg:
		if s.painter.modeReport(event.Mode, event.Value) && s.painter.last.method != ansi.GraphemeWidth {
			s.painter.setMethod(ansi.GraphemeWidth)
			return s.update(WidthMsg{Method: ansi.GraphemeWidth})
		}
		return nil
	case tea.TerminalVersionMsg:
		if kind := noticeKindOf(event.Name); kind != noticeBell {
			s.painter.notice = kind
		}
		return nil
	}
	return s.update(event)
}

func (s *session) update(msg tea.Msg) tea.Cmd {
	next, cmd := s.model.Update(msg)
	model, ok := next.(Model)
	if !ok {
		panic(fmt.Sprintf("Update returned a %T, which is no terminal.Model", next))
	}
	s.model = model
	return s.wrap(cmd)
}

// frame paints at once if the last frame is long enough ago; otherwise when the
// alarm goes off.
func (s *session) frame() error {
	if s.size.Width == 0 || s.size.Height == 0 {
		return nil
	}
	if time.Now().Before(s.next) {
		s.alarm.frame = s.next
		return nil
	}
	s.alarm.frame = time.Time{}
	s.model.Frame(s.painter.begin(s.size))
	wrote, err := s.painter.paint()
	if err != nil {
		return fmt.Errorf("terminal: paint: %w", err)
	}
	gap := emptyGap
	if wrote {
		gap = frameGap
	}
	s.next = time.Now().Add(gap)
	return nil
}

// outcome turns the way the program ended into Run's error.
func (s *session) outcome(ctx context.Context, err error) error {
	if failed := s.failed.Load(); failed != nil {
		return failed.err
	}
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("terminal: %w", cause)
	}
	if errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("terminal: %w", err)
	}
	return nil
}

// leave restores the terminal unless it is known to be gone.
func (s *session) leave(err error) error {
	if s.painter.out.stalled.Load() {
		return ErrStalled
	}
	if closing := s.painter.close(); closing != nil && err == nil {
		return fmt.Errorf("terminal: restore: %w", closing)
	}
	return err
}
