package chattest

import (
	"bytes"
	"context"
	"encoding/json"
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
	handle chat.Handle // of a group
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

func (v *View) posted(at chat.Position, e chat.Event, b chat.MessagePosted) {
	c := v.conv(b.Conversation)
	id := chat.MessageID(e.ID)
	if c == nil || !c.seat(e.By).Lets(b) || v.silent(e, c) || v.messages[id] != nil {
		return
	}
	o := c.other(e.By)
	if v.deserted(e.By, c) || o != nil && o.pending && c.last() >= chat.MaxAsked {
		return
	}
	m := chat.Message{
		Hidden: o != nil && o.gone && v.blocks(o.user, e.By),
		ID:     id, Conversation: c.id, Number: c.last() + 1, Position: at, Changed: at,
		From: e.By, Nick: v.person(e.By).Nick, At: e.At, Text: b.Text, ReplyTo: b.ReplyTo,
		Expires: c.expires(e.At),
	}
	if b.File != nil && b.File.Name != "" {
		name, mine := v.freeName(c, e.By, b.File.Name)
		m.File = &chat.File{Name: name, Size: b.File.Size, Hash: b.File.Hash}
		if mine != nil {
			newer := *mine
			newer.File, newer.Edited, newer.Hidden = m.File, true, false
			if !m.Expires.IsZero() {
				newer.Expires = m.Expires
			}
			if b.Text != "" {
				newer.Text = b.Text
			}
			v.change(at, chat.Edited, newer)
			return
		}
	}
	switch {
	case m.File == nil && !b.Version.IsZero():
		v.touched(at, e.By, b.Conversation, b.Version, m.Expires, true)
		return
	case m.File == nil && m.Text == "" && !b.Erased:
		return
	case m.File == nil && m.Text == "":
		m.Retracted, v.wordless[id] = true, true
	}
	c.messages = append(c.messages, id)
	v.order = append(v.order, id)
	c.part(e.By).read = m.Number
	c.voice(e.By)
	v.change(at, chat.Posted, m)
	v.appear(at, c, c.part(e.By))
	if o != nil && !m.Hidden {
		v.appear(at, c, o)
	}
	v.letIn(at, c, c.part(e.By))
}

func (v *View) edited(at chat.Position, e chat.Event, b chat.MessageEdited) {
	m := v.own(e.By, b.Conversation, b.Message)
	if m == nil || b.Text == "" && m.File == nil && !b.Erased || !v.permits(e, b.Conversation) {
		return
	}
	newer := *m
	newer.Text, newer.Edited, newer.Retracted = b.Text, true, b.Text == "" && m.File == nil
	v.wordless[m.ID] = newer.Retracted
	v.change(at, chat.Edited, newer)
}

// touched: a message of one's own is another since, and how was erased.
func (v *View) touched(at chat.Position, by chat.UserID, conv chat.ConversationID, id chat.MessageID, expires time.Time, sent bool) {
	if m := v.own(by, conv, id); m != nil {
		newer := *m
		newer.Edited, newer.Hidden = true, m.Hidden && !sent
		if !expires.IsZero() {
			newer.Expires = expires
		}
		v.change(at, chat.Edited, newer)
	}
}

func (v *View) retracted(at chat.Position, e chat.Event, b chat.MessageRetracted) {
	if m := v.own(e.By, b.Conversation, b.Message); m != nil {
		v.retract(at, *m)
	}
}

func (v *View) retract(at chat.Position, m chat.Message) {
	m.Text, m.File, m.Retracted = "", nil, true
	delete(v.wordless, m.ID)
	v.change(at, chat.Retracted, m)
}

func (v *View) renamed(at chat.Position, e chat.Event, b chat.FileRenamed) {
	m := v.own(e.By, b.Conversation, b.Message)
	if m == nil || (m.File == nil || b.Name == "") && !b.Erased || !v.permits(e, b.Conversation) {
		return
	}
	if replaced := v.own(e.By, b.Conversation, b.Replaced); replaced != nil {
		v.retract(at, *replaced)
	}
	if b.Erased {
		v.touched(at, e.By, b.Conversation, b.Message, time.Time{}, false)
		return
	}
	name, mine := v.freeName(v.conv(m.Conversation), e.By, b.Name)
	if name == m.File.Name {
		return
	}
	if mine != nil {
		v.retract(at, *mine)
	}
	newer := *m
	newer.File = &chat.File{Name: name, Size: m.File.Size, Hash: m.File.Hash}
	newer.Edited = true
	v.change(at, chat.Edited, newer)
}

// change stores a message as it is now and tells its conversation. What was
// told before is never modified.
func (v *View) change(at chat.Position, kind chat.ChangeKind, m chat.Message) {
	m.Changed = at
	if kind == chat.Edited {
		o := v.conv(m.Conversation).other(m.From)
		m.Hidden = m.Hidden || o != nil && o.gone && v.blocks(o.user, m.From)
	}
	v.messages[m.ID] = &m
	v.conv(m.Conversation).changed = at
	v.tell(chat.Change{Kind: kind, Position: at, Conversation: m.Conversation, Message: &m})
}

// own is a message of that conversation that user wrote and did not take back; a
// wordless one too.
func (v *View) own(user chat.UserID, conv chat.ConversationID, id chat.MessageID) *chat.Message {
	m := v.messages[id]
	if m == nil || m.Conversation != conv || m.From != user || !v.stands(m) {
		return nil
	}
	return m
}

// stands reports whether a message was not taken back and its time is not over; a
// wordless one too.
func (v *View) stands(m *chat.Message) bool { return !m.Retracted || v.wordless[m.ID] }

// freeName is the first of "name.ext", "name (2).ext", "name (3).ext", … that
// nobody else has live in the conversation, and user's own live file of it.
func (v *View) freeName(c *conversation, user chat.UserID, name string) (string, *chat.Message) {
	for n := 1; ; n++ {
		candidate := chat.NumberedName(name, n)
		holder := v.fileNamed(c, candidate)
		if holder == nil || holder.From == user {
			return candidate, holder
		}
	}
}

func (v *View) fileNamed(c *conversation, name string) *chat.Message {
	for _, id := range c.messages {
		if m := v.messages[id]; m.File != nil && m.File.Name == name {
			return m
		}
	}
	return nil
}

// shelved keeps a value and tells its owner; marks tell the conversations too.
func (v *View) shelved(e chat.ShelfEntry) {
	if p := v.person(e.User); p != nil && p.Forgotten {
		return
	}
	value := bytes.Clone(e.Value)
	if e.Slot == chat.MarksSlot {
		var m chat.Marks
		if json.Unmarshal(value, &m) != nil {
			return
		}
		before := v.allMarks(e.User)
		v.marks[e.User] = v.marks[e.User].Merge(m)
		value, _ = json.Marshal(v.marks[e.User]) // of a map, a number and IDs: cannot fail
		defer v.tellMarks(e.User, before)
	}
	shown := v.settings(e.User).Privacy().Seen
	if v.values[place{e.User, e.Slot}] = value; len(value) == 0 {
		delete(v.values, place{e.User, e.Slot})
	}
	v.tell(chat.Change{Kind: chat.Shelved, Position: v.at, User: e.User, Slot: e.Slot, Value: value})
	if v.person(e.User) != nil && v.settings(e.User).Privacy().Seen != shown {
		v.tell(chat.Change{Kind: chat.Estranged, Position: v.at, User: e.User})
	}
}

// allMarks is how far things got with user in each conversation they are in.
func (v *View) allMarks(user chat.UserID) map[chat.ConversationID]chat.Member {
	all := map[chat.ConversationID]chat.Member{}
	for _, c := range v.convs {
		if c.has(user) {
			all[c.id] = v.member(c, c.part(user))
		}
	}
	return all
}

// tellMarks tells the talks and small groups in which a mark moved past
// messages of others.
func (v *View) tellMarks(user chat.UserID, before map[chat.ConversationID]chat.Member) {
	after := v.allMarks(user)
	for _, c := range v.convs {
		a, b := after[c.id], before[c.id]
		if !c.has(user) || c.part(user).pending || c.kind == chat.Room || c.members() > chat.MaxTicked {
			continue
		}
		if slices.ContainsFunc(c.messages, func(id chat.MessageID) bool {
			m := v.messages[id]
			return m.From != user && (m.Number > b.Read && m.Number <= a.Read || m.Position > b.Delivered && m.Position <= a.Delivered)
		}) {
			v.tell(chat.Change{Kind: chat.Marked, Position: v.at, Conversation: c.id, Member: &a})
		}
	}
}

func (v *View) tell(c chat.Change) { v.changes = append(v.changes, c) }

// moveHandles moves the group handles that are in the way of a new name, and
// tells who is in those groups, one after another.
func (v *View) moveHandles(at chat.Position, name chat.Nick) {
	var told []chat.Change
	for _, c := range v.convs {
		for _, p := range c.parts {
			if p.handle != chat.Handle(name) {
				continue
			}
			p.handle = "" // not in its own way
			p.handle = v.nextHandle(p.user, chat.Handle(name), 2)
			if !p.gone {
				told = append(told, chat.Change{Kind: chat.Entered, Position: at, Conversation: c.id, User: p.user})
			}
		}
	}
	slices.SortFunc(told, func(a, b chat.Change) int { return bytes.Compare(a.User[:], b.User[:]) })
	v.changes = append(v.changes, told...)
}

func (v *View) freeHandle(user chat.UserID, wanted chat.Handle) chat.Handle {
	return v.nextHandle(user, wanted, 1)
}

// nextHandle is wanted (n = 1), wanted-2, wanted-3, … from n on: the first that
// is no name, not "notes" and none of the person's other handles.
func (v *View) nextHandle(user chat.UserID, wanted chat.Handle, n int) chat.Handle {
	for ; ; n++ {
		h := numberedHandle(wanted, n)
		if h == chat.Notes || v.names[chat.Nick(h)].taken || v.hasHandle(user, h) {
			continue
		}
		return h
	}
}

func (v *View) hasHandle(user chat.UserID, h chat.Handle) bool {
	return slices.ContainsFunc(v.convs, func(c *conversation) bool {
		p := c.part(user)
		return p != nil && p.handle == h
	})
}

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
