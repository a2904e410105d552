package theme

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/clipperhouse/uax29/v2/graphemes"

	"charla/server/chat"
)

// Text measures and cuts what people wrote, the way their terminal counts. The
// zero value counts by wcwidth.
type Text struct {
	Method   ansi.Method
	Ellipsis string
}

// Clean makes text from outside fit to be drawn: no controls but newline, and,
// where the terminal does not draw clusters as one, emoji reduced to their
// first sign, so that both sides count the same.
func (t Text) Clean(s string) string {
	if plain(s) {
		return s
	}
	s = chat.CleanText(s)
	if t.Method == ansi.GraphemeWidth {
		return s
	}
	return simplify(s)
}

// plain is the quick way for most text: Latin letters and common punctuation,
// nothing that joins, moves or hides.
func plain(s string) bool {
	for _, r := range s {
		switch {
		case r >= 0x20 && r < 0x7f, r == '\n':
		case r >= 0xa0 && r < 0x300 && r != 0xad, r >= 0x2010 && r < 0x2028:
		default:
			return false
		}
	}
	return true
}

// plainASCII tells that every byte is one cell, or a newline.
func plainASCII(s string) bool {
	for i := range len(s) {
		if (s[i] < 0x20 && s[i] != '\n') || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// Line is Clean on one line.
func (t Text) Line(s string) string {
	s = t.Clean(s)
	if strings.IndexByte(s, '\n') >= 0 {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

// Width is how many cells s takes.
func (t Text) Width(s string) int {
	if plainASCII(s) {
		return len(s) - strings.Count(s, "\n")
	}
	return t.Method.StringWidth(s)
}

// Cut shortens s to at most width cells, with an ellipsis if something is lost.
func (t Text) Cut(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if t.Width(s) <= width {
		return t.closed(s)
	}
	tail := t.Ellipsis
	if len(tail) > width && t.Width(tail) > width {
		tail = ""
	}
	return t.head(s, width-t.Width(tail)) + tail
}

// head is as much of s as fits into width cells. The library's own Truncate
// counts some clusters (keycaps) otherwise than its StringWidth.
func (t Text) head(s string, width int) string {
	n, used := 0, 0
	for g := graphemes.FromString(s); g.Next(); {
		w := t.Width(g.Value())
		if used+w > width {
			break
		}
		used += w
		n += len(g.Value())
	}
	for n > 0 && t.Width(s[:n]) > width { // clusters may count more together than apart
		n--
	}
	return t.closed(strings.ToValidUTF8(s[:n], ""))
}

// closed drops signs at the end that would join with what is drawn after them
// (prepended marks), so that widths add up.
func (t Text) closed(s string) string {
	for s != "" && s[len(s)-1] >= 0x7f && t.Width(s+" ") != t.Width(s)+1 {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// Fit is Cut, filled with blanks to exactly width cells.
func (t Text) Fit(s string, width int) string {
	s = t.Cut(s, width)
	return s + Blank(width-t.Width(s))
}

// Wrap breaks s into rows of at most width cells, at words where it can.
func (t Text) Wrap(s string, width int) []string {
	if width < 1 {
		return nil
	}
	var rows []string
	for line := range strings.SplitSeq(s, "\n") {
		if len(line) <= width && plainASCII(line) {
			rows = append(rows, line)
			continue
		}
		for row := range strings.SplitSeq(t.Method.Wrap(line, width, ""), "\n") {
			rows = append(rows, t.narrow(row, width)...)
		}
	}
	return rows
}

// Hang is Wrap for a line of which only the first row may begin where lines do: it may
// tell what somebody wrote, which could break where another line seems to begin. The
// further rows stand hang cells further.
func (t Text) Hang(s string, width, hang int) []string {
	rows := t.Wrap(s, width)
	if len(rows) < 2 {
		return rows
	}
	hang = min(hang, max(width-1, 0))
	rows = t.Wrap(s, width-hang)
	for i := range rows[min(1, len(rows)):] {
		rows[i+1] = Blank(hang) + rows[i+1]
	}
	return rows
}

// Hard breaks s into rows of exactly width cells but the last, wherever that
// is: for orders, which must be whole when they are put together again.
func (t Text) Hard(s string, width int) []string {
	if width < 1 {
		return nil
	}
	var rows []string
	for row := range strings.SplitSeq(t.Method.Hardwrap(s, width, true), "\n") {
		rows = append(rows, t.narrow(row, width)...)
	}
	return rows
}

// Words breaks s into rows of at most width cells at its blanks, and inside a
// word only where that is wider than a row: for orders that are read more than
// selected. The rows with a blank between them are s again.
func (t Text) Words(s string, width int) []string {
	var rows []string
	row := ""
	for i, word := range strings.Split(s, " ") {
		if joined := row + " " + word; i > 0 && t.Width(joined) <= width {
			row = joined
			continue
		}
		if i > 0 {
			rows = append(rows, t.closed(row))
		}
		broken := t.Hard(word, width)
		if len(broken) == 0 {
			return rows
		}
		rows = append(rows, broken[:len(broken)-1]...)
		row = broken[len(broken)-1]
	}
	return append(rows, t.closed(row))
}

// narrow holds the promise of the width where the library does not; a sign
// wider than a row is dropped.
func (t Text) narrow(row string, width int) []string {
	if t.Width(row) <= width {
		return []string{t.closed(row)}
	}
	var rows []string
	start, at, used := 0, 0, 0
	for g := graphemes.FromString(row); g.Next(); {
		w := t.Width(g.Value())
		if used+w > width {
			rows = append(rows, t.head(row[start:at], width))
			start, used = at, 0
		}
		at += len(g.Value())
		used += w
	}
	return append(rows, t.head(row[start:], width))
}

// simplify reduces clusters: variation selector 16, skin tones and all that a
// zero-width joiner joins are dropped.
func simplify(s string) string {
	if !strings.ContainsFunc(s, isJoin) {
		return s
	}
	var b strings.Builder
	for g := graphemes.FromString(s); g.Next(); {
		cluster := g.Value()
		if i := strings.IndexRune(cluster, '\u200d'); i > 0 {
			cluster = cluster[:i]
		}
		for i, r := range cluster {
			if i == 0 && r != '\u200d' && r != '\ufe0f' || !isJoin(r) {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

func isJoin(r rune) bool {
	return r == '\u200d' || r == '\ufe0f' || r >= 0x1f3fb && r <= 0x1f3ff
}

const blanks = "                                                                                                                                                                                                        "

// Blank is n spaces.
func Blank(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blanks) {
		return blanks[:n]
	}
	return strings.Repeat(" ", n)
}
