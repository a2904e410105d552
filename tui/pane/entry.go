package pane

import (
	"charla/server/chat"
	"charla/tui/theme"
)

type entryKind uint8

const (
	message entryKind = iota
	pending           // on its way to the server, or failed
	local             // said by the screen itself
	notice            // of what happened among the messages
)

// entry is one thing in a pane, with its rows as they were drawn last.
type entry struct {
	kind   entryKind
	msg    *chat.Message // shared with other screens: never changed; nil for local and notice
	local  *Local        // of local and notice
	stored bool          // pending: acknowledged, but not back yet
	failed bool

	day  int32  // of msg or notice, numbered; in the place of dGen
	dGen uint32 // Look.Gen + 1 that day is of
	tGen uint32 // Marks.gen + 1 that tick is of
	tick Tick
	key  rowKey
	rows []string
}

// rowKey is what rows were made for; other rows are needed if it differs.
type rowKey struct {
	gen      uint32
	today    int32 // of what "today" was said
	ruler    int32 // new messages announced before it
	width    int16
	day      bool // a line with the day before it
	header   bool // a line with name and time before it
	selected bool
	tick     Tick
}

// leads tells that a row, of those made last, may stand first in a pane: it or one
// below it is the header. What the screen says, and what happened, has none.
func (e *entry) leads(row int) bool {
	if e.msg == nil {
		return true
	}
	header := 0
	if e.key.day {
		header++
	}
	if e.key.ruler > 0 {
		header++
	}
	return e.key.header && row <= header
}

// Local is something the screen says in a pane.
type Local struct {
	Topic string // to replace or remove it by
	Lines []string
	Order string // a line for a shell, copied as it is
	Style theme.Style

	notice *chat.Notice // instead of all that: an entry that waits for one is no larger
}

func newEntry(m *chat.Message) *entry { return &entry{msg: m} }

// tickOf is the tick of an own message.
func (p *Pane) tickOf(e *entry, me chat.UserID) Tick {
	switch {
	case e.msg == nil || e.msg.From != me || e.msg.Retracted:
		return Tick{}
	case e.failed:
		return Tick{State: Failed}
	case e.stored:
		return Tick{State: Stored}
	case e.kind == pending:
		return Tick{State: Pending}
	case e.tGen != p.Marks.gen+1:
		e.tick, e.tGen = p.Marks.Tick(e.msg), p.Marks.gen+1
	}
	return e.tick
}
