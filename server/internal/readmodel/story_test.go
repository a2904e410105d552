package readmodel_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/internal/readmodel"
)

// story is a model with people in it, and the log that made it.
type story struct {
	teller
	t testing.TB
	m *readmodel.Model
}

func newStory(t testing.TB, nicks ...chat.Nick) *story {
	s := &story{t: t, m: open(t, file(t))}
	s.tell(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true})
	for n, nick := range nicks {
		s.tell(id[chat.Person](n+1), chat.PersonClaimed{Nick: nick})
	}
	s.apply()
	return s
}

// apply applies what was told and put since, and returns the changes.
func (s *story) apply() []chat.Change {
	s.t.Helper()
	return apply(s.t, s.m, s.batch)
}

func (s *story) see(user chat.UserID, id chat.ConversationID) chat.Conversation {
	s.t.Helper()
	c, err := s.m.Conversation(s.t.Context(), user, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

var (
	ana  = id[chat.Person](1)
	beto = id[chat.Person](2)
)

// A cluster's node may read the shelf sooner than the log.
func TestAMarkMayComeBeforeWhatItMarks(t *testing.T) {
	s := newStory(t, "ana")
	s.marks(beto, chat.Marks{Delivered: 99, Read: map[chat.ConversationID]chat.Number{chat.LobbyID: 2}})
	s.apply()
	s.tell(beto, chat.PersonClaimed{Nick: "beto"})
	for range 3 {
		s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, Text: "hola"})
	}
	s.apply()
	if c := s.see(beto, chat.LobbyID); c.Read != 2 || c.Unread != 1 {
		t.Errorf("beto has read up to %d and not %d, want 2 and 1", c.Read, c.Unread)
	}
	members, err := s.m.Members(t.Context(), chat.LobbyID)
	if err != nil || len(members) != 2 || members[1].Delivered != 99 || members[1].Read != 2 {
		t.Errorf("members are %+v, %v", members, err)
	}
}

// What stands on a shelf is whatever a face or a broken node put there.
func TestMarksThatAreNoneDoNotStopTheProjection(t *testing.T) {
	s := newStory(t, "ana")
	s.marks(ana, chat.Marks{Delivered: 7})
	for _, junk := range []string{
		"", "{", "null", `[]`, `{"d":-1}`, `{"d":18446744073709551615}`,
		`{"r":{"nobody":1}}`, fmt.Sprintf(`{"r":{%q:18446744073709551615}}`, chat.LobbyID),
	} {
		s.put(ana, chat.MarksSlot, junk)
	}
	s.apply()
	if value, err := s.m.Value(t.Context(), ana, chat.MarksSlot); err != nil || string(value) != `{"d":7}` {
		t.Errorf("the marks are %s, %v", value, err)
	}
	if _, shelf, err := s.m.Applied(t.Context()); shelf != 9 || err != nil {
		t.Errorf("the shelf is applied up to %d, %v, want 9", shelf, err)
	}
}

// macOS writes names decomposed, everybody else composed: they are one name.
func TestAFileNameIsOneNameHoweverItIsComposed(t *testing.T) {
	s := newStory(t, "ana")
	for _, name := range []string{"pen\u0303a.txt", "peña.txt"} {
		s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, File: &chat.File{Name: name, Size: 1, Hash: "h"}})
	}
	s.apply()
	files, err := s.m.Files(t.Context(), chat.LobbyID)
	if err != nil || len(files) != 1 || files[0].File.Name != "peña.txt" || !files[0].Edited {
		t.Errorf("the files are %+v, %v", files, err)
	}
	for _, name := range []string{"pen\u0303a.txt", "peña.txt"} {
		if _, err := s.m.FileNamed(t.Context(), chat.LobbyID, name); err != nil {
			t.Error(err)
		}
		if _, err := s.m.FileOf(t.Context(), chat.LobbyID, ana, name); err != nil {
			t.Error(err)
		}
	}
}

// Somebody who numbers their files by hand costs the others nothing, and what
// became of one's file is found behind any gap.
func TestFilesNumberedOnPurpose(t *testing.T) {
	s := newStory(t, "ana", "beto")
	send := func(by chat.UserID, name string) {
		s.tell(by, chat.MessagePosted{Conversation: chat.LobbyID, File: &chat.File{Name: name, Hash: "h"}})
	}
	send(ana, "a.txt")
	for n := 2; n < 300; n++ {
		send(ana, fmt.Sprintf("a (%d).txt", n))
	}
	send(beto, "a.txt")
	s.apply()
	if m, err := s.m.FileOf(t.Context(), chat.LobbyID, beto, "a.txt"); err != nil || m.File.Name != "a (300).txt" {
		t.Errorf("beto's file is %+v, %v", m.File, err)
	}
	if _, err := s.m.FileOf(t.Context(), chat.LobbyID, beto, "a (2).txt"); chat.CodeOf(err) != chat.NoFile {
		t.Errorf("beto's a (2).txt: %v", err)
	}
	send(ana, "a."+strings.Repeat("x", 253)) // no room for a number before its ending
	send(beto, "a."+strings.Repeat("x", 253))
	s.apply()
}

// Nothing said is nothing done; and an event that comes again is known by its ID.
func TestPostsWithoutEffect(t *testing.T) {
	s := newStory(t, "ana")
	s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID})
	s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, File: &chat.File{}})
	s.tell(beto, chat.MessagePosted{Conversation: chat.LobbyID, Text: "who is not known"})
	s.apply()
	first := s.event(ana, chat.MessagePosted{Conversation: chat.LobbyID, File: &chat.File{Name: "a"}})
	s.envelope(chat.Envelope{Events: []chat.Event{first}})
	s.tell(ana, chat.FileRenamed{Conversation: chat.LobbyID, Message: chat.MessageID(first.ID), Name: "b"})
	s.envelope(chat.Envelope{Events: []chat.Event{first}})
	s.apply()
	page, err := s.m.Page(t.Context(), chat.LobbyID, chat.PageQuery{Limit: 10})
	if err != nil || len(page.Messages) != 1 || page.Messages[0].File.Name != "b" {
		t.Errorf("the page is %+v, %v", page.Messages, err)
	}
}

// A window on a talk that nobody has written in opens empty, as of now.
func TestATalkNobodyHasWrittenInHasAnEmptyPage(t *testing.T) {
	s := newStory(t, "ana", "beto")
	page, err := s.m.Page(t.Context(), chat.TalkID(ana, beto), chat.PageQuery{Limit: 10})
	if err != nil || len(page.Messages) != 0 || page.More || page.AsOf != chat.PositionAt(3, 0) {
		t.Errorf("the page is %+v, %v", page, err)
	}
}

// On start the server compares what the model remembers with the log.
func TestAModelRemembersItsLog(t *testing.T) {
	s := newStory(t, "ana")
	s.tell(ana, chat.Unknown{Kind: "moon.risen", Version: 1}, chat.Unknown{Kind: "message.posted", Version: 2})
	s.put(ana, chat.SettingsSlot, "{}")
	s.apply()
	log := chat.LogIdentity{Created: time.Unix(1_800_000_000, 123).UTC()}
	for range 2 {
		if err := s.m.Bind(t.Context(), log, 0); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.m.Origin(t.Context())
	want := readmodel.Origin{Created: log.Created, Seq: 3, Digest: [8]byte{3}, Shelf: 1, Skipped: 2}
	if err != nil || got != want {
		t.Errorf("it remembers %+v, %v, want %+v", got, err, want)
	}
	log.Created = log.Created.Add(1)
	if err := s.m.Bind(t.Context(), log, 0); err == nil {
		t.Error("it was bound to another log")
	}
}

func TestAClosedModelIsUnavailable(t *testing.T) {
	s := newStory(t, "ana")
	for range 2 {
		if err := s.m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.m.Person(t.Context(), ana)
	_, applied := s.m.Apply(t.Context(), chat.Batch{})
	for _, err := range []error{err, applied, s.m.Bind(t.Context(), chat.LogIdentity{}, 0)} {
		if chat.CodeOf(err) != chat.Unavailable {
			t.Errorf("it says %v", err)
		}
	}
}

// What a follower got is theirs to keep: nothing that happens later changes it.
func TestChangesAreNeverChanged(t *testing.T) {
	s := newStory(t, "ana", "beto")
	message := s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, File: &chat.File{Name: "a"}})
	changes := s.apply()
	posted := changes[len(changes)-1].Message
	s.tell(ana, chat.FileRenamed{Conversation: chat.LobbyID, Message: message, Name: "b"}, chat.MessageRetracted{Conversation: chat.LobbyID, Message: message})
	renamed := s.apply()[0].Message
	if posted.Retracted || posted.File.Name != "a" || renamed.Retracted || renamed.File.Name != "b" {
		t.Errorf("what was told is now %+v and %+v", posted, renamed)
	}
}
