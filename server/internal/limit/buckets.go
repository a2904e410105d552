package limit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// buckets holds what is not full. A full bucket is the same as none, so those
// are forgotten once a minute; there are never more than most.
type buckets[K comparable] struct {
	most int

	mu    sync.Mutex
	held  map[K]*rate.Limiter
	crowd map[Rate]*rate.Limiter // of those who found no room
	swept time.Time
}

func newBuckets[K comparable](most int) buckets[K] {
	return buckets[K]{most: most, held: map[K]*rate.Limiter{}, crowd: map[Rate]*rate.Limiter{}}
}

// take spends n of key's bucket, whose rate is r.
func (b *buckets[K]) take(key K, r Rate, n int, now time.Time) (time.Duration, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.swept) >= time.Minute {
		b.sweep(now)
	}
	return spend(b.bucket(key, r), n, now)
}

// look is take of one that is given back.
func (b *buckets[K]) look(key K, r Rate, now time.Time) (time.Duration, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.held[key]
	if l == nil && len(b.held) < b.most {
		return 0, true
	}
	l = b.bucket(key, r)
	reserved := l.ReserveN(now, 1)
	defer reserved.CancelAt(now)
	wait := reserved.DelayFrom(now)
	return wait, wait == 0
}

// bucket finds or makes a bucket. b.mu must be held.
func (b *buckets[K]) bucket(key K, r Rate) *rate.Limiter {
	if l := b.held[key]; l != nil {
		return l
	}
	if len(b.held) < b.most {
		l := r.bucket()
		b.held[key] = l
		return l
	}
	if b.crowd[r] == nil {
		b.crowd[r] = r.bucket()
	}
	return b.crowd[r]
}

func (r Rate) bucket() *rate.Limiter { return rate.NewLimiter(rate.Limit(r.Second), r.Burst) }

// sweep forgets the full ones. b.mu must be held.
func (b *buckets[K]) sweep(now time.Time) {
	b.swept = now
	for key, l := range b.held {
		if l.TokensAt(now) >= float64(l.Burst()) {
			delete(b.held, key)
		}
	}
}
