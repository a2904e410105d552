package chattest

import (
	"testing"
	"time"

	"charla/server/chat"
)

// room opens one that is by's.
func (s *stage) room(name chat.Nick, by string) chat.ConversationID {
	s.t.Helper()
	id := chat.NewID[chat.Conversation]()
	s.happen(event(s.id(by), chat.RoomOpened{Conversation: id, Name: name, Topic: "about " + string(name)}))
	return id
}

func (s *stage) enter(who string, room chat.ConversationID) {
	s.t.Helper()
	s.happen(event(s.id(who), chat.RoomJoined{Conversation: room}))
}

var roomStories = map[string]func(*testing.T, *stage){
	"who opens a room owns it, and others come in": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.room("plaza", "ana")
		s.wantTold("joined ana", "entered ana")
		if c := s.sees("beto", id); c.Member || c.Topic != "about plaza" || c.Members != 1 || c.Version != 0 || c.Role != "" {
			t.Errorf("beto sees %+v, want a room of which nothing was decided yet", c)
		}
		s.say("ana", id, "hola")
		s.enter("beto", id)
		s.wantTold("joined beto", "entered beto")
		if c := s.sees("beto", id); !c.Member || c.Role != plain || c.Unread != 0 || c.Version != 0 {
			t.Errorf("beto sees %+v", c)
		}
		s.enter("beto", id)
		s.wantTold()
		s.enter("ghost", id)
		s.wantTold()
		s.wantRoles(id, map[string]chat.Role{"ana": owner, "beto": plain})
	},
	"a stranger opens no room": func(t *testing.T, s *stage) {
		s.claim("ana")
		id := s.room("plaza", "ghost")
		_, err := s.view.Conversation(t.Context(), s.id("ana"), id)
		wantCode(t, err, chat.NoConversation)
		s.wantName("plaza", s.seq, false)
	},
	"nobody comes into a group or a talk by themselves": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		for _, id := range []chat.ConversationID{s.group("pandilla", "ana"), s.talk("ana", "beto")} {
			s.enter("eva", id)
			s.wantTold()
		}
	},
	"rooms are left and entered again, the lobby too": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.say("ana", chat.LobbyID, "hola")
		s.leave("beto", chat.LobbyID)
		s.wantTold("left beto", "exited beto")
		s.wantRoles(chat.LobbyID, map[string]chat.Role{"ana": plain}) // nobody owned it, so nobody inherits
		s.say("ana", chat.LobbyID, "gone")
		c := s.sees("beto", chat.LobbyID)
		if c.Member || c.Left != 0 || c.LastN != 2 || c.Last == nil || c.Unread != 0 || c.Version == 0 {
			t.Errorf("beto sees %+v, want what anybody sees of a room", c)
		}
		s.wantHandles("beto")
		if left := must(s.view.Departed(t.Context(), s.id("beto"), 9))(t); len(left) != 0 {
			t.Errorf("beto has left %+v, want nothing: he may come back", left)
		}
		s.enter("beto", chat.LobbyID)
		s.wantTold("joined beto", "entered beto")
		if c := s.sees("beto", chat.LobbyID); !c.Member || c.Unread != 0 || c.LastN != 2 {
			t.Errorf("beto sees %+v", c)
		}
	},
	"who is put out of a room stays out until brought back": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		id := s.room("plaza", "ana")
		s.enter("beto", id)
		s.enter("eva", id)
		s.say("beto", id, "insults")
		s.remove("eva", id, "beto")
		s.wantTold()
		s.remove("ana", id, "beto")
		s.wantTold("left beto", "exited beto")
		s.enter("beto", id)
		s.wantTold()
		s.say("ana", id, "quiet")
		if c := s.sees("beto", id); c.Member || !c.Barred || c.Left != 1 || c.LastN != 1 {
			t.Errorf("beto sees %+v, want up to when he was put out", c)
		}
		if seat := must(s.view.Seat(t.Context(), s.id("beto"), id))(t); !seat.Barred || seat.Left != 1 {
			t.Errorf("his seat is %+v", seat)
		}
		s.add("eva", id, "beto")
		s.wantTold()
		s.block("beto", "ana")
		s.add("ana", id, "beto")
		s.wantTold("joined beto", "entered beto")
		s.wantMembers(id, "ana", "beto", "eva")
	},
	"a room keeps its name": func(t *testing.T, s *stage) {
		s.claim("ana")
		id := s.room("plaza", "ana")
		s.alter("ana", id, chat.ConversationChanged{Title: new("calle")})
		s.wantTold()
		s.alter("ana", id, chat.ConversationChanged{Topic: new("toros"), Slow: new(time.Minute)})
		s.wantTold("revised")
		if c := s.sees("ana", id); c.Title != "plaza" || c.Topic != "toros" || c.Slow != time.Minute || c.Version != s.at() {
			t.Errorf("ana sees %+v", c)
		}
	},
	"who looks after the server gives a room without an owner its first": func(t *testing.T, s *stage) {
		s.claim("ana", "beto", "eva")
		s.happen(event(chat.UserID{}, chat.RankGiven{User: s.id("ana"), Rank: chat.RankAdmin}))
		s.give("beto", chat.LobbyID, "beto", owner)
		s.wantTold()
		s.give("ana", chat.LobbyID, "beto", admin)
		s.wantTold()
		s.give("ana", chat.LobbyID, "eva", owner)
		if log := must(s.view.Audit(t.Context(), 0, 1))(t); len(log) != 1 || log[0].Kind != "role.given" || log[0].User != s.id("eva") || log[0].Subject != "lobby" {
			t.Errorf("the audit tells %+v", log)
		}
		s.wantTold("revised")
		s.give("ana", chat.LobbyID, "ana", owner)
		s.wantTold()
		id := s.group("pandilla", "beto", "ana")
		s.give("ana", id, "ana", owner)
		s.wantTold()
		s.wantRoles(chat.LobbyID, map[string]chat.Role{"ana": plain, "beto": plain, "eva": owner})
	},
	"rooms are listed by name, with who is in": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		s.room("plaza", "ana")
		s.room("bar", "beto")
		s.group("pandilla", "ana")
		var got []string
		for _, c := range must(s.view.Rooms(t.Context(), s.id("ana"), 9))(t) {
			in := "out"
			if c.Member {
				in = "in"
			}
			got = append(got, string(c.Handle)+" "+in)
		}
		if want := []string{"bar out", "lobby in", "plaza in"}; !equal(got, want) {
			t.Errorf("the rooms are %q, want %q", got, want)
		}
		if first := must(s.view.Rooms(t.Context(), s.id("ana"), 1))(t); len(first) != 1 {
			t.Errorf("%d rooms, want one", len(first))
		}
	},
}
