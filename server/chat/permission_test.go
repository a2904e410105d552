package chat

import "testing"

// TestWhoMayDoWhatWhere holds the whole table, cell by cell, against another
// one: a new cell must be thought about twice.
func TestWhoMayDoWhatWhere(t *testing.T) {
	const yes Code = ""
	as := map[string]Conversation{
		"a member of a talk":   {Kind: Talk, Member: true},
		"a stranger of a talk": {Kind: Talk},
		"a member of a group":  {Kind: Group, Member: true},
		"who left a group":     {Kind: Group, Left: 3},
		"a member of a room":   {Kind: Room, Member: true},
		"outside of a room":    {Kind: Room},
		"in nothing known":     {Kind: "party", Member: true},
	}
	want := map[string]map[action]Code{
		"a member of a talk":   {reads: yes, writes: yes, adds: NotAGroup, departs: NotAGroup},
		"a stranger of a talk": {reads: NotMember, writes: NotMember, adds: NotMember, departs: NotMember},
		"a member of a group":  {reads: yes, writes: yes, adds: yes, departs: yes},
		"who left a group":     {reads: yes, writes: NotMember, adds: NotMember, departs: NotMember},
		"a member of a room":   {reads: yes, writes: yes, adds: NotAGroup, departs: NotAGroup},
		"outside of a room":    {reads: yes, writes: NotMember, adds: NotMember, departs: NotMember},
		"in nothing known":     {reads: NotAllowed, writes: NotAllowed, adds: NotAGroup, departs: NotAGroup},
	}
	for who, c := range as {
		for _, what := range []action{reads, writes, adds, departs} {
			if got := CodeOf(may(what, c)); got != want[who][what] {
				t.Errorf("%s asks to %s: %q, want %q", who, what, got, want[who][what])
			}
		}
		if CodeOf(may("fly", c)) == yes {
			t.Errorf("%s may do what nobody thought of", who)
		}
	}
}
