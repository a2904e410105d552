package tuitest

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/tui/terminal"
)

// Driver is a person at a terminal in front of a model.
type Driver struct {
	*Screen
	t      testing.TB
	input  *queue
	sizes  *terminal.Sizes
	wake   chan struct{}
	cancel context.CancelFunc
	done   chan struct{}
	err    error
	bubble bool
}

// Option changes how a driver is made.
type Option func(*options)

type options struct {
	config  terminal.Config
	modes   []int
	output  func(io.Writer) io.Writer
	bubble  bool
	checked bool
}

// WithTerm sets TERM; the default is xterm-256color.
func WithTerm(term string) Option { return func(o *options) { o.config.Term = term } }

// WithEnviron sets the other variables of the client, as NAME=value.
func WithEnviron(environ ...string) Option {
	return func(o *options) { o.config.Environ = environ }
}

// WithLog sends what the session logs to a place of the test's.
func WithLog(log *slog.Logger) Option { return func(o *options) { o.config.Log = log } }

// WithModes makes the terminal know modes, see [Screen.Recognize].
func WithModes(modes ...int) Option { return func(o *options) { o.modes = modes } }

// WithOutput puts a writer between the session and the screen, for lines that
// are slow, stuck or broken.
func WithOutput(wrap func(io.Writer) io.Writer) Option {
	return func(o *options) { o.output = wrap }
}

// WithSizes gives the session a mailbox that the test also holds.
func WithSizes(sizes *terminal.Sizes) Option {
	return func(o *options) { o.config.Sizes = sizes }
}

// WithHangup is called, besides ending the input, when the session hangs up on
// the client.
func WithHangup(f func()) Option { return func(o *options) { o.config.Hangup = f } }

// WithoutSynctest is for tests outside of a bubble: calls return at once, and
// the test waits with WaitFor.
func WithoutSynctest() Option { return func(o *options) { o.bubble = false } }

// WithoutCheck stops the driver from measuring every frame.
func WithoutCheck() Option { return func(o *options) { o.checked = false } }

// New starts a model on a terminal. Everything ends with the test, at the
// latest. Every frame is checked: a span with a wrong width fails the test.
func New(t testing.TB, model terminal.Model, width, height int, opts ...Option) *Driver {
	t.Helper()
	o := options{bubble: true, checked: true, config: terminal.Config{Term: "xterm-256color", Log: slog.New(slog.DiscardHandler)}}
	for _, opt := range opts {
		opt(&o)
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := &Driver{Screen: NewScreen(width, height), t: t, input: newQueue(), sizes: terminal.NewSizes(),
		wake: make(chan struct{}, 1), cancel: cancel, done: make(chan struct{}), bubble: o.bubble}
	c := o.config
	c.In, c.Out, c.Hangup = d.input, d.Screen, d.Hangup
	if also := o.config.Hangup; also != nil {
		c.Hangup = func() { also(); d.Hangup() }
	}
	if c.Sizes != nil {
		d.sizes = c.Sizes
	}
	c.Size, c.Sizes, c.Wake = terminal.Size{Width: width, Height: height}, d.sizes, d.wake
	if o.output != nil {
		c.Out = o.output(d.Screen)
	}
	d.Recognize(o.modes...)
	if o.checked {
		model = &checked{t: t, model: model}
	}
	go func() { _, _ = io.Copy(d.input, d.Answers()) }() // ends with Close
	go func() {
		defer close(d.done)
		d.err = terminal.Run(ctx, model, c)
	}()
	t.Cleanup(d.stop)
	d.settle()
	return d
}

// settle waits until nothing moves any more, including news and a frame that
// were put off. It takes less time than a lone Escape waits for more bytes.
func (d *Driver) settle() {
	if !d.bubble {
		return
	}
	synctest.Wait()
	time.Sleep(40 * time.Millisecond)
	synctest.Wait()
}

func (d *Driver) stop() {
	d.cancel()
	d.Hangup()
	<-d.done
	d.Close()
}

// Hangup cuts the connection.
func (d *Driver) Hangup() { d.input.close() }

// Raw sends bytes as they are, in one piece.
func (d *Driver) Raw(p []byte) {
	d.t.Helper()
	_, _ = d.input.Write(p)
	d.settle()
}

// Type types text, one key at a time. A newline is Enter.
func (d *Driver) Type(text string) {
	d.t.Helper()
	for _, r := range text {
		if r == '\n' {
			r = '\r'
		}
		_, _ = d.input.Write([]byte(string(r)))
	}
	d.settle()
}

// Key presses keys by name, one after the other: "ctrl+k", "esc", "alt+x",
// "pgup", "F1" is "f1". A lone Escape is followed by the pause that tells it
// from Alt.
func (d *Driver) Key(names ...string) {
	d.t.Helper()
	for _, name := range names {
		b, err := KeyBytes(name)
		if err != nil {
			d.t.Fatal(err)
		}
		d.Raw([]byte(b))
		if name == "esc" && d.bubble {
			time.Sleep(60 * time.Millisecond)
			d.settle()
		}
	}
}

// Paste pastes text as a terminal with bracketed paste does.
func (d *Driver) Paste(text string) {
	d.t.Helper()
	d.Raw([]byte("\x1b[200~" + strings.ReplaceAll(text, "\n", "\r") + "\x1b[201~"))
}

// Click presses and releases the left button at a cell.
func (d *Driver) Click(x, y int) {
	d.t.Helper()
	d.Raw(mouseReport(0, x, y, true))
	d.Raw(mouseReport(0, x, y, false))
}

// Wheel turns the wheel at a cell, up if n is positive.
func (d *Driver) Wheel(x, y, n int) {
	d.t.Helper()
	button := 64
	if n < 0 {
		button, n = 65, -n
	}
	for range n {
		d.Raw(mouseReport(button, x, y, true))
	}
}

// Resize changes the window.
func (d *Driver) Resize(width, height int) {
	d.t.Helper()
	d.Screen.Resize(width, height)
	d.sizes.Put(terminal.Size{Width: width, Height: height})
	d.settle()
}

// ResizeTo tells the session a size that the window does not have, as a hostile
// client may.
func (d *Driver) ResizeTo(width, height int) {
	d.t.Helper()
	d.sizes.Put(terminal.Size{Width: width, Height: height})
	d.settle()
}

// Wake tells the session that there is news.
func (d *Driver) Wake() {
	d.t.Helper()
	select {
	case d.wake <- struct{}{}:
	default:
	}
	d.settle()
}

// WakeChan is what the session waits on, for a feed of the test's own.
func (d *Driver) WakeChan() chan<- struct{} { return d.wake }

// Settle waits until the session is at rest.
func (d *Driver) Settle() { d.settle() }

// Quit ends the session from outside and returns what Run said.
func (d *Driver) Quit() error {
	d.cancel()
	return d.Wait()
}

// Wait waits until Run returned and returns what it said.
func (d *Driver) Wait() error {
	<-d.done
	return d.err
}

// Done tells whether Run returned.
func (d *Driver) Done() bool {
	select {
	case <-d.done:
		return true
	default:
		return false
	}
}

// WaitFor waits for a condition outside of a bubble, and fails the test if it
// does not come true in 30 s.
func (d *Driver) WaitFor(what string, cond func() bool) {
	d.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !cond() {
		if time.Now().After(deadline) {
			d.t.Fatalf("%s never came; the screen is:\n%s", what, d.Text())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// checked measures every frame of a model.
type checked struct {
	t     testing.TB
	model terminal.Model
}

func (c *checked) Init() tea.Cmd { return c.model.Init() }

func (c *checked) View() tea.View { return c.model.View() }

func (c *checked) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	next, cmd := c.model.Update(msg)
	model, ok := next.(terminal.Model)
	if !ok {
		return next, cmd // Run tells what is wrong with it
	}
	c.model = model
	return c, cmd
}

func (c *checked) Frame(f *terminal.Frame) {
	c.model.Frame(f)
	if err := f.Check(); err != nil {
		c.t.Error(err)
	}
}
