package chattest

import (
	"maps"
	"testing"

	"charla/server/chat"
)

// wantApart checks how far others are known to have read across a block.
func (s *stage) wantApart(who string, in chat.ConversationID, want map[string]chat.Number) {
	s.t.Helper()
	got := must(s.view.ReadApart(s.t.Context(), s.id(who), in))(s.t)
	all := map[chat.UserID]chat.Number{}
	for nick, n := range want {
		all[s.id(nick)] = n
	}
	if !maps.Equal(got, all) {
		s.t.Errorf("%s knows of those apart %v, want %v", who, got, all)
	}
}

var apartStories = map[string]func(*testing.T, *stage){
	"what was read is known up to the block and to what one writes": func(t *testing.T, s *stage) {
		s.claim("ana", "mal", "eva")
		id := s.group("todos", "eva", "ana", "mal")
		s.say("mal", id, "uno")
		s.say("eva", id, "dos")
		s.wantApart("mal", id, nil)
		s.block("ana", "mal")
		s.say("mal", id, "tres")
		s.wantApart("mal", id, map[string]chat.Number{"ana": 2})
		s.wantApart("ana", id, map[string]chat.Number{"mal": 3})
		s.wantApart("eva", id, nil)
		s.say("ana", id, "cuatro")
		s.say("ana", s.group("otras", "eva", "ana", "mal"), "uno") // another group is another matter
		s.mark("ana", readUpto(id, 4))
		s.say("mal", id, "cinco")
		s.mark("ana", readUpto(id, 5))
		s.wantApart("mal", id, map[string]chat.Number{"ana": 4})
		s.wantApart("ana", id, map[string]chat.Number{"mal": 5})
		s.unblock("ana", "mal")
		s.wantApart("mal", id, nil)
	},
	"of two blocks the earlier one counts": func(t *testing.T, s *stage) {
		s.claim("ana", "mal", "eva")
		id := s.group("todos", "eva", "ana", "mal")
		s.block("ana", "mal")
		s.say("eva", id, "uno")
		s.block("mal", "ana")
		s.say("eva", id, "dos")
		s.wantApart("mal", id, map[string]chat.Number{"ana": 0})
		s.unblock("ana", "mal")
		s.wantApart("mal", id, map[string]chat.Number{"ana": 1})
	},
	"who is out of a group is not told of": func(t *testing.T, s *stage) {
		s.claim("ana", "mal", "eva")
		id := s.group("todos", "eva", "ana", "mal")
		s.say("ana", id, "uno")
		s.block("ana", "mal")
		s.leave("ana", id)
		s.wantApart("mal", id, nil)
		s.say("eva", id, "dos")
		s.add("eva", id, "ana")
		s.wantApart("mal", id, map[string]chat.Number{"ana": 1})
	},
}
