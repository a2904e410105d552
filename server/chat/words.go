package chat

import (
	"slices"
	"time"
)

// Person is somebody with a nick. A nick is theirs for ever; there is no
// rename, so whoever holds a UserID may cache the nick.
//
// Forgotten: what was theirs is gone and Nick is "", which faces show as
// "someone who left" (i18n).
type Person struct {
	ID         UserID
	Nick       Nick
	Name       string // display name: free, cleaned, never shown without the nick
	Status     string // what they say about themselves, one cleaned line
	Rank       Rank
	Silenced   time.Time // does not write until then
	SilencedBy UserID    // who decided it; zero: the operator, or nobody
	SilencedAs Rank      // what they were when they did
	Keys       []Key     // in the order in which they came
	Passphrase string    // PHC string of an argon2id hash, "" if none; opaque here
	Since      time.Time
	Forgotten  bool
}

// Key is a public key that lets its person in.
type Key struct {
	Fingerprint string `json:"fp"`             // "SHA256:…" as OpenSSH prints it: the identity of the key
	Authorized  string `json:"key"`            // one authorized_keys line without options or comment
	Name        string `json:"name,omitempty"` // what the person calls it
	// Proven: its person has signed with it. A key that was only pasted lets in
	// under its person's nick, unless others have signed with it; it does not say
	// who comes under another one, or adding somebody else's key would make that
	// somebody oneself (ProvenBy).
	Proven bool `json:"proven,omitempty"`
}

// Has reports whether the key is one of p's.
func (p Person) Has(fingerprint string) bool {
	return slices.ContainsFunc(p.Keys, func(k Key) bool { return k.Fingerprint == fingerprint })
}

// HasProven reports whether p has the key and has signed with it.
func (p Person) HasProven(fingerprint string) bool {
	return slices.ContainsFunc(p.Keys, func(k Key) bool { return k.Proven && k.Fingerprint == fingerprint })
}

// Kind of a conversation.
type Kind string

// A talk is between two people, or oneself (notes). A group is private, by
// invitation. A room is public on this server.
const (
	Talk  Kind = "talk"
	Group Kind = "group"
	Room  Kind = "room"
)

// Conversation is one person's view of a conversation they are or could be in.
type Conversation struct {
	ID     ConversationID
	Kind   Kind
	Handle Handle // what this person types for it
	Title  string // a group's title; the peer's nick of a talk; a room's name
	Peer   UserID // of a talk: the other one (oneself for notes)

	Topic   string
	Role    Role          // of this person, while a member of a group or room
	Writers Writers       // who may write; of a group or room
	Expiry  time.Duration // messages posted now are shown so long; 0: for ever
	Slow    time.Duration // between two messages of a member who is no admin; 0: none

	Exists   bool      // false: a talk nobody has written in yet; posting opens it
	Member   bool      // is in it now
	Left     Number    // of somebody who left: the last number they may read; else 0
	Gone     Position  // of somebody who left: where; what a group is called and is about is as of then; else 0
	Barred   bool      // was put out of it, and comes back only when an admin adds them
	Silenced time.Time // the person may not write on this server until then; Seat alone says it
	Request  bool      // a stranger opened this talk and this person has not let it in yet
	Asked    bool      // the other way round: the other one has not let it in yet
	Blocked  bool      // of a talk: this person has blocked the other one
	Deserted bool      // of a talk: the other one was forgotten
	Members  int       // how many are in it now
	Version  Position  // of the last event that decided roles or membership

	Last    *Message // the newest message, nil if there is none or it has expired
	LastN   Number   // number of the newest message, 0 if none
	Read    Number   // read by this person up to here
	Unread  int      // messages of others after Read that have not expired; none of before one joined
	Changed Position // of the newest change to its messages, or to who is in a group: what orders lists. Joining a room does not move it
	Draft   string   // what this person left unsent
}

// Ticks reports whether delivered and read marks are told in this
// conversation: in talks, and groups of at most MaxTicked members.
func (c Conversation) Ticks() bool {
	return c.Kind == Talk || c.Kind == Group && c.Members <= MaxTicked
}

// MaxTicked is the largest group in which marks are told to the others.
const MaxTicked = 256

// Member is somebody in a conversation, with how far things got with them.
type Member struct {
	User      UserID
	Nick      Nick
	Role      Role
	Since     Position // of the event that brought them in
	Delivered Position // everything up to here reached a session of theirs
	Read      Number   // read up to here
	Untold    bool     // this person is not told what reached them: Delivered says nothing. The actor alone says it
}

// Message is one message as it stands now.
type Message struct {
	ID           MessageID
	Conversation ConversationID
	Number       Number
	Position     Position // where it was posted
	Changed      Position // where it was last edited or retracted; Position if never
	From         UserID
	Nick         Nick // of From
	At           time.Time
	Text         string // cleaned; "" for a file without words, or once retracted
	File         *File
	ReplyTo      MessageID
	Edited       bool
	Retracted    bool
	Expires      time.Time // when it is gone for everybody; zero: never
	Expired      bool      // gone that way: like a retracted one, but not shown at all
	Hidden       bool      // from the other one of a talk, who had blocked its author
}

// Faded is what is left of a message when its time is over.
func (m Message) Faded() Message {
	m.Text, m.File, m.Retracted, m.Expired, m.Expires = "", nil, true, true, time.Time{}
	return m
}

// AsOf is what somebody sees of a message who left its conversation at a position.
// What was made of it later is not for them, and what it said before is kept
// nowhere: then it is as one that was taken back.
func (m Message) AsOf(gone Position) Message {
	if gone != 0 && m.Changed > gone && !m.Expired {
		m.Text, m.File, m.Retracted = "", nil, true
	}
	return m
}

// Equal reports whether two copies of a message say the same.
func (m *Message) Equal(o *Message) bool {
	if m == o {
		return true
	}
	a, b := *m, *o
	same := a.At.Equal(b.At) && (a.File == b.File || a.File != nil && b.File != nil && *a.File == *b.File)
	same = same && a.Expires.Equal(b.Expires)
	a.At, b.At, a.Expires, b.Expires, a.File, b.File = time.Time{}, time.Time{}, time.Time{}, time.Time{}, nil, nil
	return same && a == b
}

// File is what a file message carries. The bytes are a durable blob under Hash
// before any event names them.
type File struct {
	Name string `json:"name"` // cleaned, one line; unique among the live files of its conversation
	Size int64  `json:"size"` // bytes
	Hash string `json:"sha256"`
}

// Limits on what people type; what is larger is refused with the limit named.
const (
	MaxText     = 16 << 10 // bytes of a message
	MaxLines    = 400      // lines of a message
	MaxTitle    = 64       // characters of a group's title
	MaxFileName = 255      // bytes of a file name
	MaxGroup    = 1024     // members of a group
)
