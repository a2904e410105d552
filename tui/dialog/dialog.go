// Package dialog draws what stands above the panes for a moment: a list to
// choose from, a page to read, a question. It knows no conversation and no
// server; it holds what is shown and what is chosen.
package dialog

import (
	"strings"

	"charla/tui/composer"
	"charla/tui/theme"
)

// Look is how a box is drawn.
type Look struct {
	Theme *theme.Theme
	Text  theme.Text
}

// Box is a frame with rows in it, to be put into the middle of a screen.
type Box struct {
	Width, Height int // with the frame
	Rows          []string
	CursorX       int // inside the box; -1: none
	CursorY       int
}

// line is the inside of a row.
type line struct {
	text  string
	style theme.Style
	right string // at the right edge, muted
}

// box frames lines of at most inner cells.
func box(l Look, title string, lines []line, hint string, inner int) Box {
	g, border := l.Theme.Glyphs, l.Theme.BorderFocus
	b := Box{Width: inner + 4, Height: len(lines) + 2, CursorX: -1}
	b.Rows = append(b.Rows, edge(l, title, g.TopLeft, g.TopRight, inner, l.Theme.TitleFocus))
	for _, ln := range lines {
		room := inner
		right := ""
		if ln.right != "" {
			right = " " + l.Text.Cut(ln.right, inner/2)
			room -= l.Text.Width(right)
		}
		body := ln.style.Paint(l.Text.Fit(ln.text, room)) + l.Theme.Muted.Paint(right)
		b.Rows = append(b.Rows, border.Paint(g.V)+" "+body+" "+border.Paint(g.V))
	}
	b.Rows = append(b.Rows, edge(l, hint, g.BottomLeft, g.BotRight, inner, l.Theme.Muted))
	return b
}

// edge is the upper or lower edge with a label in it.
func edge(l Look, label, left, right string, inner int, style theme.Style) string {
	h, border := l.Theme.Glyphs.H, l.Theme.BorderFocus
	if label == "" {
		return border.Paint(left + strings.Repeat(h, inner+2) + right)
	}
	label = " " + l.Text.Cut(label, inner-2) + " "
	return border.Paint(left+h) + style.Paint(label) + border.Paint(strings.Repeat(h, max(inner+1-l.Text.Width(label), 0))+right)
}

// hang is before the further rows of a line, so that what somebody wrote in it begins
// no row as lines do; answers stand so far, and those of a question twice.
const hang = 2

// inner is the room for text on a screen: as asked, or what there is.
func inner(screen, want int) int { return max(min(want, screen-4), 8) }

// Choice is one row of a list.
type Choice struct {
	Key    string // what is chosen
	Name   string
	Note   string // muted, at the right
	Unread int
}

// Switcher is a list that is narrowed by typing.
type Switcher struct {
	Title   string
	Hint    string
	Empty   string // said when nothing fits
	Note    string // said below what is typed; "" is nothing
	Beside  bool   // Enter opens beside
	Edit    composer.Editor
	Choices []Choice
	Moved   bool // the person chose, not the order of the list
	at      int
	above   int // rows of the note as drawn last
}

// Offer replaces the choices; the first is chosen.
func (s *Switcher) Offer(choices []Choice) {
	s.Choices, s.at, s.Moved = choices, 0, false
}

// Move goes down the list, up if n is negative.
func (s *Switcher) Move(n int) {
	if len(s.Choices) > 0 {
		s.at = (s.at + n + len(s.Choices)) % len(s.Choices)
	}
}

// Chosen is the choice under the mark.
func (s *Switcher) Chosen() (Choice, bool) {
	if s.at >= len(s.Choices) {
		return Choice{}, false
	}
	return s.Choices[s.at], true
}

// maxChoices is how many rows of the list are shown.
const maxChoices = 12

// notes are the rows of the note.
func (s *Switcher) notes(l Look, in int) []string {
	if s.Note == "" {
		return nil
	}
	return l.Text.Wrap(l.Text.Line(s.Note), in)
}

// room is how many choices fit.
func (s *Switcher) room(height, notes int) int { return max(Rows(height)-notes, 1) }

// Rows is how many choices a screen of that height shows at once.
func Rows(height int) int { return max(min(maxChoices, height-6), 1) }

// Box draws the list on a screen of that size.
func (s *Switcher) Box(l Look, width, height int) Box {
	in := inner(width, 48)
	rows, _, col := s.Edit.Rows(l.Text, in-2)
	lines := []line{{text: "> " + rows[len(rows)-1]}}
	for _, row := range s.notes(l, in) {
		lines = append(lines, line{text: row, style: l.Theme.Warn})
	}
	room := s.room(height, len(lines)-1)
	s.above = len(lines) - 1
	first := max(s.at-room+1, 0)
	for i := first; i < len(s.Choices) && i < first+room; i++ {
		c := s.Choices[i]
		ln := line{text: "  " + l.Text.Line(c.Name), right: l.Text.Line(c.Note)}
		if i == s.at {
			ln.text, ln.style = l.Theme.Glyphs.At+" "+l.Text.Line(c.Name), l.Theme.TitleFocus
		}
		lines = append(lines, ln)
	}
	if len(s.Choices) == 0 && s.Empty != "" {
		lines = append(lines, line{text: "  " + l.Text.Line(s.Empty), style: l.Theme.Muted})
	}
	b := box(l, s.Title, lines, s.Hint, in)
	b.CursorX, b.CursorY = 4+col, 1
	return b
}

// RowAt is the choice drawn in a row of the box, as drawn at that height.
func (s *Switcher) RowAt(y, height int) bool {
	y -= s.above
	room := s.room(height, s.above)
	i := max(s.at-room+1, 0) + y - 2
	if y < 2 || i >= len(s.Choices) {
		return false
	}
	s.at, s.Moved = i, true
	return true
}

// Page is text to read; it scrolls.
type Page struct {
	Title string
	Hint  string
	Lines []Line
	top   int
}

// Line is a row of a page before it is wrapped.
type Line struct {
	Key  string // stands in a column of its own
	Text string
	Head bool
	Bare bool // an order, copied as a whole: broken anywhere
	Dim  bool // beside the point
}

// Scroll moves the page down by n rows, up if n is negative.
func (p *Page) Scroll(n int) { p.top = max(p.top+n, 0) }

// Box draws the page.
func (p *Page) Box(l Look, width, height int) Box {
	in := inner(width, 92)
	lines := p.wrap(l, in)
	room := max(height-3, 1)
	p.top = min(p.top, max(len(lines)-room, 0))
	hint := p.Hint
	if len(lines) > p.top+room {
		hint = l.Theme.Glyphs.Ellipsis + " " + hint
	}
	lines = lines[p.top:min(p.top+room, len(lines))]
	return box(l, p.Title, lines, hint, in)
}

func (p *Page) wrap(l Look, in int) []line {
	column := 0
	for _, ln := range p.Lines {
		column = max(column, l.Text.Width(ln.Key)+2)
	}
	column = min(column, 18)
	var out []line
	for _, ln := range p.Lines {
		switch {
		case ln.Bare:
			order := l.Text.Line(ln.Text)
			rows, lead := l.Text.Hard(order, in), ""
			if len(rows) > 1 {
				rows = l.Text.Hard(order, in-hang)
			}
			for _, row := range rows {
				out = append(out, line{text: lead + row, style: l.Theme.Order})
				lead = theme.Blank(hang)
			}
		case ln.Head:
			out = append(out, line{}, line{text: l.Text.Cut(ln.Text, in), style: l.Theme.Title})
		case ln.Key == "":
			for _, row := range l.Text.Hang(ln.Text, in, hang) {
				out = append(out, line{text: row, style: ln.style(l)})
			}
		default:
			key, style := l.Text.Fit(ln.Key, column), ln.style(l)
			if l.Text.Width(ln.Key)+2 > column { // a row of its own
				out = append(out, line{text: ln.Key, style: style})
				key = theme.Blank(column)
			}
			for _, row := range l.Text.Wrap(ln.Text, max(in-column, 4)) {
				out = append(out, line{text: key + row, style: style})
				key = theme.Blank(column)
			}
		}
	}
	return out
}

func (ln Line) style(l Look) theme.Style {
	if ln.Dim {
		return l.Theme.Muted
	}
	return ""
}

// Ask is a question with answers, one of which is chosen.
type Ask struct {
	Question string // a line each; nothing that somebody wrote may end one
	Said     string // what somebody wrote that is asked about: a mark stands before each of its rows
	Answers  []string
	Hint     string
	at       int
}

// Move goes to another answer.
func (a *Ask) Move(n int) { a.at = (a.at + n + len(a.Answers)) % len(a.Answers) }

// Chosen is the number of the answer under the mark.
func (a *Ask) Chosen() int { return a.at }

// Choose marks an answer by its number and reports whether there is one.
func (a *Ask) Choose(i int) bool {
	if i < 0 || i >= len(a.Answers) {
		return false
	}
	a.at = i
	return true
}

// Box draws the question.
func (a *Ask) Box(l Look, width, height int) Box {
	in := inner(width, 48)
	var lines []line
	for sentence := range strings.SplitSeq(l.Text.Clean(a.Question), "\n") {
		for _, row := range l.Text.Hang(sentence, in, 2*hang) {
			lines = append(lines, line{text: row})
		}
	}
	lines = append(lines, a.said(l, in, height-len(lines)-len(a.Answers)-4)...)
	lines = append(lines, line{})
	for i, answer := range a.Answers {
		ln := line{text: "  " + answer}
		if i == a.at {
			ln.text, ln.style = l.Theme.Glyphs.At+" "+answer, l.Theme.TitleFocus
		}
		lines = append(lines, ln)
	}
	hint := "Enter: " + a.Answers[a.at] + "   " + a.Hint
	if l.Text.Width(hint) > in-2 { // the mark shows the answer all the same
		hint = "Enter   " + a.Hint
	}
	return box(l, "", lines, hint, in)
}

// said is what somebody wrote, as far as there is room: it must not push the answers
// off the screen.
func (a *Ask) said(l Look, in, room int) (lines []line) {
	if a.Said == "" {
		return nil
	}
	mark := l.Theme.Glyphs.Quote + " "
	in -= l.Text.Width(mark)
	rows := l.Text.Hang(l.Text.Line(a.Said), in, hang)
	if room = max(room, 1); len(rows) > room {
		rows = append(rows[:room-1], l.Text.Cut(rows[room-1], in-l.Text.Width(l.Theme.Glyphs.Ellipsis))+l.Theme.Glyphs.Ellipsis)
	}
	for _, row := range rows {
		lines = append(lines, line{text: mark + row})
	}
	return lines
}
