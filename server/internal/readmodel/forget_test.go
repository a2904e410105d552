package readmodel_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
)

// One who is forgotten: how much they said among what others said.
type forgotten struct{ theirs, others int }

// The words of who was forgotten were taken out of the index one by one, which for ten
// thousand messages took the processor most of a minute and held everybody up. They are
// crossed out now, and must be in no byte in the end all the same: however much was
// theirs, and however often somebody was forgotten before.
func TestWordsOfWhoWasForgottenAreInNoByteOfTheModel(t *testing.T) {
	if testing.Short() {
		t.Skip("many words take long with the race detector; AStopWhileWords… has the same timers")
	}
	for name, those := range map[string][]forgotten{
		"a few words":        {{theirs: 40, others: 2000}},
		"a quarter of all":   {{theirs: 800, others: 2400}},
		"all there was":      {{theirs: 900}},
		"one after another":  {{300, 300}, {300, 30}, {300, 0}, {300, 1200}, {300, 3}, {300, 0}},
		"few, and then many": {{40, 900}, {40, 0}, {300, 30}},
		"all, now and then":  {{400, 0}, {400, 0}, {60, 0}, {60, 0}, {150, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { forgetAll(t, those) })
		})
	}
}

func forgetAll(t *testing.T, those []forgotten) {
	path, r := file(t), rand.New(rand.NewPCG(7, 8))
	s := &story{t: t, m: open(t, path)}
	s.tell(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true})
	s.tell(ana, chat.PersonClaimed{Nick: "ana"})
	for n, those := range those {
		who := id[chat.Person](n + 2)
		s.tell(who, chat.PersonClaimed{Nick: chat.Nick(fmt.Sprint("leaver", n))})
		var words []string
		for left := those; left.theirs+left.others > 0; {
			if r.IntN(left.theirs+left.others) < left.theirs {
				left.theirs--
				words = append(words, fmt.Sprintf("%c%cleft%d", 'a'+r.IntN(26), 'a'+r.IntN(26), s.seq))
				s.tell(who, chat.MessagePosted{Conversation: chat.LobbyID, Text: common(r) + words[len(words)-1]})
			} else {
				left.others--
				s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, Text: common(r)})
			}
			s.settle(100)
		}
		s.settle(1)
		if found := bytesHolding(t, path, words); len(found) < len(words) {
			t.Fatalf("only %d words are there: this story proves nothing", len(found))
		}
		for s.forgets(who) {
			if those.others > 0 {
				s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, Text: common(r)})
				s.settle(1)
			}
		}
		wantUnfound(t, s, words)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if found := bytesHolding(t, path, words); len(found) > 0 {
			t.Errorf("of leaver%d %d are still there: %q…", n, len(found), found[:min(len(found), 12)])
		}
		wantFindable(t, path, s.m)
	}
}

// common are words that many say.
func common(r *rand.Rand) (text string) {
	for range 8 {
		text += fmt.Sprintf("%05x ", r.IntN(2000))
	}
	return text
}

// settle applies what was told, if that is much.
func (s *story) settle(least int) {
	if len(s.batch.Log) >= least {
		s.apply()
		s.batch = chat.Batch{}
		s.m.Tidy(s.t.Context())
	}
}

// forgets forgets some of somebody, and reports whether there is more.
func (s *story) forgets(who chat.UserID) bool {
	s.t.Helper()
	s.tell(chat.UserID{}, chat.PersonForgotten{User: who})
	s.settle(1)
	users, err := s.m.Forgetting(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return len(users) > 0
}

func wantUnfound(t *testing.T, s *story, words []string) {
	t.Helper()
	for _, word := range words {
		for _, q := range []chat.TermQuery{{Terms: []string{word}}, {Beginning: word[:len(word)-1]}} {
			q.In, q.Limit = []chat.Extent{{ID: chat.LobbyID}}, 5
			found, err := s.m.Search(t.Context(), q)
			if err != nil || len(found) > 0 && strings.Contains(fmt.Sprint(found), word) {
				t.Fatalf("%q is found in %d messages, %v", word, len(found), err)
			}
		}
	}
}

// What is crossed out when a server ends is gone some time after it has begun again.
func TestAStopWhileWordsOfWhoWasForgottenAreGoing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := file(t)
		s := &story{t: t, m: open(t, path)}
		stop := func() { s.stop(path) }
		words := s.forgotten(stop)
		stops := 0
		for ; !wordsAreGone(t, path); stops++ {
			s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, Text: "hello again"})
			s.settle(1)
			stop()
			wantUnfound(t, s, words[:10])
		}
		if stops < 2 { // before the merge has begun, and within it
			t.Fatalf("it stopped %d times while they were going: this story proves nothing", stops)
		}
		s.settle(1)
		time.Sleep(time.Minute)
		synctest.Wait()
		if found := bytesHolding(t, path, words); len(found) > 0 {
			t.Errorf("%d are still there: %q…", len(found), found[:min(len(found), 12)])
		}
		wantFindable(t, path, s.m)
	})
}

// Nobody said anything after the server had begun again: the words stayed until
// somebody did.
func TestWordsGoThoughNobodyWritesAfterAStopRegression(t *testing.T) {
	if testing.Short() {
		t.Skip("many words take long with the race detector; AStopWhileWords… has the same timers")
	}
	synctest.Test(t, func(t *testing.T) {
		path := file(t)
		s := &story{t: t, m: open(t, path)}
		stop := func() { s.stop(path) }
		words := s.forgotten(stop)
		if wordsAreGone(t, path) {
			t.Fatal("they were gone before the last stop: this story proves nothing")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if found := bytesHolding(t, path, words); len(found) > 0 {
			t.Errorf("%d are still there: %q…", len(found), found[:min(len(found), 12)])
		}
		wantFindable(t, path, s.m)
	})
}

// stop ends the program, and begins it again.
func (s *story) stop(path string) {
	s.t.Helper()
	if err := s.m.Close(); err != nil {
		s.t.Fatal(err)
	}
	s.m = open(s.t, path)
}

// forgotten are the words of beto, who wrote as much as ana and is forgotten in
// pieces, with a stop after each.
func (s *story) forgotten(stop func()) (words []string) {
	r := rand.New(rand.NewPCG(9, 8))
	s.tell(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true})
	s.tell(ana, chat.PersonClaimed{Nick: "ana"})
	s.tell(beto, chat.PersonClaimed{Nick: "beto"})
	for n := range 3000 {
		words = append(words, fmt.Sprintf("%c%cleft%d", 'a'+r.IntN(26), 'a'+r.IntN(26), n))
		s.tell(beto, chat.MessagePosted{Conversation: chat.LobbyID, Text: common(r) + words[n]})
		s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, Text: common(r) + common(r) + common(r) + common(r) + common(r)})
		s.settle(50)
	}
	s.settle(1)
	for s.forgets(beto) {
		stop()
	}
	return words
}

// wordsAreGone reports whether none is left that is to go.
func wordsAreGone(t testing.TB, path string) (gone bool) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT NOT EXISTS (SELECT 1 FROM unsaid) AND NOT EXISTS (SELECT 1 FROM crossed)").Scan(&gone); err != nil {
		t.Fatal(err)
	}
	return gone
}

// What gave way to the nick of another was kept of beto after he had been forgotten.
// Whoever adds a table of people's own things is told here that forgetting takes them.
func TestNothingOfTheirOwnIsKeptOfWhoWasForgottenRegression(t *testing.T) {
	path := file(t)
	s := &story{t: t, m: open(t, path)}
	s.tell(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true})
	s.tell(ana, chat.PersonClaimed{Nick: "ana"})
	s.tell(beto, chat.PersonClaimed{Nick: "beto", Key: &chat.Key{Fingerprint: "SHA256:b", Authorized: "b", Proven: true}})
	s.tell(beto, chat.GroupCreated{Conversation: id[chat.Conversation](9), Title: "Luis", Members: []chat.UserID{ana}})
	s.tell(id[chat.Person](3), chat.PersonClaimed{Nick: "luis"})
	s.settle(1)
	if got := s.kept(path, beto); got["moved"] != 1 || got["keys"] != 1 {
		t.Fatalf("there is nothing to forget: %v", got)
	}
	for s.forgets(beto) {
	}
	others := []string{"members", "audit", "names"} // what others look at, and a nick that is not free yet
	for table, n := range s.kept(path, beto) {
		if n > 0 && !slices.Contains(others, table) {
			t.Errorf("%d of %s are kept", n, table)
		}
	}
}

// kept is how many rows of each table are somebody's.
func (s *story) kept(path string, who chat.UserID) map[string]int {
	s.t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT t.name FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name = 'user'")
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			s.t.Fatal(err)
		}
		tables = append(tables, table)
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	kept := map[string]int{}
	for _, table := range tables {
		var n int
		if err := db.QueryRow("SELECT count(*) FROM "+table+" WHERE user = ?", who[:]).Scan(&n); err != nil {
			s.t.Fatal(err)
		}
		kept[table] = n
	}
	return kept
}
