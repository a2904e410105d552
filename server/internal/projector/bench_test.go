package projector_test

import (
	"context"
	"log/slog"
	"testing"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/internal/projector"
)

// nothing is a view that stores nothing.
type nothing struct{ chat.View }

func (nothing) Apply(context.Context, chat.Batch) ([]chat.Change, error) { return nil, nil }
func (nothing) Applied(context.Context) (log, shelf uint64, err error)   { return 0, 0, nil }

// BenchmarkProject is what the projector itself costs, per entry.
func BenchmarkProject(b *testing.B) {
	log := chattest.NewLog()
	var last chat.Position
	for range 50_000 {
		at, err := log.Append(b.Context(), post("a line of text as people write them, neither long nor short"))
		if err != nil {
			b.Fatal(err)
		}
		last = at
	}
	for b.Loop() {
		ctx, cancel := context.WithCancel(b.Context())
		p := projector.New(log, log, nothing{}, &published{}, slog.New(slog.DiscardHandler))
		ended := make(chan error, 1)
		go func() { ended <- p.Run(ctx) }()
		if err := p.Await(ctx, last); err != nil {
			b.Fatal(err)
		}
		cancel()
		if err := <-ended; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(50_000*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
