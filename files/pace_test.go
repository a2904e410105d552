package files_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"charla/files/blob"
	"charla/server/chat"
	"charla/server/chat/chattest"
)

// greedy has so many KiB of files left, and gets one more each time that somebody waits.
type greedy struct {
	mu           sync.Mutex
	left, waited int
}

func (l *greedy) Take(_ chat.UserID, b chat.Budget, n int) (time.Duration, bool) {
	if b != chat.Transfers {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left < n {
		l.left++
		l.waited++
		return time.Millisecond, false
	}
	l.left -= n
	return 0, true
}

// Somebody puts more than one person may at once: it goes on slowly, whole, and
// one line says why.
func TestWhoPutsVeryMuchGoesOnSlowly(t *testing.T) {
	limiter := &greedy{left: 64}
	w := newWorld(t, blob.Options{}, chattest.WithLimiter(limiter))
	ana := w.session(w.ana)
	content := strings.Repeat("x", 128<<10)
	ana.mustPut("/beto/a.bin", content)
	ana.mustPut("/beto/b.bin", "more")
	wantEqual(t, w.session(w.beto).get("/ana/a.bin"), content)
	if limiter.waited == 0 {
		t.Error("nobody waited")
	}
	ana.wantTold("you have sent a great deal")
	if n := strings.Count(ana.stderr.String(), "great deal"); n != 1 {
		t.Errorf("told %d times", n)
	}
}
