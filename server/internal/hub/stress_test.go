package hub_test

import (
	"log/slog"
	"sync"
	"testing"

	"charla/server/chat"
	"charla/server/internal/hub"
)

// Sessions come, watch, read and go while the projector publishes: whoever
// watches a conversation hears each number after their start once and in order,
// or is told that they lost something.
func TestNothingIsLostUnseenUnderChurn(t *testing.T) {
	h := newHub(t)
	const last = 3000
	talks := []chat.ConversationID{newTalk(), newTalk(), newTalk()}
	published := make(chan struct{})
	var sessions sync.WaitGroup
	for i := range 8 {
		sessions.Go(func() {
			for done := false; !done; {
				select {
				case <-published:
					done = true
				default:
				}
				listen(t, h, talks[i%3:], published)
			}
		})
	}
	for seq := uint64(1); seq <= last; seq++ {
		var changes []chat.Change
		for _, id := range talks {
			changes = append(changes, posted(id, at(seq), ""), marked(id, at(seq), chat.Number(seq)))
		}
		h.Publish(changes, level(seq))
	}
	close(published)
	sessions.Wait()
}

// listen follows for a while, and checks that it hears a run without holes.
func listen(t *testing.T, h *hub.Hub, talks []chat.ConversationID, published chan struct{}) {
	f := h.Follow(newUser())
	defer f.Close()
	heard := map[chat.ConversationID]uint64{}
	begin := f.Next().AsOf
	for _, id := range talks {
		heard[id] = begin.Seq()
		f.Watch(id, begin)
	}
	for range 20 {
		news := f.Next()
		for _, id := range news.Lost {
			heard[id] = news.AsOf.Seq()
		}
		for _, c := range news.Changes {
			if c.Kind != chat.Posted {
				continue
			}
			if c.Position.Seq() != heard[c.Conversation]+1 {
				t.Errorf("heard %d after %d", c.Position.Seq(), heard[c.Conversation])
				return
			}
			heard[c.Conversation]++
		}
		for _, id := range talks {
			if heard[id] != news.AsOf.Seq() {
				t.Errorf("complete up to %d, but heard up to %d", news.AsOf.Seq(), heard[id])
				return
			}
		}
		if len(news.Changes) > 0 {
			continue
		}
		select {
		case <-f.Wake():
		case <-published:
		}
	}
}

func BenchmarkPublish(b *testing.B) {
	for _, c := range []struct {
		name      string
		followers int
		reading   bool
	}{
		{"1 follower", 1, false}, {"100 followers", 100, false}, {"10000 stopped followers", 10_000, false}, {"10000 that read", 10_000, true},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := hub.New(slog.New(slog.DiscardHandler))
			defer h.Close()
			id := newTalk()
			all := make([]chat.Follower, c.followers)
			for i := range all {
				all[i] = h.Follow(newUser())
				all[i].Watch(id, 0)
			}
			change := []chat.Change{posted(id, at(1), "hola")}
			seq := uint64(0)
			for b.Loop() {
				seq++
				change[0].Position = at(seq)
				h.Publish(change, level(seq))
				if c.reading {
					b.StopTimer()
					for _, f := range all {
						<-f.Wake()
						f.Next()
					}
					b.StartTimer()
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(c.followers), "ns/follower")
		})
	}
}

func BenchmarkNext(b *testing.B) {
	h := hub.New(slog.New(slog.DiscardHandler))
	defer h.Close()
	f := h.Follow(newUser())
	talks := make([]chat.ConversationID, 50)
	for i := range talks {
		talks[i] = newTalk()
		f.Watch(talks[i], 0)
	}
	seq := uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		seq++
		h.Publish([]chat.Change{posted(talks[seq%50], at(seq), "hola")}, level(seq))
		f.Next()
	}
}
