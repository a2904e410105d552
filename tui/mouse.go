package tui

import (
	tea "charm.land/bubbletea/v2"

	"charla/tui/pane"
)

// wheelRows is how far one notch of the wheel scrolls.
const wheelRows = 3

// mouse takes clicks and the wheel. The mouse is reported unless the person
// wants to select text with it.
func (m *Model) mouse(msg tea.MouseMsg) {
	m.lastKey = m.now()
	at := msg.Mouse()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		m.wheel(msg)
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			m.click(at.X, at.Y)
		}
	case tea.MouseMotionMsg:
		if at.Button == tea.MouseLeft && !m.dragTold {
			m.dragTold = true
			m.say(m.screen().MouseHint)
		}
	}
}

func (m *Model) wheel(msg tea.MouseWheelMsg) {
	n := wheelRows
	switch msg.Button {
	case tea.MouseWheelUp:
	case tea.MouseWheelDown:
		n = -n
	default:
		return
	}
	switch {
	case m.page != nil:
		m.page.Scroll(-n)
		return
	case m.switcher != nil:
		m.switcher.Move(-n / wheelRows)
		return
	}
	for i, r := range m.arranged.panes {
		if r.contains(msg.X, msg.Y) && !m.arranged.folded[i] {
			b := m.boxOf(i).body
			m.scroll(m.windows[i], b.w, b.h, n)
		}
	}
}

func (m *Model) click(x, y int) {
	if m.going { // what is typed meanwhile is for the conversation that opens
		return
	}
	if m.clickFront(x, y) {
		return
	}
	if m.arranged.sidebar.contains(x, y) {
		if y == 0 {
			m.openSwitcher(false)
		} else if id, ok := m.bar.At(y); ok {
			if t := m.talks[id]; t != nil {
				m.openWindow(t, x == m.arranged.sidebar.w-1)
			}
		}
		return
	}
	for i, r := range m.arranged.panes {
		if !r.contains(x, y) {
			continue
		}
		was := m.focus
		m.setFocus(i)
		if i < len(m.windows) {
			m.clickBody(i, x, y, was == i)
		}
		return
	}
}

// clickBody copies the order whose [c] was clicked on. The title of a pane that
// had the focus tells about its conversation.
func (m *Model) clickBody(i, x, y int, focused bool) {
	b := m.boxOf(i).body
	if !b.contains(x, y) {
		switch r := m.arranged.panes[i]; {
		case y != r.y || m.mode == bare:
		case x >= r.x+r.w-menuZone && m.arranged.sidebar.w == 0:
			m.openSwitcher(false)
		case focused:
			m.openInfo()
		}
		return
	}
	if edge := b.x + pane.Column(b.w); x < edge-len(m.screen().Copy) || x >= edge {
		return
	}
	if _, order, ok := m.windows[i].pane.At(&m.look, b.w, b.h, y-b.y, m.now()); ok && order != "" {
		m.copy(order)
	}
}

// menuZone is how much of a title's right end opens the list.
const menuZone = 6

// clickFront gives a click to what stands above the panes; a click beside it
// closes it.
func (m *Model) clickFront(x, y int) bool {
	box, at, ok := m.front()
	if !ok {
		return false
	}
	inside := at.contains(x, y)
	switch {
	case m.secret != nil: // Esc leaves it
	case m.ask != nil:
		first := box.Height - 1 - len(m.ask.Answers)
		if inside && m.ask.Choose(y-at.y-first) {
			m.askKey("enter", tea.KeyPressMsg{})
		}
	case !inside:
		m.page, m.switcher = nil, nil
	case m.switcher != nil && m.switcher.RowAt(y-at.y, m.height):
		m.choose(m.switcher.Beside)
	}
	return true
}
