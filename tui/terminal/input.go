package terminal

import (
	"context"
	"io"
	"time"
)

// Limits of what comes in. A byte costs one, an event eventCost; what goes
// beyond waits in the client, because nothing is read meanwhile.
const (
	inputRate  = 512 * 1024    // per second
	inputBurst = 2 * inputRate // at once
	eventCost  = 256           // so 2,000 events per second, 4,000 at once
	readSmall  = 256           // the buffer of an idle session
	readLarge  = 4096          // the buffer while much comes in
	stallGap   = 100 * time.Millisecond
)

// chunk is what one read gave. fresh is false if it may have piled up while
// the session was busy: then lines in it say nothing about a paste.
type chunk struct {
	data  []byte
	fresh bool
}

// input reads the client's bytes. One chunk is under way at a time.
type input struct {
	in     io.Reader
	chunks chan chunk // closed when nothing more comes
	done   chan int   // the number of events in the chunk
	budget float64
	filled time.Time
}

func newInput(in io.Reader) *input {
	return &input{in: in, chunks: make(chan chunk), done: make(chan int),
		budget: inputBurst, filled: time.Now()}
}

// run reads until the input or ctx ends.
func (i *input) run(ctx context.Context, s *session) {
	defer close(i.chunks)
	defer func() {
		if r := recover(); r != nil {
			s.panicked("read", r)
		}
	}()
	buf, fresh := make([]byte, readSmall), true
	for {
		n, err := i.in.Read(buf)
		if n > 0 {
			handed := time.Now()
			cost, ok := i.hand(ctx, chunk{buf[:n], fresh})
			if !ok || !i.pay(ctx, n+cost*eventCost) {
				return
			}
			fresh = time.Since(handed) < stallGap
			buf = nextBuffer(buf, n)
		}
		if err != nil {
			return
		}
	}
}

// nextBuffer grows the buffer when it was filled and shrinks it when the flood
// is over.
func nextBuffer(buf []byte, n int) []byte {
	switch {
	case n == len(buf) && len(buf) == readSmall:
		return make([]byte, readLarge)
	case n <= readSmall && len(buf) == readLarge:
		return make([]byte, readSmall)
	}
	return buf
}

// hand gives a chunk to the pump and waits until it was used up.
func (i *input) hand(ctx context.Context, c chunk) (events int, ok bool) {
	select {
	case i.chunks <- c:
	case <-ctx.Done():
		return 0, false
	}
	select {
	case events = <-i.done:
		return events, true
	case <-ctx.Done():
		return 0, false
	}
}

// taken is called by the pump when the events of a chunk are with the program.
func (i *input) taken(ctx context.Context, events int) {
	select {
	case i.done <- events:
	case <-ctx.Done():
	}
}

// pay takes the cost from the budget and waits while it is overdrawn.
func (i *input) pay(ctx context.Context, cost int) bool {
	now := time.Now()
	i.budget = min(i.budget+now.Sub(i.filled).Seconds()*inputRate, inputBurst)
	i.filled = now
	i.budget -= float64(cost)
	if i.budget >= 0 {
		return true
	}
	wait := time.NewTimer(time.Duration(-i.budget / inputRate * float64(time.Second)))
	defer wait.Stop()
	select {
	case <-wait.C:
		return true
	case <-ctx.Done():
		return false
	}
}
