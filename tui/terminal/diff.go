package terminal

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

func (p *painter) appendRows(b []byte, f *Frame) []byte {
	if p.full || f.width != p.last.width || f.height != p.last.height {
		b = append(b, ansi.ResetStyle+ansi.EraseEntireScreen...)
		for y := range f.rows {
			b = f.appendSpans(b, y)
		}
		return b
	}
	for y := range f.rows {
		if !sameRow(f, p.last, y) {
			b = appendRow(b, f, p.last, y)
		}
	}
	return b
}

// sameRow compares span by span. Texts that a row cache shares are the same
// string and cost no comparison of bytes.
func sameRow(f, last *Frame, y int) bool {
	i, j := f.rows[y].first, last.rows[y].first
	for i >= 0 && j >= 0 {
		s, t := &f.spans[i], &last.spans[j]
		if s.x != t.x || s.w != t.w || s.text != t.text {
			return false
		}
		i, j = s.next, t.next
	}
	return i < 0 && j < 0
}

// appendRow writes what changed in a row. Where spans overlap, the row is
// written again as a whole, in the order the spans were put.
func appendRow(b []byte, f, last *Frame, y int) []byte {
	if !f.rows[y].tidy || !last.rows[y].tidy {
		b = appendMove(b, 0, y)
		b = append(b, ansi.EraseLineRight...)
		return f.appendSpans(b, y)
	}
	at, j := int16(0), last.rows[y].first
	for i := f.rows[y].first; i >= 0; i = f.spans[i].next {
		s := &f.spans[i]
		b = appendGap(b, last, y, at, s.x, j)
		j = last.reaching(j, s.x)
		if j < 0 || last.spans[j].x != s.x || last.spans[j].w != s.w || last.spans[j].text != s.text {
			mark, doubt := len(b), false
			if b, doubt = f.appendSpan(b, s, y); doubt {
				return f.appendAnew(b[:mark], i, y)
			}
		}
		at = s.x + s.w
		j = last.reaching(j, at)
	}
	return appendGap(b, last, y, at, int16(f.width), j)
}

// reaching is the first span from j on that covers column x or lies right of it.
func (f *Frame) reaching(j int32, x int16) int32 {
	for j >= 0 && f.spans[j].x+f.spans[j].w <= x {
		j = f.spans[j].next
	}
	return j
}

// appendGap blanks the cells of last's spans, from j on, that lie between two
// columns where the new row has nothing.
func appendGap(b []byte, last *Frame, y int, from, to int16, j int32) []byte {
	for ; j >= 0 && last.spans[j].x < to; j = last.spans[j].next {
		t := &last.spans[j]
		if x, end := max(t.x, from), min(t.x+t.w, to); x < end {
			b = appendMove(b, int(x), y)
			b = append(b, "\x1b["...)
			b = strconv.AppendInt(b, int64(end-x), 10)
			b = append(b, 'X') // ECH
		}
	}
	return b
}

func (f *Frame) appendSpans(b []byte, y int) []byte {
	for i := f.rows[y].first; i >= 0; i = f.spans[i].next {
		b, _ = f.appendSpan(b, &f.spans[i], y)
	}
	return b
}

// appendAnew writes a row again from span i on. A text that the terminal counts
// wider than we do covers what stands behind it, and one it counts narrower
// leaves what stood there.
func (f *Frame) appendAnew(b []byte, i int32, y int) []byte {
	b = appendMove(b, int(f.spans[i].x), y)
	b = append(b, ansi.EraseLineRight...)
	for ; i >= 0; i = f.spans[i].next {
		b, _ = f.appendSpan(b, &f.spans[i], y)
	}
	return b
}

// appendSpan writes one span. The style is plain before it and after it. Blanks at
// the end of the screen's row are erased rather than written: most rows of a
// conversation end in many. doubt is appendText's.
func (f *Frame) appendSpan(b []byte, s *span, y int) (_ []byte, doubt bool) {
	b = appendMove(b, int(s.x), y)
	if int(s.x+s.w) == f.width {
		if text := strings.TrimRight(s.text, " "); len(s.text)-len(text) > len(ansi.EraseLineRight) && endsPlain(text) {
			b, doubt = appendText(b, text)
			return append(b, ansi.EraseLineRight...), doubt
		}
	}
	b, doubt = appendText(b, s.text)
	if strings.IndexByte(s.text, ansi.ESC) >= 0 && !strings.HasSuffix(s.text, "\x1b[m") && !strings.HasSuffix(s.text, "\x1b[0m") {
		b = append(b, ansi.ResetStyle...)
	}
	return b, doubt
}

// endsPlain tells that no style is on after a text.
func endsPlain(text string) bool {
	i := strings.LastIndexByte(text, ansi.ESC)
	return i < 0 || strings.HasPrefix(text[i:], ansi.ResetStyle)
}

// appendMove places the cursor (CUP), counting from zero.
func appendMove(b []byte, x, y int) []byte {
	b = append(b, "\x1b["...)
	b = strconv.AppendInt(b, int64(y+1), 10)
	b = append(b, ';')
	b = strconv.AppendInt(b, int64(x+1), 10)
	return append(b, 'H')
}
