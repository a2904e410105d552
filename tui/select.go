package tui

import (
	"charla/server/chat"
	"charla/tui/pane"
	"charla/tui/terminal"
)

// body is the size of the messages' part of the window in focus.
func (m *Model) body() (width, height int) {
	if m.focus >= len(m.arranged.panes) {
		return 1, 1
	}
	b := m.boxOf(m.focus)
	return b.body.w, b.body.h
}

func (m *Model) scrollPage(dir int) {
	_, h := m.body()
	m.scrollRows(dir * max(h-2, 1))
}

// scrollRows moves the sight of the window in focus, up if n is positive.
func (m *Model) scrollRows(n int) {
	if w := m.current(); w != nil {
		width, height := m.body()
		m.scroll(w, width, height, n)
	}
}

// scroll moves the sight of a window and pages when it nears an end.
func (m *Model) scroll(w *window, width, height, n int) {
	wantOlder, wantNewer := w.pane.Scroll(&m.look, width, height, n, m.now())
	switch {
	case n > 0 && wantOlder:
		m.load(w, older)
	case n < 0 && wantNewer:
		m.load(w, newer)
	}
}

// scrollTop goes to the beginning of the history.
func (m *Model) scrollTop() {
	w := m.current()
	if w == nil {
		return
	}
	if w.pane.Older {
		w.loading = false
		m.load(w, oldest)
		return
	}
	w.pane.Top()
	m.scrollRows(0)
}

// scrollEnd goes to the newest message.
func (m *Model) scrollEnd() {
	w := m.current()
	if w == nil {
		return
	}
	if w.pane.Newer {
		w.loading = false
		m.load(w, newest)
	}
	w.pane.End()
}

// selectMode chooses the newest message; keys then act on it.
func (m *Model) selectMode() {
	w := m.current()
	width, height := m.body()
	if w != nil && w.pane.Select(&m.look, width, height, -1, m.now()) {
		m.mode = selecting
	}
}

func (m *Model) selectKey(name string) bool {
	w := m.current()
	if w == nil {
		m.mode = compose
		return false
	}
	msg, ok := w.pane.Selected()
	if !ok || name == "esc" || name == "ctrl+c" {
		m.unselect(w)
		return true
	}
	width, height := m.body()
	switch name {
	case "up", "k":
		if !w.pane.Select(&m.look, width, height, -1, m.now()) && w.pane.Older {
			m.load(w, older)
		}
	case "down", "j":
		if !w.pane.Select(&m.look, width, height, 1, m.now()) {
			m.unselect(w)
			m.scrollEnd()
		}
	case "pgup":
		m.scrollPage(1)
	case "pgdown":
		m.scrollPage(-1)
	default:
		return m.actOn(w, msg, name)
	}
	return true
}

// actOn does something with the chosen message. Other keys go back to writing.
func (m *Model) actOn(w *window, msg chat.Message, name string) bool {
	switch name {
	case "c", "enter", "o":
		m.copyMessage(msg)
	case "r":
		w.reply = &msg
		m.unselect(w)
	case "e":
		m.edit(w, msg)
	case "d":
		m.delete(w, msg)
		return true
	case "!":
		m.askReport(w, msg)
		return true
	default:
		m.unselect(w)
		return false
	}
	return true
}

func (m *Model) unselect(w *window) {
	w.pane.Unselect()
	m.mode = compose
}

// copyMessage puts a message, or the line that fetches its file, on the
// person's clipboard.
func (m *Model) copyMessage(msg chat.Message) {
	text := msg.Text
	if msg.File != nil && !msg.Retracted {
		text = m.fetchOrder(&msg)
	}
	m.copy(text)
}

func (m *Model) copy(text string) {
	if text == "" {
		m.say(m.screen().Nothing)
		return
	}
	m.do(terminal.Copy(text))
	m.say(m.screen().Copied)
}

// edit takes one's own message back into the composer.
func (m *Model) edit(w *window, msg chat.Message) {
	if msg.From != m.me.ID || msg.File != nil || msg.Retracted {
		m.say(m.screen().OwnOnly)
		return
	}
	w.before, w.editing = w.edit.Text(), msg.ID
	w.reply = nil
	w.edit.Set(msg.Text)
	m.unselect(w)
}

// delete takes one's own message back, when asked twice.
func (m *Model) delete(w *window, msg chat.Message) {
	if msg.From != m.me.ID || msg.Retracted {
		m.say(m.screen().OwnOnly)
		return
	}
	s := m.screen()
	m.ask = &question{letters: m.yesOrNo(1), done: func(m *Model, answer int) {
		m.unselect(w)
		if answer == 0 {
			m.retract(msg.ID)
		}
	}}
	m.ask.Question = s.DeleteAsk + "\n" + pane.Preview(&m.look, &msg)
	m.ask.Answers = []string{s.DeleteYes, s.DeleteNo}
	m.ask.Hint = s.DeleteHint
	m.ask.Choose(1)
}

// copyMode shows bare text and leaves the mouse to the terminal.
func (m *Model) copyMode() {
	m.mode = bare
	m.restyle()
	m.say(m.screen().CopyMode)
}

func (m *Model) bareKey(name string) bool {
	switch name {
	case "pgup", "u":
		m.scrollPage(1)
	case "pgdown", "d":
		m.scrollPage(-1)
	case "up", "k":
		m.scrollRows(1)
	case "down", "j":
		m.scrollRows(-1)
	case "ctrl+l":
		m.do(terminal.Repaint)
	case "c":
		m.copy(m.current().pane.LastOrder(&m.look))
	case "tab":
		m.nextFocus(1)
	default:
		m.mode = compose
		m.restyle()
	}
	return true
}
