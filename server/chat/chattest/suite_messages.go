package chattest

import (
	"slices"
	"strings"
	"testing"

	"charla/server/chat"
)

var messageStories = map[string]func(*testing.T, *stage){
	"a message is what its author said": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		first := s.say("ana", id, "hola")
		e := event(s.id("beto"), chat.MessagePosted{Conversation: id, Text: "qué tal", ReplyTo: first})
		s.happen(e)
		want := chat.Message{
			ID: chat.MessageID(e.ID), Conversation: id, Number: 2, Position: s.at(), Changed: s.at(),
			From: s.id("beto"), Nick: "beto", At: e.At, Text: "qué tal", ReplyTo: first,
		}
		if len(s.told) != 1 || s.told[0].Kind != chat.Posted || *s.told[0].Message != want || s.told[0].Position != s.at() ||
			s.told[0].Conversation != id || !s.told[0].User.IsZero() {
			t.Errorf("told %+v", s.told)
		}
		got := s.message(want.ID)
		if !got.At.Equal(want.At) {
			t.Errorf("said at %s, want %s", got.At, want.At)
		}
		if got.At = want.At; got != want {
			t.Errorf("the message is %+v, want %+v", got, want)
		}
	},
	"numbers count each conversation in log order": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		talk, group := s.friends("ana", "beto"), s.group("pandilla", "ana", "beto")
		s.happen(
			event(s.id("ana"), chat.MessagePosted{Conversation: talk, Text: "t1"}),
			event(s.id("ana"), chat.MessagePosted{Conversation: group, Text: "g1"}),
			event(s.id("beto"), chat.MessagePosted{Conversation: talk, Text: "t2"}),
		)
		s.wantTold("posted #1 g1", "posted #1 t1", "posted #2 t2")
		s.wantTexts(talk, "t1", "t2")
		s.wantTexts(group, "g1")
	},
	"a message sent again changes nothing": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		e := event(s.id("ana"), chat.MessagePosted{Conversation: id, Text: "hola"})
		s.happen(e)
		e.Body = chat.MessagePosted{Conversation: id, Text: "adiós"}
		s.happen(e)
		s.wantTold()
		e.By = s.id("beto")
		s.happen(e)
		s.wantTold()
		s.wantTexts(id, "hola")
	},
	"a stranger says nothing": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "thief")
		id := s.friends("ana", "beto")
		s.say("thief", id, "boo")
		s.wantTold()
		s.say("ghost", chat.LobbyID, "boo")
		s.wantTold()
		s.say("ana", chat.NewID[chat.Conversation](), "into the void")
		s.wantTold()
	},
	"what one says one has read": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		s.say("ana", id, "one")
		s.say("ana", id, "two")
		if c := s.sees("beto", id); c.Unread != 2 || c.Read != 0 {
			t.Errorf("beto has %d unread after %d, want 2 after 0", c.Unread, c.Read)
		}
		s.say("beto", id, "three")
		if c := s.sees("beto", id); c.Unread != 0 || c.Read != 3 {
			t.Errorf("beto has %d unread after %d, want 0 after 3", c.Unread, c.Read)
		}
		if c := s.sees("ana", id); c.Unread != 1 || c.Read != 2 {
			t.Errorf("ana has %d unread after %d, want 1 after 2", c.Unread, c.Read)
		}
		if m := s.member("beto", id); m.Read != 3 {
			t.Errorf("beto has read up to %d, want 3", m.Read)
		}
	},
	"an author edits": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		m := s.say("ana", id, "hoal")
		was := s.told[0].Message
		s.edit("ana", id, m, "hola")
		s.wantTold("edited #1 hola")
		if got := s.message(m); !got.Edited || got.Changed != s.at() || got.Position == s.at() || got.Number != 1 {
			t.Errorf("the message is %+v", got)
		}
		if was.Text != "hoal" || was.Edited {
			t.Error("what was told before has changed")
		}
		if c := s.sees("beto", id); c.Last.Text != "hola" || c.Changed != s.at() {
			t.Errorf("beto sees %+v", c)
		}
	},
	"nobody else edits or retracts": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		m := s.say("ana", id, "hola")
		s.edit("beto", id, m, "I owe beto 100")
		s.wantTold()
		s.retract("beto", id, m)
		s.wantTold()
		s.rename("beto", id, m, "x")
		s.wantTold()
		s.edit("ana", chat.LobbyID, m, "elsewhere")
		s.wantTold()
		s.edit("ana", id, chat.NewID[chat.Message](), "of nothing")
		s.wantTold()
		s.wantTexts(id, "hola")
	},
	"an author takes back, once and for all": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		m := s.say("ana", id, "ups")
		s.say("ana", id, "hola")
		s.retract("ana", id, m)
		s.wantTold("retracted #1 -")
		if got := s.message(m); !got.Retracted || got.Text != "" || got.Changed != s.at() || got.Number != 1 {
			t.Errorf("the message is %+v", got)
		}
		s.retract("ana", id, m)
		s.wantTold()
		s.edit("ana", id, m, "again")
		s.wantTold()
		s.wantTexts(id, "-", "hola")
	},
}

// fileNames is how the files of a conversation are called, in order.
func (s *stage) fileNames(in chat.ConversationID) (names []string) {
	s.t.Helper()
	for _, m := range must(s.view.Files(s.t.Context(), in))(s.t) {
		names = append(names, m.File.Name)
	}
	return names
}

func (s *stage) wantFiles(in chat.ConversationID, want ...string) {
	s.t.Helper()
	got := s.fileNames(in)
	if !slices.Equal(got, want) {
		s.t.Errorf("the files are %q, want %q", got, want)
	}
	for _, name := range got {
		if m, err := s.view.FileNamed(s.t.Context(), in, name); err != nil || m.File.Name != name {
			s.t.Errorf("the file %q is found as %+v, %v", name, m.File, err)
		}
	}
}

var fileStories = map[string]func(*testing.T, *stage){
	"a file is a message": func(t *testing.T, s *stage) {
		s.claim("ana")
		m := s.file("ana", chat.LobbyID, "foto.jpg", "aa")
		s.wantTold("posted #1 [foto.jpg]")
		want := chat.File{Name: "foto.jpg", Size: 3, Hash: "aa"}
		if got := s.message(m); got.File == nil || *got.File != want || got.Edited {
			t.Errorf("the message is %+v", got)
		}
		s.wantFiles(chat.LobbyID, "foto.jpg")
		_, err := s.view.FileNamed(t.Context(), chat.LobbyID, "foto")
		wantCode(t, err, chat.NoFile)
	},
	"one's own file of that name gets a new version": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		m := s.file("ana", chat.LobbyID, "foto.jpg", "aa")
		s.say("beto", chat.LobbyID, "nice")
		again := s.file("ana", chat.LobbyID, "foto.jpg", "bb")
		s.wantTold("edited #1 [foto.jpg]")
		if got := s.message(m); got.File.Hash != "bb" || !got.Edited || got.Changed != s.at() || got.Number != 1 {
			t.Errorf("the message is %+v", got)
		}
		_, err := s.view.Message(t.Context(), again)
		wantCode(t, err, chat.NoMessage)
		s.wantFiles(chat.LobbyID, "foto.jpg")
		if c := s.sees("ana", chat.LobbyID); c.LastN != 2 {
			t.Errorf("the last number is %d, want 2", c.LastN)
		}
	},
	"a name that another has is counted up": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		s.file("ana", chat.LobbyID, "foto.jpg", "aa")
		two := s.file("beto", chat.LobbyID, "foto.jpg", "bb")
		s.wantTold("posted #2 [foto (2).jpg]")
		s.file("eva", chat.LobbyID, "foto.jpg", "cc")
		s.wantTold("posted #3 [foto (3).jpg]")
		s.file("beto", chat.LobbyID, "foto.jpg", "dd")
		s.wantTold("edited #2 [foto (2).jpg]")
		s.file("ana", chat.LobbyID, "LEEME", "aa")
		s.file("beto", chat.LobbyID, "LEEME", "bb")
		s.wantFiles(chat.LobbyID, "LEEME", "LEEME (2)", "foto (2).jpg", "foto (3).jpg", "foto.jpg")
		if m := must(s.view.FileOf(t.Context(), chat.LobbyID, s.id("beto"), "foto.jpg"))(t); m.ID != two || m.File.Hash != "dd" {
			t.Errorf("beto's foto.jpg became %+v", m)
		}
		_, err := s.view.FileOf(t.Context(), chat.LobbyID, s.id("eva"), "LEEME")
		wantCode(t, err, chat.NoFile)
	},
	"a file is found behind any gap in the numbers": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.file("ana", chat.LobbyID, "a.txt", "aa")
		far := s.file("beto", chat.LobbyID, "a (1000).txt", "bb")
		if m, err := s.view.FileOf(t.Context(), chat.LobbyID, s.id("beto"), "a.txt"); err != nil || m.ID != far {
			t.Errorf("beto's a.txt is %+v, %v", m, err)
		}
		near := s.file("beto", chat.LobbyID, "a.txt", "cc")
		if m, err := s.view.FileOf(t.Context(), chat.LobbyID, s.id("beto"), "a.txt"); err != nil || m.ID != near {
			t.Errorf("beto's a.txt is %+v, %v, want the first", m, err)
		}
	},
	"a name without room for a number loses its end": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		for _, name := range []string{strings.Repeat("x", chat.MaxFileName-4) + ".txt", "a." + strings.Repeat("x", chat.MaxFileName-2), strings.Repeat("x", chat.MaxFileName-4) + " (2)"} {
			first := s.file("ana", chat.LobbyID, name, "aa")
			second := s.message(s.file("beto", chat.LobbyID, name, "bb"))
			if len(second.File.Name) > chat.MaxFileName || second.File.Name == name {
				t.Errorf("beto's %s is called %s", name, second.File.Name)
			}
			if m, err := s.view.FileOf(t.Context(), chat.LobbyID, s.id("beto"), name); err != nil || m.ID != second.ID || m.ID == first {
				t.Errorf("beto's %s is %+v, %v", name, m, err)
			}
		}
	},
	"each conversation has its own names": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.friends("ana", "beto")
		s.file("ana", chat.LobbyID, "a.txt", "aa")
		s.file("beto", id, "a.txt", "bb")
		s.wantTold("posted #1 [a.txt]")
	},
	"taking back frees the name": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		m := s.file("ana", chat.LobbyID, "a.txt", "aa")
		s.retract("ana", chat.LobbyID, m)
		s.wantFiles(chat.LobbyID)
		if got := s.message(m); got.File != nil {
			t.Errorf("the message still has the file %+v", got.File)
		}
		s.file("beto", chat.LobbyID, "a.txt", "bb")
		s.wantTold("posted #2 [a.txt]")
	},
	"a rename": func(t *testing.T, s *stage) {
		s.claim("ana")
		m := s.file("ana", chat.LobbyID, "a.txt", "aa")
		s.rename("ana", chat.LobbyID, m, "b.txt")
		s.wantTold("edited #1 [b.txt]")
		s.wantFiles(chat.LobbyID, "b.txt")
		if got := s.message(m); got.Changed != s.at() || got.File.Hash != "aa" {
			t.Errorf("the message is %+v", got)
		}
	},
	"a rename onto one's own file replaces it": func(t *testing.T, s *stage) {
		s.claim("ana")
		a, b := s.file("ana", chat.LobbyID, "a.txt", "aa"), s.file("ana", chat.LobbyID, "b.txt", "bb")
		s.rename("ana", chat.LobbyID, a, "b.txt")
		s.wantTold("edited #1 [b.txt]", "retracted #2 -")
		if got := s.message(b); !got.Retracted {
			t.Errorf("what was replaced is %+v", got)
		}
		if m := must(s.view.FileNamed(t.Context(), chat.LobbyID, "b.txt"))(t); m.File.Hash != "aa" {
			t.Errorf("b.txt is %+v", m.File)
		}
	},
	"a rename onto another's file is counted up": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		a := s.file("ana", chat.LobbyID, "a.txt", "aa")
		s.file("beto", chat.LobbyID, "b.txt", "bb")
		s.rename("ana", chat.LobbyID, a, "b.txt")
		s.wantTold("edited #1 [b (2).txt]")
		s.wantFiles(chat.LobbyID, "b (2).txt", "b.txt")
	},
	"words are no file": func(t *testing.T, s *stage) {
		s.claim("ana")
		m := s.say("ana", chat.LobbyID, "hola")
		s.rename("ana", chat.LobbyID, m, "hola.txt")
		s.wantTold()
	},
	"a blob lives as long as a message names it": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		has := func(hash string, want bool) {
			t.Helper()
			if got := must(s.view.HasBlob(t.Context(), hash))(t); got != want {
				t.Errorf("the blob %s is named: %t, want %t", hash, got, want)
			}
		}
		has("aa", false)
		m := s.file("ana", chat.LobbyID, "a.txt", "aa")
		other := s.file("beto", chat.LobbyID, "b.txt", "aa")
		s.retract("ana", chat.LobbyID, m)
		has("aa", true)
		s.file("beto", chat.LobbyID, "b.txt", "bb")
		has("aa", false)
		has("bb", true)
		s.retract("beto", chat.LobbyID, other)
		has("bb", false)
	},
}

var readingStories = map[string]func(*testing.T, *stage){
	"a page of history": func(t *testing.T, s *stage) {
		s.claim("ana")
		for _, text := range []string{"1", "2", "3", "4", "5"} {
			s.say("ana", chat.LobbyID, text)
		}
		for _, c := range []struct {
			q    chat.PageQuery
			want string
			more bool
		}{
			{chat.PageQuery{Limit: 2}, "45", true},
			{chat.PageQuery{Limit: 5}, "12345", false},
			{chat.PageQuery{Limit: 9}, "12345", false},
			{chat.PageQuery{Limit: 2, Before: 4}, "23", true},
			{chat.PageQuery{Limit: 3, Before: 4}, "123", false},
			{chat.PageQuery{Limit: 3, Before: 1}, "", false},
			{chat.PageQuery{Limit: 3, Before: 99}, "345", true},
			{chat.PageQuery{Limit: 2, After: 1}, "23", true},
			{chat.PageQuery{Limit: 4, After: 1}, "2345", false},
			{chat.PageQuery{Limit: 4, After: 5}, "", false},
			{chat.PageQuery{Limit: 2, Upto: 3}, "23", true},
			{chat.PageQuery{Limit: 9, Upto: 3, Before: 9}, "123", false},
			{chat.PageQuery{Limit: 2, Upto: 3, After: 1}, "23", false},
			{chat.PageQuery{Limit: 2, Upto: 3, After: 3}, "", false},
		} {
			page := must(s.view.Page(t.Context(), chat.LobbyID, c.q))(t)
			got := ""
			for _, m := range page.Messages {
				got += m.Text
			}
			if got != c.want || page.More != c.more {
				t.Errorf("%+v gives %q, more: %t; want %q, more: %t", c.q, got, page.More, c.want, c.more)
			}
		}
	},
	"conversations are listed newest change first": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		b, e := s.friends("ana", "beto"), s.friends("ana", "eva")
		m := s.say("beto", b, "hola")
		s.say("eva", e, "hola")
		s.say("beto", chat.LobbyID, "hola")
		s.edit("beto", b, m, "hola!")
		all, _, err := s.view.Conversations(t.Context(), s.id("ana"))
		if err != nil {
			t.Fatal(err)
		}
		var got []chat.Handle
		for _, c := range all {
			got = append(got, c.Handle)
		}
		if want := []chat.Handle{"beto", "lobby", "eva"}; !slices.Equal(got, want) {
			t.Errorf("listed %q, want %q", got, want)
		}
		if all, _, err := s.view.Conversations(t.Context(), s.id("ghost")); len(all) != 0 || err != nil {
			t.Errorf("nobody is in %+v, %v", all, err)
		}
	},
	"a newcomer to a room moves it in nobody's list": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.say("ana", chat.LobbyID, "hola")
		said := s.at()
		s.say("ana", s.friends("ana", "beto"), "hola")
		s.claim("eva")
		if c := s.sees("ana", chat.LobbyID); c.Changed != said || c.Members != 3 {
			t.Errorf("ana sees the lobby as %+v, want changed at %d", c, said)
		}
		if all, _, err := s.view.Conversations(t.Context(), s.id("ana")); err != nil || len(all) != 2 || all[0].Handle != "beto" {
			t.Errorf("listed %+v, %v, want beto first", all, err)
		}
	},
	"who joins or leaves a group moves it in its members' lists": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.group("pandilla", "ana", "beto")
		s.say("ana", chat.LobbyID, "hola")
		s.add("ana", id, "eva")
		if c := s.sees("ana", id); c.Changed != s.at() {
			t.Errorf("changed at %d by who joined, want %d", c.Changed, s.at())
		}
		s.leave("eva", id)
		if c := s.sees("ana", id); c.Changed != s.at() {
			t.Errorf("changed at %d by who left, want %d", c.Changed, s.at())
		}
	},
	"what was posted since": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		talk, group := s.friends("ana", "beto"), s.group("pandilla", "ana", "beto")
		s.say("ana", talk, "old")
		start := s.at()
		s.say("ana", talk, "1")
		s.say("eva", chat.LobbyID, "2")
		middle := s.at()
		s.say("beto", group, "3")
		last := s.at()
		s.talk("ana", "eva") // no message, but the view is further
		since := func(who string, after chat.Position, where []chat.ConversationID, limit int, want string, upto chat.Position) {
			t.Helper()
			found, to, err := s.view.Since(t.Context(), s.id(who), after, where, limit)
			got := ""
			for _, m := range found {
				got += m.Text
			}
			if got != want || to != upto || err != nil {
				t.Errorf("%s is told %q up to %d, %v; want %q up to %d", who, got, to, err, want, upto)
			}
		}
		since("beto", start, nil, 9, "123", s.at())
		since("beto", start, nil, 3, "123", last)
		since("beto", start, nil, 2, "12", middle)
		since("beto", middle, nil, 9, "3", s.at())
		since("beto", start, []chat.ConversationID{group, talk}, 9, "13", s.at())
		since("eva", start, nil, 9, "2", s.at())
		since("eva", start, []chat.ConversationID{group}, 9, "", s.at())
		s.leave("beto", group)
		since("beto", start, nil, 9, "12", s.at())
	},
	"what is not there is not found": func(t *testing.T, s *stage) {
		s.claim("ana")
		id := chat.NewID[chat.Conversation]()
		_, err := s.view.Conversation(t.Context(), s.id("ana"), id)
		wantCode(t, err, chat.NoConversation)
		_, err = s.view.ByHandle(t.Context(), s.id("ana"), "nada")
		wantCode(t, err, chat.NoConversation)
		_, err = s.view.Message(t.Context(), chat.NewID[chat.Message]())
		wantCode(t, err, chat.NoMessage)
		_, err = s.view.FileNamed(t.Context(), chat.LobbyID, "nada")
		wantCode(t, err, chat.NoFile)
		if v, err := s.view.Value(t.Context(), s.id("ana"), chat.SettingsSlot); v != nil || err != nil {
			t.Errorf("an empty slot holds %q, %v", v, err)
		}
	},
}
