package chattest

import (
	"slices"
	"testing"

	"charla/server/chat"
)

// wantFound checks what a search finds, the newest first.
func (s *stage) wantFound(q chat.TermQuery, want ...string) {
	s.t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	var got []string
	for _, m := range must(s.view.Search(s.t.Context(), q))(s.t) {
		got = append(got, said(m))
	}
	if !slices.Equal(got, want) {
		s.t.Errorf("%+v finds %q, want %q", q, got, want)
	}
}

// whole is all of some conversations.
func whole(ids ...chat.ConversationID) (places []chat.Extent) {
	for _, id := range ids {
		places = append(places, chat.Extent{ID: id})
	}
	return places
}

// many is ana saying the same so many times.
func (s *stage) many(in chat.ConversationID, n int, text string) (events []chat.Event) {
	for range n {
		events = append(events, event(s.id("ana"), chat.MessagePosted{Conversation: in, Text: text}))
	}
	return events
}

func repeated(n int, s string) []string { return slices.Repeat([]string{s}, n) }

var searchStories = map[string]func(*testing.T, *stage){
	"all the words must be there, the newest come first": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.say("ana", chat.LobbyID, "Mañana hay reunión")
		s.say("ana", chat.LobbyID, "¿La REUNION es mañana?")
		s.say("ana", chat.LobbyID, "mañana no puedo")
		in := whole(chat.LobbyID)
		s.wantFound(chat.TermQuery{Terms: []string{"manana", "reunion"}, In: in}, "¿La REUNION es mañana?", "Mañana hay reunión")
		s.wantFound(chat.TermQuery{Terms: []string{"manana"}, Beginning: "pued", In: in}, "mañana no puedo")
		s.wantFound(chat.TermQuery{Beginning: "man", In: in, Limit: 2}, "mañana no puedo", "¿La REUNION es mañana?")
		s.wantFound(chat.TermQuery{Terms: []string{"reun"}, In: in})
		s.wantFound(chat.TermQuery{Terms: []string{"and"}, In: in})
	},
	"a search looks only where it is told to": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		talk, group := s.friends("ana", "beto"), s.group("pandilla", "ana", "beto")
		s.say("ana", talk, "secreto de dos")
		s.say("ana", group, "secreto de pocos")
		s.say("ana", group, "otro secreto de pocos")
		s.say("ana", chat.LobbyID, "secreto a voces")
		q := chat.TermQuery{Terms: []string{"secreto"}}
		s.wantFound(q)
		q.In = whole(talk, group)
		s.wantFound(q, "otro secreto de pocos", "secreto de pocos", "secreto de dos")
		q.In = []chat.Extent{{ID: group, Upto: 1}, {ID: chat.LobbyID}}
		s.wantFound(q, "secreto a voces", "secreto de pocos")
		q.In = whole(chat.NewID[chat.Conversation]())
		s.wantFound(q)
	},
	"the name of a conversation is no word": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		group := s.group("pandilla", "ana")
		s.say("ana", group, "hola")
		s.say("beto", chat.LobbyID, group.String())
		s.wantFound(chat.TermQuery{Terms: chat.Terms("_" + group.String()), In: whole(group)})
		s.wantFound(chat.TermQuery{Terms: chat.Terms(group.String()), In: whole(chat.LobbyID)}, group.String())
	},
	"pages go on before a position": func(t *testing.T, s *stage) {
		s.claim("ana")
		for _, text := range []string{"uno", "dos", "tres", "cuatro"} {
			s.say("ana", chat.LobbyID, text+" aquí")
		}
		q := chat.TermQuery{Terms: []string{"aqui"}, In: whole(chat.LobbyID), Limit: 2}
		s.wantFound(q, "cuatro aquí", "tres aquí")
		q.Before = must(s.view.Search(t.Context(), q))(t)[1].Position
		s.wantFound(q, "dos aquí", "uno aquí")
	},
	"what was edited is found by what it says now": func(t *testing.T, s *stage) {
		s.claim("ana")
		in := whole(chat.LobbyID)
		m := s.say("ana", chat.LobbyID, "nos vemos el lunes")
		s.edit("ana", chat.LobbyID, m, "nos vemos el martes")
		s.wantFound(chat.TermQuery{Terms: []string{"lunes"}, In: in})
		s.wantFound(chat.TermQuery{Terms: []string{"martes"}, In: in}, "nos vemos el martes")
		s.edit("ana", chat.LobbyID, m, "nos vemos el lunes")
		s.wantFound(chat.TermQuery{Terms: []string{"lunes"}, In: in}, "nos vemos el lunes")
		s.wantFound(chat.TermQuery{Terms: []string{"martes"}, In: in})
	},
	"what was taken back is found no more": func(t *testing.T, s *stage) {
		s.claim("ana")
		s.say("ana", chat.LobbyID, "la clave es gato")
		m := s.say("ana", chat.LobbyID, "la clave es perro")
		s.retract("ana", chat.LobbyID, m)
		s.wantFound(chat.TermQuery{Terms: []string{"clave"}, In: whole(chat.LobbyID)}, "la clave es gato")
		s.wantFound(chat.TermQuery{Beginning: "perr", In: whole(chat.LobbyID)})
		said := event(s.id("ana"), chat.MessagePosted{Conversation: chat.LobbyID, Text: "clave nueva"})
		s.happen(said, event(s.id("ana"), chat.MessageRetracted{Conversation: chat.LobbyID, Message: chat.MessageID(said.ID)}))
		s.wantFound(chat.TermQuery{Terms: []string{"nueva"}, In: whole(chat.LobbyID)})
	},
	"a file is found by its name": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		in := whole(chat.LobbyID)
		m := s.file("ana", chat.LobbyID, "Informe_anual-2026.pdf", "aa")
		s.wantFound(chat.TermQuery{Terms: []string{"informe", "2026", "pdf"}, In: in}, "[Informe_anual-2026.pdf]")
		s.rename("ana", chat.LobbyID, m, "borrador.pdf")
		s.wantFound(chat.TermQuery{Terms: []string{"informe"}, In: in})
		s.wantFound(chat.TermQuery{Terms: []string{"borrador"}, In: in}, "[borrador.pdf]")
		s.file("beto", chat.LobbyID, "borrador.pdf", "bb")
		s.wantFound(chat.TermQuery{Terms: []string{"borrador", "2"}, In: in}, "[borrador (2).pdf]")
		other := s.file("ana", chat.LobbyID, "nota.txt", "cc")
		s.rename("ana", chat.LobbyID, other, "borrador.pdf") // replaces, that is, takes back
		s.wantFound(chat.TermQuery{Terms: []string{"borrador"}, In: in, Limit: 1}, "[borrador.pdf]")
		s.wantFound(chat.TermQuery{Terms: []string{"nota"}, In: in})
	},
	"a search through very many conversations": func(t *testing.T, s *stage) {
		s.claim("ana")
		var groups []chat.ConversationID
		for range 250 {
			groups = append(groups, chat.TalkID(s.id("ana"), chat.NewID[chat.Person]()))
		}
		for _, n := range []int{7, 203, 110, 3, 249} {
			groups[n] = s.group("g", "ana")
		}
		for _, n := range []int{7, 203, 110, 3} {
			s.say("ana", groups[n], "aguja")
		}
		first := s.at()
		s.say("ana", groups[249], "aguja y pajar")
		s.wantFound(chat.TermQuery{Terms: []string{"aguja"}, In: whole(groups...)}, "aguja y pajar", "aguja", "aguja", "aguja", "aguja")
		found := must(s.view.Search(t.Context(), chat.TermQuery{Terms: []string{"aguja"}, In: whole(groups...), Limit: 2}))(t)
		if len(found) != 2 || found[0].Text != "aguja y pajar" || found[1].Position != first {
			t.Errorf("the newest two are %+v", found)
		}
	},
	"a beginning is found among many that begin nearly so": func(t *testing.T, s *stage) {
		s.claim("ana")
		in := whole(chat.LobbyID)
		for range 2 {
			s.say("ana", chat.LobbyID, "casa con jardín")
			s.happen(s.many(chat.LobbyID, 350, "castillo o casilla")...)
		}
		s.wantFound(chat.TermQuery{Beginning: "casa", In: in}, "casa con jardín", "casa con jardín")
		s.wantFound(chat.TermQuery{Beginning: "cast", In: in, Limit: 2}, "castillo o casilla", "castillo o casilla")
		s.wantFound(chat.TermQuery{Terms: []string{"jardin"}, Beginning: "casa", In: in, Limit: 1}, "casa con jardín")
		s.wantFound(chat.TermQuery{Beginning: "castor", In: in})
		s.wantFound(chat.TermQuery{Beginning: "castillos", In: in})
	},
	"a frequent word is found as a beginning, too": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		group := s.group("g", "ana", "beto")
		s.say("ana", group, "casas")
		var want []string
		for range 8 {
			s.happen(s.many(group, 40, "castillo")...)
			s.happen(s.many(chat.LobbyID, 10, "casa")...)
			s.happen(s.many(chat.LobbyID, 5, "casado")...)
			want = append(append(want, repeated(5, "casado")...), repeated(10, "casa")...)
		}
		q := chat.TermQuery{Beginning: "casa", In: whole(chat.LobbyID), Limit: 1000}
		s.wantFound(q, want...)
		q.Limit = 7
		s.wantFound(q, want[:7]...)
		q.In = whole(group)
		s.wantFound(q, "casas")
		q.In = whole(group, chat.LobbyID)
		s.wantFound(q, want[:7]...)
	},
	"a frequent word is found where it is rare": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		var groups []chat.ConversationID
		for n := range 12 {
			groups = append(groups, s.group("g", "ana", "beto"))
			if n%4 == 0 {
				s.say("ana", groups[n], "pan y queso")
			}
		}
		s.leave("ana", groups[8])
		s.say("beto", groups[8], "pan para beto")
		s.happen(s.many(chat.LobbyID, 400, "pan")...)
		s.wantFound(chat.TermQuery{Terms: []string{"pan"}, In: whole(groups...)}, "pan para beto", "pan y queso", "pan y queso", "pan y queso")
		in := whole(groups...)
		in[8].Upto = 1
		s.wantFound(chat.TermQuery{Terms: []string{"pan"}, In: in}, "pan y queso", "pan y queso", "pan y queso")
		s.wantFound(chat.TermQuery{Beginning: "queso", In: in}, "pan y queso", "pan y queso", "pan y queso")
		s.wantFound(chat.TermQuery{Terms: []string{"para"}, In: in})
	},
	"a seat moves with its person": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		group := s.group("pandilla", "ana")
		sits := func(want chat.Conversation) {
			t.Helper()
			want.ID, want.Kind, want.Exists, want.Role, want.Writers = group, chat.Group, true, "", chat.AllWrite
			if want.Member {
				want.Role = chat.RoleMember
			}
			if got := must(s.view.Seat(t.Context(), s.id("beto"), group))(t); got != want {
				t.Errorf("beto's seat is %+v, want %+v", got, want)
			}
		}
		_, err := s.view.Seat(t.Context(), s.id("beto"), group)
		wantCode(t, err, chat.NoConversation)
		s.add("ana", group, "beto")
		sits(chat.Conversation{Member: true})
		s.say("ana", group, "hola")
		s.leave("beto", group)
		sits(chat.Conversation{Left: 1, Gone: s.at()})
		s.add("ana", group, "beto")
		sits(chat.Conversation{Member: true})
	},
	"where somebody is or was": func(t *testing.T, s *stage) {
		s.claim("ana", "beto")
		group := s.group("pandilla", "ana", "beto")
		talk := s.friends("beto", "ana")
		s.say("ana", group, "hola")
		s.leave("beto", group)
		s.say("ana", group, "¿se fue?")
		seats := must(s.view.Seats(t.Context(), s.id("beto"), 10))(t)
		got := map[chat.ConversationID]chat.Conversation{}
		for _, c := range seats {
			got[c.ID] = c
		}
		if c := got[group]; len(seats) != 3 || c.Member || c.Left != 1 || c.Kind != chat.Group || !c.Exists || seats[0].ID != group {
			t.Errorf("beto's seats are %+v", seats)
		}
		if !got[talk].Member || !got[chat.LobbyID].Member {
			t.Errorf("beto's seats are %+v", seats)
		}
		if seats = must(s.view.Seats(t.Context(), s.id("beto"), 1))(t); len(seats) != 1 {
			t.Errorf("the first of beto's seats is %+v", seats)
		}
		if seats = must(s.view.Seats(t.Context(), s.id("ghost"), 10))(t); len(seats) != 0 {
			t.Errorf("nobody's seats are %+v", seats)
		}
	},
}
