package readmodel_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/internal/limit"
)

// hostile is what means something to FTS5, to SQL or to a terminal.
var hostile = []string{
	`"`, `""`, `"tesoro`, `tesoro"`, `'`, `';DROP TABLE messages;--`, `*`, `tesoro*`, `*tesoro`, `^tesoro`, `+tesoro`, `-tesoro`,
	`terms:tesoro`, `{terms}:tesoro`, `-terms:tesoro`, `search:tesoro`, `NEAR(tesoro isla)`, `NEAR(tesoro, 2)`, `NEAR`, `AND`, `OR`, `NOT`,
	`tesoro OR isla`, `tesoro NOT isla`, `NOT tesoro`, `tesoro AND`, `(tesoro`, `tesoro)`, `((((`, `tesoro + isla`, `rowid`, `rank`, `delete`, `rebuild`,
	"_", "__", "tesoro\x00isla", "\x00", "\xff\xfe", "te\u0301soro", "%", "_soro", `\`, "\x1b]0;x\a", "?1", "tesoro -- isla", "/* tesoro */",
}

// Whatever is typed, it is words and nothing else: the index and the plain view
// in memory find the same, and nobody finds what others said among themselves.
func TestHostileSearches(t *testing.T) {
	s := newSearchers(t)
	for _, text := range hostile {
		s.look(t, text)
	}
	for _, id := range []chat.ConversationID{s.talk, s.group, chat.LobbyID} {
		for _, text := range []string{"_" + id.String(), strings.ToLower("_" + id.String()), id.String(), `"_` + strings.ToLower(id.String()) + `" OR tesoro`} {
			s.look(t, text)
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	s := newSearchers(f)
	f.Fuzz(func(t *testing.T, text string) { s.look(t, text) })
}

// searchers are two people who said something to each other, and a stranger,
// each as an actor on a model of SQLite and on the plain one in memory.
type searchers struct {
	model, plain []*chat.Actor // ana, beto, eva
	talk, group  chat.ConversationID
}

func newSearchers(t testing.TB) *searchers {
	w := chattest.New(t, chattest.WithView(open(t, file(t))))
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	talk, group := w.Talk(ana, beto), w.Group(ana, "Isla", beto)
	w.Say(ana, talk, "el tesoro está en la isla, and or not near")
	w.Say(beto, group, "NOT tesoro terms: delete rebuild rowid rank")
	w.Say(beto, talk, `"tesoro" AND (isla OR tesoro*) NEAR(tesoro isla) x y 0 1 2 日本`)
	w.Settle()
	tail, err := w.Log.Tail(w.Ctx, 0)
	if err != nil {
		t.Fatal(err)
	}
	log, err := tail.Next(w.Ctx, 1000)
	if err != nil {
		t.Fatal(err)
	}
	plain := chattest.NewView()
	apply(t, plain, chat.Batch{Log: log})
	service := chat.New(chat.Ports{Reader: plain, Limiter: limit.Unlimited(), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	s := &searchers{model: []*chat.Actor{ana, beto, eva}, talk: talk.ID, group: group.ID}
	for _, a := range s.model {
		s.plain = append(s.plain, service.Actor(a.Me()))
	}
	return s
}

func (s *searchers) look(t *testing.T, text string) {
	t.Helper()
	for n, a := range s.model {
		for _, in := range []chat.Ref{{}, {ID: s.talk}, {ID: s.group}, {ID: chat.LobbyID}} {
			q := chat.Search{Text: text, In: in, Limit: 10}
			got, err := a.Search(t.Context(), q)
			switch chat.CodeOf(err) {
			case "", chat.SearchEmpty, chat.SearchTooLong, chat.NoConversation:
			default:
				t.Fatalf("%q: %v", text, err)
			}
			want, wantErr := s.plain[n].Search(t.Context(), q)
			if !slices.Equal(chattest.Lines(got.Messages), chattest.Lines(want.Messages)) || chat.CodeOf(err) != chat.CodeOf(wantErr) {
				t.Errorf("%q: %s finds %+v, %v, want %+v, %v", text, a.Me().Nick, got, err, want, wantErr)
			}
			if a == s.model[2] && len(got.Messages) > 0 {
				t.Errorf("%q: the stranger finds %+v", text, got)
			}
		}
	}
}
