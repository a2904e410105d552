package tui

import (
	"charla/server/chat"
	"charla/tui/pane"
)

// ranked takes that this person has another rank on the server, if they have: they read
// it, and from now on they are offered what they may do with it.
func (m *Model) ranked(rank chat.Rank) {
	if rank == m.me.Rank {
		return
	}
	m.me.Rank = rank
	if w := m.current(); w != nil {
		w.pane.Say(pane.Local{Lines: []string{m.orders().Ranked(rank)}})
	}
	m.askReports()
}
