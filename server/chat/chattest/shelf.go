package chattest

import (
	"bytes"
	"encoding/json"
	"slices"

	"charla/server/chat"
)

// shelved keeps a value and tells its owner; marks tell the conversations too.
func (v *View) shelved(e chat.ShelfEntry) {
	if p := v.person(e.User); p != nil && p.Forgotten {
		return
	}
	value := bytes.Clone(e.Value)
	if e.Slot == chat.MarksSlot {
		var m chat.Marks
		if json.Unmarshal(value, &m) != nil {
			return
		}
		before := v.allMarks(e.User)
		v.marks[e.User] = v.marks[e.User].Merge(m)
		value, _ = json.Marshal(v.marks[e.User]) // of a map, a number and IDs: cannot fail
		defer v.tellMarks(e.User, before)
	}
	shown := v.settings(e.User).Privacy().Seen
	if v.values[place{e.User, e.Slot}] = value; len(value) == 0 {
		delete(v.values, place{e.User, e.Slot})
	}
	v.tell(chat.Change{Kind: chat.Shelved, Position: v.at, User: e.User, Slot: e.Slot, Value: value})
	if v.person(e.User) != nil && v.settings(e.User).Privacy().Seen != shown {
		v.tell(chat.Change{Kind: chat.Estranged, Position: v.at, User: e.User})
	}
}

// allMarks is how far things got with user in each conversation they are in.
func (v *View) allMarks(user chat.UserID) map[chat.ConversationID]chat.Member {
	all := map[chat.ConversationID]chat.Member{}
	for _, c := range v.convs {
		if c.has(user) {
			all[c.id] = v.member(c, c.part(user))
		}
	}
	return all
}

// tellMarks tells the talks and small groups in which a mark moved past
// messages of others.
func (v *View) tellMarks(user chat.UserID, before map[chat.ConversationID]chat.Member) {
	after := v.allMarks(user)
	for _, c := range v.convs {
		a, b := after[c.id], before[c.id]
		if !c.has(user) || c.part(user).pending || c.kind == chat.Room || c.members() > chat.MaxTicked {
			continue
		}
		if slices.ContainsFunc(c.messages, func(id chat.MessageID) bool {
			m := v.messages[id]
			return m.From != user && (m.Number > b.Read && m.Number <= a.Read || m.Position > b.Delivered && m.Position <= a.Delivered)
		}) {
			v.tell(chat.Change{Kind: chat.Marked, Position: v.at, Conversation: c.id, Member: &a})
		}
	}
}
