package terminal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"charla/tui/terminal"
	"charla/tui/tuitest"
)

// probe is a model that shows what it was told and does what keys say.
type probe struct {
	seen   []string
	keys   int
	news   int
	pasted int
	size   tea.WindowSizeMsg
	onKey  func(key string) tea.Cmd
	onDraw func(*terminal.Frame)
}

func (m *probe) Init() tea.Cmd { return nil }

func (m *probe) View() tea.View { return tea.NewView("") }

func (m *probe) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		m.keys++
		m.see(msg.String())
		if m.onKey != nil {
			return m, m.onKey(msg.String())
		}
	case tea.PasteMsg:
		m.pasted += len(msg.Content)
		m.see(fmt.Sprintf("paste of %d", len(msg.Content)))
	case terminal.PasteCutMsg:
		m.see(fmt.Sprintf("cut by %d", msg.Dropped))
	case terminal.NewsMsg:
		m.news++
	case terminal.WidthMsg:
		m.see("width")
	case tea.WindowSizeMsg:
		m.size = msg
	case string:
		m.see(msg)
	}
	return m, nil
}

func (m *probe) see(what string) {
	if m.seen = append(m.seen, what); len(m.seen) > 20 {
		m.seen = m.seen[1:]
	}
}

func (m *probe) Frame(f *terminal.Frame) {
	if m.onDraw != nil {
		m.onDraw(f)
	}
	width, height := f.Size()
	line := ansi.Truncate(fmt.Sprintf("%d keys, %d news, %v", m.keys, m.news, m.seen), width, "")
	f.Put(0, 0, ansi.StringWidth(line), line)
	f.Put(width-1, height-1, 1, "#")
	f.SetCursor(0, 0)
}

// restored fails unless every mode is as it was before the session.
func restored(t *testing.T, d *tuitest.Driver) {
	t.Helper()
	if d.AltScreen() {
		t.Error("the alternate screen was left on")
	}
	for _, mode := range []int{1002, 1004, 1006, 2004, 2026, 2027, 2031} {
		if d.Mode(mode) {
			t.Errorf("mode %d was left on", mode)
		}
	}
	if !d.Mode(7) {
		t.Error("auto wrap was left off")
	}
	if _, _, shown := d.Cursor(); !shown {
		t.Error("the cursor was left hidden")
	}
}

func TestSessionEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(d *tuitest.Driver)
		want error
	}{
		{"the model quits", func(d *tuitest.Driver) { d.Key("q") }, nil},
		{"the server ends it", func(d *tuitest.Driver) { _ = d.Quit() }, context.Canceled},
		{"the client goes", func(d *tuitest.Driver) { d.Hangup() }, terminal.ErrInputEnded},
		{"the client goes behind half a key", func(d *tuitest.Driver) { d.Raw([]byte("abc\x1b[1")); d.Hangup() }, terminal.ErrInputEnded},
		// The stock reader leaves a goroutine and 608 KB here; the bubble
		// fails if one of ours stays.
		{"the client goes behind an escape", func(d *tuitest.Driver) { d.Raw([]byte("\x1b")); d.Hangup() }, terminal.ErrInputEnded},
		{"after a while", func(d *tuitest.Driver) { time.Sleep(time.Minute); d.Key("q") }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &probe{onKey: func(key string) tea.Cmd {
					if key == "q" {
						return tea.Quit
					}
					return nil
				}, onDraw: func(f *terminal.Frame) { f.SetModes(terminal.Modes{Mouse: true}) }}
				d := tuitest.New(t, m, 80, 24, tuitest.WithModes(2026, 2027))
				if !d.AltScreen() || !d.Mode(2004) || !d.Mode(1002) || !d.Mode(2027) {
					t.Fatal("the terminal was not taken over")
				}
				c.end(d)
				if err := d.Wait(); !errors.Is(err, c.want) {
					t.Fatalf("Run returned %v, want %v", err, c.want)
				}
				restored(t, d)
			})
		})
	}
}

func TestPanicEndsOnlyItsSession(t *testing.T) {
	boom := func() tea.Msg { panic("boom") }
	fine := func() tea.Msg { return "fine" }
	for _, c := range []struct {
		name string
		cmd  tea.Cmd
		draw bool
	}{
		{name: "update"},
		{name: "frame", draw: true},
		{name: "command", cmd: boom},
		{name: "batch", cmd: tea.Batch(fine, tea.Batch(fine, boom))},
		{name: "sequence", cmd: tea.Sequence(fine, tea.Batch(fine, tea.Sequence(fine, boom)))},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				raw := stderr(t)
				armed := false
				m := &probe{}
				m.onKey = func(string) tea.Cmd {
					switch armed = true; {
					case c.draw:
						return nil
					case c.cmd == nil:
						panic("boom")
					}
					return c.cmd
				}
				m.onDraw = func(*terminal.Frame) {
					if armed && c.draw {
						panic("boom")
					}
				}
				d := tuitest.New(t, m, 80, 24, tuitest.WithLog(slog.New(slog.NewTextHandler(&log, nil))))
				other := tuitest.New(t, &probe{}, 80, 24)
				d.Key("x")
				if err := d.Wait(); !errors.Is(err, terminal.ErrPanic) {
					t.Fatalf("Run returned %v", err)
				}
				restored(t, d)
				if got := log.String(); !strings.Contains(got, "boom") || !strings.Contains(got, "story_test.go") {
					t.Errorf("the log tells neither what nor where: %s", got)
				}
				if got := raw(); got != "" {
					t.Errorf("printed raw: %s", got)
				}
				if other.Type("a"); !other.Contains("1 keys") {
					t.Error("another session was hit")
				}
			})
		})
	}
}

// stderr catches what is printed to the server's own terminal.
func stderr(t *testing.T) (read func() string) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	old := os.Stderr
	os.Stderr = file
	t.Cleanup(func() { os.Stderr = old; _ = file.Close() })
	return func() string {
		b, err := os.ReadFile(file.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
}

// Commands of Bubble Tea that would stop the server, run processes on its
// terminal or fill a buffer that nobody empties do nothing.
func TestDangerousCommandsAreSwallowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &probe{onKey: func(string) tea.Cmd {
			return tea.Sequence(tea.Suspend, tea.Raw("raw"), tea.SetClipboard("x"),
				tea.ExecProcess(exec.Command("false"), func(error) tea.Msg { return "ran" }),
				tea.ClearScreen, func() tea.Msg { return "done" })
		}}
		d := tuitest.New(t, m, 80, 24)
		d.Key("x")
		if !d.Contains("[x done]") {
			t.Fatalf("the screen is %q", d.Text())
		}
	})
}

// line is a connection that can be stopped, as a client that does not read.
type line struct {
	mu      sync.Mutex
	out     io.Writer
	stopped chan struct{} // nil while the client reads
	cut     chan struct{}
	writes  int
}

func (l *line) Write(p []byte) (int, error) {
	l.mu.Lock()
	l.writes++
	stopped := l.stopped
	l.mu.Unlock()
	if stopped != nil {
		select {
		case <-stopped:
		case <-l.cut:
			return 0, io.ErrClosedPipe
		}
	}
	return l.out.Write(p)
}

func (l *line) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = make(chan struct{})
}

func (l *line) resume() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.stopped)
	l.stopped = nil
}

func (l *line) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.writes
}

func onLine() (*line, tuitest.Option) {
	l := &line{cut: make(chan struct{})}
	return l, tuitest.WithOutput(func(w io.Writer) io.Writer { l.out = w; return l })
}

func TestClientThatStopsReadingIsCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, option := onLine()
		var hungUp time.Time
		d := tuitest.New(t, &probe{}, 80, 24, option, tuitest.WithHangup(func() { hungUp = time.Now(); close(l.cut) }))
		l.stop()
		start := time.Now()
		d.Key("a")
		// Nobody who sends anything to the session waits for it.
		for i := range 1000 {
			d.Wake()
			d.Resize(80+i%3, 24)
		}
		time.Sleep(time.Minute)
		if err := d.Wait(); !errors.Is(err, terminal.ErrStalled) {
			t.Fatalf("Run returned %v", err)
		}
		if after := hungUp.Sub(start); after < 20*time.Second || after > 21*time.Second {
			t.Fatalf("hung up after %v", after)
		}
	})
}

// What a person typed while nothing moved comes in one piece, and is typed
// nevertheless.
func TestTypedAheadIsNoPaste(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &probe{}
		l, option := onLine()
		d := tuitest.New(t, m, 80, 24, option)
		l.stop()
		d.Type("ab") // a is being painted, b waits
		d.Raw([]byte("this is a long line\rand another line\r"))
		time.Sleep(3 * time.Second)
		l.resume()
		d.Settle()
		if m.keys != 39 || m.pasted != 0 {
			t.Fatalf("%d keys and %d bytes pasted", m.keys, m.pasted)
		}
	})
}

// A client that announces window sizes all the time gets a frame's worth of
// them, and the last one.
func TestResizeStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &probe{}
		l, option := onLine()
		sizes := terminal.NewSizes()
		d := tuitest.New(t, m, 80, 24, option, tuitest.WithSizes(sizes))
		before := l.count()
		for i := range 1000 { // 100 ms
			sizes.Put(terminal.Size{Width: 40 + i%40, Height: 20})
			time.Sleep(100 * time.Microsecond)
		}
		sizes.Put(terminal.Size{Width: 77, Height: 20})
		d.Settle()
		if frames := l.count() - before; frames > 12 || m.size.Width != 77 {
			t.Fatalf("%d frames, the last size is %v", frames, m.size)
		}
	})
}

// A feed that is closed wakes nobody any more.
func TestClosedWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &probe{}
		d := tuitest.New(t, m, 80, 24)
		close(d.WakeChan())
		time.Sleep(time.Minute)
		if d.Type("x"); m.news != 0 || !d.Contains("1 keys") {
			t.Fatalf("%d news, the screen is %q", m.news, d.Text())
		}
	})
}

func TestManyWakesBecomeOneNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &probe{}
		d := tuitest.New(t, m, 80, 24)
		wake := d.WakeChan()
		for range 1000 { // 100 ms
			select {
			case wake <- struct{}{}:
			default:
			}
			time.Sleep(100 * time.Microsecond)
		}
		d.Settle()
		if m.news < 2 || m.news > 10 {
			t.Fatalf("%d news for 1000 wakes in 100 ms", m.news)
		}
		if !d.Contains(fmt.Sprintf("%d news", m.news)) {
			t.Fatalf("the last news is not on the screen: %q", d.Text())
		}
	})
}

func TestFramesAreGoverned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, option := onLine()
		d := tuitest.New(t, &probe{}, 80, 24, option)
		before := l.count()
		d.Type(strings.Repeat("x", 200)) // 200 reads at one moment
		if frames := l.count() - before; frames < 1 || frames > 2 {
			t.Errorf("%d writes for 200 keys at one moment", frames)
		}
		if !d.Contains("200 keys") {
			t.Errorf("the last key is not on the screen: %q", d.Text())
		}
	})
}

func TestIdleSessionDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, option := onLine()
		d := tuitest.New(t, &probe{}, 80, 24, option)
		d.Type("hola")
		time.Sleep(2 * time.Second)
		before := l.count()
		time.Sleep(time.Hour)
		if n := l.count() - before; n != 0 {
			t.Errorf("%d writes in an idle hour", n)
		}
		var stacks bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&stacks, 2); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(stacks.String(), "startRenderer") {
			t.Error("Bubble Tea's ticker still runs")
		}
		if d.Type("x"); !d.Contains("5 keys") {
			t.Error("the session fell asleep")
		}
	})
}

func TestSizeBombs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &probe{}
		d := tuitest.New(t, m, 80, 24)
		for _, c := range []struct{ w, h, wantW, wantH int }{
			{1 << 30, 1 << 30, 400, 150}, {1500, 10, 400, 10}, {-1, 24, 0, 24}, {0, 0, 0, 0}, {1, 1, 1, 1}, {40, 20, 40, 20},
		} {
			before := d.Written()
			d.ResizeTo(c.w, c.h)
			if m.size.Width != c.wantW || m.size.Height != c.wantH {
				t.Errorf("%dx%d became %v", c.w, c.h, m.size)
			}
			if painted := d.Written() > before; painted != (c.wantW > 0 && c.wantH > 0) {
				t.Errorf("%dx%d: painted is %v", c.w, c.h, painted)
			}
		}
	})
}

func TestResizePaintsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := tuitest.New(t, &probe{}, 80, 24)
		for _, width := range []int{40, 120, 80} {
			d.Resize(width, 20)
			if !strings.HasSuffix(d.Row(19), "#") || len(d.Row(19)) != width || !strings.Contains(d.Row(0), "keys") {
				t.Fatalf("at %d columns:\n%s", width, d.Text())
			}
		}
	})
}

func TestHugeInput(t *testing.T) {
	const size = 10 << 20
	text := strings.Repeat(strings.Repeat("x", 79)+"\r", size/80)
	for _, c := range []struct {
		name, in string
		want     string
	}{
		{"paste with brackets", "\x1b[200~" + text + "\x1b[201~", fmt.Sprintf("[paste of %d cut by %d z]", 256<<10, size-256<<10)},
		{"paste without brackets", text, fmt.Sprintf("[paste of %d cut by %d z]", 256<<10, size-256<<10)},
		{"string without end", "\x1b]0;" + strings.Repeat("x", 8<<20), "[z]"},
		{"paste without end", "\x1b[200~abc", "[paste of 3 z]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := tuitest.New(t, &probe{}, 200, 24)
				d.Raw([]byte(c.in))
				time.Sleep(time.Minute)
				d.Type("z")
				if !d.Contains(c.want) {
					t.Fatalf("the screen is %q, want %q", d.Text(), c.want)
				}
			})
		})
	}
}

func TestKeysAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &probe{}
		d := tuitest.New(t, m, 80, 24)
		d.Raw([]byte(strings.Repeat("x", 1<<20)))
		time.Sleep(time.Second)
		if m.keys < 4000 || m.keys > 9000 {
			t.Fatalf("%d keys in a second", m.keys)
		}
	})
}

func TestWhatATerminalCanDoIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		tee := tuitest.WithOutput(func(w io.Writer) io.Writer { return io.MultiWriter(w, &out) })
		m := &probe{onKey: func(key string) tea.Cmd {
			switch key {
			case "b":
				return terminal.Bell
			case "c":
				return terminal.Copy("hola")
			case "n":
				return terminal.Notify("ana\x1b]0;x\a", "ho;la")
			}
			return terminal.Repaint
		}}
		d := tuitest.New(t, m, 80, 24, tee, tuitest.WithModes(2026, 2027), tuitest.WithTerm("foot"))
		if !d.Mode(2027) || !d.Contains("width") {
			t.Errorf("widths by grapheme are not used: %q", d.Text())
		}
		for _, c := range []struct{ key, want string }{
			{"b", "\a"}, {"c", ansi.SetSystemClipboard("hola")}, {"n", "\x1b]777;notify;ana]0,x;ho;la\a"}, {"r", ansi.EraseEntireScreen},
		} {
			out.Reset()
			d.Key(c.key)
			if got := out.String(); !strings.Contains(got, c.want) {
				t.Errorf("%q wrote %q, want %q in it", c.key, got, c.want)
			} else if !strings.HasPrefix(got, ansi.SetModeSynchronizedOutput) || !strings.HasSuffix(got, ansi.ResetModeSynchronizedOutput) {
				t.Errorf("%q is not synchronized: %q", c.key, got)
			}
		}
	})
}

func TestEscapeAndSplitKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := tuitest.New(t, &probe{}, 80, 24)
		d.Key("esc")
		d.Type("k")
		d.Raw([]byte("\x1bk"))
		for _, b := range []byte("\x1b[1;5Cñ") {
			d.Raw([]byte{b})
		}
		if !d.Contains("[esc k alt+k ctrl+right ñ]") {
			t.Fatalf("the screen is %q", d.Text())
		}
	})
}

// A mailbox keeps the latest size, however many are put while nobody takes.
func TestSizesNeverBlock(t *testing.T) {
	s := terminal.NewSizes()
	for i := range 100 {
		s.Put(terminal.Size{Width: i, Height: i})
	}
	if got := <-s.C(); got.Width != 99 {
		t.Fatalf("%v", got)
	}
}
