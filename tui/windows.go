package tui

import (
	"context"
	"encoding/json"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
)

// How long somebody is taken to look at a screen after a key, where the
// terminal does not tell its focus, and how long a change of windows may wait
// to be saved.
const (
	lookFor     = 2 * time.Minute
	layoutAfter = time.Second
)

// openWindow shows a conversation: in the window in focus, or beside it. It
// reports false, and changes nothing, when there are too many.
func (m *Model) openWindow(t *talk, beside bool) bool {
	for i, w := range m.windows {
		if w.talk == t {
			m.switcher = nil
			m.mode = m.modeAfterPopup()
			m.setFocus(i)
			return true
		}
	}
	if beside && len(m.windows) == maxWindows {
		m.say(m.screen().AllOpen(maxWindows))
		return false
	}
	m.switcher = nil
	w := m.newWindow(t)
	if beside || len(m.windows) == 0 {
		at := min(m.focus+1, len(m.windows))
		m.windows = append(m.windows, nil)
		copy(m.windows[at+1:], m.windows[at:])
		m.windows[at] = w
		m.focus = at
		m.zoom = false
	} else {
		m.leaveWindow(m.windows[m.focus])
		m.windows[m.focus] = w
	}
	m.mode = m.modeAfterPopup()
	m.windowsChanged()
	return true
}

// newWindow makes a window and asks for what it shows.
func (m *Model) newWindow(t *talk) *window {
	w := &window{talk: t}
	w.pane.Me, w.pane.Marks, w.pane.Shared = m.me.ID, &t.marks, m.cfg.Shared
	w.edit.Set(t.Draft)
	w.draft.saved = t.Draft
	w.pane.Rule(t.Read, t.Unread)
	for _, words := range t.outbox {
		w.pane.Wait(m.pendingMessage(t, words))
	}
	m.askWriting(t)
	m.watch(t, t.Changed) // a room one is not in
	m.load(w, newest)
	return w
}

// leaveWindow keeps what is in a window that is shown no more, with what was
// refused there.
func (m *Model) leaveWindow(w *window) {
	w.takeBack()
	m.saveDraft(w)
	w.talk.Draft = w.edit.Text()
	if !w.editing.IsZero() {
		w.talk.Draft = w.before
	}
	m.actor.Flush()
}

// closeWindow closes the window in focus; the last one stays.
func (m *Model) closeWindow() {
	if len(m.windows) < 2 {
		if w := m.current(); w != nil && w.talk.Handle != lobby {
			m.goTo(lobby, false, origin{})
		}
		return
	}
	m.leaveWindow(m.windows[m.focus])
	m.windows = append(m.windows[:m.focus], m.windows[m.focus+1:]...)
	m.focus = min(m.focus, len(m.windows)-1)
	m.zoom = false
	m.windowsChanged()
}

// lobby is where everybody starts.
const lobby chat.Handle = "lobby"

// setFocus moves to a window.
func (m *Model) setFocus(i int) {
	if i < 0 || i >= len(m.windows) || i == m.focus {
		return
	}
	if w := m.current(); w != nil {
		if m.mode == selecting {
			m.unselect(w)
		}
		m.saveDraft(w)
	}
	m.focus = i
	m.windowsChanged()
}

func (m *Model) nextFocus(step int) {
	if n := len(m.windows); n > 1 {
		m.setFocus((m.focus + step + n) % n)
	}
}

// windowsChanged arranges anew and saves what is open, soon.
func (m *Model) windowsChanged() {
	m.dirty, m.reordered = true, true
	m.presence()
	for _, w := range m.windows {
		m.needMembers(w.talk)
		if !w.talk.sight.asked {
			m.needSight(w.talk)
		}
	}
	if m.opened && !m.layoutArmed {
		m.layoutArmed = true
		m.after(layoutAfter, layoutMsg{})
	}
}

// layoutMsg saves the open windows.
type layoutMsg struct{}

// layout is what is kept of the windows, for a class of widths.
type layout struct {
	Windows []layoutWindow `json:"w"`
	Focus   int            `json:"f,omitempty"`
	Zoom    bool           `json:"z,omitempty"`
	Sidebar sidebarMode    `json:"s,omitempty"`
}

type layoutWindow struct {
	ID   chat.ConversationID `json:"c"`
	Peer chat.UserID         `json:"p"`
}

func (m *Model) encodeLayout() string {
	l := layout{Focus: m.focus, Zoom: m.zoom, Sidebar: m.sidebar}
	for _, w := range m.windows {
		l.Windows = append(l.Windows, layoutWindow{w.talk.ID, w.talk.Peer})
	}
	raw, err := json.Marshal(l)
	if err != nil {
		return ""
	}
	return string(raw)
}

func (m *Model) saveLayout() {
	m.layoutArmed = false
	raw := m.encodeLayout()
	if raw == m.layoutSaved {
		return
	}
	m.layoutSaved = raw
	actor, class := m.actor, widthClass(m.width)
	m.io(func(ctx context.Context) tea.Msg {
		if err := actor.SaveLayout(ctx, class, []byte(raw)); err != nil {
			return savedMsg{what: "save the windows", err: err, failed: func(m *Model) { m.layoutSaved = "" }}
		}
		return nil
	})
}

// savedMsg tells how saving something went. failed, if any, is run by Update
// when it did not go well, so that leaving tries again.
type savedMsg struct {
	what   string
	err    error
	failed func(*Model)
}

// restoreLayout opens the windows of last time, or the lobby.
func (m *Model) restoreLayout(class string, raw []byte) {
	var l layout
	if json.Unmarshal(raw, &l) != nil {
		l = layout{}
	}
	for _, lw := range l.Windows {
		if t := m.restorable(lw); t != nil && len(m.windows) < maxWindows && m.windowOf(t.ID) == nil {
			m.windows = append(m.windows, m.newWindow(t))
		}
	}
	m.focus = min(max(l.Focus, 0), max(len(m.windows)-1, 0))
	m.zoom, m.sidebar = l.Zoom, l.Sidebar
	if class == widthClass(m.width) {
		m.layoutSaved = m.encodeLayout()
	}
	if len(m.windows) > 0 {
		m.windowsChanged()
		m.greet()
		return
	}
	if t := m.entry(); t != nil {
		m.openWindow(t, false)
	} else {
		m.goTo(lobby, false, origin{})
	}
	m.greet()
}

// entry is where somebody starts who has nothing open: in the lobby, or, newly here, in
// the group that their invitation leads into, whose people wait for them; nil if the
// list has neither.
func (m *Model) entry() (first *talk) {
	for _, t := range m.order {
		switch {
		case m.cfg.New && t.Kind == chat.Group && t.Member:
			return t
		case t.Handle == lobby:
			first = t
		}
	}
	return first
}

// restorable is the conversation of a saved window: one of the list, or a talk
// in which nobody has written yet.
func (m *Model) restorable(lw layoutWindow) *talk {
	if t := m.talks[lw.ID]; t != nil {
		return t
	}
	if lw.Peer.IsZero() || chat.TalkID(m.me.ID, lw.Peer) != lw.ID {
		return nil
	}
	t := m.know(chat.Conversation{ID: lw.ID, Kind: chat.Talk, Peer: lw.Peer, Member: true, Members: 2})
	m.refresh(t.Ref(), 0)
	return t
}

// nextUnread goes to the conversation whose news are oldest in the list's order
// from the top.
func (m *Model) nextUnread() {
	cur := m.current()
	for _, t := range m.order {
		if t.counts() > 0 && (cur == nil || t != cur.talk) && t.Handle != "" {
			m.openWindow(t, false)
			return
		}
	}
	m.say(m.screen().NoUnread)
}

// attentive tells whether somebody is looking at this terminal.
func (m *Model) attentive() bool {
	switch m.focused {
	case focusGained:
		return true
	case focusLost:
		return false
	}
	return m.now().Sub(m.lastKey) < lookFor
}

// sees tells whether the newest message of a window is being looked at.
func (m *Model) sees(w *window) bool {
	if !w.loaded || !w.pane.AtEnd() || !m.attentive() || m.page != nil {
		return false
	}
	for i := range m.windows {
		if m.windows[i] == w {
			return i < len(m.arranged.panes) && m.arranged.panes[i].h > 1 && !m.arranged.folded[i] && !m.arranged.tiny
		}
	}
	return false
}

// markRead tells the server what was read, of every window that is seen.
func (m *Model) markRead() {
	for _, w := range m.windows {
		t := w.talk
		if t.LastN <= t.Read && t.Unread == 0 || !t.Member || !m.sees(w) {
			continue
		}
		m.actor.Read(t.Conversation, t.LastN)
		t.Read, t.Unread = t.LastN, 0
	}
}
