// Package composer is a small multi-line editor for one unsent message. It
// knows no key, no conversation and no server: verbs change it, Rows shows it.
package composer

import (
	"strings"
	"unicode"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"charla/server/chat"
	"charla/tui/theme"
)

// Editor holds text and a cursor. The zero value is empty. Text beyond
// chat.MaxText bytes is not taken.
type Editor struct {
	text string
	at   int // byte offset of the cursor, between clusters

	drawn drawn
}

// drawn are the rows of what was drawn last.
type drawn struct {
	text     string
	at       int
	look     theme.Text
	width    int
	rows     []string
	row, col int
}

// Text is what is written.
func (e *Editor) Text() string { return e.text }

// Empty tells whether nothing but space is written.
func (e *Editor) Empty() bool { return strings.TrimSpace(e.text) == "" }

// Before is the text up to the cursor.
func (e *Editor) Before() string { return e.text[:e.at] }

// Set replaces everything and goes to the end.
func (e *Editor) Set(text string) { e.text, e.at = text, len(text) }

// Clear empties it.
func (e *Editor) Clear() { e.Set("") }

// Insert writes at the cursor what is printable of s, and reports whether all
// of it found room.
func (e *Editor) Insert(s string) bool {
	s = strings.Map(printable, s)
	fits := len(e.text)+len(s) <= chat.MaxText
	if !fits {
		room := max(chat.MaxText-len(e.text), 0)
		for room > 0 && s[room]&0xc0 == 0x80 {
			room--
		}
		s = s[:room]
	}
	e.text = e.text[:e.at] + s + e.text[e.at:]
	e.at += len(s)
	return fits
}

func printable(r rune) rune {
	switch {
	case r == '\n', r == '\u200d', r == '\ufe0f':
		return r
	case r == unicode.ReplacementChar, unicode.IsControl(r), unicode.In(r, unicode.Cf):
		return -1
	}
	return r
}

// Replace puts s in place of the n bytes before the cursor: a completion.
func (e *Editor) Replace(n int, s string) {
	start := max(e.at-n, 0)
	e.text = e.text[:start] + s + e.text[e.at:]
	e.at = start + len(s)
}

// Backspace deletes the cluster before the cursor.
func (e *Editor) Backspace() { e.deleteTo(e.left()) }

// Delete deletes the cluster after the cursor.
func (e *Editor) Delete() { e.deleteTo(e.right()) }

// DeleteWord deletes back to the start of a word.
func (e *Editor) DeleteWord() { e.deleteTo(e.wordLeft()) }

// DeleteToStart deletes back to the start of the line.
func (e *Editor) DeleteToStart() { e.deleteTo(e.lineStart()) }

// DeleteToEnd deletes up to the end of the line.
func (e *Editor) DeleteToEnd() { e.deleteTo(e.lineEnd()) }

func (e *Editor) deleteTo(to int) {
	lo, hi := min(to, e.at), max(to, e.at)
	e.text = e.text[:lo] + e.text[hi:]
	e.at = lo
}

// Left, Right and the rest move the cursor.
func (e *Editor) Left()      { e.at = e.left() }
func (e *Editor) Right()     { e.at = e.right() }
func (e *Editor) WordLeft()  { e.at = e.wordLeft() }
func (e *Editor) WordRight() { e.at = e.wordRight() }
func (e *Editor) Home()      { e.at = e.lineStart() }
func (e *Editor) End()       { e.at = e.lineEnd() }

// Up moves a line up and tells whether there is one.
func (e *Editor) Up() bool {
	start := e.lineStart()
	if start == 0 {
		return false
	}
	column := e.at - start
	e.at = start - 1
	e.at = e.boundary(e.lineStart() + min(column, e.at-e.lineStart()))
	return true
}

// Down moves a line down and tells whether there is one.
func (e *Editor) Down() bool {
	end := e.lineEnd()
	if end == len(e.text) {
		return false
	}
	column := e.at - e.lineStart()
	e.at = end + 1
	e.at = e.boundary(e.at + min(column, e.lineEnd()-e.at))
	return true
}

// boundary is the start of the cluster that holds offset.
func (e *Editor) boundary(offset int) int {
	at := 0
	for g := graphemes.FromString(e.text); g.Next() && at+len(g.Value()) <= offset; {
		at += len(g.Value())
	}
	return at
}

func (e *Editor) left() int {
	if e.at == 0 {
		return 0
	}
	start := e.lineStart()
	if start == e.at {
		return e.at - 1
	}
	last := start
	at := start
	for g := graphemes.FromString(e.text[start:e.at]); g.Next(); {
		last = at
		at += len(g.Value())
	}
	return last
}

func (e *Editor) right() int {
	g := graphemes.FromString(e.text[e.at:])
	if !g.Next() {
		return e.at
	}
	return e.at + len(g.Value())
}

func (e *Editor) wordLeft() int {
	trimmed := strings.TrimRightFunc(e.text[:e.at], unicode.IsSpace)
	return strings.LastIndexFunc(trimmed, unicode.IsSpace) + sizeOfSpace(trimmed)
}

// sizeOfSpace is the bytes of the last space in s: the step from its index to
// the word behind it.
func sizeOfSpace(s string) int {
	i := strings.LastIndexFunc(s, unicode.IsSpace)
	if i < 0 {
		return 1
	}
	for _, r := range s[i:] {
		return len(string(r))
	}
	return 1
}

func (e *Editor) wordRight() int {
	rest := e.text[e.at:]
	skipped := len(rest) - len(strings.TrimLeftFunc(rest, unicode.IsSpace))
	end := strings.IndexFunc(rest[skipped:], unicode.IsSpace)
	if end < 0 {
		return len(e.text)
	}
	return e.at + skipped + end
}

func (e *Editor) lineStart() int { return strings.LastIndexByte(e.text[:e.at], '\n') + 1 }

func (e *Editor) lineEnd() int {
	if i := strings.IndexByte(e.text[e.at:], '\n'); i >= 0 {
		return e.at + i
	}
	return len(e.text)
}

// Rows breaks the text into rows of at most width cells and tells where the
// cursor is. There is always at least one row, and the cursor may stand one
// cell behind the last sign of a row that is not full.
func (e *Editor) Rows(t theme.Text, width int) (rows []string, row, col int) {
	d := &e.drawn
	if d.rows == nil || d.text != e.text || d.at != e.at || d.look != t || d.width != width {
		*d = drawn{text: e.text, at: e.at, look: t, width: width}
		d.rows, d.row, d.col = e.wrap(t, max(width, 2))
	}
	return d.rows, d.row, d.col
}

func (e *Editor) wrap(t theme.Text, width int) (rows []string, row, col int) {
	var b strings.Builder
	used, offset := 0, 0
	flush := func() {
		rows = append(rows, b.String())
		b.Reset()
		used = 0
	}
	mark := func() {
		if offset == e.at {
			row, col = len(rows), used
		}
	}
	for g := graphemes.FromString(e.text); g.Next(); {
		cluster := g.Value()
		shown := t.Clean(cluster)
		if shown == "" && strings.TrimSpace(cluster) == "" {
			shown = " " // a space of another kind
		}
		w := t.Width(shown)
		if cluster != "\n" && used+w > width-1 {
			flush()
		}
		mark()
		offset += len(cluster)
		if cluster == "\n" {
			flush()
			continue
		}
		if w < width {
			b.WriteString(shown)
			used += w
		}
	}
	mark()
	flush()
	return rows, row, col
}
