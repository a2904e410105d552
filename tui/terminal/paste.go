package terminal

import (
	"bytes"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

var (
	pasteStart = []byte(ansi.BracketedPasteStart)
	pasteEnd   = []byte(ansi.BracketedPasteEnd)
)

// isBurst tells a read that no fingers made: several lines of text at once. A
// single Enter at the end is no second line (scripts send text and Enter).
func isBurst(p []byte) bool {
	if len(p) < burstLeast || bytes.IndexByte(p, ansi.ESC) >= 0 {
		return false
	}
	inner := bytes.TrimSuffix(bytes.TrimSuffix(p, []byte{'\n'}), []byte{'\r'})
	return bytes.ContainsAny(inner, "\r\n")
}

// stepPaste collects raw bytes up to the end of a bracketed paste.
func (g *gate) stepPaste(p []byte) int {
	if g.matched == 0 {
		n := bytes.IndexByte(p, ansi.ESC)
		if n < 0 {
			n = len(p)
		}
		if n > 0 {
			g.keep(p[:n])
			return n
		}
	}
	if p[0] != pasteEnd[g.matched] {
		// ESC stands only in front of the end, so nothing of it can begin
		// inside what was matched.
		g.keep(pasteEnd[:g.matched])
		g.matched = 0
		return 0
	}
	if g.matched++; g.matched == len(pasteEnd) {
		g.closePaste()
		g.reset()
	}
	return 1
}

// stepBurst collects text; an ESC is the next key.
func (g *gate) stepBurst(p []byte) int {
	n := bytes.IndexByte(p, ansi.ESC)
	if n == 0 {
		g.closePaste()
		g.reset()
		return 0
	}
	if n < 0 {
		n = len(p)
	}
	g.keep(p[:n])
	return n
}

// keep adds to a paste as much as there is room for.
func (g *gate) keep(p []byte) {
	room := min(len(p), maxPaste-len(g.buf))
	g.buf = append(g.buf, p[:room]...)
	g.dropped += len(p) - room
}

// closePaste emits the paste with newlines as \n; the model cleans the rest.
func (g *gate) closePaste() {
	text := string(g.buf)
	if g.dropped > 0 { // the cut may go through a character
		text = strings.ToValidUTF8(text, "")
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	g.out = append(g.out, tea.PasteMsg{Content: strings.ReplaceAll(text, "\r", "\n")})
	if g.dropped > 0 {
		g.out = append(g.out, PasteCutMsg{Dropped: g.dropped})
	}
}
