package load

import (
	"math"
	"math/bits"
	"sync/atomic"
	"time"
)

// histogram counts durations in microseconds, in buckets at most 1/64 wide, and
// keeps the largest exactly. It takes the same room for any number of them, and
// many goroutines may add at once.
type histogram struct {
	buckets [40 * 64]atomic.Int64 // the last holds 2^45 us, a year
	count   atomic.Int64
	most    atomic.Int64
}

func (h *histogram) add(d time.Duration) {
	us := max(d.Microseconds(), 0)
	h.buckets[bucketOf(us)].Add(1)
	h.count.Add(1)
	for {
		old := h.most.Load()
		if us <= old || h.most.CompareAndSwap(old, us) {
			return
		}
	}
}

// bucketOf: below 64 a bucket each, then 64 to each power of two.
func bucketOf(us int64) int {
	shift := max(bits.Len64(uint64(us))-7, 0)
	return min(shift*64+int(us>>shift), 40*64-1)
}

// largestIn is the largest value of a bucket.
func largestIn(bucket int) int64 {
	if bucket < 128 {
		return int64(bucket)
	}
	shift := bucket/64 - 1
	return (int64(bucket-shift*64)+1)<<shift - 1
}

// quantile is at least the q-th part of all durations, in milliseconds; 0 of none.
func (h *histogram) quantile(q float64) float64 {
	rank := int64(math.Ceil(q * float64(h.count.Load())))
	if rank == 0 {
		return 0
	}
	var sum int64
	for i := range h.buckets {
		if sum += h.buckets[i].Load(); sum >= rank {
			return float64(min(largestIn(i), h.most.Load())) / 1000
		}
	}
	return h.max()
}

func (h *histogram) max() float64 { return float64(h.most.Load()) / 1000 }
