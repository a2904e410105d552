package readmodel_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"charla/server/chat"
)

// FTS5 merges its index by itself: in a large one, every sixty-fourth message
// that somebody wrote waited until a megabyte of it was written anew, and so did
// all that came after it.
func TestNoMessageWaitsWhileTheIndexIsMerged(t *testing.T) {
	if testing.Short() {
		t.Skip("a large index takes long with the race detector, and has no goroutine")
	}
	path, r := file(t), rand.New(rand.NewPCG(9, 9))
	s := &story{t: t, m: open(t, path)}
	s.tell(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true})
	s.tell(ana, chat.PersonClaimed{Nick: "ana"})
	say := func(n int) {
		var words []string
		for range n {
			words = append(words, fmt.Sprintf("%05x", r.IntN(50_000)))
		}
		s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, Text: strings.Join(words, " ")})
	}
	for range 5 { // enough for a merge of several large pieces
		for range 1000 {
			say(60)
		}
		s.apply()
		s.batch = chat.Batch{}
		s.m.Tidy(t.Context())
	}
	const most = 50 // pages: some 15 are those of the message itself
	for n := range 300 {
		say(10)
		before := bytesOf(t, path+"-wal")
		s.apply()
		s.batch = chat.Batch{}
		if pages := (bytesOf(t, path+"-wal") - before) / 4096; pages > most {
			t.Fatalf("message %d wrote %d pages", n, pages)
		}
		s.m.Tidy(t.Context())
	}
	if pieces := segments(t, path); pieces > 16 {
		t.Errorf("the index is in %d pieces: nothing merges them", pieces)
	}
}

func bytesOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// segments is how many pieces the index of words is in.
func segments(t *testing.T, path string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT count(DISTINCT segid) FROM search_idx").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
