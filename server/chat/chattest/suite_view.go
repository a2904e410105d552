package chattest

import (
	"testing"

	"charla/server/chat"
)

// TestView is what every chat.View must do: each rule of the projection is a
// story. open returns an empty one, and closes it with t.
func TestView(t *testing.T, open func(t *testing.T) chat.View) {
	groups := map[string]map[string]func(*testing.T, *stage){
		"positions":  positionStories,
		"people":     peopleStories,
		"identity":   identityStories,
		"membership": membershipStories,
		"groups":     groupStories,
		"rooms":      roomStories,
		"expiry":     expiryStories,
		"handles":    handleStories,
		"messages":   messageStories,
		"files":      fileStories,
		"reading":    readingStories,
		"search":     searchStories,
		"shelf":      shelfStories,
		"erased":     erasedStories,
		"moderation": moderationStories,
		"forgetting": forgettingStories,
		"requests":   requestStories,
		"blocks":     blockStories,
		"apart":      apartStories,
		"privacy":    privacyStories,
		"kept":       keptStories,
		"notices":    noticeStories,
	}
	for topic, stories := range groups {
		t.Run(topic, func(t *testing.T) {
			for name, story := range stories {
				t.Run(name, func(t *testing.T) { story(t, newStage(t, open(t))) })
			}
		})
	}
	t.Run("random logs", func(t *testing.T) { testRandomLogs(t, open) })
}

var positionStories = map[string]func(*testing.T, *stage){
	"a new view knows how far it is": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.put("ana", chat.SettingsSlot, []byte("{}"))
		if log, shelf, err := s.view.Applied(t.Context()); log != 2 || shelf != 1 || err != nil {
			t.Errorf("applied %d, %d, %v, want 2, 1", log, shelf, err)
		}
	},
	"an envelope stored twice counts once": func(t *testing.T, s *stage) {
		s.claim("ana")
		e := s.envelope(event(s.id("ana"), chat.MessagePosted{Conversation: chat.LobbyID, Text: "hola"}))
		s.apply(chat.Batch{Log: []chat.Entry{e}})
		s.seq++
		e.Seq = s.seq
		s.apply(chat.Batch{Log: []chat.Entry{e}})
		s.wantTold()
		s.wantTexts(chat.LobbyID, "hola")
		if log, _, _ := s.view.Applied(t.Context()); log != s.seq {
			t.Errorf("applied %d, want %d: a repeat keeps its place", log, s.seq)
		}
	},
	"an envelope stored twice in one batch counts once": func(t *testing.T, s *stage) {
		s.claim("ana")
		e := s.envelope(event(s.id("ana"), chat.MessagePosted{Conversation: chat.LobbyID, Text: "hola"}))
		again := e
		s.seq++
		again.Seq = s.seq
		s.apply(chat.Batch{Log: []chat.Entry{e, again}})
		s.wantTold("posted #1 hola")
	},
	"envelopes without committer are not counted": func(t *testing.T, s *stage) {
		for _, nick := range []chat.Nick{"ana", "beto"} {
			s.seq++
			claim := event(s.id(string(nick)), chat.PersonClaimed{Nick: nick, Passphrase: "test"})
			s.apply(chat.Batch{Log: []chat.Entry{must(EntryOf(s.seq, chat.Envelope{Events: []chat.Event{claim}}))(t)}})
		}
		s.wantMembers(chat.LobbyID, "ana", "beto")
	},
	"entries at or below the position are ignored": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		old := must(EntryOf(2, chat.Envelope{Events: []chat.Event{event(s.id("ana"), chat.MessagePosted{Conversation: chat.LobbyID, Text: "hola"})}}))(t)
		s.apply(chat.Batch{Log: []chat.Entry{old}, Shelf: nil})
		s.wantTold()
		s.wantTexts(chat.LobbyID)
		s.put("ana", chat.SettingsSlot, []byte("2"))
		s.apply(chat.Batch{Shelf: []chat.ShelfEntry{{Seq: 1, User: s.id("ana"), Slot: chat.SettingsSlot, Value: []byte("1")}}})
		s.wantTold()
		if got := must(s.view.Value(t.Context(), s.id("ana"), chat.SettingsSlot))(t); string(got) != "2" {
			t.Errorf("the value is %q, want 2", got)
		}
	},
	"an unknown event keeps its position": func(t *testing.T, s *stage) {
		s.claim("ana")
		unknown := event(s.id("ana"), chat.Unknown{Kind: "room.painted", Version: 3, Raw: []byte(`{"x":1}`)})
		s.happen(unknown, event(s.id("ana"), chat.MessagePosted{Conversation: chat.LobbyID, Text: "hola"}))
		s.wantTold("posted #1 hola")
		if p := s.told[0].Position; p != chat.PositionAt(s.seq, 1) {
			t.Errorf("posted at %d, want %d", p, chat.PositionAt(s.seq, 1))
		}
	},
	"gaps in the sequence mean nothing": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.seq += 1000
		s.say("ana", chat.LobbyID, "hola")
		s.wantTexts(chat.LobbyID, "hola")
	},
	"lists and pages are as of the last event": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.say("ana", chat.LobbyID, "hola")
		_, asOf, err := s.view.Conversations(t.Context(), s.id("ana"))
		page := must(s.view.Page(t.Context(), chat.LobbyID, chat.PageQuery{Limit: 1}))(t)
		if err != nil || asOf != s.at() || page.AsOf != s.at() {
			t.Errorf("as of %d and %d, %v, want %d", asOf, page.AsOf, err, s.at())
		}
	},
}

var peopleStories = map[string]func(*testing.T, *stage){
	"a claim makes a person": func(t *testing.T, s *stage) {
		key := chat.Key{Fingerprint: "SHA256:abc", Authorized: "ssh-ed25519 AAAA", Name: "laptop", Proven: true}
		claim := event(s.id("ana"), chat.PersonClaimed{Nick: "ana", Key: &key, Passphrase: "phc"})
		s.happen(claim)
		s.wantTold("claimed ana", "joined ana", "entered ana")
		p := must(s.view.Person(t.Context(), s.id("ana")))(t)
		if p.Nick != "ana" || p.Passphrase != "phc" || len(p.Keys) != 1 || p.Keys[0] != key || !p.Since.Equal(claim.At) {
			t.Errorf("the person is %+v", p)
		}
		byNick := must(s.view.PersonByNick(t.Context(), "ana"))(t)
		byKey := must(s.view.PeopleByKey(t.Context(), "SHA256:abc"))(t)
		if byNick.ID != p.ID || len(byKey) != 1 || byKey[0].ID != p.ID {
			t.Errorf("found %v by nick and %v by key", byNick, byKey)
		}
		s.wantName("ana", s.seq, true)
	},
	"the second to claim a nick gets nothing": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.happen(event(s.id("thief"), chat.PersonClaimed{Nick: "ana", Passphrase: "mine"}))
		s.wantTold()
		_, err := s.view.Person(t.Context(), s.id("thief"))
		wantCode(t, err, chat.NoPerson)
		s.wantName("ana", s.seq, true)
	},
	"nobody claims a room's name": func(t *testing.T, s *stage) {
		s.happen(event(s.id("thief"), chat.PersonClaimed{Nick: chat.Lobby, Passphrase: "mine"}))
		s.wantTold()
		s.wantMembers(chat.LobbyID)
	},
	"no room takes a nick": func(t *testing.T, s *stage) {
		s.claim("ana")
		id := chat.NewID[chat.Conversation]()
		s.happen(event(chat.UserID{}, chat.RoomOpened{Conversation: id, Name: "ana"}))
		_, err := s.view.Conversation(t.Context(), s.id("ana"), id)
		wantCode(t, err, chat.NoConversation)
	},
	"a person claims once": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.happen(event(s.id("ana"), chat.PersonClaimed{Nick: "anita", Passphrase: "x"}))
		s.wantTold()
		s.wantName("anita", s.seq, false)
	},
	"one key may be several people's": func(t *testing.T, s *stage) {
		key := &chat.Key{Fingerprint: "SHA256:abc", Authorized: "ssh-ed25519 AAAA"}
		for _, nick := range []string{"ana", "beto"} {
			s.happen(event(s.id(nick), chat.PersonClaimed{Nick: chat.Nick(nick), Key: key}))
		}
		if owners := must(s.view.PeopleByKey(t.Context(), "SHA256:abc"))(t); len(owners) != 2 {
			t.Errorf("the key is of %d people, want 2", len(owners))
		}
		if owners := must(s.view.PeopleByKey(t.Context(), "SHA256:abcd"))(t); len(owners) != 0 {
			t.Errorf("an unknown key is of %d people, want nobody", len(owners))
		}
	},
	"nicks are listed by prefix": func(t *testing.T, s *stage) {
		s.claim("beto", "ana_2", "ana", "anita", "an%a", "anna")
		got := must(s.view.Nicks(t.Context(), "an", 3))(t)
		if len(got) != 3 || got[0] != "an%a" || got[1] != "ana" || got[2] != "ana_2" {
			t.Errorf("the first three are %q", got)
		}
		for prefix, n := range map[string]int{"": 6, "ana_": 1, "an%": 1, "ana": 2, "z": 0} {
			if got := must(s.view.Nicks(t.Context(), prefix, 100))(t); len(got) != n {
				t.Errorf("%d nicks start with %q: %q, want %d", len(got), prefix, got, n)
			}
		}
	},
	"who is not known is not found": func(t *testing.T, s *stage) {
		_, err := s.view.PersonByNick(t.Context(), "ana")
		wantCode(t, err, chat.NoPerson)
		_, err = s.view.Person(t.Context(), s.id("ana"))
		wantCode(t, err, chat.NoPerson)
	},
}
