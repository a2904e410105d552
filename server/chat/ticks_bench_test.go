package chat_test

import (
	"fmt"
	"log/slog"
	"testing"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/internal/hub"
)

// BenchmarkNews is what a session learns of one change: of a message, and of a mark
// of somebody whose presence everybody sees, or only those whom they know.
func BenchmarkNews(b *testing.B) {
	w := chattest.New(b)
	ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
	group := w.Group(ana, "Todos", beto, eva)
	if _, err := eva.ChangeSettings(w.Ctx, func(s *chat.Settings) { s.SeenBy = chat.Known }); err != nil {
		b.Fatal(err)
	}
	w.Settle()
	at := uint64(1 << 30)
	for what, change := range map[string]chat.Change{
		"message": {Kind: chat.Posted, Message: &chat.Message{Conversation: group.ID, From: beto.Me().ID}},
		"mark":    {Kind: chat.Marked, Member: &chat.Member{User: beto.Me().ID, Delivered: far}},
		"guarded": {Kind: chat.Marked, Member: &chat.Member{User: eva.Me().ID, Delivered: far}},
	} {
		for _, how := range []string{"hub", "actor"} {
			b.Run(fmt.Sprintf("%s/%s", what, how), func(b *testing.B) {
				h := hub.New(slog.New(slog.DiscardHandler))
				defer h.Close()
				f := h.Follow(ana.Me().ID)
				if how == "actor" {
					h, f = w.Hub, ana.Follow()
				}
				defer f.Close()
				f.Watch(group.ID, 0)
				b.ReportAllocs()
				for b.Loop() {
					at++
					change.Conversation, change.Position = group.ID, chat.PositionAt(at, 0)
					h.Publish([]chat.Change{change}, change.Position)
					f.Next()
				}
			})
		}
	}
}
