package terminal_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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

func TestStuckClientDoesNotHoldUpTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, option := onLine()
		d := tuitest.New(t, &probe{}, 80, 24, option, tuitest.WithHangup(func() { close(l.cut) }))
		l.stop()
		d.Key("a")
		start := time.Now()
		if err := d.Quit(); !errors.Is(err, terminal.ErrStalled) {
			t.Fatalf("Run returned %v", err)
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Fatalf("it took %v", took)
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
		d.Settle()
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

// A timer of the model that changed nothing counted as a frame, and news that came
// just then waited for another one's time: a hundredth of all deliveries.
func TestNewsDoesNotWaitForAFrameThatShowedNothingRegression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type nothing struct{}
		l, option := onLine()
		d := tuitest.New(t, &probe{onKey: func(string) tea.Cmd { return terminal.After(time.Second, nothing{}) }}, 80, 24, option)
		began := time.Now()
		d.Key("a")
		time.Sleep(time.Until(began.Add(time.Second + 3*time.Millisecond))) // the timer went off 3 ms ago
		synctest.Wait()
		before := l.count()
		d.WakeChan() <- struct{}{}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if l.count() == before {
			t.Error("the news was not painted at once")
		}
	})
}
