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
