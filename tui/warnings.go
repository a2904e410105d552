package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"charla/server/command"
	"charla/tui/pane"
)

// warnedMsg is what this person is told of what was decided about them.
type warnedMsg []string

// askWarnings looks for what was decided about this person and not told yet.
func (m *Model) askWarnings() {
	session := command.Session{Actor: m.actor, Words: m.words}
	m.io(func(ctx context.Context) tea.Msg {
		told, err := session.Warnings(ctx)
		if err != nil && len(told) == 0 {
			return savedMsg{what: "read warnings", err: err}
		}
		return warnedMsg(told)
	})
}

// warned says it where the person looks.
func (m *Model) warned(sentences []string) {
	if w := m.current(); w != nil && len(sentences) > 0 {
		w.pane.Say(pane.Local{Lines: sentences, Style: m.look.Theme.Error})
	}
}
