package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/tui/dialog"
	"charla/tui/pane"
)

// A paste beyond these is asked about before it becomes a message.
const (
	longLines = 20
	longBytes = 4 << 10
)

// question is asked above the panes; done gets the number of the answer, -1
// for none.
type question struct {
	dialog.Ask
	// letters choose an answer at once; the hint names them, for what nobody could
	// know of is pressed by those who mean to write.
	letters map[string]int
	// aside takes the other keys, of somebody who writes; nil: they do nothing.
	aside func(m *Model, name string, k tea.KeyPressMsg)
	done  func(m *Model, answer int)
}

// pasted takes a paste: a dragged file, a long text, or text.
func (m *Model) pasted(content string) {
	m.lastKey = m.now()
	m.flash = ""
	w := m.current()
	switch {
	case m.secret != nil:
		m.secret.write(content)
		return
	case m.ask != nil && m.ask == m.warnings.shown:
		m.pastedOver(content)
		return
	case m.ask != nil:
		m.say(m.screen().PasteHeld)
		return
	case m.switcher != nil:
		m.switcher.Edit.Insert(chat.OneLine(content, 64))
		m.narrow()
		return
	case w == nil || m.page != nil:
		return
	}
	if m.mode == selecting {
		m.unselect(w)
	}
	m.mode = m.modeAfterPopup()
	if paths := pathsOf(content); len(paths) > 0 && m.lastPath != content && !m.visits() {
		m.lastPath = content
		m.offerPaths(w, paths)
		return
	}
	m.lastPath = ""
	text := m.first(w, content)
	if lines := strings.Count(text, "\n") + 1; lines > longLines || len(text) > longBytes {
		m.askPaste(w, text, lines)
		return
	}
	m.insert(w, text)
	m.typed(w)
}

// offerPaths answers dragged files with the order that sends them.
func (m *Model) offerPaths(w *window, paths []string) {
	s := m.screen()
	what := s.PathIs
	if len(paths) > 1 {
		what = s.PathsAre
	}
	w.pane.Say(pane.Local{Topic: pathTopic, Lines: []string{what}, Order: m.addr.send(w.talk.Handle, paths...)})
	w.pane.End()
	m.say(s.PathAgain)
}

// askPaste asks what a long paste is for.
func (m *Model) askPaste(w *window, text string, lines int) {
	s := m.screen()
	m.ask = &question{
		Ask: dialog.Ask{Question: s.PasteAsk(lines, len(text)), Answers: []string{s.PasteSend, s.PasteWrite, s.PasteCancel}, Hint: "Esc"},
		done: func(m *Model, answer int) {
			switch answer {
			case 0:
				if m.fits(text) {
					m.send(w, text)
				}
			case 1:
				m.insert(w, text)
				m.typed(w)
			}
		},
	}
}

// fits tells whether a text can be one message, and says why if not.
func (m *Model) fits(text string) bool {
	switch {
	case len(text) > chat.MaxText:
		m.say(m.words.Error(&chat.Error{Code: chat.TextTooLong, Limit: chat.MaxText}))
	case strings.Count(text, "\n") >= chat.MaxLines:
		m.say(m.words.Error(&chat.Error{Code: chat.TextTooManyLines, Limit: chat.MaxLines}))
	default:
		return true
	}
	return false
}

func (m *Model) askKey(name string, k tea.KeyPressMsg) {
	q := m.ask
	if m.startles() {
		q.aside(m, name, k)
		return
	}
	switch name {
	case "esc", "ctrl+c":
		m.ask = nil
		q.done(m, -1)
	case "up", "shift+tab":
		q.Move(-1)
	case "down", "tab":
		q.Move(1)
	case "enter":
		m.ask = nil
		q.done(m, q.Chosen())
	default:
		if answer, ok := q.letters[name]; ok && q.Choose(answer) {
			m.ask = nil
			q.done(m, q.Chosen())
		} else if q.aside != nil {
			q.aside(m, name, k)
		}
	}
}
