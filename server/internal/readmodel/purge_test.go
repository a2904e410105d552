package readmodel_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/internal/readmodel"
)

// bytesHolding are the words that are in the bytes of a model's file or of its
// write-ahead log.
func bytesHolding(t *testing.T, path string, words []string) (found []string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		raw = bytes.ToLower(raw)
		for _, word := range words {
			if bytes.Contains(raw, []byte(word)) {
				found = append(found, word+" in "+suffix)
			}
		}
	}
	return found
}

// What was taken back or edited away stood in free pages, in the index of words
// and in the write-ahead log until something happened to be written over it.
//
// Of a long message they go a few at a time; it is found by none of them meanwhile.
func TestWordsTakenBackAreInNoByteOfTheModel(t *testing.T) {
	if testing.Short() {
		t.Skip("many words take long with the race detector; WriteAheadLogIsEmptied… has the same timers")
	}
	synctest.Test(t, wordsTakenBack)
}

func wordsTakenBack(t *testing.T) {
	path, r := file(t), rand.New(rand.NewPCG(3, 4))
	s := &story{t: t, m: open(t, path)}
	s.tell(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true})
	s.tell(ana, chat.PersonClaimed{Nick: "ana"})
	type regret struct {
		id   chat.MessageID
		edit bool
	}
	var regrets []regret
	var words []string
	for n := range 4000 {
		text := ""
		for range 12 {
			text += fmt.Sprintf("%05x ", r.IntN(20_000))
		}
		if n%40 == 7 {
			word := fmt.Sprintf("%c%cregretted%03d", 'a'+n%26, 'a'+n/40%26, n)
			words = append(words, word)
			text += word + " Regretted" + fmt.Sprint(n)
			if n%200 == 7 { // so long that it has pages of its own
				for range 600 {
					text += " " + word + fmt.Sprintf("%04x", r.IntN(1<<16))
				}
			}
		}
		id := s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, Text: text})
		if n%40 == 7 {
			regrets = append(regrets, regret{id, n%80 == 7})
		}
		if n%50 == 0 {
			s.apply()
			s.batch = chat.Batch{}
			s.m.Tidy(t.Context())
		}
	}
	s.apply()
	s.batch = chat.Batch{}
	if found := bytesHolding(t, path, words); len(found) < len(words) {
		t.Fatalf("only %d words are there: this story proves nothing", len(found))
	}
	for _, m := range regrets {
		if m.edit {
			s.tell(ana, chat.MessageEdited{Conversation: chat.LobbyID, Message: m.id, Text: "nothing"})
		} else {
			s.tell(ana, chat.MessageRetracted{Conversation: chat.LobbyID, Message: m.id})
		}
	}
	s.apply()
	s.m.Tidy(t.Context())
	for _, word := range words {
		q := chat.TermQuery{Terms: []string{word}, In: []chat.Extent{{ID: chat.LobbyID}}, Limit: 5}
		if found, err := s.m.Search(t.Context(), q); err != nil || len(found) > 0 {
			t.Errorf("%q is found in %d messages, %v", word, len(found), err)
		}
	}
	q := chat.TermQuery{Terms: []string{"00007"}, In: []chat.Extent{{ID: chat.LobbyID}}, Limit: 5}
	if found, err := s.m.Search(t.Context(), q); err != nil || len(found) == 0 {
		t.Errorf("what still stands is found in %d messages, %v", len(found), err)
	}
	time.Sleep(10 * time.Minute)
	synctest.Wait()
	if found := bytesHolding(t, path, words); len(found) > 0 {
		t.Errorf("%d are still there: %q…", len(found), found[:min(len(found), 12)])
	}
	wantFindable(t, path, s.m)
}

// wantFindable checks that the index is whole, and that each word is found in as
// many messages as say it.
func wantFindable(t *testing.T, path string, m *readmodel.Model) {
	t.Helper()
	want := map[string]int{}
	err := m.Export().Messages(t.Context(), func(m chat.Message) error {
		for _, term := range chat.TermsOf(m) {
			want[term]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("INSERT INTO search (search, rank) VALUES ('integrity-check', 0)"); err != nil {
		t.Errorf("the index is not whole: %v", err)
	}
	for term, n := range want {
		var got int
		if err := db.QueryRow("SELECT count(*) FROM search WHERE search MATCH ?", `"`+term+`"`).Scan(&got); err != nil || got != n {
			t.Fatalf("%q is found in %d messages, %v; %d say it", term, got, err, n)
		}
	}
}

// The write-ahead log is emptied once in some seconds, however much is taken back,
// and not before a reader has let go of it.
func TestWriteAheadLogIsEmptiedNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := file(t)
		s := &story{t: t, m: open(t, path)}
		s.tell(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true})
		s.tell(ana, chat.PersonClaimed{Nick: "ana"})
		regret := func(text string) {
			id := s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, Text: text})
			s.tell(ana, chat.MessageRetracted{Conversation: chat.LobbyID, Message: id})
			s.apply()
			s.batch = chat.Batch{}
			s.m.Tidy(t.Context())
		}
		regret("first secret")
		if size := bytesOf(t, path+"-wal"); size != 0 {
			t.Errorf("at once it has %d bytes", size)
		}
		regret("second secret")
		regret("third secret")
		if bytesOf(t, path+"-wal") == 0 {
			t.Error("it is emptied at each message")
		}
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if size := bytesOf(t, path+"-wal"); size != 0 {
			t.Errorf("after some seconds it has %d bytes", size)
		}

		db, err := sql.Open("sqlite", "file:"+path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		reading, err := db.Begin()
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := reading.QueryRow("SELECT count(*) FROM messages").Scan(&n); err != nil {
			t.Fatal(err)
		}
		regret("fourth secret")
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if bytesOf(t, path+"-wal") == 0 {
			t.Error("it was emptied under a reader")
		}
		if err := reading.Rollback(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if found := bytesHolding(t, path, []string{"secret"}); len(found) > 0 {
			t.Errorf("still there: %q", found)
		}
	})
}

// Words that are still to go and are said again stay.
func TestWordsThatComeAgainWhileTheyGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := file(t)
		s := &story{t: t, m: open(t, path)}
		s.tell(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true})
		s.tell(ana, chat.PersonClaimed{Nick: "ana"})
		long := func(from, to int) (text string) {
			for n := from; n < to; n++ {
				text += fmt.Sprintf("word%d ", n)
			}
			return text
		}
		id := s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, Text: long(0, 300)})
		for _, text := range []string{"short", long(100, 400), "word7 short", long(0, 90), long(50, 200)} {
			s.apply()
			s.batch = chat.Batch{}
			s.m.Tidy(t.Context())
			time.Sleep(250 * time.Millisecond)
			s.tell(ana, chat.MessageEdited{Conversation: chat.LobbyID, Message: id, Text: text})
		}
		s.apply()
		s.m.Tidy(t.Context())
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		wantFindable(t, path, s.m)
		for _, gone := range []string{"word7", "word49", "word200", "word399", "short"} {
			q := chat.TermQuery{Terms: []string{gone}, In: []chat.Extent{{ID: chat.LobbyID}}, Limit: 5}
			if found, err := s.m.Search(t.Context(), q); err != nil || len(found) > 0 {
				t.Errorf("%q is found in %d messages, %v", gone, len(found), err)
			}
		}
	})
}
