package chattest

import (
	"testing"
	"time"

	"charla/server/chat"
)

func (s *stage) give(by string, in chat.ConversationID, who string, role chat.Role) {
	s.t.Helper()
	s.happen(event(s.id(by), chat.RoleGiven{Conversation: in, User: s.id(who), Role: role}))
}

func (s *stage) remove(by string, from chat.ConversationID, who string) {
	s.t.Helper()
	s.happen(event(s.id(by), chat.MemberRemoved{Conversation: from, User: s.id(who)}))
}

// alter is a change by somebody; the conversation's ID is set.
func (s *stage) alter(by string, in chat.ConversationID, b chat.ConversationChanged) {
	s.t.Helper()
	b.Conversation = in
	s.happen(event(s.id(by), b))
}

// wantRoles checks who is what, in the order of nicks: "ana owner", ….
func (s *stage) wantRoles(in chat.ConversationID, want map[string]chat.Role) {
	s.t.Helper()
	got := must(s.view.Members(s.t.Context(), in))(s.t)
	if len(got) != len(want) {
		s.t.Errorf("%d are in it, want %d", len(got), len(want))
	}
	for _, m := range got {
		if m.Role != want[string(m.Nick)] {
			s.t.Errorf("%s is %q, want %q", m.Nick, m.Role, want[string(m.Nick)])
		}
	}
}

const (
	owner = chat.RoleOwner
	admin = chat.RoleAdmin
	plain = chat.RoleMember
	muted = chat.RoleMuted
)

var groupStories = map[string]func(*testing.T, *stage){
	"an owner makes admins and owners": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.group("pandilla", "ana", "beto", "eva")
		s.give("ana", id, "beto", admin)
		s.wantTold("revised")
		if c := s.sees("beto", id); c.Role != admin || c.Version != s.at() {
			t.Errorf("beto sees %+v", c)
		}
		s.give("ana", id, "eva", owner)
		s.give("eva", id, "ana", muted)
		s.wantRoles(id, map[string]chat.Role{"ana": muted, "beto": admin, "eva": owner})
	},
	"an admin mutes members and nobody else": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva", "dario")
		id := s.group("pandilla", "ana", "beto", "eva", "dario")
		s.give("ana", id, "beto", admin)
		s.give("ana", id, "dario", admin)
		for who, role := range map[string]chat.Role{"ana": muted, "dario": plain, "beto": owner, "eva": admin} {
			s.give("beto", id, who, role)
			s.wantTold()
			if c := s.sees("ana", id); c.Version != s.at() {
				t.Errorf("the version is %d, want %d: the subject has moved on", c.Version, s.at())
			}
		}
		s.give("beto", id, "eva", muted)
		s.wantTold("revised")
		s.say("eva", id, "but")
		s.wantTold()
		s.give("eva", id, "eva", plain)
		s.wantTold()
		s.give("beto", id, "eva", plain)
		s.say("eva", id, "thank you")
		s.wantTexts(id, "thank you")
	},
	"who is muted edits nothing": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		m := s.say("beto", id, "hola")
		s.give("ana", id, "beto", muted)
		s.edit("beto", id, m, "insults")
		s.wantTold()
		s.retract("beto", id, m)
		s.wantTexts(id, "-")
	},
	"who is muted does not speak after coming back": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.give("ana", id, "beto", muted)
		s.leave("beto", id)
		s.add("ana", id, "beto")
		s.say("beto", id, "here I am")
		s.wantTold()
		s.wantRoles(id, map[string]chat.Role{"ana": owner, "beto": muted})
	},
	"the last owner stays one": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.give("ana", id, "ana", plain)
		s.wantTold()
		s.give("ana", id, "beto", owner)
		s.give("ana", id, "ana", plain)
		s.wantRoles(id, map[string]chat.Role{"ana": plain, "beto": owner})
	},
	"nobody makes a role that there is none of": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.give("ana", id, "beto", "king")
		s.wantTold()
		s.give("ana", id, "ghost", admin)
		s.wantTold()
	},
	"who is put out reads up to then and comes back when an admin says so": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva", "dario")
		id := s.group("pandilla", "ana", "beto", "eva", "dario")
		s.give("ana", id, "dario", admin)
		s.say("ana", id, "one")
		s.remove("beto", id, "eva")
		s.wantTold()
		s.remove("dario", id, "beto")
		s.wantTold("left beto", "exited beto")
		s.say("ana", id, "two")
		if c := s.sees("beto", id); c.Member || !c.Barred || c.LastN != 1 || c.Last == nil || c.Last.Text != "one" || c.Role != "" {
			t.Errorf("beto sees %+v", c)
		}
		s.add("eva", id, "beto")
		s.wantTold()
		s.add("dario", id, "beto")
		s.wantTold("joined beto", "entered beto")
		if c := s.sees("beto", id); !c.Member || c.Barred || c.LastN != 2 {
			t.Errorf("beto sees %+v", c)
		}
	},
	"an admin does not put owners and admins out, an owner does": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.group("pandilla", "ana", "beto", "eva")
		s.give("ana", id, "beto", admin)
		s.give("ana", id, "eva", admin)
		s.remove("beto", id, "ana")
		s.wantTold()
		s.remove("beto", id, "eva")
		s.wantTold()
		s.remove("ana", id, "ana")
		s.wantTold()
		s.remove("ana", id, "eva")
		s.wantMembers(id, "ana", "beto")
	},
	"a group has an owner when the last one leaves": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva", "dario")
		id := s.group("pandilla", "ana")
		s.add("ana", id, "eva")
		s.add("ana", id, "beto")
		s.add("ana", id, "dario")
		s.give("ana", id, "eva", muted)
		s.happen(event(s.id("ana"), chat.MemberLeft{Conversation: id, Successor: s.id("dario")}))
		s.wantTold("left ana", "exited ana", "revised")
		s.wantRoles(id, map[string]chat.Role{"beto": plain, "eva": muted, "dario": owner})
		s.happen(event(s.id("dario"), chat.MemberLeft{Conversation: id, Successor: s.id("ana")})) // who is not in it
		s.wantRoles(id, map[string]chat.Role{"beto": owner, "eva": muted})
		s.leave("beto", id)
		s.wantRoles(id, map[string]chat.Role{"eva": owner})
		s.leave("eva", id)
		s.wantTold("left eva", "exited eva")
	},
	"an admin inherits before those who came earlier": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.group("pandilla", "ana")
		s.add("ana", id, "beto")
		s.add("ana", id, "eva")
		s.give("ana", id, "eva", admin)
		s.leave("ana", id)
		s.wantRoles(id, map[string]chat.Role{"beto": plain, "eva": owner})
	},
	"a group of two owners loses one": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.group("pandilla", "ana", "beto", "eva")
		s.give("ana", id, "beto", owner)
		s.happen(event(s.id("ana"), chat.MemberLeft{Conversation: id, Successor: s.id("eva")}))
		s.wantTold("left ana", "exited ana")
		s.wantRoles(id, map[string]chat.Role{"beto": owner, "eva": plain})
	},
	"a new title leaves handles as they are": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("Pandilla", "ana", "beto")
		s.alter("beto", id, chat.ConversationChanged{Title: new("mine")})
		s.wantTold()
		s.alter("ana", id, chat.ConversationChanged{Title: new("Los de siempre"), Topic: new("cine")})
		s.wantTold("revised")
		c := s.sees("beto", id)
		if c.Title != "Los de siempre" || c.Topic != "cine" || c.Handle != "pandilla" || c.Version != s.at() {
			t.Errorf("beto sees %+v", c)
		}
		s.alter("ana", id, chat.ConversationChanged{Title: new("Los de siempre")})
		s.wantTold()
		s.claim("eva")
		s.add("ana", id, "eva")
		s.wantHandles("eva", "lobby", "los-de-siempre")
	},
	"where only admins write the others do not": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.group("pandilla", "ana", "beto", "eva")
		s.give("ana", id, "eva", admin)
		s.alter("eva", id, chat.ConversationChanged{Writers: new(chat.AdminsWrite)})
		s.say("beto", id, "hola")
		s.wantTold()
		s.file("beto", id, "a.txt", "aa")
		s.wantTold()
		s.say("eva", id, "hola")
		s.say("ana", id, "hola")
		s.alter("ana", id, chat.ConversationChanged{Writers: new(chat.AllWrite)})
		s.say("beto", id, "at last")
		s.wantTexts(id, "hola", "hola", "at last")
	},
	"what cannot be set is not": func(t *testing.T, s *stage) {
		s.claim("ana")
		id := s.group("pandilla", "ana")
		for _, b := range []chat.ConversationChanged{
			{Title: new("")}, {Writers: new(chat.Writers("nobody"))}, {Expiry: new(time.Minute)}, {Expiry: new(-time.Hour)},
			{Expiry: new(chat.MaxExpiry + 1)}, {Slow: new(time.Millisecond)}, {Slow: new(2 * time.Hour)}, {},
			{Topic: new("fine"), Slow: new(2 * time.Hour)},
		} {
			s.alter("ana", id, b)
			s.wantTold()
		}
		s.alter("ana", id, chat.ConversationChanged{Expiry: new(chat.MaxExpiry), Slow: new(chat.MaxSlow)})
		if c := s.sees("ana", id); c.Expiry != chat.MaxExpiry || c.Slow != chat.MaxSlow || c.Topic != "" {
			t.Errorf("ana sees %+v", c)
		}
		if seat := must(s.view.Seat(t.Context(), s.id("ana"), id))(t); seat.Slow != chat.MaxSlow || seat.Role != owner {
			t.Errorf("her seat is %+v", seat)
		}
	},
	"a code leads in as often as it has uses": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva", "dario")
		id, other := s.group("pandilla", "ana"), s.group("otra", "ana")
		code := s.issue("ana", chat.AccessCode{Purpose: chat.JoinCode, Conversation: id, Uses: 2})
		come := func(who string, in chat.ConversationID, told ...string) {
			t.Helper()
			s.happen(event(s.id(who), chat.GroupJoined{Conversation: in, Code: code}))
			s.wantTold(told...)
			if c := s.sees("ana", in); c.Version != s.at() {
				t.Errorf("the version is %d, want %d: the subject has moved on", c.Version, s.at())
			}
		}
		come("ana", id)
		come("beto", other)
		s.happen(event(s.id("guest-a"), chat.PersonClaimed{Nick: "guest-a", Guest: true}))
		come("guest-a", id)
		come("ghost", id)
		come("beto", id, "joined beto", "entered beto")
		s.wantUses(code, 1)
		s.remove("ana", id, "beto")
		come("beto", id)
		come("eva", id, "joined eva", "entered eva")
		come("dario", id)
		s.wantMembers(id, "ana", "eva")
	},
	"a code of who leads nobody in any more leads nowhere": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.group("pandilla", "ana", "beto")
		s.give("ana", id, "beto", admin)
		code := s.issue("beto", chat.AccessCode{Purpose: chat.JoinCode, Conversation: id})
		s.give("ana", id, "beto", plain)
		s.happen(event(s.id("eva"), chat.GroupJoined{Conversation: id, Code: code}))
		s.wantTold()
		s.wantMembers(id, "ana", "beto")
	},
	"an invitation is no code to join with": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana")
		code := s.issue("ana", chat.AccessCode{Purpose: chat.Invitation, Conversation: id})
		s.happen(event(s.id("beto"), chat.GroupJoined{Conversation: id, Code: code}))
		s.wantTold()
		s.wantUses(code, 1)
	},
	"guests are in rooms only": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.happen(event(s.id("guest-a"), chat.PersonClaimed{Nick: "guest-a", Guest: true}))
		id := s.group("pandilla", "ana", "guest-a")
		s.add("ana", id, "guest-a")
		s.wantMembers(id, "ana")
		s.group("mine", "guest-a")
		s.wantTold()
		s.room("calle", "guest-a")
		s.wantTold()
		plaza := s.room("plaza", "ana")
		s.enter("guest-a", plaza)
		s.say("guest-a", plaza, "hola")
		s.wantTexts(plaza, "hola")
	},
	"what was left is found again": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.say("ana", id, "one")
		s.leave("beto", id)
		s.say("ana", id, "two")
		left := must(s.view.Departed(t.Context(), s.id("beto"), 9))(t)
		if len(left) != 1 || left[0].ID != id || left[0].LastN != 1 || left[0].Last == nil || left[0].Last.Text != "one" || left[0].Handle != "pandilla" {
			t.Errorf("beto has left %+v", left)
		}
		if none := must(s.view.Departed(t.Context(), s.id("ana"), 9))(t); len(none) != 0 {
			t.Errorf("ana has left %+v", none)
		}
	},
}
