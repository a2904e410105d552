package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/server/command"
	"charla/tui/dialog"
)

// warnings are what those who look after the server decided about this person and
// they have not read yet, the oldest first. One after another stands in front of
// everything until a key closes it: then, and not before, it is told for good.
type warnings struct {
	untold []command.Warned
	shown  *question     // one of them, while it is asked
	at     chat.Position // of that
	since  time.Time     // when it came up
	read   chat.Position // up to where they were closed here
}

// startled is for how long a warning takes no key: what was being typed when it
// came up does not close it.
const startled = time.Second

// untoldMsg answers askWarnings.
type untoldMsg struct {
	untold []command.Warned
	err    error
}

// askWarnings looks for what was decided about this person and not told yet.
func (m *Model) askWarnings() {
	session := m.orders()
	m.io(func(ctx context.Context) tea.Msg {
		untold, err := session.Untold(ctx)
		return untoldMsg{untold, err}
	})
}

func (m *Model) onUntold(msg untoldMsg) {
	if msg.err != nil {
		m.note("read warnings", msg.err)
		return
	}
	m.warnings.untold = msg.untold
	m.dropRead()
	gone := len(m.warnings.untold) == 0 || m.warnings.untold[0].At != m.warnings.at
	if m.ask != nil && m.ask == m.warnings.shown && gone {
		m.ask = nil // closed in another session of this person
	}
}

// dropRead forgets what was closed already: the view may not have it yet.
func (m *Model) dropRead() {
	for len(m.warnings.untold) > 0 && m.warnings.untold[0].At <= m.warnings.read {
		m.warnings.untold = m.warnings.untold[1:]
	}
}

// warn shows the first that was not read, once nothing else is asked.
func (m *Model) warn() {
	if len(m.warnings.untold) == 0 || m.ask != nil || m.secret != nil || m.current() == nil {
		return
	}
	first := m.warnings.untold[0]
	m.ask = &question{
		Ask:  dialog.Ask{Question: first.Sentence, Answers: []string{m.screen().People.WarnedYes}, Hint: "Esc"},
		done: func(m *Model, _ int) { m.warned(first.At) },
	}
	m.warnings.shown, m.warnings.at, m.warnings.since = m.ask, first.At, m.now()
}

// startles tells whether a warning has just come up.
func (m *Model) startles() bool {
	return m.ask != nil && m.ask == m.warnings.shown && m.now().Sub(m.warnings.since) < startled
}

// warned notes that this person has read what they were told.
func (m *Model) warned(at chat.Position) {
	m.warnings.read = max(m.warnings.read, at)
	m.dropRead()
	actor := m.actor
	m.io(func(ctx context.Context) tea.Msg {
		if err := actor.Warned(ctx, at); err != nil {
			return savedMsg{what: "note that a warning was read", err: err}
		}
		return nil
	})
}
