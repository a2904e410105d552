//go:build unix

package readmodel_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"charla/server/chat"
)

// What it costs to forget somebody who said a quarter of all, until the file has none
// of their words. Each piece is one event, as the keeper says them, without its rests.
func BenchmarkForget(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		path := file(b)
		s := &story{t: b, m: open(b, path)}
		s.tell(chat.UserID{}, chat.RoomOpened{Conversation: chat.LobbyID, Name: chat.Lobby, Everyone: true})
		for n, nick := range []chat.Nick{"ana", "beto", "carla", "dora"} {
			s.tell(id[chat.Person](n+1), chat.PersonClaimed{Nick: nick})
		}
		fill(b, s, *rows)
		b.StartTimer()
		forgetBeto(b, s, path)
	}
}

// fill has four people say as many messages of 18 words, some of which everybody says
// and most nearly nobody.
func fill(b *testing.B, s *story, messages int) {
	b.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	zipf := rand.NewZipf(r, 1.1, 4, 50_000)
	for n := range messages {
		var words []string
		for range 18 {
			k := zipf.Uint64()
			words = append(words, fmt.Sprintf("%c%c%c%x", 'a'+k%17, 'a'+k/17%13, 'a'+k/221%23, k))
		}
		s.tell(id[chat.Person](n%4+1), chat.MessagePosted{Conversation: chat.LobbyID, Text: strings.Join(words, " ")})
		if n%256 == 255 {
			s.apply()
			s.batch = chat.Batch{}
			s.m.Tidy(b.Context())
		}
	}
	s.apply()
	s.batch = chat.Batch{}
}

func forgetBeto(b *testing.B, s *story, path string) {
	b.Helper()
	pieces, cpu, begun := 0, processor(b), time.Now()
	var piece, tidying, waited longest
	said := func() { // somebody else writes meanwhile
		s.tell(ana, chat.MessagePosted{Conversation: chat.LobbyID, Text: "hola"})
		waited.measure(b, func() { s.apply() })
		s.batch = chat.Batch{}
		tidying.measure(b, func() { s.m.Tidy(b.Context()) })
		time.Sleep(20 * time.Millisecond)
	}
	for left := true; left; pieces++ {
		for sated(b, s) {
			said()
		}
		s.tell(chat.UserID{}, chat.PersonForgotten{User: beto})
		piece.measure(b, func() { s.apply() })
		s.batch = chat.Batch{}
		tidying.measure(b, func() { s.m.Tidy(b.Context()) })
		users, err := s.m.Forgetting(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		left = len(users) > 0
	}
	for !wordsAreGone(b, path) {
		said()
	}
	b.Logf("%d pieces, of the processor %v, until all words were gone %v; by the clock and of the processor at most: a piece %v, its tidying %v; a message waited %v",
		pieces, processor(b)-cpu, time.Since(begun), piece, tidying, waited)
}

func sated(b *testing.B, s *story) bool {
	b.Helper()
	sated, err := s.m.Sated(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return sated
}

// longest is how long something took at most, by the clock and of the processor.
type longest struct{ clock, processor time.Duration }

func (l *longest) measure(b *testing.B, f func()) {
	cpu, began := processor(b), time.Now()
	f()
	l.clock, l.processor = max(l.clock, time.Since(began)), max(l.processor, processor(b)-cpu)
}

func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
