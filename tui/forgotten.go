package tui

import "charla/server/chat"

// unname takes the name of somebody who was forgotten out of what happened, wherever
// that is in sight. Nothing tells screens of it but what becomes of them in the
// conversations they were in: they leave them without a name, and so are their words.
func (m *Model) unname(c *chat.Change) {
	var who chat.Party
	switch {
	case c.Kind == chat.Left && c.Member != nil:
		who = chat.Party{ID: c.Member.User, Nick: c.Member.Nick}
	case c.Kind == chat.Retracted:
		who = chat.Party{ID: c.Message.From, Nick: c.Message.Nick}
	}
	if !who.Forgotten() {
		return
	}
	for _, w := range m.windows {
		w.pane.Unname(who.ID)
	}
}
