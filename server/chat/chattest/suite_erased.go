package chattest

import (
	"testing"

	"charla/server/chat"
)

// sayErased is a message whose words are not in the log any more.
func (s *stage) sayErased(who string, in chat.ConversationID) chat.MessageID {
	s.t.Helper()
	e := event(s.id(who), chat.MessagePosted{Conversation: in, Erased: true})
	s.happen(e)
	return chat.MessageID(e.ID)
}

var erasedStories = map[string]func(*testing.T, *stage){
	"a message keeps its number without its words": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.talk("ana", "beto")
		m := s.sayErased("ana", id)
		s.wantTold("posted #1 -")
		s.say("beto", id, "what was that?")
		s.retract("ana", id, m)
		s.wantTold("retracted #1 -")
		if got := s.message(m); !got.Retracted || got.Edited || got.Changed != s.at() || got.Number != 1 {
			t.Errorf("the message is %+v", got)
		}
		if c := s.sees("beto", id); c.Changed != s.at() || c.LastN != 2 {
			t.Errorf("beto sees %+v", c)
		}
		s.retract("ana", id, m)
		s.wantTold()
		s.edit("ana", id, m, "again")
		s.wantTold()
		s.wantTexts(id, "-", "what was that?")
	},
	"words that come later bring it back": func(t *testing.T, s *stage) {
		s.claim("ana")
		m := s.sayErased("ana", chat.LobbyID)
		s.happen(event(s.id("ana"), chat.MessageEdited{Conversation: chat.LobbyID, Message: m, Erased: true}))
		s.wantTold("edited #1 -")
		s.edit("ana", chat.LobbyID, m, "the last words")
		s.wantTold("edited #1 the last words")
		if got := s.message(m); got.Retracted || !got.Edited {
			t.Errorf("the message is %+v", got)
		}
		if found := must(s.view.Search(t.Context(), chat.TermQuery{Terms: []string{"last"}, In: []chat.Extent{{ID: chat.LobbyID}}, Limit: 9}))(t); len(found) != 1 {
			t.Errorf("%d messages are found", len(found))
		}
		s.retract("ana", chat.LobbyID, m)
		s.wantTexts(chat.LobbyID, "-")
	},
	"nobody else brings it back, and no stranger's is one": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "thief")
		id := s.talk("ana", "beto")
		s.sayErased("thief", id)
		s.wantTold()
		m := s.sayErased("ana", id)
		s.edit("beto", id, m, "I owe beto 100")
		s.wantTold()
		s.retract("beto", id, m)
		s.wantTold()
		s.happen(event(s.id("beto"), chat.MessagePosted{Conversation: id, Erased: true, Version: m}))
		s.wantTold()
		s.wantTexts(id, "-")
	},
	"a file's version and its new name are no messages": func(t *testing.T, s *stage) {
		s.claim("ana")
		m := s.sayErased("ana", chat.LobbyID)
		other := s.sayErased("ana", chat.LobbyID)
		s.happen(event(s.id("ana"), chat.MessagePosted{Conversation: chat.LobbyID, Erased: true, Version: m}))
		s.wantTold("edited #1 -")
		s.happen(event(s.id("ana"), chat.FileRenamed{Conversation: chat.LobbyID, Message: m, Erased: true, Replaced: other}))
		s.wantTold("edited #1 -", "retracted #2 -")
		s.retract("ana", chat.LobbyID, m)
		s.wantTold("retracted #1 -")
		s.wantFiles(chat.LobbyID)
		s.wantTexts(chat.LobbyID, "-", "-")
	},
	"a file that replaced an erased one": func(t *testing.T, s *stage) {
		s.claim("ana")
		old := s.sayErased("ana", chat.LobbyID)
		m := s.file("ana", chat.LobbyID, "a.txt", "aa")
		s.happen(event(s.id("ana"), chat.FileRenamed{Conversation: chat.LobbyID, Message: m, Name: "b.txt", Replaced: old}))
		s.wantTold("edited #2 [b.txt]", "retracted #1 -")
		s.wantFiles(chat.LobbyID, "b.txt")
	},
	"a file keeps its bytes without the words it came with": func(t *testing.T, s *stage) {
		s.claim("ana")
		e := event(s.id("ana"), chat.MessagePosted{Conversation: chat.LobbyID, File: &chat.File{Name: "a.txt", Size: 3, Hash: "aa"}, Erased: true})
		s.happen(e)
		s.wantTold("posted #1 [a.txt]")
		s.happen(event(s.id("ana"), chat.MessageEdited{Conversation: chat.LobbyID, Message: chat.MessageID(e.ID), Erased: true}))
		s.wantTold("edited #1 [a.txt]")
		s.wantFiles(chat.LobbyID, "a.txt")
	},
	"what says nothing and is not marked is nothing": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.say("ana", chat.LobbyID, "")
		s.wantTold()
		m := s.say("ana", chat.LobbyID, "hola")
		s.edit("ana", chat.LobbyID, m, "")
		s.wantTold()
		f := s.file("ana", chat.LobbyID, "a.txt", "aa")
		s.rename("ana", chat.LobbyID, f, "")
		s.wantTold()
		s.file("ana", chat.LobbyID, "", "aa")
		s.wantTold()
		s.wantTexts(chat.LobbyID, "hola", "[a.txt]")
	},
}
