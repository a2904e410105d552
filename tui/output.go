package tui

import (
	"strings"

	"charla/server/command"
	"charla/tui/pane"
)

// sayOutput shows what a command printed: a picture in it in its own colours.
func (m *Model) sayOutput(w *window, text string) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for len(lines) > 0 {
		n, picture := 1, command.IsPicture(lines[0])
		for n < len(lines) && command.IsPicture(lines[n]) == picture {
			n++
		}
		l := pane.Local{Lines: lines[:n]}
		if picture {
			l.Style = m.look.Theme.Picture
		}
		w.pane.Say(l)
		lines = lines[n:]
	}
}

// hintsFit tells whether the lines for a newcomer leave the first of them, which says
// who one is and what to do, in sight, with the long one about files among them.
func (m *Model) hintsFit(w *window) bool {
	m.arrangeIfDirty()
	o, body := m.screen().Onboarding, m.boxOf(m.focus).body
	rows, room := 0, max(pane.Room(body.w), 1)
	for _, line := range []string{o.Hello(string(m.me.Nick)), o.Switch, o.Beside, o.Files, m.addr.send(w.talk.Handle, m.samplePath()), o.Glyphs, o.Dismiss} {
		rows += pane.Rows(m.look.Text, line, room)
	}
	return rows < body.h
}
