package chat

import (
	"bytes"
	"cmp"
	"slices"
	"time"
	"unicode/utf8"
)

// The bounds of what is set in a group or room; 0 is none.
const (
	MinExpiry = time.Hour
	MaxExpiry = 90 * 24 * time.Hour
	MinSlow   = time.Second
	MaxSlow   = time.Hour
)

// Lets reports whether somebody whose seat c is may do what an event says, and
// the event says something that can be. The actor has asked by then; a projection
// asks again, for at its point of the log somebody may have been faster. What an
// event does to somebody else in there is for LetsOn.
func (c Conversation) Lets(b Body) bool {
	switch b := b.(type) {
	case MessagePosted, MessageEdited, FileRenamed:
		return may(writes, c) == nil
	case MembersAdded:
		return may(adds, c) == nil
	case MemberLeft:
		return may(departs, c) == nil
	case RoomJoined:
		return may(enters, c) == nil
	case CodeIssued:
		return may(invites, c) == nil
	case ConversationChanged:
		return b.sound(c.Kind) && c.letsAll(b.asks())
	}
	return false
}

// LetsOn is Lets for what is done to a member who has that role now.
func (c Conversation) LetsOn(b Body, role Role) bool {
	switch b := b.(type) {
	case RoleGiven:
		return roles[b.Role] && c.letsAll([]action{needs(role, b.Role)})
	case MemberRemoved:
		return c.letsAll([]action{needs(role, RoleMember)})
	}
	return false
}

// LetsBack reports whether they may bring back somebody who was put out.
func (c Conversation) LetsBack() bool { return c.letsAll([]action{adds, removes}) }

// Lets reports whether somebody of that rank may make what an event makes.
func (r Rank) Lets(b Body) bool {
	switch b := b.(type) {
	case RoomOpened:
		return deeds[r][opens]
	case GroupCreated, GroupJoined: // guests are in rooms only
		return deeds[r][gathers]
	case RoleGiven: // the first owner of a room that has none
		return b.Role == RoleOwner && deeds[r][moderates]
	}
	return false
}

func (c Conversation) letsAll(all []action) bool {
	for _, what := range all {
		if may(what, c) != nil {
			return false
		}
	}
	return len(all) > 0
}

var roles = map[Role]bool{RoleOwner: true, RoleAdmin: true, RoleMember: true, RoleMuted: true}

// needs is what one must be able to do to make one role of another.
func needs(from, to Role) action {
	for _, r := range []Role{from, to} {
		if r == RoleOwner || r == RoleAdmin {
			return crowns
		}
	}
	return removes
}

// asks is all that one must be able to do for a change.
func (b ConversationChanged) asks() (all []action) {
	if b.Title != nil || b.Topic != nil {
		all = append(all, shapes)
	}
	if b.Writers != nil || b.Slow != nil {
		all = append(all, rules)
	}
	if b.Expiry != nil {
		all = append(all, fades)
	}
	return all
}

// sound reports whether what is set can be: a room goes by its name for good.
func (b ConversationChanged) sound(k Kind) bool {
	switch {
	case b.Title != nil && (k != Group || *b.Title == "" || utf8.RuneCountInString(*b.Title) > MaxTitle):
		return false
	case b.Topic != nil && utf8.RuneCountInString(*b.Topic) > MaxReason:
		return false
	case b.Writers != nil && *b.Writers != AllWrite && *b.Writers != AdminsWrite:
		return false
	}
	return within(b.Expiry, MinExpiry, MaxExpiry) == nil && within(b.Slow, MinSlow, MaxSlow) == nil
}

// Heir is who owns a group when its last owner leaves: who they named, if that
// one is in it, else the first admin, member, or muted one in the order of
// joining. Zero if nobody else is in it.
func Heir(members []Member, leaving, named UserID) UserID {
	var heirs []Member
	for _, m := range members {
		if m.User == named && named != leaving {
			return named
		}
		if m.User != leaving {
			heirs = append(heirs, m)
		}
	}
	if len(heirs) == 0 {
		return UserID{}
	}
	return slices.MinFunc(heirs, func(a, b Member) int {
		return cmp.Or(cmp.Compare(heirOrder[a.Role], heirOrder[b.Role]), cmp.Compare(a.Since, b.Since), bytes.Compare(a.User[:], b.User[:]))
	}).User
}

var heirOrder = map[Role]int{RoleAdmin: 1, RoleMember: 2, RoleMuted: 3}
