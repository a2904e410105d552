package tui

import (
	"strings"

	"charla/tui/theme"
)

// begun is a command that a letter or an answer began in a composer, for the person
// to end it, and what is to be typed behind it.
type begun struct{ text, example string }

// example is what is to be typed behind a command that was begun for the person, as
// rows of that width: the first of them stands behind the command where there is
// room. There is none once something was typed.
func (m *Model) example(w *window, width int) (beside string, below []string) {
	if w.begun.example == "" || w.edit.Text() != w.begun.text {
		return "", nil
	}
	rows, _, _ := w.edit.Rows(m.look.Text, width)
	if m.look.Text.Width(rows[len(rows)-1]+w.begun.example) < width {
		return w.begun.example, nil
	}
	return "", m.look.Text.Wrap(w.begun.example, max(width, 1))
}

// drawExample draws that in what is left of the composer below its last row of text,
// which ends before column.
func (m *Model) drawExample(f frame, r rect, beside string, below []string, y, column int) {
	muted := m.look.Theme.Muted
	if beside != "" && y < r.h {
		width := min(m.look.Text.Width(beside), max(r.w-column, 0))
		f.Put(r.x+column, r.y+y, width, muted.Paint(m.look.Text.Fit(beside, width)))
	}
	for i, row := range below {
		if at := y + 1 + i; at < r.h {
			f.Put(r.x, r.y+at, r.w, theme.Blank(2)+muted.Paint(m.look.Text.Fit(row, max(r.w-2, 0))))
		}
	}
}

// fillWith begins a command in the composer, and says what is to be typed behind it.
// What is written there stays.
func (m *Model) fillWith(w *window, name, rest, example string) {
	if !w.edit.Empty() {
		m.say(m.screen().People.Busy)
		return
	}
	w.begun = begun{strings.TrimRight(m.typedAs(name)+" "+rest, " ") + " ", example}
	w.edit.Set(w.begun.text)
	m.typed(w)
}
