package chat

import (
	"slices"
	"testing"
)

// everyAction is all that anybody can ask for in a conversation.
var everyAction = []action{reads, writes, adds, departs, enters, shapes, rules, fades, invites, removes, crowns}

// TestWhoMayDoWhatWhere holds the whole table, cell by cell, against another
// one: a new cell must be thought about twice. What is not in a row is refused
// with the code at its end, and what no talk or room knows with NotAGroup.
func TestWhoMayDoWhatWhere(t *testing.T) {
	in := func(k Kind, r Role) Conversation {
		return Conversation{Kind: k, Member: true, Role: r, Writers: AllWrite}
	}
	quiet := func(k Kind, r Role) Conversation {
		return Conversation{Kind: k, Member: true, Role: r, Writers: AdminsWrite}
	}
	everything := []action{reads, writes, adds, departs, shapes, rules, fades, invites, removes, crowns}
	ofRooms := []action{reads, writes, adds, departs, shapes, rules, fades, removes, crowns}
	for _, row := range []struct {
		who       string
		c         Conversation
		may       []action
		otherwise Code
	}{
		{"who is in a talk with somebody who was forgotten", Conversation{Kind: Talk, Member: true, Role: RoleMember, Deserted: true}, []action{reads}, NotAllowed},
		{"a member of a talk", in(Talk, RoleMember), []action{reads, writes, fades}, NotAllowed},
		{"who has blocked the other one of a talk", Conversation{Kind: Talk, Blocked: true}, []action{reads}, YouBlocked},

		{"an owner of a group", in(Group, RoleOwner), everything, NotAllowed},
		{"an owner where admins write", quiet(Group, RoleOwner), everything, NotAllowed},
		{"an admin of a group", in(Group, RoleAdmin), []action{reads, writes, adds, departs, shapes, rules, fades, invites, removes}, NotAllowed},
		{"an admin where admins write", quiet(Group, RoleAdmin), []action{reads, writes, adds, departs, shapes, rules, fades, invites, removes}, NotAllowed},
		{"a member of a group", in(Group, RoleMember), []action{reads, writes, adds, departs}, NotAllowed},
		{"a member where admins write", quiet(Group, RoleMember), []action{reads, adds, departs}, NotAllowed},
		{"a muted member of a group", in(Group, RoleMuted), []action{reads, departs}, NotAllowed},
		{"a muted member where admins write", quiet(Group, RoleMuted), []action{reads, departs}, NotAllowed},
		{"who left a group", Conversation{Kind: Group, Left: 3}, []action{reads}, NotMember},
		{"who was put out of a group", Conversation{Kind: Group, Left: 3, Barred: true}, []action{reads}, NotMember},

		{"an owner of a room", in(Room, RoleOwner), ofRooms, NotAllowed},
		{"an admin of a room", in(Room, RoleAdmin), []action{reads, writes, adds, departs, shapes, rules, fades, removes}, NotAllowed},
		{"a member of a room", in(Room, RoleMember), []action{reads, writes, departs}, NotAllowed},
		{"a member of a room where admins write", quiet(Room, RoleMember), []action{reads, departs}, NotAllowed},
		{"a muted member of a room", in(Room, RoleMuted), []action{reads, departs}, NotAllowed},
		{"who left a room, or never was in it", Conversation{Kind: Room}, []action{reads, enters}, NotMember},
		{"who was put out of a room", Conversation{Kind: Room, Barred: true, Left: 3}, []action{reads}, NotMember},

		{"in nothing known", Conversation{Kind: "party", Member: true}, nil, NotAllowed},
	} {
		for _, what := range everyAction {
			want := row.otherwise
			switch {
			case slices.Contains(row.may, what):
				want = ""
			case what == enters && row.c.Barred:
				want = Barred
			case row.c.Deserted && (what == writes || what == fades): // which talks know
			case row.c.Member && row.c.Kind == Talk && what != enters, row.c.Member && row.c.Kind == Room && what == invites:
				want = NotAGroup
			}
			if got := CodeOf(may(what, row.c)); got != want {
				t.Errorf("%s asks to %s: %q, want %q", row.who, what, got, want)
			}
		}
		if may("fly", row.c) == nil {
			t.Errorf("%s may do what nobody thought of", row.who)
		}
	}
}

// TestWhoMayMakeWhatOfWhom is every role against every role it would give.
func TestWhoMayMakeWhatOfWhom(t *testing.T) {
	all := []Role{RoleOwner, RoleAdmin, RoleMember, RoleMuted, "king", ""}
	high := func(r Role) bool { return r == RoleOwner || r == RoleAdmin }
	for _, kind := range []Kind{Talk, Group, Room} {
		for _, by := range all {
			c := Conversation{Kind: kind, Member: true, Role: by, Writers: AllWrite}
			for _, of := range all[:4] {
				governs := kind != Talk && (by == RoleOwner || by == RoleAdmin && !high(of))
				if got := c.LetsOn(MemberRemoved{}, of); got != governs {
					t.Errorf("%s of a %s puts a %s out: %v, want %v", by, kind, of, got, governs)
				}
				for _, to := range all {
					want := governs && (by == RoleOwner || !high(to)) && roles[to]
					if got := c.LetsOn(RoleGiven{Role: to}, of); got != want {
						t.Errorf("%s of a %s makes %s of a %s: %v, want %v", by, kind, to, of, got, want)
					}
				}
			}
		}
	}
}

// TestWhoMayDoWhatOnTheServer holds the table of deeds, rank by deed, against
// another one.
func TestWhoMayDoWhatOnTheServer(t *testing.T) {
	all := []deed{begins, gathers, opens, sends, bids, reports, moderates, appoints, audits, forgets, recalls, reloads}
	want := map[Rank]string{ // in that order
		operator:   "----+-++++++",
		RankOwner:  "++++++++++++",
		RankAdmin:  "+++++++-----",
		RankMember: "++++++------",
		RankGuest:  "-----+------",
		"":         "------------",
		"king":     "------------",
	}
	for rank, row := range want {
		for i, what := range all {
			if got := deeds[rank][what]; got != (row[i] == '+') {
				t.Errorf("somebody of rank %q may %s: %v", rank, what, got)
			}
		}
		if deeds[rank]["fly"] {
			t.Errorf("somebody of rank %q may do what nobody thought of", rank)
		}
	}
	if len(deeds) != len(want)-2 {
		t.Errorf("the table has %d ranks", len(deeds))
	}
}

// TestAboutWhomOneDecides holds who is above whom.
func TestAboutWhomOneDecides(t *testing.T) {
	ranks := []Rank{operator, RankOwner, RankAdmin, RankMember, RankGuest, ""}
	for by, row := range map[Rank]string{operator: "-++++-", RankOwner: "--+++-", RankAdmin: "---++-", RankMember: "------", RankGuest: "------", "": "------"} {
		for i, whom := range ranks {
			if got := by.Moderates(whom); got != (row[i] == '+') {
				t.Errorf("%q decides about %q: %v", by, whom, got)
			}
			if got := by.Forgets(whom); got != (row[i] == '+' && by != RankAdmin) {
				t.Errorf("%q has %q forgotten: %v", by, whom, got)
			}
		}
	}
}
