package chattest

import (
	"testing"

	"charla/server/chat"
)

var membershipStories = map[string]func(*testing.T, *stage){
	"everybody is in the lobby": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.wantMembers(chat.LobbyID, "ana", "beto")
		c := s.sees("ana", chat.LobbyID)
		if c.Kind != chat.Room || c.Handle != "lobby" || c.Title != "lobby" || !c.Exists || !c.Member || c.Members != 2 {
			t.Errorf("ana sees the lobby as %+v", c)
		}
	},
	"a room for everyone takes who is there": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := chat.NewID[chat.Conversation]()
		s.happen(event(chat.UserID{}, chat.RoomOpened{Conversation: id, Name: "plaza", Everyone: true}))
		s.wantTold("joined ana", "joined beto", "entered ana", "entered beto")
		s.claim("eva")
		s.wantMembers(id, "ana", "beto", "eva")
	},
	"a room is seen from outside": func(t *testing.T, s *stage) {
		s.claim("ana")
		id := chat.NewID[chat.Conversation]()
		s.happen(event(chat.UserID{}, chat.RoomOpened{Conversation: id, Name: "plaza"}))
		if c := s.sees("ana", id); c.Member || c.Left != 0 || c.Handle != "plaza" {
			t.Errorf("ana sees it as %+v", c)
		}
		if c := must(s.view.ByHandle(t.Context(), s.id("ana"), "plaza"))(t); c.ID != id {
			t.Errorf("the handle finds %+v", c)
		}
		s.happen(event(s.id("ana"), chat.MessagePosted{Conversation: id, Text: "let me in"}))
		s.wantTold()
	},
	"a talk is opened once": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.talk("ana", "beto")
		s.say("ana", id, "hola")
		s.talk("beto", "ana")
		s.wantTold()
		s.wantTexts(id, "hola")
		a, b := s.sees("ana", id), s.sees("beto", id)
		if a.Handle != "beto" || a.Peer != s.id("beto") || b.Handle != "ana" || b.Peer != s.id("ana") || a.Members != 2 || a.Kind != chat.Talk || a.Title != "beto" {
			t.Errorf("ana sees %+v, beto %+v", a, b)
		}
	},
	"a talk tells both that they are in it": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.talk("ana", "beto")
		entered := map[chat.UserID]int{}
		for _, c := range s.told {
			if c.Kind == chat.Entered && c.Conversation == id {
				entered[c.User]++
			}
		}
		if len(entered) != 2 || entered[s.id("ana")] != 1 || entered[s.id("beto")] != 1 {
			t.Errorf("told %+v, want that both entered", s.told)
		}
	},
	"a talk has the ID of its pair": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := chat.NewID[chat.Conversation]()
		s.happen(event(s.id("ana"), chat.TalkOpened{Conversation: id, Lo: s.id("ana"), Hi: s.id("beto")}))
		s.wantTold()
		_, err := s.view.Conversation(t.Context(), s.id("ana"), id)
		wantCode(t, err, chat.NoConversation)
	},
	"nobody talks with nobody": func(t *testing.T, s *stage) {
		s.claim("ana")
		id := s.talk("ana", "ghost")
		s.wantTold()
		s.happen(event(s.id("ana"), chat.MessagePosted{Conversation: id, Text: "hola"}))
		s.wantTold()
	},
	"notes are a talk with oneself": func(t *testing.T, s *stage) {
		s.claim("ana")
		id := s.talk("ana", "ana")
		s.say("ana", id, "leche")
		s.wantMembers(id, "ana")
		if c := s.sees("ana", id); c.Handle != chat.Notes || c.Peer != s.id("ana") || !c.Member || c.Members != 1 || c.Unread != 0 {
			t.Errorf("ana sees her notes as %+v", c)
		}
		s.wantHandles("ana", "lobby", "notes")
	},
	"a talk is listed once it has a message": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.talk("ana", "beto")
		s.wantHandles("beto", "lobby")
		s.say("ana", id, "hola")
		s.wantHandles("beto", "lobby", "ana")
		if c := s.sees("beto", id); c.Unread != 1 || c.LastN != 1 || c.Last == nil || c.Last.Text != "hola" {
			t.Errorf("beto sees %+v", c)
		}
	},
	"a group has an owner and members": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.group("Familia Peña", "ana", "beto")
		s.wantTold("joined ana", "entered ana", "joined beto", "entered beto")
		if c := s.sees("beto", id); c.Kind != chat.Group || c.Title != "Familia Peña" || c.Handle != "familia-pena" || c.Members != 2 || c.Version != s.at() || !c.Member {
			t.Errorf("beto sees %+v", c)
		}
		if m := s.member("ana", id); m.Role != chat.RoleOwner || m.Since != s.at() {
			t.Errorf("ana is %+v, want the owner since %d", m, s.at())
		}
		if m := s.member("beto", id); m.Role == chat.RoleOwner {
			t.Error("beto owns it too")
		}
		_, err := s.view.Conversation(t.Context(), s.id("eva"), id)
		wantCode(t, err, chat.NoConversation)
		_, err = s.view.ByHandle(t.Context(), s.id("eva"), "familia-pena")
		wantCode(t, err, chat.NoConversation)
	},
	"a group's members are people, once each": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto", "beto", "ghost", "ana")
		s.wantMembers(id, "ana", "beto")
	},
	"an ID is one group's": func(t *testing.T, s *stage) {
		s.claim("ana", "thief")
		id := s.group("pandilla", "ana")
		s.happen(event(s.id("thief"), chat.GroupCreated{Conversation: id, Title: "mine", Members: []chat.UserID{s.id("thief")}}))
		s.wantTold()
		s.wantMembers(id, "ana")
	},
	"a member brings newcomers in": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.group("pandilla", "ana", "beto")
		s.add("beto", id, "eva", "ana", "ghost")
		s.wantTold("joined eva", "entered eva")
		s.wantMembers(id, "ana", "beto", "eva")
		if c := s.sees("ana", id); c.Version != s.at() || c.Members != 3 {
			t.Errorf("ana sees %+v, want version %d", c, s.at())
		}
		if m := s.member("ana", id); m.Role != chat.RoleOwner {
			t.Error("ana owns it no more")
		}
	},
	"a stranger brings nobody in": func(t *testing.T, s *stage) {
		s.claim("ana", "thief")
		id := s.group("pandilla", "ana")
		s.add("thief", id, "thief")
		s.wantTold()
		s.wantMembers(id, "ana")
		// The log's subject has moved on all the same.
		if c := s.sees("ana", id); c.Version != s.at() {
			t.Errorf("the version is %d, want %d: else nobody could ever decide again", c.Version, s.at())
		}
	},
	"nobody is brought into a talk or a room, and a talk is not left": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.talk("ana", "beto")
		s.add("ana", id, "eva")
		s.wantTold()
		s.leave("ana", id)
		s.wantTold()
		s.wantMembers(id, "ana", "beto")
		plaza := s.room("plaza", "ana")
		s.add("ana", plaza, "eva")
		s.wantTold()
	},
	"who leaves reads up to then": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.say("ana", id, "one")
		s.say("ana", id, "two")
		s.leave("beto", id)
		s.wantTold("left beto", "exited beto")
		s.say("ana", id, "three")
		c := s.sees("beto", id)
		if c.Member || c.Left != 2 || c.LastN != 2 || c.Last == nil || c.Last.Text != "two" {
			t.Errorf("beto sees %+v, want what there was when he left", c)
		}
		s.wantHandles("beto", "lobby")
		if c, err := s.view.ByHandle(t.Context(), s.id("beto"), "pandilla"); err != nil || c.ID != id {
			t.Errorf("beto finds %+v, %v, want what he left", c, err)
		}
		if c := s.sees("ana", id); c.Members != 1 {
			t.Errorf("%d are in it, want 1", c.Members)
		}
	},
	"who leaves before the first word reads nothing": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.leave("beto", id)
		s.say("ana", id, "secret")
		if c := s.sees("beto", id); c.Member || c.Left != 0 || c.LastN != 0 || c.Last != nil || c.Unread != 0 {
			t.Errorf("beto sees %+v, want nothing", c)
		}
	},
	"who left says and does nothing": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.group("pandilla", "ana", "beto")
		s.leave("beto", id)
		s.say("beto", id, "and another thing")
		s.wantTold()
		s.add("beto", id, "eva")
		s.wantTold()
		s.leave("beto", id)
		s.wantTold()
	},
	"who comes back is a member again": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("pandilla", "ana", "beto")
		s.leave("beto", id)
		s.say("ana", id, "meanwhile")
		s.add("ana", id, "beto")
		s.wantTold("joined beto", "entered beto")
		if c := s.sees("beto", id); !c.Member || c.Left != 0 || c.LastN != 1 || c.Handle != "pandilla" {
			t.Errorf("beto sees %+v", c)
		}
		if m := s.member("beto", id); m.Since != s.at() || m.Role == chat.RoleOwner {
			t.Errorf("beto is %+v", m)
		}
	},
}

var handleStories = map[string]func(*testing.T, *stage){
	"two groups of one title differ for who is in both": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.group("Familia", "ana")
		s.group("Familia", "beto", "ana")
		s.group("familia!", "ana")
		s.wantHandles("ana", "lobby", "familia", "familia-2", "familia-3")
		s.wantHandles("beto", "lobby", "familia")
	},
	"a group never goes by a nick": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.group("Beto", "ana")
		s.wantHandles("ana", "lobby", "beto-2")
	},
	"a group never goes by a room's name": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.group("Lobby", "ana")
		s.wantHandles("ana", "lobby", "grupo-lobby")
	},
	"a group never goes by the name of the notes": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.group("Notes", "ana")
		s.wantHandles("ana", "lobby", "grupo-notes")
	},
	"a handle skips what is a nick": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "beto-2")
		s.group("Beto", "ana")
		s.wantHandles("ana", "lobby", "beto-3")
	},
	"a new nick moves the handles in its way": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("Eva", "ana", "beto")
		s.group("Eva", "beto")
		s.wantHandles("beto", "lobby", "eva", "eva-2")
		s.claim("eva")
		s.wantTold("claimed eva", "joined eva", "entered eva", "entered ana", "entered beto")
		for _, c := range s.told {
			if c.User == s.id("ana") && (c.Kind != chat.Entered || c.Conversation != id || c.Position != s.at()) {
				t.Errorf("ana is told %+v, want that she entered what she calls otherwise now", c)
			}
		}
		if c := s.sees("ana", id); c.Handle != "eva-2" {
			t.Errorf("ana calls it %q, want eva-2", c.Handle)
		}
		s.wantHandles("beto", "lobby", "eva-2", "eva-3")
		_, err := s.view.ByHandle(t.Context(), s.id("ana"), "eva")
		wantCode(t, err, chat.NoConversation)
	},
	"a new room moves the handles in its way": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.group("Plaza", "ana")
		s.happen(event(chat.UserID{}, chat.RoomOpened{Conversation: chat.NewID[chat.Conversation](), Name: "plaza", Everyone: true}))
		s.wantTold("entered ana", "joined ana", "entered ana")
		s.wantHandles("ana", "lobby", "plaza", "plaza-2")
	},
	"a new nick moves the handle of what was left": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		id := s.group("Eva", "ana", "beto")
		s.leave("beto", id)
		s.claim("eva")
		// Not beto: whoever is told of entering follows what is said there.
		s.wantTold("claimed eva", "joined eva", "entered eva", "entered ana")
		if c := s.sees("beto", id); c.Handle != "eva-2" {
			t.Errorf("beto calls it %q, want eva-2", c.Handle)
		}
	},
	"a group that gave way is found by what it was called, by who is in it": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "dan")
		moved := func(who string, was, want chat.Handle) {
			t.Helper()
			if got := must(s.view.Moved(t.Context(), s.id(who), was))(t); got != want {
				t.Errorf("what was %s for %s is %q, want %q", was, who, got, want)
			}
		}
		id, own := s.group("Eva", "ana", "beto"), s.group("Dan", "ana")
		moved("ana", "eva", "")
		s.claim("eva", "eva-2")
		s.happen(event(chat.UserID{}, chat.RoomOpened{Conversation: chat.NewID[chat.Conversation](), Name: "dan-2"}))
		for _, who := range []string{"ana", "beto"} {
			moved(who, "eva", "eva-2-2")
			moved(who, "eva-2", "eva-2-2")
			moved(who, "eva-2-2", "")
		}
		moved("ana", "dan", "") // who was there before
		moved("ana", "dan-2", s.sees("ana", own).Handle)
		moved("eva", "eva", "")
		s.leave("beto", id)
		moved("beto", "eva", "")
		s.add("ana", id, "beto")
		moved("beto", "eva", "eva-2-2")
		title := "Fiesta"
		s.happen(event(s.id("ana"), chat.ConversationChanged{Conversation: id, Title: &title}))
		moved("ana", "eva", "eva-2-2")
	},
	"a title without letters is a group": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.group("🎉🎉", "ana")
		s.group("你好", "ana")
		s.wantHandles("ana", "lobby", "grupo", "grupo-2")
	},
}
