package chattest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"charla/server/chat"
)

// stage is a view under test and the log that it is told, one event at a time.
// People are named by their nicks, conversations by a word.
type stage struct {
	t         *testing.T
	view      chat.View
	committer chat.ID[chat.Committer]
	counter   uint64
	seq       uint64
	shelf     uint64
	told      []chat.Change // by the last step
	all       []chat.Change
	people    map[string]chat.UserID
	convs     map[string]chat.ConversationID
}

func newStage(t *testing.T, view chat.View) *stage {
	s := &stage{
		t: t, view: view, committer: chat.NewID[chat.Committer](),
		people: map[string]chat.UserID{}, convs: map[string]chat.ConversationID{"lobby": chat.LobbyID},
	}
	s.happen(event(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true}))
	return s
}

// apply applies a batch and keeps what it tells.
func (s *stage) apply(b chat.Batch) {
	s.t.Helper()
	changes, err := s.view.Apply(s.t.Context(), b)
	if err != nil {
		s.t.Fatalf("apply: %v", err)
	}
	s.told = changes
	s.all = append(s.all, changes...)
}

// envelope is the next record of the log.
func (s *stage) envelope(events ...chat.Event) chat.Entry {
	s.t.Helper()
	s.counter++
	s.seq++
	return must(EntryOf(s.seq, chat.Envelope{Committer: s.committer, Counter: s.counter, Events: events}))(s.t)
}

// happen applies events as one envelope and returns the position of the last.
func (s *stage) happen(events ...chat.Event) chat.Position {
	s.t.Helper()
	s.apply(chat.Batch{Log: []chat.Entry{s.envelope(events...)}})
	return s.at()
}

// at is the position of the last event applied, if it was alone.
func (s *stage) at() chat.Position { return chat.PositionAt(s.seq, 0) }

func (s *stage) put(who string, slot chat.Slot, value []byte) {
	s.t.Helper()
	s.shelf++
	s.apply(chat.Batch{Shelf: []chat.ShelfEntry{{Seq: s.shelf, User: s.id(who), Slot: slot, Value: value}}})
}

// id is a person's; one who claimed nothing yet has one too.
func (s *stage) id(who string) chat.UserID {
	if s.people[who].IsZero() {
		s.people[who] = chat.NewID[chat.Person]()
	}
	return s.people[who]
}

func (s *stage) ids(who []string) (ids []chat.UserID) {
	for _, w := range who {
		ids = append(ids, s.id(w))
	}
	return ids
}

func (s *stage) claim(nicks ...string) {
	s.t.Helper()
	for _, n := range nicks {
		s.happen(event(s.id(n), chat.PersonClaimed{Nick: chat.Nick(n), Passphrase: "test"}))
	}
}

func (s *stage) talk(a, b string) chat.ConversationID {
	s.t.Helper()
	id := chat.TalkID(s.id(a), s.id(b))
	s.happen(event(s.id(a), chat.TalkOpened{Conversation: id, Lo: s.id(a), Hi: s.id(b)}))
	return id
}

// friends is the talk of two people who know each other.
func (s *stage) friends(a, b string) chat.ConversationID {
	s.t.Helper()
	id := s.talk(a, b)
	s.happen(event(s.id(b), chat.TalkAccepted{Conversation: id}))
	return id
}

func (s *stage) group(title, owner string, others ...string) chat.ConversationID {
	s.t.Helper()
	id := chat.NewID[chat.Conversation]()
	s.happen(event(s.id(owner), chat.GroupCreated{Conversation: id, Title: title, Members: append(s.ids(others), s.id(owner))}))
	return id
}

func (s *stage) add(by string, to chat.ConversationID, others ...string) {
	s.t.Helper()
	s.happen(event(s.id(by), chat.MembersAdded{Conversation: to, Members: s.ids(others)}))
}

func (s *stage) leave(who string, from chat.ConversationID) {
	s.t.Helper()
	s.happen(event(s.id(who), chat.MemberLeft{Conversation: from}))
}

func (s *stage) say(who string, in chat.ConversationID, text string) chat.MessageID {
	s.t.Helper()
	e := event(s.id(who), chat.MessagePosted{Conversation: in, Text: text})
	s.happen(e)
	return chat.MessageID(e.ID)
}

func (s *stage) file(who string, in chat.ConversationID, name, hash string) chat.MessageID {
	s.t.Helper()
	e := event(s.id(who), chat.MessagePosted{Conversation: in, File: &chat.File{Name: name, Size: 3, Hash: hash}})
	s.happen(e)
	return chat.MessageID(e.ID)
}

func (s *stage) edit(who string, in chat.ConversationID, m chat.MessageID, text string) {
	s.t.Helper()
	s.happen(event(s.id(who), chat.MessageEdited{Conversation: in, Message: m, Text: text}))
}

func (s *stage) retract(who string, in chat.ConversationID, m chat.MessageID) {
	s.t.Helper()
	s.happen(event(s.id(who), chat.MessageRetracted{Conversation: in, Message: m}))
}

func (s *stage) rename(who string, in chat.ConversationID, m chat.MessageID, name string) {
	s.t.Helper()
	s.happen(event(s.id(who), chat.FileRenamed{Conversation: in, Message: m, Name: name}))
}

// wantTold checks what the last step told, but for notices, in any order:
// "posted #1 text", "edited …", "joined ana", "entered ana".
func (s *stage) wantTold(want ...string) {
	s.t.Helper()
	got := s.heard(s.told)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.t.Errorf("told %q, want %q", got, want)
	}
}

func (s *stage) heard(changes []chat.Change) []string {
	nick := map[chat.UserID]string{}
	for n, id := range s.people {
		nick[id] = n
	}
	var heard []string
	for _, c := range changes {
		switch {
		case c.Kind == chat.Noticed: // see wantNotices
		case c.Message != nil:
			heard = append(heard, fmt.Sprintf("%s #%d %s", kindNames[c.Kind], c.Message.Number, said(*c.Message)))
		case c.Member != nil:
			heard = append(heard, kindNames[c.Kind]+" "+string(c.Member.Nick))
		default:
			heard = append(heard, strings.TrimSpace(kindNames[c.Kind]+" "+nick[c.User]+" "+string(c.Slot)))
		}
	}
	slices.Sort(heard)
	return heard
}

var kindNames = map[chat.ChangeKind]string{
	chat.Posted: "posted", chat.Edited: "edited", chat.Retracted: "retracted", chat.Marked: "marked", chat.Joined: "joined",
	chat.Left: "left", chat.Entered: "entered", chat.Exited: "exited", chat.Shelved: "shelved", chat.Claimed: "claimed", chat.Expelled: "expelled",
	chat.Revised: "revised", chat.Cautioned: "cautioned", chat.Estranged: "estranged", chat.Linked: "linked", chat.Ranked: "ranked",
}

func said(m chat.Message) string {
	switch {
	case m.Retracted:
		return "-"
	case m.File != nil:
		return "[" + m.File.Name + "]"
	}
	return m.Text
}

// wantTexts checks a conversation's whole history.
func (s *stage) wantTexts(in chat.ConversationID, want ...string) {
	s.t.Helper()
	page := must(s.view.Page(s.t.Context(), in, chat.PageQuery{Limit: 1000}))(s.t)
	var got []string
	for i, m := range page.Messages {
		got = append(got, said(m))
		if m.Number != chat.Number(i+1) {
			s.t.Errorf("message %d has number %d", i+1, m.Number)
		}
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("the history is %q, want %q", got, want)
	}
}

// wantMembers checks who is in a conversation, by nick.
func (s *stage) wantMembers(in chat.ConversationID, want ...string) {
	s.t.Helper()
	var got []string
	for _, m := range must(s.view.Members(s.t.Context(), in))(s.t) {
		got = append(got, string(m.Nick))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.t.Errorf("in it are %q, want %q", got, want)
	}
}

// wantName checks at which sequence a name was last decided, and whether somebody
// has it.
func (s *stage) wantName(name chat.Nick, version uint64, taken bool) {
	s.t.Helper()
	v, held, err := s.view.Name(s.t.Context(), name)
	if v != version || held != taken || err != nil {
		s.t.Errorf("%s was decided at %d, taken %t, %v; want %d, %t", name, v, held, err, version, taken)
	}
}

// sees is how somebody sees a conversation.
func (s *stage) sees(who string, id chat.ConversationID) chat.Conversation {
	s.t.Helper()
	return must(s.view.Conversation(s.t.Context(), s.id(who), id))(s.t)
}

// wantHandles checks what somebody calls their conversations.
func (s *stage) wantHandles(who string, want ...chat.Handle) {
	s.t.Helper()
	all, _, err := s.view.Conversations(s.t.Context(), s.id(who))
	if err != nil {
		s.t.Fatal(err)
	}
	var got []chat.Handle
	for _, c := range all {
		if found, err := s.view.ByHandle(s.t.Context(), s.id(who), c.Handle); err != nil || found.ID != c.ID {
			s.t.Errorf("by the handle %s is found %v, %v", c.Handle, found.ID, err)
		}
		got = append(got, c.Handle)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.t.Errorf("%s calls their conversations %q, want %q", who, got, want)
	}
}

func (s *stage) member(who string, in chat.ConversationID) chat.Member {
	s.t.Helper()
	for _, m := range must(s.view.Members(s.t.Context(), in))(s.t) {
		if m.User == s.id(who) {
			return m
		}
	}
	s.t.Fatalf("%s is not in it", who)
	return chat.Member{}
}

func (s *stage) message(id chat.MessageID) chat.Message {
	s.t.Helper()
	return must(s.view.Message(s.t.Context(), id))(s.t)
}

func wantCode(t *testing.T, err error, want chat.Code) {
	t.Helper()
	if got := chat.CodeOf(err); got != want {
		t.Errorf("the error is %v, want the code %q", err, want)
	}
}

// byPosition orders changes for comparison: those of one position stand in any
// order but their kind's.
func byPosition(changes []chat.Change) []chat.Change {
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, func(a, b chat.Change) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.Kind, b.Kind),
			slices.Compare(a.Conversation[:], b.Conversation[:]), slices.Compare(a.User[:], b.User[:]), compareMembers(a.Member, b.Member))
	})
	return sorted
}

func compareMembers(a, b *chat.Member) int {
	if a == nil || b == nil {
		return 0
	}
	return slices.Compare(a.User[:], b.User[:])
}
