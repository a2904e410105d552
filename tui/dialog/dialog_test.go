package dialog

import (
	"testing"

	"github.com/charmbracelet/x/ansi"

	"charla/tui/theme"
)

// Every row of every box is as wide as the box says, whatever is in it.
func FuzzBoxes(f *testing.F) {
	f.Add("hola", 80, 24, 1)
	f.Add("👨‍👩‍👧‍👦 日本語\n\x1b[2J", 20, 8, -3)
	f.Fuzz(func(t *testing.T, s string, w, h, move int) {
		if len(s) > 500 {
			t.Skip()
		}
		w, h = w&127+12, h&63+4
		for _, m := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			l := Look{Theme: theme.New(theme.Neutral, false), Text: theme.Text{Method: m, Ellipsis: "…"}}
			clean := l.Text.Line(s)
			list := &Switcher{Title: clean, Hint: clean, Empty: clean}
			list.Edit.Insert(clean)
			check(t, l, list.Box(l, w, h))
			for range 20 {
				list.Choices = append(list.Choices, Choice{Key: "k", Name: s, Note: s})
			}
			list.Move(move % 20)
			check(t, l, list.Box(l, w, h))
			page := &Page{Title: clean, Lines: []Line{{Text: clean}, {Key: clean, Text: clean}, {Head: true, Text: clean}, {Bare: true, Text: clean}, {Dim: true, Text: clean}}}
			page.Scroll(move % 10)
			check(t, l, page.Box(l, w, h))
			ask := &Ask{Question: s, Said: s, Answers: []string{clean, "no"}, Hint: clean}
			ask.Move(1)
			check(t, l, ask.Box(l, w, h))
		}
	})
}

func check(t *testing.T, l Look, b Box) {
	t.Helper()
	if len(b.Rows) != b.Height {
		t.Fatalf("%d rows, height %d", len(b.Rows), b.Height)
	}
	for _, row := range b.Rows {
		if got := l.Text.Width(row); got != b.Width {
			t.Fatalf("%q is %d wide, not %d", row, got, b.Width)
		}
	}
}

// The mark goes round, and what is chosen stays in sight.
func TestChoosing(t *testing.T) {
	l := Look{Theme: theme.New(theme.Mono, true)}
	s := &Switcher{}
	for _, name := range []string{"a", "b", "c"} {
		s.Choices = append(s.Choices, Choice{Key: name, Name: name})
	}
	s.Move(-1)
	if c, ok := s.Chosen(); !ok || c.Key != "c" {
		t.Errorf("chosen %v", c)
	}
	if s.RowAt(2, 24); s.Choices[0].Key != "a" {
		t.Error("the list changed")
	}
	if c, _ := s.Chosen(); c.Key != "a" || !s.Moved {
		t.Errorf("clicked %v", c)
	}
	s.Offer(nil)
	if _, ok := s.Chosen(); ok {
		t.Error("something is chosen of nothing")
	}
	check(t, l, s.Box(l, 40, 10))
}
