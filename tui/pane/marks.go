package pane

import (
	"slices"

	"charla/server/chat"
)

// Marks is how far things got with the others of a conversation, reduced so
// that a tick costs a look-up. The zero value knows nobody.
type Marks struct {
	others  []chat.Member // by Since
	heard   []chat.Position
	read    []chat.Number // heard[i], read[i]: the least among others[:i+1]
	counted bool          // say how many have read
	gen     uint32
}

// Tick is how far one of the person's own messages got.
type Tick struct {
	State       TickState
	Readers, Of int32 // of a group, once all have it and some have read it
}

// TickState goes from nothing to read.
type TickState uint8

// The states of a message of one's own.
const (
	NoTick TickState = iota
	Pending
	Failed
	Stored
	Delivered
	Read
)

// Set takes the members of a conversation. Where ticks are not told, nobody is
// waited for.
func (k *Marks) Set(c chat.Conversation, members []chat.Member, me chat.UserID) {
	k.counted = c.Kind == chat.Group
	k.others = k.others[:0]
	if c.Ticks() {
		for _, m := range members {
			if m.User != me {
				k.others = append(k.others, m)
			}
		}
	}
	slices.SortFunc(k.others, func(a, b chat.Member) int {
		if a.Since < b.Since {
			return -1
		}
		if a.Since > b.Since {
			return 1
		}
		return 0
	})
	k.reduce()
}

// Update takes one member whose mark moved.
func (k *Marks) Update(m chat.Member) {
	for i := range k.others {
		if k.others[i].User == m.User {
			k.others[i].Delivered = max(k.others[i].Delivered, m.Delivered)
			k.others[i].Read = max(k.others[i].Read, m.Read)
			k.reduce()
			return
		}
	}
}

func (k *Marks) reduce() {
	k.gen++
	k.heard, k.read = k.heard[:0], k.read[:0]
	for i, m := range k.others {
		heard, read := m.Delivered, m.Read
		if i > 0 {
			heard, read = min(heard, k.heard[i-1]), min(read, k.read[i-1])
		}
		k.heard, k.read = append(k.heard, heard), append(k.read, read)
	}
}

// Tick tells how far a stored message of one's own got with everybody who was
// there when it was stored.
func (k *Marks) Tick(m *chat.Message) Tick {
	n, _ := slices.BinarySearchFunc(k.others, m.Position, func(o chat.Member, p chat.Position) int {
		if o.Since <= p {
			return -1
		}
		return 1
	})
	switch {
	case n == 0 || m.Hidden:
		return Tick{State: Stored}
	case k.read[n-1] >= m.Number:
		return Tick{State: Read}
	case k.heard[n-1] < m.Position:
		return Tick{State: Stored}
	}
	t := Tick{State: Delivered}
	if k.counted && n > 1 {
		for _, o := range k.others[:n] {
			if o.Read >= m.Number {
				t.Readers++
			}
		}
		t.Of = int32(n)
	}
	return t
}
