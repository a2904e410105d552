package tui

import (
	"context"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
)

// origin is where a name was typed. A name that means nothing goes back there
// with all that was typed after it: never to the conversation one was in.
type origin struct {
	window *window // whose composer it was; nil: the switcher
	text   string  // all of the line, or the name
}

// goTo opens a conversation by its handle.
func (m *Model) goTo(handle chat.Handle, beside bool, from origin) {
	for _, t := range m.order {
		if t.Handle == handle {
			if !m.openWindow(t, beside) {
				m.nowhere(resolvedMsg{typed: string(handle), beside: beside, from: from}, m.screen().AllOpen(maxWindows))
			}
			return
		}
	}
	m.resolve(string(handle), beside, "", from)
}

// resolve asks the server what somebody means; or goes to another handle if it
// means nothing. What is typed until the answer comes is meant for the
// conversation that opens, so it waits.
func (m *Model) resolve(typed string, beside bool, or chat.Handle, from origin) {
	m.going = true
	actor := m.actor
	m.io(func(ctx context.Context) tea.Msg {
		c, err := actor.Resolve(ctx, typed)
		return resolvedMsg{typed, c, beside, or, from, err}
	})
}

type resolvedMsg struct {
	typed  string
	c      chat.Conversation
	beside bool
	or     chat.Handle
	from   origin
	err    error
}

func (m *Model) onResolved(msg resolvedMsg) {
	m.going = false
	switch {
	case msg.err == nil:
		if !m.openWindow(m.know(msg.c), msg.beside) {
			m.nowhere(msg, m.screen().AllOpen(maxWindows))
		}
	case chat.CodeOf(msg.err) == chat.NoConversation && msg.or != "":
		m.goTo(msg.or, msg.beside, msg.from)
	default:
		m.note("go to", msg.err)
		why := m.sentence(msg.err)
		if e := chat.AsError(msg.err); e.Code == chat.NoConversation && e.Hint == "" && msg.from.window == nil {
			why = m.screen().GoNone
		}
		m.nowhere(msg, why)
	}
	m.release()
}

// nowhere puts a name that opened nothing back where it was typed, with what
// was typed ahead, and says why.
func (m *Model) nowhere(msg resolvedMsg, why string) {
	if !m.opened || len(m.windows) == 0 {
		m.held = nil
		m.say(why)
		return
	}
	if m.putBack(msg.from) {
		m.say(why)
		return
	}
	if m.switcher == nil {
		m.openSwitcher(msg.beside)
		m.switcher.Edit.Set(msg.typed)
	}
	m.switcher.Edit.Insert(chat.OneLine(m.spoken(), maxHeld))
	m.narrow()
	m.switcher.Note = why
}

// putBack returns a line to the composer it was written in, with what was typed
// ahead behind it. It reports false when it was not written in one.
func (m *Model) putBack(from origin) bool {
	w := from.window
	if w == nil || m.windowOf(w.talk.ID) != w {
		return false
	}
	w.edit.Set(from.text + w.edit.Text())
	w.edit.Insert(m.spoken())
	m.typed(w)
	return true
}

// ahead takes the text of what is held, in the lines that Enter would have ended. The
// keys that would do something with it were meant for a place that there is not.
func (m *Model) ahead() (lines []string) {
	lines = []string{""}
	for _, msg := range m.held {
		switch msg := msg.(type) {
		case tea.KeyPressMsg:
			switch {
			case msg.Code == tea.KeyEnter || msg.Code == tea.KeyKpEnter:
				lines = append(lines, "")
			case isText(msg) && utf8.ValidString(msg.Text):
				lines[len(lines)-1] += msg.Text
			}
		case tea.PasteMsg:
			lines[len(lines)-1] += chat.CleanText(msg.Content)
		}
	}
	m.held = nil
	return lines
}

// spoken is ahead up to an order that may ask for the passphrase: it would not be known
// for one behind other text, nor what was typed for it.
func (m *Model) spoken() string {
	lines := m.ahead()
	for i, line := range lines {
		if before, all := upTo(line); !all {
			m.blind()
			m.say(m.words.Command.Identity.Unheard)
			return strings.Join(lines[:i], "") + before
		}
	}
	return strings.Join(lines, "")
}

// maxHeld bounds what is typed ahead; what goes beyond is dropped.
const maxHeld = 1024

// hold keeps keys and pastes while a conversation is being opened, or drops them
// where they are unheard. Leaving does not wait.
func (m *Model) hold(msg tea.Msg) bool {
	if key, ok := msg.(tea.KeyPressMsg); ok && key.String() == "ctrl+q" {
		return false
	}
	if !m.going {
		return m.unheard(msg)
	}
	if len(m.held) < maxHeld {
		m.held = append(m.held, msg)
	}
	return true
}

// release gives what was held to the conversation that is open now. A key may
// begin to open another one, and then the rest waits again.
func (m *Model) release() {
	for len(m.held) > 0 && !m.going {
		msg := m.held[0]
		m.held = m.held[1:]
		m.arrangeIfDirty()
		m.terminal(msg)
	}
}
