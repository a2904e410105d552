package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/tui/pane"
)

// reportsTopic is the line that says that reports wait.
const reportsTopic = "reports"

// maxCounted is how many reports are counted; what is beyond is "or more".
const maxCounted = 50

// reports is what this screen knows of them.
type reports struct {
	asked bool
	told  time.Time // when the newest came that was told
}

// reportsMsg answers askReports.
type reportsMsg struct {
	open []chat.Report
	err  error
}

// askReports looks what people have shown to those who look after the server, for one
// of these: when they come, and with the clock, so that a hundred reports are one line
// a minute.
func (m *Model) askReports() {
	if !m.me.Rank.LooksAfter() {
		return
	}
	actor := m.actor
	m.io(func(ctx context.Context) tea.Msg {
		open, err := actor.Reports(ctx, maxCounted)
		return reportsMsg{open, err}
	})
}

// onReports says how many wait, if there are new ones.
func (m *Model) onReports(msg reportsMsg) {
	if msg.err != nil {
		m.note("read reports", msg.err)
		return
	}
	came, was := false, m.reports
	m.reports.asked = true
	for _, r := range msg.open {
		if r.At.After(was.told) {
			came = came || r.By != m.me.ID
			m.reports.told = r.At
		}
	}
	if len(msg.open) == 0 {
		for _, w := range m.windows {
			w.pane.Unsay(reportsTopic)
		}
	}
	if w := m.current(); w != nil && came {
		line := m.screen().People.Reports(len(msg.open), len(msg.open) >= maxCounted, was.asked, m.typedAs("admin reports"))
		w.pane.Say(pane.Local{Topic: reportsTopic, Lines: []string{line}, Style: m.look.Theme.Muted})
	}
}
