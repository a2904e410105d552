package chat

import "time"

// What can happen to a group or room besides coming and going. All but RoomJoined
// are decided on the conversation's subject, and have an effect only if the
// permission table gave By the right at that point of the log.
type (
	// RoleGiven: By gave User, who is in it, another role. There may be several
	// owners; the last one of a group or room stays. Who is muted stays so when
	// they leave and come back. A room that nobody owns, as the lobby, is given its
	// first owner by those who look after the server.
	RoleGiven struct {
		Conversation ConversationID `json:"conv"`
		User         UserID         `json:"user"`
		Role         Role           `json:"role"`
	}
	// MemberRemoved: By put User out. They keep what was said up to now, and
	// come back only when an owner or admin adds them. Owners and admins are put
	// out by owners.
	MemberRemoved struct {
		Conversation ConversationID `json:"conv"`
		User         UserID         `json:"user"`
	}
	// ConversationChanged: By changed what is set; nil stays as it was. A
	// member's handle stays theirs when the title changes. Of a talk only Expiry is
	// set, by either of two who let each other in; it is appended as messages are.
	ConversationChanged struct {
		Conversation ConversationID `json:"conv"`
		Title        *string        `json:"title,omitempty"`
		Topic        *string        `json:"topic,omitempty"`
		Writers      *Writers       `json:"writers,omitempty"`
		Expiry       *time.Duration `json:"expiry,omitempty"` // of messages posted from now on; 0: never
		Slow         *time.Duration `json:"slow,omitempty"`   // between two messages of a member; 0: none
	}
	// RoomJoined: By came into a room. Decides nothing that others could lose, so
	// it is appended as messages are.
	RoomJoined struct {
		Conversation ConversationID `json:"conv"`
	}
	// GroupJoined: By came into a group with a JoinCode, which it takes a use of.
	GroupJoined struct {
		Conversation ConversationID `json:"conv"`
		Code         CodeHash       `json:"code"`
	}
)

func (RoleGiven) kind() string           { return "role.given" }
func (MemberRemoved) kind() string       { return "member.removed" }
func (ConversationChanged) kind() string { return "conversation.changed" }
func (RoomJoined) kind() string          { return "room.joined" }
func (GroupJoined) kind() string         { return "group.joined" }

// Role is what somebody is in a group or room.
type Role string

// An owner does everything, an admin all but what makes and unmakes owners and
// admins, a muted member reads.
const (
	RoleOwner  Role = "owner"
	RoleAdmin  Role = "admin"
	RoleMember Role = "member"
	RoleMuted  Role = "muted"
)

// Writers is who may write in a group or room.
type Writers string

// The writers.
const (
	AllWrite    Writers = "all"
	AdminsWrite Writers = "admins" // and owners
)
