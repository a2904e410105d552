package server

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/command"
	"charla/server/config"
)

// BenchmarkDurable is how long somebody waits for the tick of a message, from the
// actor's hands to the acknowledgement that it is on the disk, while so many
// others write too and everything is projected: each as fast as they get ticks,
// so that the machine is full, or each twenty times a second.
func BenchmarkDurable(b *testing.B) {
	for _, c := range []struct {
		name    string
		writers int
		pause   time.Duration
	}{{"1 writer", 1, 0}, {"64 writers", 64, 0}, {"64 writers, 20 a second each", 64, 50 * time.Millisecond}} {
		b.Run(c.name, func(b *testing.B) {
			r := newRoad(b, c.writers)
			took := make([][]time.Duration, c.writers)
			before := processTime()
			b.ResetTimer()
			r.write(b.N, func(w int, post func() (chat.Sent, error)) error {
				if c.pause > 0 { // the pace is what is measured under, not waited for
					time.Sleep(c.pause/2 + rand.N(c.pause))
				}
				begin := time.Now()
				_, err := post()
				took[w] = append(took[w], time.Since(begin))
				return err
			})
			b.StopTimer()
			reportTimes(b, slices.Concat(took...))
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64((processTime()-before).Microseconds())/float64(b.N), "CPU-µs")
		})
	}
}

// BenchmarkRoad is how many messages a second go the whole road: sixty-four
// people write as fast as they get ticks, and one who follows all of it, as tail
// does, has seen the last.
func BenchmarkRoad(b *testing.B) {
	const writers = 64
	for _, places := range []int{1, writers} {
		b.Run(fmt.Sprintf("%d conversations", places), func(b *testing.B) {
			r := newRoad(b, writers)
			r.spread(places)
			ctx, cancel := context.WithCancel(b.Context())
			defer cancel()
			stream, err := command.NewStream(ctx, r.actors[0], nil, nil)
			if err != nil {
				b.Fatal(err)
			}
			defer stream.Close()
			seen := make(chan error, 1)
			before := processTime()
			b.ResetTimer()
			go func() { seen <- follow(ctx, stream, b.N) }()
			r.write(b.N, func(_ int, post func() (chat.Sent, error)) error {
				_, err := post()
				return err
			})
			written := b.Elapsed()
			if err := <-seen; err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(float64(b.N)/written.Seconds(), "durable/s")
			b.ReportMetric(float64((processTime()-before).Microseconds())/float64(b.N), "CPU-µs")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// follow takes n messages off a stream.
func follow(ctx context.Context, stream *command.Stream, n int) error {
	for n > 0 {
		told, more, err := stream.Take(ctx)
		if err != nil {
			return err
		}
		if n -= len(told); n <= 0 || more {
			continue
		}
		select {
		case <-stream.Wake():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if n < 0 {
		return fmt.Errorf("%d messages too many", -n)
	}
	return nil
}

// road is a whole server with people who write.
type road struct {
	*house
	b      *testing.B
	actors []*chat.Actor
	places []chat.Ref
}

func newRoad(b *testing.B, writers int) *road {
	s, err := Open(b.Context(), config.Config{Listen: "127.0.0.1:0", Data: b.TempDir(), NoLimits: true},
		Options{Log: slog.New(slog.DiscardHandler), Tell: func(string) {}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	r := &road{house: &house{Server: s}, b: b, places: []chat.Ref{{ID: chat.LobbyID}}}
	for w := range writers {
		p, err := s.chat.Claim(b.Context(), chat.Nick(fmt.Sprintf("writer%d", w)), chat.Credential{Passphrase: "x"})
		if err != nil {
			b.Fatal(err)
		}
		r.actors = append(r.actors, s.chat.Actor(p))
	}
	return r
}

// spread lets people write in so many groups, each of its own; all are in all.
func (r *road) spread(groups int) {
	if groups == 1 {
		return
	}
	r.places = nil
	var nicks []string
	for _, a := range r.actors {
		nicks = append(nicks, string(a.Me().Nick))
	}
	for n := range groups {
		c, err := r.actors[n].NewGroup(r.b.Context(), fmt.Sprint("Group ", n), nicks)
		if err != nil {
			r.b.Fatal(err)
		}
		r.places = append(r.places, c.Ref())
	}
}

// write lets the people write n messages in all, each their share.
func (r *road) write(n int, each func(writer int, post func() (chat.Sent, error)) error) {
	text := strings.Repeat("a line of text as people write them ", 2)
	var all sync.WaitGroup
	for w, a := range r.actors {
		all.Go(func() {
			for i := w; i < n; i += len(r.actors) {
				words := chat.Words{Text: fmt.Sprintf("%s %d", text, i)}
				err := each(w, func() (chat.Sent, error) { return a.Post(r.b.Context(), r.places[w%len(r.places)], words) })
				if err != nil {
					r.b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
