//go:build unix

package terminal

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// chatLike draws what a chat does: a list on the left, messages on the right,
// a composer. Its rows are kept, as the row cache keeps them.
type chatLike struct {
	list, rows []string
	typed      int
}

func newChatLike() *chatLike {
	m := &chatLike{}
	for y := range 24 {
		m.list = append(m.list, fmt.Sprintf("\x1b[1m● conv %2d\x1b[m%s\x1b[38;5;244m%3d\x1b[m", y, strings.Repeat(" ", 9), y))
		m.rows = append(m.rows, fmt.Sprintf("\x1b[38;5;33mana\x1b[m: %-52d", y))
	}
	return m
}

func (m *chatLike) Init() tea.Cmd { return nil }

func (m *chatLike) View() tea.View { return tea.NewView("") }

func (m *chatLike) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg.(type) {
	case tea.KeyPressMsg, NewsMsg:
		m.typed++
	}
	return m, nil
}

func (m *chatLike) Frame(f *Frame) {
	for y := range 23 {
		f.Put(0, y, 22, m.list[y])
		f.Put(22, y, 1, "│")
		f.Put(23, y, 57, m.rows[y])
	}
	f.Put(0, 23, 80, fmt.Sprintf("> %-78d", m.typed))
	f.SetCursor(2, 23)
}

// BenchmarkFrame is drawing, comparing and encoding a frame of 80x24 in which
// one row changed; the model's own part is included.
func BenchmarkFrame(b *testing.B) {
	m := newChatLike()
	p := newPainter(newGuard(io.Discard, func() {}, quiet()), "")
	b.ReportAllocs()
	for b.Loop() {
		m.typed++
		m.Frame(p.begin(Size{80, 24}))
		if _, err := p.paint(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFullFrame is the first frame, or one after a resize.
func BenchmarkFullFrame(b *testing.B) {
	m := newChatLike()
	p := newPainter(newGuard(io.Discard, func() {}, quiet()), "")
	b.ReportAllocs()
	for b.Loop() {
		p.resize()
		m.Frame(p.begin(Size{80, 24}))
		if _, err := p.paint(); err != nil {
			b.Fatal(err)
		}
	}
}

// notice tells every write.
type notice chan struct{}

func (n notice) Write(p []byte) (int, error) {
	select {
	case n <- struct{}{}:
	default:
	}
	return len(p), nil
}

// BenchmarkRoundTrip is one key from the reader through the pump and the
// program to the model. Most of them fall between two frames. The limit on keys
// is not what is measured, so every few thousand come in a session of their own.
func BenchmarkRoundTrip(b *testing.B) {
	const keys = 3000
	var end func()
	var in *io.PipeWriter
	m := &counted{chatLike: newChatLike(), seen: make(chan struct{}, 1)}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if i%keys == 0 {
			b.StopTimer()
			if end != nil {
				end()
			}
			in, end = m.run()
			b.StartTimer()
		}
		_, _ = in.Write([]byte("x"))
		<-m.seen
	}
	end()
}

// counted tells every key it is given.
type counted struct {
	*chatLike
	seen chan struct{}
}

func (m *counted) run() (keys *io.PipeWriter, end func()) {
	in, keys := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- Run(context.Background(), m, Config{In: in, Out: io.Discard, Size: Size{80, 24}, Log: quiet()})
	}()
	return keys, func() {
		_ = keys.Close()
		<-done
	}
}

func (m *counted) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if _, ok := msg.(tea.KeyPressMsg); ok {
		m.seen <- struct{}{}
	}
	return m, nil
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// crowd are sessions over pipes in memory; painted hears of every write.
type crowd struct {
	cancel  context.CancelFunc
	painted notice
	done    chan error
	keys    []*io.PipeWriter
	wakes   []chan struct{}
}

func newCrowd(n int) *crowd {
	ctx, cancel := context.WithCancel(context.Background())
	c := &crowd{cancel: cancel, painted: make(notice, 4*n), done: make(chan error, n)}
	shared := newChatLike()
	for range n {
		in, out := io.Pipe()
		wake := make(chan struct{}, 1)
		c.keys, c.wakes = append(c.keys, out), append(c.wakes, wake)
		m := &chatLike{list: shared.list, rows: shared.rows}
		go func() {
			c.done <- Run(ctx, m, Config{In: in, Out: c.painted, Size: Size{80, 24}, Sizes: NewSizes(),
				Wake: wake, Term: "xterm-256color", Log: quiet()})
		}()
	}
	for range 2 * n { // the modes and the first frame of each
		<-c.painted
	}
	return c
}

func (c *crowd) close() {
	c.cancel()
	for _, keys := range c.keys {
		<-c.done
		_ = keys.Close()
	}
}

// BenchmarkDelivery reports the CPU time of one piece of news becoming one
// painted row, in a crowd that is woken ten times a second.
func BenchmarkDelivery(b *testing.B) {
	const sessions = 200
	c := newCrowd(sessions)
	defer c.close()
	time.Sleep(2 * releaseAfter) // nothing is asserted: this is a measurement
	deliveries, before := 0, cpuTime()
	for b.Loop() {
		for _, wake := range c.wakes {
			wake <- struct{}{}
		}
		for range sessions {
			<-c.painted
		}
		deliveries += sessions
		time.Sleep(100 * time.Millisecond)
	}
	b.ReportMetric(float64((cpuTime()-before).Microseconds())/float64(deliveries), "CPU-us/delivery")
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkIdleSession reports what an idle session keeps, model included: KiB
// of heap and stacks.
func BenchmarkIdleSession(b *testing.B) {
	const sessions = 500
	for b.Loop() {
		before := memory()
		c := newCrowd(sessions)
		for _, keys := range c.keys {
			_, _ = keys.Write([]byte("x"))
		}
		for range sessions {
			<-c.painted
		}
		time.Sleep(2 * releaseAfter)
		b.ReportMetric(float64(memory()-before)/sessions/1024, "KiB/session")
		idle := cpuTime()
		time.Sleep(time.Second)
		b.ReportMetric(float64((cpuTime()-idle).Nanoseconds())/1e3/sessions, "idle-us/s")
		c.close()
	}
}

func memory() uint64 {
	for range 3 {
		runtime.GC()
	}
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc + s.StackInuse
}
