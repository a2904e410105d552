package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"charla/tui/pane"
)

// linkedMsg answers askLinked.
type linkedMsg struct {
	sentence string
	err      error
}

// askLinked makes the sentence about a device that came in as this person by a code.
func (m *Model) askLinked(way, name string) {
	session := m.orders()
	m.io(func(ctx context.Context) tea.Msg {
		sentence, err := session.Linked(ctx, way, name)
		return linkedMsg{sentence, err}
	})
}

func (m *Model) onLinked(msg linkedMsg) {
	if msg.err != nil {
		m.note("say who came in", msg.err)
		return
	}
	if w := m.current(); w != nil && msg.sentence != "" {
		w.pane.Say(pane.Local{Lines: []string{msg.sentence}})
	}
}
