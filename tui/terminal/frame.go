package terminal

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Modes is what a model asks of the terminal besides the picture. It is
// declarative: a frame that does not ask has the mode off. The alternate
// screen, bracketed paste and focus reporting are always on.
type Modes struct {
	// Mouse reports clicks, the wheel and drags (mode 1002). People can then
	// copy only with Shift held down.
	Mouse bool
}

// Frame is what a model wants on the screen: spans of styled text at fixed
// places. Cells that no span covers are blank. A Frame belongs to the painter;
// a model may not keep it.
type Frame struct {
	width, height int
	method        ansi.Method
	rows          []rowEnds
	spans         []span
	cursorX       int
	cursorY       int
	cursorOn      bool
	title         string
	modes         Modes
}

// span is one piece of a row; next is the index of the next one put into the
// same row, or -1.
type span struct {
	text string
	x, w int16
	next int32
}

// rowEnds are the first and last span of a row, or -1.
type rowEnds struct {
	first, last int32
	// tidy: spans are linked from left to right and none overlaps another.
	tidy bool
}

// Reset empties the frame and gives it a size. The title is kept until a model
// sets another.
func (f *Frame) Reset(width, height int) {
	f.width, f.height = max(width, 0), max(height, 0)
	if cap(f.rows) < f.height {
		f.rows = make([]rowEnds, f.height)
	}
	f.rows = f.rows[:f.height]
	for i := range f.rows {
		f.rows[i] = rowEnds{first: -1, last: -1, tidy: true}
	}
	f.spans = f.spans[:0]
	f.cursorOn = false
	f.modes = Modes{}
}

// Size is the size of the screen in cells.
func (f *Frame) Size() (width, height int) { return f.width, f.height }

// Method is how the terminal counts the width of a text.
func (f *Frame) Method() ansi.Method { return f.method }

// Put places text at column x of row y. The text must be exactly width cells
// wide and hold no control characters but styles (SGR), which end with it. The
// width is not measured again, [Frame.Check] does so for tests; other control
// characters are dropped by the painter. What lies outside the screen is cut
// off. A later span covers an earlier one that it overlaps.
func (f *Frame) Put(x, y, width int, text string) {
	if y < 0 || y >= f.height || width <= 0 || x >= f.width || x+width <= 0 {
		return
	}
	if x < 0 || x+width > f.width {
		left, right := max(-x, 0), min(width, f.width-x)
		text = f.cut(text, left, right)
		x, width = x+left, right-left
	}
	i := int32(len(f.spans))
	f.spans = append(f.spans, span{text: text, x: int16(x), w: int16(width), next: -1})
	row := &f.rows[y]
	if row.last < 0 {
		row.first, row.last = i, i
		return
	}
	if last := &f.spans[row.last]; !row.tidy || int(last.x)+int(last.w) <= x {
		last.next = i
		row.last = i
		return
	}
	f.insert(row, i)
}

// insert puts span i, which does not come behind the last of a tidy row, where
// it belongs: panes are drawn before the list and the borders beside them. Where
// it overlaps another it goes last, and the row is not tidy any more.
func (f *Frame) insert(row *rowEnds, i int32) {
	s := &f.spans[i]
	before, after := int32(-1), row.first
	for after >= 0 && f.spans[after].x+f.spans[after].w <= s.x {
		before, after = after, f.spans[after].next
	}
	switch {
	case after >= 0 && f.spans[after].x < s.x+s.w:
		f.spans[row.last].next = i
		row.last, row.tidy = i, false
	case before < 0:
		s.next, row.first = row.first, i
	default:
		s.next, f.spans[before].next = after, i
	}
}

// cut keeps the cells from left up to right. A wide character that lies across
// an edge is replaced by blanks, so that the result is as wide as asked.
func (f *Frame) cut(text string, left, right int) string {
	part, want := f.method.Truncate(text, right, ""), right-left
	if left > 0 {
		whole := part
		part = f.method.TruncateLeft(whole, left, "")
		if f.method.StringWidth(part) > want {
			part = f.method.TruncateLeft(whole, left+1, "")
		}
		if missing := min(right, f.method.StringWidth(whole)) - left - f.method.StringWidth(part); missing > 0 {
			part = strings.Repeat(" ", missing) + part
		}
	}
	return part + strings.Repeat(" ", max(want-f.method.StringWidth(part), 0))
}

// SetCursor shows the terminal's own cursor at a cell.
func (f *Frame) SetCursor(x, y int) {
	f.cursorX = min(max(x, 0), max(f.width-1, 0))
	f.cursorY = min(max(y, 0), max(f.height-1, 0))
	f.cursorOn = true
}

// HideCursor hides the cursor; so does a frame that does not set it.
func (f *Frame) HideCursor() { f.cursorOn = false }

// SetTitle sets the window's title. The painter cleans it. A frame that sets
// none keeps the one before.
func (f *Frame) SetTitle(title string) { f.title = title }

// SetModes asks for modes.
func (f *Frame) SetModes(m Modes) { f.modes = m }

// String is the screen as rows of styled text: what a model's View returns
// where there is no painter.
func (f *Frame) String() string {
	var b strings.Builder
	for y := range f.rows {
		if y > 0 {
			b.WriteByte('\n')
		}
		f.writeRow(&b, y)
	}
	return b.String()
}

// writeRow lays the spans of a row over each other by cutting.
func (f *Frame) writeRow(b *strings.Builder, y int) {
	line, width := "", 0
	for i := f.rows[y].first; i >= 0; i = f.spans[i].next {
		s := &f.spans[i]
		x, end := int(s.x), int(s.x)+int(s.w)
		if x >= width {
			line += strings.Repeat(" ", x-width) + s.text
			width = end
			continue
		}
		line = f.cut(line, 0, x) + s.text + f.cutTail(line, end, width)
		width = max(width, end)
	}
	b.WriteString(line)
}

func (f *Frame) cutTail(line string, from, width int) string {
	if from >= width {
		return ""
	}
	return f.cut(line, from, width)
}

// Check reports the first span whose text is not as wide as it says or that
// holds a control character other than styles. It measures
// every text and is meant for tests.
func (f *Frame) Check() error {
	for y := range f.rows {
		for i := f.rows[y].first; i >= 0; i = f.spans[i].next {
			s := &f.spans[i]
			if w := f.method.StringWidth(s.text); w != int(s.w) {
				return fmt.Errorf("row %d column %d: %q is %d cells wide, not %d", y, s.x, s.text, w, s.w)
			}
			if err := checkControls(s.text); err != nil {
				return fmt.Errorf("row %d column %d: %w", y, s.x, err)
			}
		}
	}
	return nil
}

func checkControls(text string) error {
	var state byte
	for rest := text; rest != ""; {
		seq, width, n, next := ansi.DecodeSequence(rest, state, nil)
		state = next
		rest = rest[n:]
		if width > 0 {
			continue
		}
		style := strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m")
		if style {
			continue
		}
		if _, ok := printable(seq); !ok || seq[0] < ' ' || seq[0] == ansi.DEL {
			return fmt.Errorf("%q holds the control sequence %q", text, seq)
		}
	}
	return nil
}
