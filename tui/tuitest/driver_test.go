package tuitest_test

import (
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
