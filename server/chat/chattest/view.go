package chattest

import (
	"context"
	"slices"
	"sync"
	"time"

	"charla/server/chat"
)

// View is a chat.View in memory: maps and slices, every question answered by
// looking at everything. It is bounded by the log it is built from.
type View struct {
	mu       sync.RWMutex
	log      uint64        // applied
	shelf    uint64        // applied
	at       chat.Position // of the last event applied
	event    chat.Event    // the one being applied
	counters map[chat.ID[chat.Committer]]uint64
	people   []chat.Person
	names    map[chat.Nick]name   // that something was decided about
	codes    []chat.AccessCode    // with a use left, in the order of being issued
	gone     map[chat.UserID]bool // guests who left
	convs    []*conversation      // in the order they were opened
	messages map[chat.MessageID]*chat.Message
	order    []chat.MessageID        // of posting
	wordless map[chat.MessageID]bool // erased, and what their authors did to them later has its effect
	values   map[place][]byte
	marks    map[chat.UserID]chat.Marks
	walls    []block       // in the order they were put up
	changes  []chat.Change // of the batch being applied
	holders  map[chat.Nick]chat.UserID
	moderation
}

// name is what was decided about one: the sequence of the last event on it, and
// whether a person or a room has it.
type name struct {
	seq   uint64
	taken bool
}

type place struct {
	user chat.UserID
	slot chat.Slot
}

type conversation struct {
	id       chat.ConversationID
	kind     chat.Kind
	title    string // of a group or room
	everyone bool
	topic    string
	writers  chat.Writers
	expiry   time.Duration
	slow     time.Duration
	version  chat.Position
	changed  chat.Position
	parts    []*part          // whoever is or was in it, in the order of joining
	messages []chat.MessageID // number 1 first
	notices  []chat.Notice
}

// part is what somebody is to a conversation they are or were in.
type part struct {
	user   chat.UserID
	handle chat.Handle   // of a group
	moved  []chat.Handle // those it had before, which became names
	role   chat.Role
	since  chat.Position
	gone   bool
	barred bool
	left   chat.Number // the last one before they left, if gone
	read   chat.Number // by being there: their own newest message, and what there was when they joined

	goneAt chat.Position

	leftTitle, leftTopic string // of a group, when they left it
	voiced               bool   // of a group: did something of their own in it
	pending              bool   // of a talk: not let in yet
	unseen               bool   // of a talk: there is nothing in it for them yet

	departed bool // of a talk: was forgotten
}

var _ chat.View = (*View)(nil)

// NewView returns an empty view.
func NewView() *View {
	return &View{
		counters: map[chat.ID[chat.Committer]]uint64{},
		messages: map[chat.MessageID]*chat.Message{},
		names:    map[chat.Nick]name{},
		gone:     map[chat.UserID]bool{},
		wordless: map[chat.MessageID]bool{},
		values:   map[place][]byte{},
		marks:    map[chat.UserID]chat.Marks{},
		holders:  map[chat.Nick]chat.UserID{},

		moderation: moderation{warnings: map[chat.UserID][]chat.Warning{}},
	}
}

// Apply is chat.View.
func (v *View) Apply(_ context.Context, b chat.Batch) ([]chat.Change, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.changes = nil
	for _, e := range b.Log {
		if e.Seq <= v.log {
			continue
		}
		v.log = e.Seq
		v.at = chat.PositionAt(e.Seq, max(0, len(e.Envelope.Events)-1))
		if v.seen(e.Envelope) {
			continue
		}
		for i, event := range e.Envelope.Events {
			v.event = event
			v.happened(chat.PositionAt(e.Seq, i), event)
		}
	}
	for _, e := range b.Shelf {
		if e.Seq > v.shelf {
			v.shelf = e.Seq
			v.shelved(e)
		}
	}
	return v.changes, nil
}

// Applied is chat.View.
func (v *View) Applied(context.Context) (log, shelf uint64, err error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.log, v.shelf, nil
}

// seen reports whether the envelope was applied before, and notes it.
func (v *View) seen(e chat.Envelope) bool {
	if e.Committer.IsZero() {
		return false
	}
	if e.Counter <= v.counters[e.Committer] {
		return true
	}
	v.counters[e.Committer] = e.Counter
	return false
}

func (v *View) happened(at chat.Position, e chat.Event) {
	if v.kept(e) {
		v.passed(at, e)
		return
	}
	switch b := e.Body.(type) {
	case chat.PersonClaimed:
		v.claimed(at, e, b)
	case chat.RoomOpened:
		v.roomOpened(at, e, b)
	case chat.TalkOpened:
		v.talkOpened(at, e, b)
	case chat.GroupCreated:
		v.groupCreated(at, e, b)
	case chat.MembersAdded:
		v.membersAdded(at, e, b)
	case chat.MemberLeft:
		v.memberLeft(at, e, b)
	case chat.MemberRemoved:
		v.memberRemoved(at, e, b)
	case chat.RoleGiven:
		v.roleGiven(at, e, b)
	case chat.ConversationChanged:
		v.conversationChanged(at, e, b)
	case chat.RoomJoined:
		v.roomJoined(at, e, b)
	case chat.GroupJoined:
		v.groupJoined(at, e, b)
	case chat.MessagesExpired:
		v.messagesExpired(at, e, b)
	case chat.MessagePosted:
		v.posted(at, e, b)
	case chat.MessageEdited:
		v.edited(at, e, b)
	case chat.MessageRetracted:
		v.retracted(at, e, b)
	case chat.FileRenamed:
		v.renamed(at, e, b)
	case chat.KeyAdded:
		v.keyAdded(at, e, b)
	case chat.KeyRemoved:
		v.keyRemoved(at, e, b)
	case chat.PassphraseSet:
		v.passphraseSet(at, e, b)
	case chat.CodeIssued:
		v.codeIssued(at, e, b)
	case chat.CodeRevoked:
		v.codeRevoked(at, e, b)
	case chat.SignedOut:
		v.signedOut(at, e, b)
	case chat.GuestLeft:
		v.guestLeft(at, e)
	case chat.TalkAccepted:
		v.accepted(at, e, b)
	case chat.PersonBlocked:
		v.blocked(at, e, b)
	case chat.PersonUnblocked:
		v.unblocked(at, e, b)
	default:
		v.moderated(at, e)
	}
}

func (v *View) roomOpened(at chat.Position, e chat.Event, b chat.RoomOpened) {
	free := v.decide(at, b.Name)
	if !free || v.conv(b.Conversation) != nil || !e.By.IsZero() && !v.rank(e.By).Lets(b) {
		return
	}
	v.take(at, b.Name)
	c := v.open(at, b.Conversation, chat.Room, string(b.Name))
	c.everyone, c.topic = b.Everyone, b.Topic
	c.version = 0 // the event stands on the name's subject, not on its own
	v.join(at, c, e.By, chat.RoleOwner)
	if c.everyone {
		for _, p := range v.people { // who was forgotten is not joined
			v.join(at, c, p.ID, chat.RoleMember)
		}
	}
}

func (v *View) talkOpened(at chat.Position, e chat.Event, b chat.TalkOpened) {
	if e.By != b.Lo && e.By != b.Hi {
		return
	}
	if b.Conversation != chat.TalkID(b.Lo, b.Hi) || v.conv(b.Conversation) != nil || v.living(b.Lo) == nil || v.living(b.Hi) == nil {
		return
	}
	if v.blocks(b.Lo, b.Hi) && e.By == b.Lo || v.blocks(b.Hi, b.Lo) && e.By == b.Hi {
		return
	}
	c := v.open(at, b.Conversation, chat.Talk, "")
	v.sit(at, c, b.Lo, e.By)
	if b.Hi != b.Lo {
		v.sit(at, c, b.Hi, e.By)
	}
}

func (v *View) groupCreated(at chat.Position, e chat.Event, b chat.GroupCreated) {
	if v.conv(b.Conversation) != nil || !v.rank(e.By).Lets(b) {
		return
	}
	c := v.open(at, b.Conversation, chat.Group, b.Title)
	v.join(at, c, e.By, chat.RoleOwner)
	c.voice(e.By)
	before := len(v.changes)
	for _, user := range b.Members {
		if v.rank(user) != chat.RankGuest && !v.blocks(user, e.By) {
			v.join(at, c, user, chat.RoleMember)
		}
	}
	v.noticeOf(at, c, chat.NoticeMade, v.came(c, before, e.By))
}

func (v *View) open(at chat.Position, id chat.ConversationID, kind chat.Kind, title string) *conversation {
	c := &conversation{id: id, kind: kind, title: title, writers: chat.AllWrite, version: at, changed: at}
	v.convs = append(v.convs, c)
	return c
}

// join brings somebody in who is known and not in yet. Somebody who comes back
// keeps the handle they had.
func (v *View) join(at chat.Position, c *conversation, user chat.UserID, role chat.Role) {
	if v.living(user) == nil || c.has(user) || c.kind == chat.Group && c.members() >= chat.MaxGroup {
		return
	}
	p := c.part(user)
	if p == nil {
		p = &part{user: user}
		if c.kind == chat.Group {
			p.handle = v.freeHandle(user, chat.HandleOf(c.title))
		}
		c.parts = append(c.parts, p)
	}
	if p.role != chat.RoleMuted {
		p.role = role
	}
	p.since, p.gone, p.barred, p.voiced, p.left, p.read = at, false, false, false, 0, c.last()
	if c.kind == chat.Group {
		c.changed = at
	}
	m := v.member(c, p)
	v.tell(chat.Change{Kind: chat.Joined, Position: at, Conversation: c.id, Member: &m})
	v.tell(chat.Change{Kind: chat.Entered, Position: at, Conversation: c.id, User: user})
}

func (v *View) tell(c chat.Change) { v.changes = append(v.changes, c) }

func (v *View) person(id chat.UserID) *chat.Person {
	i := slices.IndexFunc(v.people, func(p chat.Person) bool { return p.ID == id })
	if i < 0 {
		return nil
	}
	return &v.people[i]
}

func (v *View) conv(id chat.ConversationID) *conversation {
	i := slices.IndexFunc(v.convs, func(c *conversation) bool { return c.id == id })
	if i < 0 {
		return nil
	}
	return v.convs[i]
}

func (c *conversation) part(user chat.UserID) *part {
	i := slices.IndexFunc(c.parts, func(p *part) bool { return p.user == user })
	if i < 0 {
		return nil
	}
	return c.parts[i]
}

// has reports whether user is a member now.
func (c *conversation) has(user chat.UserID) bool {
	p := c.part(user)
	return p != nil && !p.gone
}

func (c *conversation) members() (n int) {
	for _, p := range c.parts {
		if !p.gone || c.kind == chat.Talk && !p.departed {
			n++
		}
	}
	return n
}

func (c *conversation) last() chat.Number { return chat.Number(len(c.messages)) }
