package tui

import (
	"fmt"
	"log/slog"
	"runtime"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/i18n"
	"charla/tui/terminal"
)

// told is a feed that tells what the test puts into it.
type told struct {
	chat.Follower
	next chat.News
}

func (f *told) Next() chat.News {
	n := f.next
	f.next = chat.News{Here: n.Here, Typing: n.Typing, AsOf: n.AsOf}
	return n
}

// settled is a model whose commands have all been answered.
func settled(b *testing.B, actor *chat.Actor, width, height int) (*Model, *told) {
	b.Helper()
	m := New(b.Context(), Config{Actor: actor, Words: i18n.For(i18n.Spanish), Host: "chat.lan", Port: 2222, Loc: time.UTC, Log: slog.New(slog.DiscardHandler)})
	answers := make(chan tea.Msg, 64)
	run := func(cmd tea.Cmd) {
		if cmd != nil {
			go func() { answers <- cmd() }()
		}
	}
	_, cmd := m.Update(tea.WindowSizeMsg{Width: width, Height: height})
	run(cmd)
	deadline := time.After(time.Minute)
	for len(m.windows) == 0 || !m.windows[0].loaded {
		select {
		case msg := <-answers:
			if batch, ok := msg.(tea.BatchMsg); ok {
				for _, c := range batch {
					run(c)
				}
				continue
			}
			_, cmd := m.Update(msg)
			run(cmd)
		case <-deadline:
			b.Fatal("the screen never opened")
		}
	}
	feed := &told{Follower: m.feed, next: chat.News{Here: m.hereAt, Typing: m.typesAt}}
	m.feed = feed
	return m, feed
}

// BenchmarkNews is one message of somebody else in the lobby, folded in and
// drawn.
func BenchmarkNews(b *testing.B) {
	for _, size := range [][2]int{{80, 24}, {140, 40}} {
		b.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(b *testing.B) {
			w := chattest.New(b)
			me, other := w.Person("ana"), w.Person("beto")
			for i := range 60 {
				w.Say(other, w.Lobby(), fmt.Sprintf("un mensaje de largo corriente, el número %d", i))
			}
			m, feed := settled(b, me, size[0], size[1])
			f := &terminal.Frame{}
			at := time.Now()
			n := chat.Number(60)
			b.ReportAllocs()
			for b.Loop() {
				n++
				msg := &chat.Message{ID: chat.NewID[chat.Message](), Conversation: chat.LobbyID, Number: n, Position: chat.PositionAt(uint64(1000+n), 0),
					From: other.Me().ID, Nick: "beto", At: at, Text: "otro mensaje más, de los que se escriben todo el día"}
				feed.next.Changes = []chat.Change{{Kind: chat.Posted, Position: msg.Position, Conversation: chat.LobbyID, Message: msg}}
				feed.next.AsOf = msg.Position
				m.Update(terminal.NewsMsg{})
				f.Reset(size[0], size[1])
				m.Frame(f)
			}
		})
	}
}

// BenchmarkFrame is a frame in which nothing changed.
func BenchmarkFrame(b *testing.B) {
	w := chattest.New(b)
	me := w.Person("ana")
	for i := range 60 {
		w.Say(me, w.Lobby(), fmt.Sprintf("mensaje %d", i))
	}
	m, _ := settled(b, me, 80, 24)
	f := &terminal.Frame{}
	b.ReportAllocs()
	for b.Loop() {
		f.Reset(80, 24)
		m.Frame(f)
	}
}

// BenchmarkSession says what a screen keeps, without its terminal.
func BenchmarkSession(b *testing.B) {
	w := chattest.New(b)
	me, other := w.Person("ana"), w.Person("beto")
	for i := range 100 {
		w.Say(other, w.Lobby(), fmt.Sprintf("un mensaje de largo corriente, el número %d", i))
	}
	const sessions = 100
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		var keep []*Model
		for range sessions {
			m, _ := settled(b, me, 80, 24)
			f := &terminal.Frame{}
			f.Reset(80, 24)
			m.Frame(f)
			keep = append(keep, m)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/sessions/1024, "KiB/session")
		runtime.KeepAlive(keep)
	}
}
