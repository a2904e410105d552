package chat

import (
	"errors"
	"fmt"
	"time"
)

// Code says what went wrong, for programs. Faces turn codes into a sentence
// (server/i18n), an exit status or an SFTP status, each by one table.
type Code string

// The codes. Name, Hint, Limit and Wait of an Error are what the sentence needs.
const (
	Internal         Code = "internal"            // the cause is for the log only
	Unavailable      Code = "unavailable"         // stopping, starting or the log is out of reach: try again
	TooFast          Code = "too-fast"            // Wait says when to try again
	DiskFull         Code = "disk-full"           // read-only until the operator makes room
	NickInvalid      Code = "nick-invalid"        // Name: what was typed
	NickReserved     Code = "nick-reserved"       // Name, Hint: a free variant
	NickTaken        Code = "nick-taken"          // Name, Hint: a free variant
	NoPerson         Code = "no-person"           // Name, Hint: the nearest nick or ""
	NoConversation   Code = "no-conversation"     // Name, Hint: the nearest handle or ""
	NoMessage        Code = "no-message"          // unknown, or not in a conversation of yours
	NoFile           Code = "no-file"             // Name, Hint
	NotMember        Code = "not-member"          // Name: the conversation's handle, Hint: who is not in it, "" for the person
	NotYours         Code = "not-yours"           // somebody else's message or file
	NotAGroup        Code = "not-a-group"         // Name: a talk or room where a group is needed
	NotAllowed       Code = "not-allowed"         // the permission table says no; Why, Name: of what or whom
	TextEmpty        Code = "text-empty"          //
	TextTooLong      Code = "text-too-long"       // Limit: bytes
	TextTooManyLines Code = "text-too-many-lines" // Limit: lines
	SearchEmpty      Code = "search-empty"        // no letter or digit in what to look for
	Ambiguous        Code = "ambiguous"           // a nick, or room (WhyRoom), that was the handle of a group of theirs; Hint is its handle now
	NothingFound     Code = "nothing-found"       // a search without a result
	SearchTooLong    Code = "search-too-long"     // Limit: words
	TitleInvalid     Code = "title-invalid"       // Limit: characters
	FileNameInvalid  Code = "file-name-invalid"   // Name
	GroupFull        Code = "group-full"          // Limit: members
	Conflict         Code = "conflict"            // somebody changed it meanwhile: try again

	NotRegistering  Code = "not-registering"  // nobody new is let in
	CodeWrong       Code = "code-wrong"       // unknown, used up, too old or for something else: never said which
	KeyInvalid      Code = "key-invalid"      // Name: what was given
	KeyKnown        Code = "key-known"        // Name: its fingerprint; the person has it already
	NoKey           Code = "no-key"           // Name: what was typed for one of their own keys
	Ended           Code = "ended"            // the session was, by somebody; Name: as Change.Reason
	LastWayIn       Code = "last-way-in"      // removing it would lock its person out
	TooMany         Code = "too-many"         // Name: of what, Limit
	PassphraseShort Code = "passphrase-short" // Limit: characters at least
	LastOwner       Code = "last-owner"       // Name: the handle, Hint: who could follow
	TermOutside     Code = "term-outside"     // Limit: seconds at least, Wait: at most
	SlowMode        Code = "slow-mode"        // Name: the handle, Wait
	Barred          Code = "barred"           // was put out of it; Name: the handle
	NotAddable      Code = "not-addable"      // Name: a nick that this person cannot add, whatever the reason, Hint: the group; "" of a new one
	RequestPending  Code = "request-pending"  // Name: the handle; nothing more until they let it in
	YouBlocked      Code = "you-blocked"      // Name: the nick
	NotYet          Code = "not-yet"          // Name: the handle of a talk in which nothing can be set yet; Why
	Silent          Code = "silenced"         // the person may not write on this server; Wait
	KeptOut         Code = "banned"           // Hint: the reason, Wait: 0 for ever
	LongReason      Code = "reason-too-long"  // Limit: characters
	NothingPending  Code = "nothing-pending"  // no request, report or ban of that name; Name, Why
	RoomTaken       Code = "room-taken"       // a room has that name; Name
	NetworkWide     Code = "network-wide"     // Name: a network that would keep out too many, or the operator; Limit: or 0, the shortest prefix for an admin
	OwnNetwork      Code = "own-network"      // Name: a network that they are in themselves
)

// Error is the one error type of charla: a code for programs, what the
// sentence for people needs, and a cause for the operator's log.
type Error struct {
	Code  Code
	Name  string
	Hint  string
	Why   Why
	Limit int
	Wait  time.Duration
	Err   error // never shown to people
}

// Why is what the sentence of a refusal tells besides its code.
type Why string

// Why something is NotAllowed; Name is what stands behind.
const (
	WhyMuted       Why = "muted"        // in a conversation, by one of its admins
	WhyListener    Why = "listener"     // only admins write in it
	WhyAdmins      Why = "admins"       // its owners and admins may
	WhyOwners      Why = "owners"       // its owners may
	WhyServer      Why = "server"       // those may who look after the server
	WhyServerOwner Why = "server-owner" // the server's owners may
	WhyGuest       Why = "guest"        // whoever is here for good may
	WhySelf        Why = "self"         // to oneself nobody may
	WhyOwn         Why = "own"          // about what one said oneself
	WhyRank        Why = "rank"         // about a person, who has no lower rank
	WhyVisit       Why = "visit"        // about a guest, whom it would not outlast; Name
	WhyAbove       Why = "above"        // somebody above them decided it
	WhyNobody      Why = "nobody"       // whoever is somebody here; Name: what the operator types in its place
	WhyMachine     Why = "machine"      // whoever is on the server's own machine may; Name: what they type there
	WhyDeserted    Why = "deserted"     // whom it was for was forgotten; Name: the handle
)

// Why it is NotYet.
const (
	WhySilence Why = "silence" // nobody wrote there
	WhyRequest Why = "request" // the person has not let it in
	WhyAsked   Why = "asked"   // the other one has not
)

// WhyRoom: what is Ambiguous is a room, and no nick.
const WhyRoom Why = "room"

// Why there is NothingPending about somebody.
const (
	WhyNotSilenced  Why = "not-silenced"
	WhyNotMuted     Why = "not-muted" // in a group or room
	WhyNotBanned    Why = "not-banned"
	WhyNotBlocked   Why = "not-blocked"
	WhyNoRequest    Why = "no-request"
	WhyNotForgotten Why = "not-forgotten"
	WhyNoCode       Why = "no-code"   // of that ID
	WhyNoReport     Why = "no-report" // open, of that id; Name: as typed
)

// Error is for logs: lower case, the cause at the end.
func (e *Error) Error() string {
	s := string(e.Code)
	if e.Name != "" {
		s += fmt.Sprintf(" %q", e.Name)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf is the code of the first *Error in err's chain, Internal for any
// other error, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return AsError(err).Code
}

// AsError finds the *Error in err's chain, or wraps err as Internal.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: Internal, Err: err}
}

// Again reports whether trying the same later may work (exit status 75).
func (c Code) Again() bool {
	switch c {
	case Unavailable, TooFast, DiskFull, Conflict, SlowMode:
		return true
	}
	return false
}

// wrap adds one line of where to a function's returned error.
func wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
