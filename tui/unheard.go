package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/server/command"
)

// blindly is the pause in typing by which somebody shows that they look at what was
// answered. Whoever makes none behind a command that may ask for their passphrase, and
// failed, types it where everybody would read it.
const blindly = time.Second

// ordered is the line behind the slash of a text that orders something and says
// nothing: blanks may stand before it, as in lines.
func ordered(text string) (line string, ok bool) {
	line, ok = strings.CutPrefix(strings.TrimSpace(chat.CleanText(text)), "/")
	return line, ok && !strings.HasPrefix(line, "/")
}

// blind drops what is typed from now on, until there is a pause.
func (m *Model) blind() { m.blinded = m.now().Add(blindly) }

// unheard reports whether a key or paste is of somebody who goes on typing without a
// look, and says that it is dropped. Keys that write nothing are heard.
func (m *Model) unheard(msg tea.Msg) bool {
	now := m.now()
	if !now.Before(m.blinded) {
		return false
	}
	if key, ok := msg.(tea.KeyPressMsg); ok && key.Text == "" && key.Code != tea.KeyEnter && key.Code != tea.KeyKpEnter {
		return false
	}
	m.blind()
	m.say(m.words.Command.Identity.Unheard)
	return true
}

// first is what of a paste is taken behind what is written: nothing that stands below
// the line of a command that may ask, for that is what it would be answered. Many keys
// that came at once are a paste, too, of which the last was Enter.
func (m *Model) first(w *window, content string) string {
	text := chat.CleanText(content)
	line, below, _ := strings.Cut(text, "\n")
	order, ok := ordered(w.edit.Before() + line)
	if ok && !command.Asking(order) {
		if text, ok = upTo(text); !ok {
			m.blind()
			m.say(m.words.Command.Identity.Unheard)
		}
		return text
	}
	if !ok {
		return text
	}
	if below != "" {
		m.say(m.words.Command.Identity.Unheard)
	}
	if below != "" || w.edit.Empty() && strings.ContainsAny(content, "\r\n") {
		m.blind()
	}
	return line
}

// upTo is a text up to an order that may ask for the passphrase, and whether that is
// all of it. What is longer than any message goes nowhere, and is not looked at to its
// end.
func upTo(text string) (string, bool) {
	at := 0
	for line := range strings.Lines(text) {
		if at > chat.MaxText {
			break
		}
		if order, ok := ordered(line); ok && command.Asking(order) {
			return strings.TrimSuffix(text[:at], "\n"), false
		}
		at += len(line)
	}
	return text, true
}

// confided reports whether an order may hold a passphrase: behind its name, or behind
// another order that was typed on at one that was refused.
func confided(line string) bool {
	for {
		if command.Secretly(line) {
			return true
		}
		var more bool
		if _, line, more = strings.Cut(line, "/"); !more {
			return false
		}
	}
}
