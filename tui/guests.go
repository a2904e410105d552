package tui

import (
	"slices"

	"charla/server/chat"
)

// visits tells whether this person is a guest: who writes in rooms, and is shown no
// way to what guests may not do.
func (m *Model) visits() bool { return m.me.Rank == chat.RankGuest }

// notForGuests says why a guest cannot do that; "" for anybody else.
func (m *Model) notForGuests() string {
	if !m.visits() {
		return ""
	}
	return m.words.Error(&chat.Error{Code: chat.NotAllowed, Why: chat.WhyGuest})
}

// fullForGuests says to a guest that a message holds no more: a file is none of their
// ways.
func (m *Model) fullForGuests() string {
	if !m.visits() {
		return ""
	}
	return m.words.Error(&chat.Error{Code: chat.TextTooLong, Limit: chat.MaxText})
}

// ownCommands are the names of own, without what this person may not do.
func (m *Model) ownCommands() (names []string) {
	for _, pair := range ownNames {
		if !m.visits() || !slices.Contains(pair[:], "file") {
			names = append(names, m.word(pair[1], pair[0]))
		}
	}
	return names
}
