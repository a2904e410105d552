package blob_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"charla/files/blob"
)

// BenchmarkPut uploads 1 GiB as pkg/sftp does: eight writers, pieces of
// 32 KiB, a little out of order. It reports what is left for Commit to do.
func BenchmarkPut(b *testing.B) {
	const size, piece, writers = 1 << 30, 32 << 10, 8
	s, err := blob.Open(b.TempDir(), blob.Options{Free: plenty})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.SetBytes(size)
	data := random(piece)
	var commits time.Duration
	for i := 0; b.Loop(); i++ {
		data[0] = byte(i) // or the second round would be a duplicate
		u, err := s.Begin(blob.Meta{})
		if err != nil {
			b.Fatal(err)
		}
		var next atomic.Int64
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for at := next.Add(piece) - piece; at < size; at = next.Add(piece) - piece {
					if _, err := u.WriteAt(data, at); err != nil {
						b.Error(err)
					}
				}
			})
		}
		wg.Wait()
		began := time.Now()
		if _, err := u.Commit(context.Background(), nil); err != nil {
			b.Fatal(err)
		}
		commits += time.Since(began)
		b.StopTimer()
		if _, err := s.Sweep(context.Background(), nobody, -time.Hour); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(commits.Milliseconds())/float64(b.N), "commit-ms/op")
}
