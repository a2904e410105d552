package composer

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"charla/server/chat"
	"charla/tui/theme"
)

func TestEditing(t *testing.T) {
	tests := []struct {
		name string
		do   func(*Editor)
		want string // "|" is the cursor
	}{
		{"typing", func(e *Editor) { e.Insert("hola") }, "hola|"},
		{"a cluster is one", func(e *Editor) { e.Insert("a👨‍👩‍👧"); e.Backspace() }, "a|"},
		{"in the middle", func(e *Editor) { e.Insert("hla"); e.Left(); e.Left(); e.Insert("o") }, "ho|la"},
		{"word back", func(e *Editor) { e.Insert("uno dos  "); e.DeleteWord() }, "uno |"},
		{"one word back", func(e *Editor) { e.Insert("uno"); e.DeleteWord() }, "|"},
		{"wide space", func(e *Editor) { e.Insert("uno\u3000dos"); e.DeleteWord() }, "uno\u3000|"},
		{"to the start of the line", func(e *Editor) { e.Insert("a\nbcd"); e.DeleteToStart() }, "a\n|"},
		{"to the end of the line", func(e *Editor) { e.Insert("ab\nc"); e.Up(); e.Home(); e.DeleteToEnd() }, "|\nc"},
		{"lines", func(e *Editor) { e.Insert("abc\nd"); e.Up(); e.Insert("X") }, "aX|bc\nd"},
		{"down", func(e *Editor) { e.Insert("a\nbcd"); e.Up(); e.Down(); e.Insert("X") }, "a\nbX|cd"},
		{"words", func(e *Editor) { e.Insert("uno dos"); e.WordLeft(); e.WordLeft(); e.WordRight() }, "uno| dos"},
		{"hostile keys", func(e *Editor) { e.Insert("a\x1b[2J\u202eb\x00\u009bc") }, "a[2Jbc|"},
		{"completion", func(e *Editor) { e.Insert("hola @be"); e.Replace(3, "@beto ") }, "hola @beto |"},
	}
	for _, tt := range tests {
		e := &Editor{}
		tt.do(e)
		if got := e.text[:e.at] + "|" + e.text[e.at:]; got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	e := &Editor{}
	if e.Insert(strings.Repeat("ñ", chat.MaxText)) {
		t.Error("everything found room")
	}
	if len(e.Text()) > chat.MaxText || strings.ContainsRune(e.Text(), '\ufffd') {
		t.Error("too much, or a letter was cut in two")
	}
}

// However it is edited, rows fit and the cursor is inside them.
func FuzzRows(f *testing.F) {
	f.Add("hola\nqué tal 👍🏽", []byte("LLRUDbdw"), 10)
	f.Add("日本語", []byte("LLX"), 3)
	f.Fuzz(func(t *testing.T, s string, keys []byte, width int) {
		if len(s) > 1000 || len(keys) > 100 {
			t.Skip()
		}
		width = width&31 + 3
		e := &Editor{}
		e.Insert(s)
		for _, k := range keys {
			verbs[k%byte(len(verbs))](e)
		}
		for _, m := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			text := theme.Text{Method: m}
			rows, row, col := e.Rows(text, width)
			if row >= len(rows) || col < 0 || col >= width {
				t.Fatalf("cursor at %d,%d of %d rows, width %d", row, col, len(rows), width)
			}
			for _, r := range rows {
				if text.Width(r) > width && !strings.ContainsFunc(r, func(r rune) bool { return r > 0x2ff }) {
					t.Fatalf("%q is %d wide, not %d", r, text.Width(r), width)
				}
			}
		}
	})
}

var verbs = []func(*Editor){
	(*Editor).Left, (*Editor).Right, (*Editor).WordLeft, (*Editor).WordRight, (*Editor).Home, (*Editor).End,
	(*Editor).Backspace, (*Editor).Delete, (*Editor).DeleteWord, (*Editor).DeleteToStart, (*Editor).DeleteToEnd,
	func(e *Editor) { e.Up() }, func(e *Editor) { e.Down() }, func(e *Editor) { e.Insert("x") }, func(e *Editor) { e.Insert("\n") },
}
