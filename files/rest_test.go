package files_test

import (
	"runtime/pprof"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"charla/files/blob"
)

// Every window of a file manager is a session, and a thousand of them that do
// nothing were eleven thousand goroutines and as many buffers as their busiest
// moment had needed.
func TestAQuietSessionHoldsNextToNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, blob.Options{})
		content := strings.Repeat("0123456789abcdef", 1<<16)
		var sessions []*client
		for range 10 {
			s := w.session(w.ana)
			s.mustPut("/beto/a.txt", content)
			sessions = append(sessions, s)
		}
		reading := sessions[0].open("/beto/a.txt", 0)
		time.Sleep(time.Minute)
		synctest.Wait()
		// Nine workers, who hands out and who puts in order, and the session that
		// has a file open.
		wantEqual(t, workers(), 12)
		for _, s := range sessions {
			wantEqual(t, s.get("/beto/a.txt"), content)
			time.Sleep(time.Minute)
		}
		if err := reading.Close(); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		wantEqual(t, workers(), 0)
		for _, s := range sessions {
			wantEqual(t, s.bye(), 0)
		}
	})
}

// workers is how many goroutines of pkg/sftp's servers there are.
func workers() (n int) {
	var stacks strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&stacks, 2) // into memory
	for stack := range strings.SplitSeq(stacks.String(), "\n\n") {
		if strings.Contains(stack, "sftp.(*RequestServer)") || strings.Contains(stack, "sftp.(*packetManager)") {
			n++
		}
	}
	return n
}
