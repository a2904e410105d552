package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/server/command"
	"charla/tui/dialog"
)

// warnings are what those who look after the server decided about this person and
// they have not read yet, the newest first. As many as fit stand in front of
// everything until a key closes them, then the rest: then, and not before, all is told
// for good.
type warnings struct {
	untold []command.Warned
	shown  *question              // those of them that are asked
	of     []command.Warned       // what that shows
	seen   map[chat.Position]bool // closed, while older ones are not
	since  time.Time              // when it came up, or something was typed over it
	read   chat.Position          // up to where all were closed here
}

// startled is for how long warnings take no key, after they came up and after what is
// typed over them: who writes does not close them.
const startled = time.Second

// untoldMsg answers askWarnings.
type untoldMsg struct {
	untold []command.Warned
	err    error
}

// askWarnings looks for what was decided about this person and not told yet.
func (m *Model) askWarnings() {
	session, after := m.orders(), m.warnings.read
	m.io(func(ctx context.Context) tea.Msg {
		untold, err := session.Recap(ctx, after)
		return untoldMsg{untold, err}
	})
}

func (m *Model) onUntold(msg untoldMsg) {
	if msg.err != nil {
		m.note("read warnings", msg.err)
		return
	}
	w := &m.warnings
	w.untold = slices.DeleteFunc(msg.untold, func(one command.Warned) bool { return one.At <= w.read || w.seen[one.At] })
	if m.ask != nil && m.ask == w.shown && !slices.Equal(w.of, m.fitting()) {
		m.ask = nil // closed in another session of this person, or there is more
	}
}

// fitting are as many of the warnings as there is room for in a box, and one at least.
func (m *Model) fitting() []command.Warned {
	n := min(len(m.warnings.untold), 1)
	for n < len(m.warnings.untold) {
		box := m.warning(m.warnings.untold[:n+1]).Box(m.dialogLook(), m.width, m.height)
		if box.Height > m.height-1 {
			break
		}
		n++
	}
	return m.warnings.untold[:n]
}

// warning is what a box says of some of them.
func (m *Model) warning(some []command.Warned) *dialog.Ask {
	var sentences []string
	for _, one := range some {
		sentences = append(sentences, one.Sentence)
	}
	return &dialog.Ask{Question: strings.Join(sentences, "\n"), Answers: []string{m.screen().People.WarnedYes}, Hint: "Esc"}
}

// warn shows those that were not read, once nothing else is asked and no passphrase is
// on its way: what is typed then would be written over them, where it can be read.
// Those that stand there already give way.
func (m *Model) warn() {
	w := &m.warnings
	switch {
	case len(w.untold) == 0 || m.current() == nil:
		return
	case m.confides() && m.ask == w.shown:
		m.ask = nil
		return
	case m.confides() || m.ask != nil:
		return
	}
	w.of = slices.Clone(m.fitting())
	m.ask = &question{Ask: *m.warning(w.of), aside: (*Model).typedOver, done: func(m *Model, _ int) { m.warned() }}
	w.shown, w.since = m.ask, m.now()
}

// confides tells whether what is typed next may be a passphrase: something is asked, an
// order runs that may ask, or one is written.
func (m *Model) confides() bool {
	if m.secret != nil || m.going {
		return true
	}
	w := m.current()
	if w == nil {
		return false
	}
	line, orders := ordered(w.edit.Text())
	return orders && command.Asking(line)
}

// startles tells whether warnings have just come up, or something was typed over them.
func (m *Model) startles() bool {
	return m.ask != nil && m.ask == m.warnings.shown && m.now().Sub(m.warnings.since) < startled
}

// pastedOver writes what is pasted while warnings stand in front, as typedOver does.
func (m *Model) pastedOver(content string) {
	text := chat.CleanText(content)
	if w := m.current(); w != nil && m.switcher == nil && m.page == nil {
		text = m.first(w, content)
	}
	m.typedOver("paste", tea.KeyPressMsg{Text: text})
}

// typedOver writes what is typed while warnings stand in front where it would have
// been written without them: nobody asked for them.
func (m *Model) typedOver(name string, k tea.KeyPressMsg) {
	w := m.current()
	if w == nil || !isText(k) && name != "backspace" {
		return
	}
	m.warnings.since = m.now()
	switch {
	case m.switcher != nil:
		m.switcherKey(name, k)
	case m.page == nil && m.mode == selecting:
		m.unselect(w)
		m.write(name, k)
	case m.page == nil:
		m.mode = m.modeAfterPopup()
		m.write(name, k)
	}
}

// warned notes that this person has read what is shown, and for good when it was all
// they had to be told.
func (m *Model) warned() {
	w := &m.warnings
	if w.seen == nil {
		w.seen = map[chat.Position]bool{}
	}
	for _, one := range w.of {
		w.seen[one.At] = true
	}
	w.untold = slices.DeleteFunc(w.untold, func(one command.Warned) bool { return w.seen[one.At] })
	if len(w.untold) > 0 {
		return
	}
	for at := range w.seen {
		w.read = max(w.read, at)
	}
	w.seen = nil
	actor, at := m.actor, w.read
	m.io(func(ctx context.Context) tea.Msg {
		if err := actor.Warned(ctx, at); err != nil {
			return savedMsg{what: "note that a warning was read", err: err}
		}
		return nil
	})
}
