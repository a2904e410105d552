package journal

import (
	"slices"
	"sync"
	"testing"
	"time"
)

func BenchmarkAppend1(b *testing.B)  { benchmarkAppend(b, 1) }
func BenchmarkAppend64(b *testing.B) { benchmarkAppend(b, 64) }

func benchmarkAppend(b *testing.B, writers int) {
	j := mustOpen(b, b.TempDir())
	each := (b.N + writers - 1) / writers
	took := make([][]time.Duration, writers)
	var wg sync.WaitGroup
	b.ResetTimer()
	for w := range writers {
		took[w] = make([]time.Duration, 0, each)
		wg.Go(func() {
			for range each {
				begin := time.Now()
				if _, err := j.Append(b.Context(), post("a line of text as people write them, neither long nor short")); err != nil {
					b.Error(err)
					return
				}
				took[w] = append(took[w], time.Since(begin))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Concat(took...)
	slices.Sort(all)
	report := func(name string, share float64) {
		b.ReportMetric(float64(all[int(share*float64(len(all)-1))].Microseconds()), name)
	}
	report("p50-µs", 0.50)
	report("p99-µs", 0.99)
	b.ReportMetric(float64(len(all))/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkPut(b *testing.B) {
	j := mustOpen(b, b.TempDir())
	user := post("").By
	for b.Loop() {
		if err := j.Put(b.Context(), user, "marks", []byte(`{"d":123456}`)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpen is a start on a log of 1,000 records after a clean stop.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	j := mustOpen(b, dir)
	for range 1000 {
		if _, err := j.Append(b.Context(), post("x")); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		b.StopTimer()
		if err := j.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		j = mustOpen(b, dir)
	}
}

// BenchmarkTail reads a log back, in envelopes as 64 writers make them.
func BenchmarkTail(b *testing.B) {
	j := mustOpen(b, b.TempDir())
	const writers, each = 64, 200
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range each {
				if _, err := j.Append(b.Context(), post("a line of text as people write them, neither long nor short")); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for b.Loop() {
		if n := len(readAll(b, j)); n != writers*each {
			b.Fatalf("%d events", n)
		}
	}
	b.ReportMetric(writers*each*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
