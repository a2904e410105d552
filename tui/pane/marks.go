package pane

import (
	"slices"

	"charla/server/chat"
)

// Marks is how far things got with the others of a conversation, reduced so
// that a tick costs a look-up. The zero value knows nobody.
type Marks struct {
	others  []chat.Member   // by Since
	heard   []chat.Position // heard[i]: the least told among others[:i+1]
	read    []chat.Number   // read[i]: the least among others[:i+1]
	counted bool            // say how many have read
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

// Update takes one member whose mark moved. One that comes Untold does not make
// the member so: when it comes would tell that they are here.
func (k *Marks) Update(m chat.Member) {
	i := slices.IndexFunc(k.others, func(o chat.Member) bool { return o.User == m.User })
	if i < 0 {
		return
	}
	o, was := &k.others[i], k.others[i]
	o.Delivered, o.Read = max(o.Delivered, m.Delivered), max(o.Read, m.Read)
	if o.Untold = o.Untold && m.Untold; *o != was {
		k.reduce()
	}
}

func (k *Marks) reduce() {
	k.gen++
	k.heard, k.read = k.heard[:0], k.read[:0]
	told := false
	for i, m := range k.others {
		heard, read := m.Delivered, m.Read
		if i > 0 {
			heard, read = heardBy(k.heard[i-1], told, m), min(read, k.read[i-1])
		}
		told = told || !m.Untold
		k.heard, k.read = append(k.heard, heard), append(k.read, read)
	}
}

// heardBy is what reached everybody up to m. Who is Untold does not count, unless
// all are: then it is what was told of them before that, so that ticks that were
// shown stay.
func heardBy(before chat.Position, told bool, m chat.Member) chat.Position {
	switch {
	case m.Untold && told:
		return before
	case !m.Untold && !told:
		return m.Delivered
	}
	return min(before, m.Delivered)
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
