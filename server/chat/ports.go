package chat

import (
	"context"
	"errors"
	"time"
)

// ErrConflict is what AppendIf returns when the subject has moved on.
var ErrConflict = errors.New("the subject has moved on")

// Log is the source of truth: events in one order, never changed.
type Log interface {
	// Append stores events (at most MaxEnvelope), in order and all or none, and
	// returns the position of the last when they are durable: they survive
	// kill -9 and a power cut. An error means "not known to be stored"; the
	// same events may be sent again. Safe for concurrent use; callers are
	// grouped into one envelope.
	Append(ctx context.Context, events ...Event) (Position, error)
	// AppendIf stores one event alone if the last event stored under subject is
	// at sequence last (0: none yet), else ErrConflict. A retry of an event that
	// did get stored is success.
	AppendIf(ctx context.Context, subject Subject, last uint64, event Event) (Position, error)
	// Tail reads what follows after, in order, forever.
	Tail(ctx context.Context, after uint64) (Tail, error)
	// Identity tells this log from another; the projection compares it on start.
	Identity(ctx context.Context) (LogIdentity, error)
}

// Tail reads one log. One goroutine at a time.
type Tail interface {
	// Next waits for at least one entry and returns up to max that are there.
	Next(ctx context.Context, max int) ([]Entry, error)
	Close() error
}

// Entry is one record of the log: an envelope and its sequence (1, 2, 3, …). A
// gap is a record that the log knows to be gone, which whoever started on that
// log was told; one that it cannot explain ends the Tail with an error. So who
// applies entries takes gaps as they come.
type Entry struct {
	Seq      uint64
	Envelope Envelope
	Digest   [8]byte // of the stored bytes: compares the two copies on start
}

// LogIdentity is what a read model remembers of the log it was built from.
type LogIdentity struct {
	Created     time.Time // of the stream
	First, Last uint64    // sequences; 0, 0 when empty
}

// Shelf keeps the latest value of each slot of a person: marks, layout,
// settings, drafts. Latest values are no history; newest wins.
type Shelf interface {
	// Put is durable when it returns. An empty value clears the slot.
	Put(ctx context.Context, user UserID, slot Slot, value []byte) error
	// TailShelf reads the values put after sequence after, each slot's latest.
	TailShelf(ctx context.Context, after uint64) (ShelfTail, error)
}

// ShelfTail is to a shelf what Tail is to a log.
type ShelfTail interface {
	Next(ctx context.Context, max int) ([]ShelfEntry, error)
	Close() error
}

// ShelfEntry is one value on the shelf.
type ShelfEntry struct {
	Seq   uint64
	User  UserID
	Slot  Slot
	Value []byte
}

// Slot names a value on a person's shelf: [A-Za-z0-9.-], at most 64 bytes; a
// draft's holds the conversation's ID in capitals.
type Slot string

// The slots there are.
const (
	MarksSlot    Slot = "marks"
	SettingsSlot Slot = "settings"
)

// DraftSlot holds what a person left unsent in a conversation.
func DraftSlot(id ConversationID) Slot { return Slot("draft." + id.String()) }

// LayoutSlot holds the open windows for one class of screen width.
func LayoutSlot(class string) Slot { return Slot("layout." + class) }

// Marks is the value of MarksSlot: how far things got with one person, and when
// they and their keys were last here. A read
// mark is at least at one's own newest message and at the last number there was
// when one joined, wherever it was put: a newcomer has read what was there
// before, and it stays readable.
type Marks struct {
	Delivered Position                  `json:"d,omitempty"`
	Read      map[ConversationID]Number `json:"r,omitempty"`
	Seen      int64                     `json:"s,omitempty"` // Unix seconds: the last session's end or latest sign of life
	Keys      map[string]int64          `json:"k,omitempty"` // Unix seconds of the last sign-in, by fingerprint
	Named     map[string]int64          `json:"n,omitempty"` // Unix seconds at which a screen last named a key, by fingerprint
}

// Batch is what the projector applies in one transaction.
type Batch struct {
	Log   []Entry
	Shelf []ShelfEntry
}

// View is the read model: everything in it can be built again from the log and
// the shelf. One goroutine, the projector's, calls Apply; anybody may read.
type View interface {
	Reader
	// Apply applies a batch and stores its positions in one transaction, and
	// returns the changes for the Feed, in order. Entries at or below the stored
	// position, and envelopes whose committer counter was seen, change nothing.
	Apply(ctx context.Context, b Batch) ([]Change, error)
	// Applied is how far the view is: sequences in the log and on the shelf.
	Applied(ctx context.Context) (log, shelf uint64, err error)
}

// Reader answers the actor's questions. It checks no permission: that is the
// actor's. Missing things are *Error with NoPerson, NoConversation, NoMessage,
// NoFile; hints (nearest names) are the actor's too.
type Reader interface {
	GroupReader
	ModerationReader
	NoticeReader

	PersonByNick(ctx context.Context, nick Nick) (Person, error)
	Person(ctx context.Context, id UserID) (Person, error)
	PeopleByKey(ctx context.Context, fingerprint string) ([]Person, error)
	// Nicks lists nicks in alphabetical order that start with prefix.
	Nicks(ctx context.Context, prefix string, limit int) ([]Nick, error)
	IdentityReader

	// Conversations lists what the person is in and the talks that have
	// messages, newest change first, and the position it is as of.
	Conversations(ctx context.Context, user UserID) ([]Conversation, Position, error)
	// Conversation is one of them as this person sees it: a member's view, the
	// view of somebody who left, or, of a room, that of somebody outside.
	Conversation(ctx context.Context, user UserID, id ConversationID) (Conversation, error)
	// Seat is what permission asks of it, quickly: ID, Kind, Exists, Member, Left,
	// Gone, Barred, Role, Writers, Slow, Request, Asked and Deserted, as Conversation says them, until
	// when the person is Silenced, and nothing else.
	Seat(ctx context.Context, user UserID, id ConversationID) (Conversation, error)
	// ByHandle finds a conversation of the person, or a room, by handle. It
	// does not look for people nobody has talked to: that is the actor's.
	ByHandle(ctx context.Context, user UserID, handle Handle) (Conversation, error)
	// Members lists who is in a conversation, with what others may know of their
	// marks. Both are always in a talk, as far as this tells.
	Members(ctx context.Context, id ConversationID) ([]Member, error)

	// Page returns up to limit messages in order: the last ones before number
	// Before, or the first after number After, or the newest when both are 0.
	Page(ctx context.Context, id ConversationID, q PageQuery) (Page, error)
	Message(ctx context.Context, id MessageID) (Message, error)
	// Since lists messages posted after a position in conversations user is a
	// member of (only where, if any are named), in log order, and the position
	// up to which nothing is missing: that of the last one when limit was
	// reached, else the applied position.
	Since(ctx context.Context, user UserID, after Position, where []ConversationID, limit int) ([]Message, Position, error)
	// Search lists messages by their terms (TermsOf), the newest first. It looks
	// only where it is told to.
	Search(ctx context.Context, q TermQuery) ([]Message, error)
	// Seats lists the person's seats in what they are or were in, the newest
	// change first, at most limit: ID, Kind, Exists, Member, Request, Left, Barred and
	// Changed.
	Seats(ctx context.Context, user UserID, limit int) ([]Conversation, error)
	// Files lists the messages with a live file, by name.
	Files(ctx context.Context, id ConversationID) ([]Message, error)
	// FileNamed finds the live file of that exact name.
	FileNamed(ctx context.Context, id ConversationID, name string) (Message, error)
	// FileOf finds what became of a file that by put under name: that file, or
	// the first "name (2)", "name (3)", … that is theirs.
	FileOf(ctx context.Context, id ConversationID, by UserID, name string) (Message, error)

	// Value is what is on the shelf in a slot; nil if nothing.
	Value(ctx context.Context, user UserID, slot Slot) ([]byte, error)
	// HasBlob reports whether any live message names the blob (hex SHA-256).
	HasBlob(ctx context.Context, hash string) (bool, error)

	TalkReader
}

// PageQuery asks for a page of history. Upto caps the numbers (for somebody
// who left); 0 is no cap.
type PageQuery struct {
	Before, After, Upto Number
	Limit               int
	For                 UserID // what is Hidden from them is left out; zero: nothing is

	Notices bool     // with what happened between the messages
	Gone    Position // of somebody who left: notices up to there; 0 is no cap
}

// TermQuery asks for messages that hold all terms and, if there is a Beginning,
// a term that begins with it, and that stand in one of the places.
type TermQuery struct {
	Terms     []string // as Terms makes them
	Beginning string   // at least three letters of a term, or ""
	In        []Extent // each conversation once
	Before    Position // only what was posted before; 0: the newest
	Limit     int
	For       UserID // what is Hidden from them is left out; zero: nothing is
}

// Extent is a conversation, or its part up to a number; 0 is no cap.
type Extent struct {
	ID   ConversationID
	Upto Number
	Gone Position // of somebody who left; for the actor, who drops what changed later
}

// Page is a piece of a conversation's history as of a position: whoever
// follows the feed after AsOf misses nothing and sees nothing twice.
type Page struct {
	Messages []Message
	Notices  []Notice // if they were asked for: see PageQuery.NoticesAround
	More     bool     // there are older (Before or newest) or newer (After) ones
	AsOf     Position
}

// Change is what applying an event changed, as followers see it. It is shared
// by all of them and never modified.
type Change struct {
	Kind         ChangeKind
	Position     Position // of changes from the shelf: of the last event applied by then
	Conversation ConversationID
	User         UserID    // whose topic: set, with Conversation or without, for changes that concern one person only
	Message      *Message  // Posted, Edited, Retracted
	Member       *Member   // Marked, Joined, Left
	Notice       *Notice   // Noticed
	Slot         Slot      // Shelved
	Value        []byte    // Shelved
	Reason       string    // Expelled: "banned", "kicked", "signed-out", "forgotten", "guest-left", "key-removed", "passphrase-changed"; of the settings alone "key-denied", "guests-off"; Cautioned: what was said; Linked: the name of a key; Ranked: the rank
	Keep         string    // Expelled: the session that stays
	Said         string    // Expelled by a kick or ban: the reason given, or ""
	Until        time.Time // Expelled by a ban: when it is over; zero: never
	Way          string    // Linked; Expelled: only who came in this way: a key's fingerprint, or ByPassphrase; "": whoever
}

// ChangeKind says what changed.
type ChangeKind uint8

// Posted, Edited and Retracted carry the message as it is now; one that Expired
// comes as Retracted. Marked carries a member whose delivered or read mark moved.
// Joined and Left tell the topic of the conversation; Entered and Exited tell the
// person it happened to (follow or unfollow it, read its Conversation). Entered
// comes again to a member for whom alone something changed, as a handle that gave
// way to a new name or a request that was accepted: read its Conversation again.
// Shelved is a value on one's own shelf: a draft, layout, marks or settings that
// another session of the same person put.
//
// Revised tells a conversation that its title, topic, rules or somebody's role
// there changed: read it again, members too. Noticed tells it what stands among its
// messages since. Cautioned tells a person that they
// were warned, silenced or may write again. Ranked tells a person that they have
// another rank on the server. Linked tells a person that another device
// came in as them with a login code, and how it will from now on: by the key whose
// fingerprint is Way, called Reason, or by a passphrase. Estranged says that User blocked somebody or took that back, or
// shows their presence to others than before: who sees whose changes. Expelled
// ends the sessions of User, all but the one that Keep names, and only those that
// came in by Way if that is set, with Reason to be told, and Said and Until of who decided it.
const (
	Posted ChangeKind = iota + 1
	Edited
	Retracted
	Marked
	Joined
	Left
	Entered
	Exited
	Shelved
	Claimed   // a new person; on no topic, for caches of the server
	Revised   // with Conversation
	Cautioned // with User
	Estranged // on no topic; with User
	Expelled  // on no topic; with User, or none: everybody the bans now name
	Noticed   // with Conversation and Notice
	Linked    // with User, Way and Reason
	Ranked    // with User and Reason
)

// Feed fans out applied changes and knows who is here. Nothing in it is stored.
type Feed interface {
	// Follow starts following for one session of a person. The follower gets
	// what concerns the person at once; conversations are added by Watch.
	Follow(user UserID) Follower
	// Here counts who has a session, and lists them if they are limit or fewer:
	// else ids is nil, for a list that nobody reads costs each session a copy at
	// each change. version grows with each change of who is here.
	Here(limit int) (ids []UserID, total int, version uint64)
	IsHere(user UserID) bool
	// Typing says that user is typing in a conversation, for a few seconds.
	Typing(id ConversationID, user UserID)
	// WhoTypes lists who types there now.
	WhoTypes(id ConversationID) []UserID
	// Estranged counts the changes of that kind: what was read of the view before
	// it grew may not hold any more.
	Estranged() uint64
}

// Follower is one session's place in the feed. One goroutine at a time, but
// for Wake and Close.
type Follower interface {
	// Wake is ready after news came; it holds one wake however many there were.
	Wake() <-chan struct{}
	// Watch follows a conversation from just after a position.
	Watch(id ConversationID, after Position)
	Unwatch(id ConversationID)
	// Next returns the changes since the last call, in log order, complete up to
	// AsOf, without waiting. They are good until the next call, and their list is
	// the caller's until then.
	Next() News
	Close()
}

// News is what a follower has not seen yet.
type News struct {
	Changes []Change
	Lost    []ConversationID // fell out of the ring: page again, as of AsOf or later
	LostOwn bool             // the person's own topic fell out: read Conversations again
	Moved   []Moved
	AsOf    Position
	Here    uint64 // version of who is here: as Feed.Here
	Typing  uint64 // version of who types, anywhere
	Sights  uint64 // version of who shows it to whom that they are here: as Feed.Estranged
}

// Moved is by how many a room grew, or shrank, that is so full that coming and
// going is counted and not told one by one. It wakes nobody by itself; it comes
// with other news, or with those of who is here. Somebody who came between the reading of a conversation
// and the Watch after it is counted when it is read again.
type Moved struct {
	Conversation ConversationID
	By           int
}

// Awaiter waits until the view is at a position.
type Awaiter interface {
	// Await returns nil when the view and the feed are at p or beyond, the
	// context's error, or why the projector stopped.
	Await(ctx context.Context, p Position) error
}

// Limiter holds one budget per person and kind of effort, shared by all faces.
type Limiter interface {
	// Take spends n; when the budget is short it spends nothing and says how
	// long to wait.
	Take(user UserID, b Budget, n int) (wait time.Duration, ok bool)
}

// Budget is a kind of effort.
type Budget string

// What is counted.
const (
	Messages  Budget = "messages"  // messages, edits, retractions, files
	Bytes     Budget = "bytes"     // of text
	Changes   Budget = "changes"   // groups, membership
	Tries     Budget = "tries"     // passphrases asked for within a session
	Seats     Budget = "seats"     // people brought into groups
	Saves     Budget = "saves"     // drafts, layouts, settings
	Searches  Budget = "searches"  // searches
	Transfers Budget = "transfers" // KiB of files that are put
	Requests  Budget = "requests"  // talks begun with people to whom one is a stranger; such people brought into groups
	Joins     Budget = "joins"     // rooms and groups entered by oneself, codes tried
	Reports   Budget = "reports"   // messages reported
	Codes     Budget = "codes"     // invitations and other codes made
)
