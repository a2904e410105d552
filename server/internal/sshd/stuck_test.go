package sshd

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// writers are faces that begin to write when they are told, and go on until
// they cannot. They tell after how long that was, and why the session ended.
type writers struct {
	begin chan struct{}
	ended chan writersEnd
}

type writersEnd struct {
	after time.Duration
	cause error
}

func (h *house) writers() writers {
	w := writers{make(chan struct{}), make(chan writersEnd, 1)}
	face := func(ctx context.Context, s *Session) int {
		<-w.begin
		began := time.Now()
		for {
			if _, err := s.Out.Write(make([]byte, 64<<10)); err != nil {
				after := time.Since(began)
				<-ctx.Done()
				w.ended <- writersEnd{after, context.Cause(ctx)}
				return 1
			}
		}
	}
	h.faces.Files, h.faces.Lines = face, face
	h.faces.Verb = func(ctx context.Context, s *Session, _ string) int { return face(ctx, s) }
	return w
}

// end fails the story unless g was hung up on after a time.
func (w writers) end(g *guest, after time.Duration) {
	g.h.t.Helper()
	synctest.Wait()
	select {
	case e := <-w.ended:
		if e.cause != ErrGone || e.after != after {
			g.h.t.Errorf("it ended by %v after %v", e.cause, e.after)
		}
	default:
		g.h.t.Error("it still waits")
		g.hangUp()
	}
}

// unread starts a face on a channel that nobody reads from.
func (g *guest) unread(request, payload string) *raw {
	g.h.t.Helper()
	ch, err := g.raw()
	if err != nil {
		g.h.t.Fatal(err)
	}
	if ok, err := ch.SendRequest(request, true, gossh.Marshal(struct{ Text string }{payload})); !ok || err != nil {
		g.h.t.Fatalf("%s: granted is %t, %v", request, ok, err)
	}
	return ch
}

var allButScreens = []struct{ name, request, payload string }{
	{"verb", "exec", "tail"}, {"files", "subsystem", "sftp"}, {"lines", "shell", ""},
}

// A client that sends and does not read is heard, so no keepalive is due, and
// what was written to it waited for ever.
func TestClientThatTalksAndDoesNotReadIsHungUpOnRegression(t *testing.T) {
	for _, face := range allButScreens {
		t.Run(face.name, func(t *testing.T) {
			story(t, nil, func(h *house) {
				w := h.writers()
				g := h.anaIn()
				g.unread(face.request, face.payload)
				g.wire.in.hold()
				close(w.begin)
				for range 30 {
					_, _, _ = g.client.SendRequest("hello@there", false, nil)
					time.Sleep(time.Second)
				}
				w.end(g, 20*time.Second)
			})
		})
	}
}

// A client that answers what it is asked, and takes nothing from a channel, may
// have its reasons: somebody reads a page of what came. But not for ever.
func TestClientThatTakesNothingFromAChannelRegression(t *testing.T) {
	for _, face := range allButScreens {
		t.Run(face.name, func(t *testing.T) {
			story(t, nil, func(h *house) {
				w := h.writers()
				g := h.anaIn()
				ch := g.unread(face.request, face.payload)
				close(w.begin)
				time.Sleep(9 * time.Minute)
				if n, err := ch.Read(make([]byte, 4<<20)); n == 0 || err != nil {
					t.Fatalf("after 9 min it reads %d bytes, %v", n, err)
				}
				time.Sleep(9 * time.Minute) // it took something meanwhile
				if len(w.ended) > 0 {
					t.Error("it ended though something was taken")
				}
				time.Sleep(9 * time.Minute)
				w.end(g, 19*time.Minute)
			})
		})
	}
}

// Whoever does not read would otherwise hold up the end of the server as long
// as it waits at all.
func TestServerThatStopsWaitsShortlyForClientsThatDoNotReadRegression(t *testing.T) {
	for _, face := range allButScreens {
		t.Run(face.name, func(t *testing.T) {
			story(t, nil, func(h *house) {
				w := h.writers()
				g := h.anaIn()
				g.unread(face.request, face.payload)
				close(w.begin)
				synctest.Wait()
				began := time.Now()
				patient, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				if err := h.s.Shutdown(patient); err != nil {
					t.Error(err)
				}
				if took := time.Since(began); took != 2*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// A verb that waited for its input held up a server that stops for as long as it
// waits at all, and was told no exit status.
func TestVerbThatWaitsForItsInputDoesNotHoldUpTheEndRegression(t *testing.T) {
	story(t, nil, func(h *house) {
		h.faces.Verb = func(_ context.Context, s *Session, _ string) int {
			_, _ = io.Copy(io.Discard, s.In)
			return 0
		}
		ch, err := h.anaIn().raw()
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := ch.SendRequest("exec", true, gossh.Marshal(struct{ Line string }{"send --lines beto"})); !ok || err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		go func() { // a client closes what is closed for it
			_, _ = io.Copy(io.Discard, ch)
			ch.Close()
		}()
		began := time.Now()
		patient, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := h.s.Shutdown(patient); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != hurryAfter {
			t.Errorf("it took %v", took)
		}
		if status := <-ch.status; status != exitAgain {
			t.Errorf("it ended with %d", status)
		}
	})
}
