package tui

import "charla/server/chat"

// exited: this person is not in a conversation any more, by what they did in another
// session or by what others decided. It leaves the list at once.
func (m *Model) exited(t *talk) {
	t.Member, t.parted = false, true
	m.unwatch(t)
	m.reordered = true
	m.refresh(t.Ref(), 0)
}

// outOf stands behind how many are in a conversation, where this person is not.
func (m *Model) outOf(t *talk) string {
	if t.Member || t.Handle == "" {
		return ""
	}
	return m.screen().NotInside
}

// notIn says in the composer that this person is not in a conversation, and what
// leads in where they can go by themselves.
func (m *Model) notIn(t *talk) string {
	switch s := m.screen(); {
	case t.Kind == chat.Room && !t.Barred:
		return s.EnterRoom(m.look.Text.Line(string(t.Handle)))
	case t.Kind == chat.Group:
		return s.NotInside + "; " + s.NotIn
	default:
		return s.NotIn
	}
}

// idle tells of a talk with nothing in it, read or written, that is not open either:
// somebody wrote only while they were blocked, or one looked whether they are here.
func (m *Model) idle(t *talk) bool {
	return t.Kind == chat.Talk && t.Last == nil && t.Draft == "" && m.windowOf(t.ID) == nil
}
