package files_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"runtime/pprof"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pkg/sftp"

	"charla/files"
	"charla/files/blob"
	"charla/server/i18n"
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

// A file manager's session with nothing open held up the server's end for ten
// seconds, in which nobody could come in.
func TestASessionThatRestsDoesNotHoldUpTheEndRegression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, blob.Options{})
		ctx, stop := context.WithCancel(w.Ctx)
		near, far := net.Pipe()
		ended := make(chan int, 1)
		go func() {
			ended <- files.Serve(ctx, files.Config{
				Actor: w.ana, Store: w.store, Channel: far, Stderr: io.Discard, Words: i18n.For(i18n.English), Log: slog.New(slog.DiscardHandler),
			})
			far.Close()
		}()
		defer near.Close()
		c, err := sftp.NewClientPipe(near, near)
		if err != nil {
			t.Fatal(err)
		}
		f, err := c.OpenFile("/beto/a.txt", scpFlags)
		if err != nil {
			t.Fatal(err)
		}
		stop()
		time.Sleep(time.Second)
		synctest.Wait()
		wantEqual(t, len(ended), 0)       // a file is open
		if err := f.Close(); err != nil { // nothing was written: it is parked
			t.Error(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		wantEqual(t, len(ended), 1)
	})
}
