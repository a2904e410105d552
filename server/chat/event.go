package chat

import (
	"encoding/json"
	"fmt"
	"time"
)

// Event is something that happened. Events are never removed; the projection
// decides, in log order, what each one means. Words that nobody is to have any
// more are taken out of them: see Erase.
type Event struct {
	ID   EventID
	At   time.Time // UTC, to the millisecond
	By   UserID    // zero: the server itself
	Body Body
}

// Body is what happened: one of the sealed kinds below, or Unknown.
type Body interface{ kind() string }

// The kinds of event, version 1 each. Fields are added, never given another
// meaning; a change of meaning is a new version of the kind.
//
// Whoever an event brings into a conversation has read what was there by then:
// their read mark moves to its last number, unless it is further (Marks).
type (
	// PersonClaimed: By took Nick. Decided on the name's subject.
	//
	// With a Code it has an effect only if that is an invitation with a use left
	// at the event's time, which it takes; one into a group brings By in there.
	// The name's subject has moved on either way (Reader.Name).
	PersonClaimed struct {
		Nick       Nick     `json:"nick"`
		Key        *Key     `json:"key,omitempty"`
		Passphrase string   `json:"passphrase,omitempty"` // PHC string
		Code       CodeHash `json:"code,omitempty"`
		Guest      bool     `json:"guest,omitempty"` // for one visit, without key or passphrase
	}
	// RoomOpened: a public room, By its owner unless By is the server. Decided on
	// the name's subject.
	RoomOpened struct {
		Conversation ConversationID `json:"conv"`
		Name         Nick           `json:"name"`
		Topic        string         `json:"topic,omitempty"`
		Everyone     bool           `json:"everyone,omitempty"` // all people are in it, also those who come later
	}
	// TalkOpened: the talk of Lo and Hi (equal: notes). Its ID follows from the
	// pair (TalkID), so a second one changes nothing. To the other one it is a
	// request, unless they know By by a group (Acquainted): MaxAsked messages, until the other one
	// writes in it too or TalkAccepted. Whoever has blocked By is not in it.
	TalkOpened struct {
		Conversation ConversationID `json:"conv"`
		Lo           UserID         `json:"lo"`
		Hi           UserID         `json:"hi"`
	}
	// GroupCreated: By made a group with Members (By among them).
	GroupCreated struct {
		Conversation ConversationID `json:"conv"`
		Title        string         `json:"title"`
		Members      []UserID       `json:"members"`
	}
	// MembersAdded: By brought Members in, but for those who were put out, whom
	// only an owner or admin brings back. Into a room nobody else is brought.
	MembersAdded struct {
		Conversation ConversationID `json:"conv"`
		Members      []UserID       `json:"members"`
	}
	// MemberLeft: By left the group or room. If they were its last owner,
	// Successor owns it if they are in it, else the first admin, else the first
	// member, else the first who is muted, in the order of joining (Heir).
	MemberLeft struct {
		Conversation ConversationID `json:"conv"`
		Successor    UserID         `json:"successor,omitzero"`
	}
	// MessagePosted: the event's ID is the message's. With a File whose name By
	// has live in the conversation already it is a new version of that message;
	// with a name that another has, the file is stored as "name (2)".
	//
	// Erased: it had words or a file that were taken out of the log. Without
	// either it is a message all the same, and stands as taken back from then on;
	// what its author did to it later still counts, and words bring it back.
	MessagePosted struct {
		Conversation ConversationID `json:"conv"`
		Text         string         `json:"text,omitempty"`
		File         *File          `json:"file,omitempty"`
		ReplyTo      MessageID      `json:"reply,omitzero"`
		Erased       bool           `json:"erased,omitempty"`
		Version      MessageID      `json:"of,omitzero"` // erased, and was a new version of this message's file
	}
	// MessageEdited: By gave their message other words, where they may write.
	// Erased: which ones is not in the log any more.
	MessageEdited struct {
		Conversation ConversationID `json:"conv"`
		Message      MessageID      `json:"msg"`
		Text         string         `json:"text"`
		Erased       bool           `json:"erased,omitempty"`
	}
	// MessageRetracted: By took their message back.
	MessageRetracted struct {
		Conversation ConversationID `json:"conv"`
		Message      MessageID      `json:"msg"`
	}
	// FileRenamed: By gave the file of their message another name. Erased: which
	// one is not in the log any more.
	FileRenamed struct {
		Conversation ConversationID `json:"conv"`
		Message      MessageID      `json:"msg"`
		Name         string         `json:"name"`
		Erased       bool           `json:"erased,omitempty"`
		Replaced     MessageID      `json:"over,omitzero"` // the erased message whose file had that name
	}
	// MessagesExpired: the server found messages of a conversation whose time was
	// over (Message.Expires) at the event's time. Those are gone like retracted
	// ones, and are not shown at all.
	MessagesExpired struct {
		Conversation ConversationID `json:"conv"`
		Messages     []MessageID    `json:"msgs"`
	}
	// Unknown is an event of a kind or version this program does not know. It
	// keeps its bytes and its position and has no effect; the read model
	// remembers that a newer program should rebuild.
	Unknown struct {
		Kind    string
		Version int
		Raw     json.RawMessage
	}
)

func (PersonClaimed) kind() string    { return "person.claimed" }
func (RoomOpened) kind() string       { return "room.opened" }
func (TalkOpened) kind() string       { return "talk.opened" }
func (GroupCreated) kind() string     { return "group.created" }
func (MembersAdded) kind() string     { return "members.added" }
func (MemberLeft) kind() string       { return "member.left" }
func (MessagePosted) kind() string    { return "message.posted" }
func (MessageEdited) kind() string    { return "message.edited" }
func (MessageRetracted) kind() string { return "message.retracted" }
func (FileRenamed) kind() string      { return "file.renamed" }
func (MessagesExpired) kind() string  { return "messages.expired" }
func (u Unknown) kind() string        { return u.Kind }

// decoders is the table of known kinds, all at version 1.
var decoders = map[string]func([]byte) (Body, error){
	"person.claimed":    decode[PersonClaimed],
	"room.opened":       decode[RoomOpened],
	"talk.opened":       decode[TalkOpened],
	"group.created":     decode[GroupCreated],
	"members.added":     decode[MembersAdded],
	"member.left":       decode[MemberLeft],
	"message.posted":    decode[MessagePosted],
	"message.edited":    decode[MessageEdited],
	"message.retracted": decode[MessageRetracted],
	"file.renamed":      decode[FileRenamed],
	"messages.expired":  decode[MessagesExpired],

	"key.added":      decode[KeyAdded],
	"key.removed":    decode[KeyRemoved],
	"passphrase.set": decode[PassphraseSet],
	"code.issued":    decode[CodeIssued],
	"code.revoked":   decode[CodeRevoked],
	"signed.out":     decode[SignedOut],
	"guest.left":     decode[GuestLeft],

	"role.given":           decode[RoleGiven],
	"member.removed":       decode[MemberRemoved],
	"conversation.changed": decode[ConversationChanged],
	"room.joined":          decode[RoomJoined],
	"group.joined":         decode[GroupJoined],

	"talk.accepted":    decode[TalkAccepted],
	"person.blocked":   decode[PersonBlocked],
	"person.unblocked": decode[PersonUnblocked],

	"rank.given":       decode[RankGiven],
	"person.warned":    decode[PersonWarned],
	"person.silenced":  decode[PersonSilenced],
	"person.kicked":    decode[PersonKicked],
	"banned":           decode[Banned],
	"ban.lifted":       decode[BanLifted],
	"reported":         decode[Reported],
	"report.closed":    decode[ReportClosed],
	"person.forgotten": decode[PersonForgotten],
	"nick.freed":       decode[NickFreed],
}

func decode[B Body](raw []byte) (Body, error) {
	var b B
	err := json.Unmarshal(raw, &b)
	return b, err
}

// wireEvent is the stored form of an event.
type wireEvent struct {
	Kind    string          `json:"k"`
	Version int             `json:"v"`
	ID      EventID         `json:"id"`
	At      int64           `json:"at"` // Unix milliseconds
	By      UserID          `json:"by,omitzero"`
	Body    json.RawMessage `json:"b"`
}

// MarshalJSON is the wire form.
func (e Event) MarshalJSON() ([]byte, error) {
	w := wireEvent{Kind: e.Body.kind(), Version: 1, ID: e.ID, At: e.At.UnixMilli(), By: e.By}
	if u, ok := e.Body.(Unknown); ok {
		w.Version, w.Body = u.Version, u.Raw
		return json.Marshal(w)
	}
	raw, err := json.Marshal(e.Body)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", w.Kind, err)
	}
	w.Body = raw
	return json.Marshal(w)
}

// UnmarshalJSON takes the wire form. A kind or version this program does not
// know becomes Unknown; bytes that are no event at all are an error.
func (e *Event) UnmarshalJSON(data []byte) error {
	var w wireEvent
	if err := json.Unmarshal(data, &w); err != nil {
		return fmt.Errorf("event: %w", err)
	}
	if w.Kind == "" || w.ID.IsZero() {
		return fmt.Errorf("event without kind or id")
	}
	*e = Event{ID: w.ID, At: time.UnixMilli(w.At).UTC(), By: w.By}
	dec, known := decoders[w.Kind]
	if !known || w.Version != 1 {
		e.Body = Unknown{Kind: w.Kind, Version: w.Version, Raw: w.Body}
		return nil
	}
	body, err := dec(w.Body)
	if err != nil {
		return fmt.Errorf("event %s: %w", w.Kind, err)
	}
	e.Body = body
	return nil
}

// Envelope is what the log stores as one record: the events that one committer
// wrote with one fsync, at most MaxEnvelope. Counter grows by one per envelope
// of a committer; the projection ignores a counter it has seen, which is how a
// retry that was stored twice counts once. A zero Committer (AppendIf) is never
// stored twice and not counted.
type Envelope struct {
	Committer ID[Committer] `json:"c,omitzero"`
	Counter   uint64        `json:"n,omitempty"`
	Events    []Event       `json:"e"`
}

// Committer is one life of one node's committer.
type Committer struct{}
