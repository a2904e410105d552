package pane

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"github.com/charmbracelet/x/ansi"

	"charla/server/chat"
)

// same reports whether two strings are one in memory.
func same(a, b string) bool { return unsafe.StringData(a) == unsafe.StringData(b) }

// What many screens show is there once: the rows of a message that two people
// read are the same strings, though each read its own page of the history.
func TestScreensShareWhatTheyShow(t *testing.T) {
	shared, l := NewShared(), lookOf(ansi.WcWidth, false)
	var rows [2][]string
	for i := range rows {
		p := newPane()
		p.Shared = shared
		p.Reset(history(1, 20))
		rows[i] = p.Rows(l, 60, 18, start)
	}
	for y := range rows[0] {
		if !same(rows[0][y], rows[1][y]) {
			t.Errorf("row %d is there twice: %q", y, rows[0][y])
		}
	}
}

// What looks different to the two is not shared: a changed message, one's own,
// one that calls somebody, another theme.
func TestWhatDiffersIsNotShared(t *testing.T) {
	shared := NewShared()
	read := func(l *Look, m *chat.Message) string {
		p := newPane()
		p.Shared, p.Me = shared, l.Me
		p.Reset(chat.Page{Messages: []chat.Message{*m}})
		rows := p.Rows(l, 60, 18, start)
		return rows[len(rows)-1]
	}
	ana := lookOf(ansi.WcWidth, false)
	first := messageN(1, other, "hola @ana")
	edited := *first
	edited.Text, edited.Edited, edited.Changed = "hola @ana, y beto", true, chat.PositionAt(9, 0)
	beto := *ana
	beto.Nick, beto.Me = "beto", other
	plain := *ana
	plain.Bare = true
	seen := map[string]string{}
	for name, row := range map[string]string{
		"called": read(ana, first), "edited": read(ana, &edited), "own": read(&beto, first), "bare": read(&plain, first),
	} {
		if twin := seen[row]; twin != "" {
			t.Errorf("%s looks as %s does: %q", name, twin, row)
		}
		seen[row] = name
	}
	if again := read(ana, first); seen[again] != "called" {
		t.Errorf("after the others it is %q", again)
	}
}

// However much is shown, what is shared is bounded.
func TestWhatIsSharedIsBounded(t *testing.T) {
	shared, l := NewShared(), lookOf(ansi.WcWidth, false)
	for n := range 3 * sharedMessages {
		m := shared.message(messageN(n, other, fmt.Sprint("mensaje ", n)))
		shared.Line(l, m, 30, true, func() string { return "row" })
	}
	if n := len(shared.messages.young) + len(shared.messages.old); n > sharedMessages {
		t.Errorf("%d messages are shared", n)
	}
	for n := range 3 * sharedLarge {
		m := messageN(n, other, strings.Repeat("línea\n", 300))
		p := newPane()
		p.Shared = shared
		p.Post(m)
		p.Rows(l, 60, 18, start)
	}
	if n := len(shared.largest.young) + len(shared.largest.old); n > sharedLarge || n == 0 {
		t.Errorf("%d large messages are shared", n)
	}
	if n := len(shared.columns.young) + len(shared.columns.old); n > sharedLarge || n == 0 {
		t.Errorf("the rows of %d large messages are shared", n)
	}
	if n := len(shared.rows.young) + len(shared.rows.old); n > sharedRows {
		t.Errorf("the rows of %d messages are shared", n)
	}
}
