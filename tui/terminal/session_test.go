package terminal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
				if got := log.String(); !strings.Contains(got, "boom") || !strings.Contains(got, "session_test.go") {
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
