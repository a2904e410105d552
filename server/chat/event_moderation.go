package chat

import (
	"net/netip"
	"time"
)

// What can be decided about people by those who look after the server. By is an
// owner or admin, or zero: the operator on the server's own machine. Each has an
// effect only if the permission table gave By the right at that point of the log,
// and each stands in the audit log.
type (
	// RankGiven: User has another rank. Without effect if it left no owner where
	// there was one, unless the operator did it.
	RankGiven struct {
		User UserID `json:"user"`
		Rank Rank   `json:"rank"`
	}
	// PersonWarned: User is told, at once or when they come.
	PersonWarned struct {
		User   UserID `json:"user"`
		Reason string `json:"reason"`
	}
	// PersonSilenced: User reads and does not write until then, nor says anything by
	// titles, cards or how they are shown, and decides nothing; Until of zero
	// undoes it. Nobody undoes or replaces what somebody decided who was above them then,
	// while it lasts. Notes, and talks with owners and admins, stay theirs.
	PersonSilenced struct {
		User   UserID    `json:"user"`
		Until  time.Time `json:"until,omitzero"`
		Reason string    `json:"reason,omitempty"`
	}
	// PersonKicked: all sessions of User end.
	PersonKicked struct {
		User   UserID `json:"user"`
		Reason string `json:"reason,omitempty"`
	}
	// Banned: a person, key or network stays out for a term; what a person does
	// after it in the log has no effect until then (OpenToBanned); sessions end, and the
	// codes that were given out by the person, or by who proved to have the key, and
	// those that would let them in are gone.
	Banned struct {
		Ban Ban `json:"ban"`
	}
	// BanLifted undoes a ban.
	BanLifted struct {
		Ban EventID `json:"ban"`
	}
	// Reported: By shows a message that they can read to those who look after
	// the server. What it said then stays with the report until that is closed.
	Reported struct {
		Message MessageID `json:"msg"`
		Reason  string    `json:"reason,omitempty"`
	}
	// ReportClosed: By has dealt with a report.
	ReportClosed struct {
		Report  EventID `json:"report"`
		Outcome string  `json:"outcome,omitempty"`
	}
	// PersonForgotten: User's words, files, keys and settings are gone, and they
	// are in nothing any more. The nick stays taken until it is freed.
	PersonForgotten struct {
		User UserID `json:"user"`
	}
	// NickFreed: the nick of somebody forgotten can be claimed, by a new person.
	// Decided on the name's subject.
	NickFreed struct {
		Nick Nick `json:"nick"`
	}
)

func (RankGiven) kind() string       { return "rank.given" }
func (PersonWarned) kind() string    { return "person.warned" }
func (PersonSilenced) kind() string  { return "person.silenced" }
func (PersonKicked) kind() string    { return "person.kicked" }
func (Banned) kind() string          { return "banned" }
func (BanLifted) kind() string       { return "ban.lifted" }
func (Reported) kind() string        { return "reported" }
func (ReportClosed) kind() string    { return "report.closed" }
func (PersonForgotten) kind() string { return "person.forgotten" }
func (NickFreed) kind() string       { return "nick.freed" }

// Rank is what somebody is on the server.
type Rank string

// The ranks. A guest is here for one visit, under a nick that begins with
// GuestPrefix and that nobody can claim.
const (
	RankOwner  Rank = "owner"
	RankAdmin  Rank = "admin"
	RankMember Rank = "member"
	RankGuest  Rank = "guest"
)

// GuestPrefix marks guests wherever a nick is seen.
const GuestPrefix = "guest-"

// Ban keeps somebody out. Exactly one of User, Key and Network is set.
type Ban struct {
	ID      EventID      `json:"-"` // of the event
	User    UserID       `json:"user,omitzero"`
	Key     string       `json:"key,omitempty"` // fingerprint
	Network netip.Prefix `json:"net,omitzero"`
	Until   time.Time    `json:"until,omitzero"` // zero: until it is lifted
	Reason  string       `json:"reason,omitempty"`
	By      UserID       `json:"-"`
	As      Rank         `json:"-"` // what By was when they decided it
	At      time.Time    `json:"-"`
}

// MaxReason is the longest reason, topic, outcome or status line, in characters.
const MaxReason = 200
