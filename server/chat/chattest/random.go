package chattest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"charla/server/chat"
)

// everybody is the nick of each who was named on the stage, in order.
func (s *stage) everybody() []string { return slices.Sorted(maps.Keys(s.people)) }

// everywhere is each conversation that was named on the stage, in order.
func (s *stage) everywhere() (ids []chat.ConversationID) {
	for _, name := range slices.Sorted(maps.Keys(s.convs)) {
		ids = append(ids, s.convs[name])
	}
	return ids
}

// randomLog makes up what people do who do not ask first: much of it is not
// allowed. The stage is given the conversations' IDs, nothing is applied.
func randomLog(s *stage, r *rand.Rand, n int) (log []chat.Entry, shelf []chat.ShelfEntry) {
	// The lobby, which the stage's own view has seen.
	first := s.envelope(event(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true}))
	first.Seq = 1
	s.seq = 1
	log = append(log, first)
	nicks := []string{"ana", "beto", "eva", "pandilla", "ghost", "foto"}
	for i := range 6 {
		s.convs[fmt.Sprint(i)] = chat.NewID[chat.Conversation]()
	}
	for _, a := range nicks[:3] {
		s.convs["ana+"+a] = chat.TalkID(s.id("ana"), s.id(a))
	}
	made := &inventor{stage: s, r: r, eraser: rand.New(rand.NewPCG(uint64(n), 8)), nicks: nicks}
	for range n {
		events := make([]chat.Event, 1+r.IntN(3))
		for i := range events {
			events[i] = made.event()
		}
		e := s.envelope(events...)
		log = append(log, e)
		if r.IntN(10) == 0 { // stored twice
			s.seq++
			e.Seq = s.seq
			log = append(log, e)
		}
	}
	for i := range n / 5 {
		shelf = append(shelf, made.value(uint64(i)+1))
	}
	return log, shelf
}

// inventor makes up events.
type inventor struct {
	*stage
	r        *rand.Rand
	eraser   *rand.Rand // what is erased changes nothing of what else is made up
	nicks    []string
	messages []chat.MessageID

	posted, bans, reports []chat.EventID
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func (m *inventor) who() chat.UserID { return m.id(pick(m.r, m.nicks)) }

func (m *inventor) conv() chat.ConversationID {
	return pick(m.r, m.everywhere())
}

func (m *inventor) message() chat.MessageID {
	if len(m.messages) == 0 {
		return chat.NewID[chat.Message]()
	}
	return pick(m.r, m.messages)
}

func (m *inventor) event() chat.Event {
	names := []string{"a.txt", "a (2).txt", "b", "b (2)"}
	e := event(m.who(), nil)
	switch m.r.IntN(8) {
	case 0, 1:
		e.By, e.Body = m.identity(e.By)
		return e
	case 2:
		return m.decision(e)
	}
	switch m.r.IntN(21) {
	case 0, 1:
		nick := pick(m.r, m.nicks)
		e.By, e.Body = m.id(nick), chat.PersonClaimed{Nick: chat.Nick(nick), Passphrase: "x"}
	case 2:
		e.Body = chat.GroupCreated{Conversation: m.conv(), Title: pick(m.r, []string{"Pandilla", "Foto", "x"}), Members: []chat.UserID{m.who(), m.who()}}
	case 3:
		e.Body = chat.MembersAdded{Conversation: m.conv(), Members: []chat.UserID{m.who(), m.who()}}
	case 4:
		e.Body = chat.MemberLeft{Conversation: m.conv()}
	case 5:
		a, b := m.id("ana"), m.who()
		e.By, e.Body = a, chat.TalkOpened{Conversation: chat.TalkID(a, b), Lo: a, Hi: b}
	case 6:
		e.Body = chat.MessageEdited{Conversation: m.conv(), Message: m.message(), Text: "edited"}
	case 7:
		e.Body = chat.MessageRetracted{Conversation: m.conv(), Message: m.message()}
	case 8:
		e.Body = chat.FileRenamed{Conversation: m.conv(), Message: m.message(), Name: pick(m.r, names)}
	case 12, 13, 14, 15:
		m.govern(&e)
	case 9, 10:
		hash := fmt.Sprintf("%064x", m.r.IntN(5))
		e.Body = chat.MessagePosted{Conversation: m.conv(), File: &chat.File{Name: pick(m.r, names), Size: 1, Hash: hash}}
	case 11:
		e.Body = chat.TalkAccepted{Conversation: m.conv()}
	case 16:
		e.Body = chat.PersonBlocked{User: m.who()}
	case 17:
		e.Body = chat.PersonUnblocked{User: m.who()}
	default:
		e.Body = chat.MessagePosted{Conversation: m.conv(), Text: "said", ReplyTo: m.message()}
	}
	if m.r.IntN(20) == 0 {
		e.ID = chat.EventID(m.message()) // one that may be known
	}
	m.messages = append(m.messages, chat.MessageID(e.ID))
	if _, ok := e.Body.(chat.MessagePosted); ok {
		m.posted = append(m.posted, e.ID)
	}
	if m.eraser.IntN(8) == 0 {
		e.Body = m.erased(e.Body)
	}
	return e
}

// erased is a body without words and with the marks of an erased one, though no
// erasure would have made it.
func (m *inventor) erased(body chat.Body) chat.Body {
	switch b := body.(type) {
	case chat.MessagePosted:
		b.Text, b.File, b.Erased = "", nil, m.eraser.IntN(4) > 0
		if m.eraser.IntN(3) == 0 {
			b.Version = pick(m.eraser, m.messages)
		}
		return b
	case chat.MessageEdited:
		b.Text, b.Erased = "", m.eraser.IntN(4) > 0
		return b
	case chat.FileRenamed:
		b.Erased = m.eraser.IntN(4) > 0
		if m.eraser.IntN(2) == 0 {
			b.Replaced = pick(m.eraser, m.messages)
		}
		return b
	}
	return body
}

// govern makes up what people do to groups and rooms.
func (m *inventor) govern(e *chat.Event) {
	switch m.r.IntN(10) {
	case 9:
		e.Body = chat.GroupJoined{Conversation: m.conv(), Code: hash(pick(m.r, []string{"0000-0000-0001", "0000-0000-0002"}))}
	case 0, 1:
		roles := []chat.Role{chat.RoleOwner, chat.RoleAdmin, chat.RoleMember, chat.RoleMuted, "king"}
		e.Body = chat.RoleGiven{Conversation: m.conv(), User: m.who(), Role: pick(m.r, roles)}
	case 2:
		e.Body = chat.MemberRemoved{Conversation: m.conv(), User: m.who()}
	case 3, 4:
		e.Body = m.changes()
	case 5:
		e.Body = chat.RoomOpened{Conversation: m.conv(), Name: pick(m.r, []chat.Nick{"plaza", "foto", "eva"}), Topic: "x", Everyone: m.r.IntN(2) == 0}
	case 6:
		e.Body = chat.RoomJoined{Conversation: m.conv()}
	case 7:
		e.Body = chat.MemberLeft{Conversation: m.conv(), Successor: m.who()}
	default:
		e.By, e.At = chat.UserID{}, e.At.Add(time.Duration(m.r.IntN(100))*time.Minute)
		e.Body = chat.MessagesExpired{Conversation: m.conv(), Messages: []chat.MessageID{m.message(), m.message(), m.message()}}
	}
}

// changes sets something, which may be nonsense.
func (m *inventor) changes() chat.ConversationChanged {
	b := chat.ConversationChanged{Conversation: m.conv()}
	title, writers := pick(m.r, []string{"Foto", "Nuevo", ""}), pick(m.r, []chat.Writers{chat.AllWrite, chat.AdminsWrite, "x"})
	expiry := pick(m.r, []time.Duration{0, time.Hour, time.Hour, 2 * time.Hour, time.Minute})
	slow := pick(m.r, []time.Duration{0, time.Second, time.Hour, 2 * time.Hour})
	switch m.r.IntN(5) {
	case 0:
		b.Title = &title
	case 1:
		b.Topic, b.Slow = &title, &slow
	case 2:
		b.Writers = &writers
	default:
		b.Expiry = &expiry
	}
	return b
}

func (m *inventor) value(seq uint64) chat.ShelfEntry {
	e := chat.ShelfEntry{Seq: seq, User: m.who(), Slot: chat.DraftSlot(m.conv()), Value: []byte("draft")}
	switch m.r.IntN(6) {
	case 0:
	case 1:
		settings := chat.Settings{
			Name: pick(m.r, []string{"", "Ana P.", "x\x1b[2J"}), Status: pick(m.r, []string{"", "busy"}), NoReceipts: m.r.IntN(2) == 0,
			SeenBy: pick(m.r, []chat.Audience{"", chat.Known, chat.Nobody, "whoever"}), AddsBy: pick(m.r, []chat.Audience{"", chat.Known}),
		}
		e.Slot = chat.SettingsSlot
		e.Value, _ = json.Marshal(settings) // of strings: cannot fail
	default:
		marks := readUpto(m.conv(), chat.Number(m.r.IntN(20)))
		marks.Delivered, marks.Seen = chat.PositionAt(m.r.Uint64N(m.seq), 0), m.r.Int64N(2e9)
		e.Slot = chat.MarksSlot
		e.Value, _ = json.Marshal(marks) // of a map, a number and IDs: cannot fail
	}
	return e
}
