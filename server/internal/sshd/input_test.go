package sshd

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// A connection that breaks while somebody reads from it is told to the reader
// by whatever error the system has; that was neither the end of the input nor of
// the session, and the operator's log had an error for each.
func TestInputThatBreaksEndsTheSessionRegression(t *testing.T) {
	story(t, nil, func(h *house) {
		begin, ended := make(chan struct{}), make(chan error, 1)
		h.faces.Verb = func(ctx context.Context, s *Session, _ string) int {
			<-begin
			_, _ = io.Copy(io.Discard, s.In) // by the error of the wire, or by its end when that is seen first
			ended <- context.Cause(ctx)
			return 1
		}
		g := h.anaIn()
		ch, err := g.raw()
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := ch.SendRequest("exec", true, gossh.Marshal(struct{ Line string }{"send beto"})); !ok || err != nil {
			t.Fatal(err)
		}
		if _, err := ch.Write(make([]byte, 1<<20)); err != nil { // enough for the window to be widened
			t.Fatal(err)
		}
		synctest.Wait()
		g.wire.in.close() // nothing can be written to the client any more
		close(begin)
		if cause := <-ended; cause == nil {
			t.Error("the session goes on without its input")
		}
		g.hangUp()
	})
}

// Lines cost a client two bytes and the server a thousand times that; whoever
// poured them in had a core to themselves.
func TestPouredLinesAreSlowedDownRegression(t *testing.T) {
	for _, c := range []struct {
		name    string
		request string
		text    byte
		atLeast time.Duration
	}{
		{"a line without end", "shell", 'x', 12 * time.Second},
		{"empty lines", "shell", '\n', 1000 * time.Second},
		{"into a verb", "exec", 'x', 12 * time.Second},
		{"a file", "subsystem", 'x', 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			const size = 8 << 20
			story(t, nil, func(h *house) {
				took := make(chan time.Duration, 1)
				drink := func(_ context.Context, s *Session) int {
					began := time.Now()
					n, err := io.Copy(io.Discard, s.In)
					if n != size || err != nil {
						t.Errorf("got %d bytes, %v", n, err)
					}
					took <- time.Since(began)
					return 0
				}
				h.faces.Lines, h.faces.Files = drink, drink
				h.faces.Verb = func(ctx context.Context, s *Session, _ string) int { return drink(ctx, s) }
				ch, err := h.anaIn().raw()
				if err != nil {
					t.Fatal(err)
				}
				if ok, err := ch.SendRequest(c.request, true, gossh.Marshal(struct{ Text string }{"sftp"})); !ok || err != nil {
					t.Fatal(err)
				}
				block := make([]byte, 64<<10)
				for i := range block {
					block[i] = c.text
				}
				for range size / len(block) {
					if _, err := ch.Write(block); err != nil {
						t.Fatal(err)
					}
				}
				if err := ch.CloseWrite(); err != nil {
					t.Fatal(err)
				}
				if d := <-took; d < c.atLeast || c.atLeast == 0 && d != 0 {
					t.Errorf("it took %v", d)
				}
				ch.Close()
			})
		})
	}
}
