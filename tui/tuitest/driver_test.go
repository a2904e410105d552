package tuitest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"charla/tui/terminal"
	"charla/tui/tuitest"
)

// echo shows what is typed.
type echo struct {
	text string
	news int
}

func (m *echo) Init() tea.Cmd { return nil }

func (m *echo) View() tea.View { return tea.NewView(m.text) }

func (m *echo) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if msg.String() == "ctrl+q" {
			return m, tea.Quit
		}
		m.text += msg.Text
	case tea.PasteMsg:
		m.text += msg.Content
	case terminal.NewsMsg:
		m.news++
	}
	return m, nil
}

func (m *echo) Frame(f *terminal.Frame) {
	width := f.Method().StringWidth(m.text)
	f.Put(0, 0, width, m.text)
	f.SetCursor(width, 0)
	f.SetTitle("echo")
}

// The smallest story: type, look, leave.
func TestTypeAndLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := tuitest.New(t, &echo{}, 80, 24)
		d.Type("hola ñandú")
		if got := d.Row(0); got != "hola ñandú" {
			t.Fatalf("row 0 is %q", got)
		}
		if x, y, shown := d.Cursor(); x != 10 || y != 0 || !shown {
			t.Fatalf("cursor at %d,%d, shown %v", x, y, shown)
		}
		d.Paste("!")
		d.Key("ctrl+q")
		if err := d.Wait(); err != nil {
			t.Fatal(err)
		}
		if d.AltScreen() || d.Mode(2004) || d.Mode(1004) {
			t.Fatal("the terminal was not restored")
		}
	})
}

// pointer shows where the mouse was.
type pointer struct{ echo }

func (m *pointer) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.MouseClickMsg:
		m.text += fmt.Sprintf("click %d,%d ", msg.X, msg.Y)
	case tea.MouseWheelMsg:
		m.text += fmt.Sprintf("%s ", msg.Button)
	case tea.KeyPressMsg:
		m.text += msg.String() + " "
	case tea.FocusMsg:
		m.text += "focus "
	}
	return m, nil
}

func (m *pointer) Frame(f *terminal.Frame) {
	m.echo.Frame(f)
	f.SetModes(terminal.Modes{Mouse: true})
}

func TestMouseAndKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := tuitest.New(t, &pointer{}, 80, 24)
		d.Click(3, 4)
		d.Wheel(1, 1, 1)
		d.Wheel(1, 1, -1)
		d.Key("esc", "k", "alt+k", "ctrl+k", "shift+enter", "f1", "pgup", "shift+tab", "focus")
		want := "click 3,4 wheelup wheeldown esc k alt+k ctrl+k shift+enter f1 pgup shift+tab"
		if got := d.Text(); !strings.HasPrefix(strings.ReplaceAll(got, "\n", ""), want) {
			t.Fatalf("the screen is %q, want %q", got, want)
		}
	})
}

// A span that is not as wide as it says would shift everything behind it.
func TestWrongWidthFailsTheTest(t *testing.T) {
	var f terminal.Frame
	f.Reset(10, 1)
	f.Put(0, 0, 3, "世界")
	if err := f.Check(); err == nil {
		t.Fatal("not noticed")
	}
	f.Reset(10, 1)
	f.Put(0, 0, 2, "a\rb")
	if err := f.Check(); err == nil {
		t.Fatal("not noticed")
	}
}

func TestOutsideOfABubble(t *testing.T) {
	d := tuitest.New(t, &echo{}, 40, 10, tuitest.WithoutSynctest())
	d.Type("hola")
	d.WaitFor("the text", func() bool { return d.Contains("hola") })
	d.Wake()
	d.Key("ctrl+q")
	if err := d.Wait(); err != nil {
		t.Fatal(err)
	}
}

// A screen alone is fed by hand, and answers what it is asked.
func TestScreenAlone(t *testing.T) {
	s := tuitest.NewScreen(20, 4)
	defer s.Close()
	_, _ = s.Write([]byte("\x1b]2;title\a\x1b[2;3H\x1b[1mñandú\x1b[m\a\x1b[c"))
	if s.Row(1) != "  ñandú" || s.Title() != "title" || s.Bells() != 1 || s.Text() != "\n  ñandú" {
		t.Errorf("title %q, %d bells, screen %q", s.Title(), s.Bells(), s.Text())
	}
	if cell := s.Cell(2, 1); cell == nil || cell.Style.Attrs == 0 {
		t.Errorf("the cell has no style: %+v", cell)
	}
	answer := make([]byte, 100)
	n, err := s.Answers().Read(answer)
	if err != nil || !strings.HasPrefix(string(answer[:n]), "\x1b[?") {
		t.Errorf("answered %q, %v", answer[:n], err)
	}
}
