package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
)

// writeMsg answers askWriting.
type writeMsg struct {
	talk *talk
	why  error
}

// askWriting asks whether this person may write in a conversation that is open,
// so that the composer says why not before something is typed in it.
func (m *Model) askWriting(t *talk) {
	actor, ref := m.actor, t.Ref()
	m.io(func(ctx context.Context) tea.Msg { return writeMsg{t, actor.MayWrite(ctx, ref)} })
}

func (m *Model) onWriting(msg writeMsg) {
	switch code := chat.CodeOf(msg.why); {
	case code == chat.Internal || code.Again():
		m.note("may write", msg.why) // it may be so all the same: sending will tell
	default:
		msg.talk.unfit = msg.why
	}
}

// askWritingAgain asks about all that is open: for those where it can be otherwise
// by now, or for all of them.
func (m *Model) askWritingAgain(all bool) {
	for _, w := range m.windows {
		if all || w.talk.unfit != nil {
			m.askWriting(w.talk)
		}
	}
}

// whyNot says why nothing can be written in a conversation; "" if it can.
func (m *Model) whyNot(t *talk) string {
	s := m.screen()
	switch {
	case t.Blocked:
		return s.Talks.Blocked(m.look.Text.Line(string(t.Handle)))
	case t.Barred:
		return m.words.Error(&chat.Error{Code: chat.Barred, Name: m.look.Text.Line(t.name())})
	case !t.Member:
		return m.notIn(t)
	case t.unfit == nil:
		return ""
	case chat.CodeOf(t.unfit) == chat.Silent:
		return m.words.Error(t.unfit)
	case t.Role == chat.RoleMuted:
		return s.People.Silenced
	case t.Writers == chat.AdminsWrite:
		return s.People.Listens
	}
	return m.words.Error(t.unfit)
}
