package sshd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/sshclient"
)

type (
	ctx     = context.Context
	netAddr = net.Addr
)

func TestShutdownTellsFacesAndWaitsForThem(t *testing.T) {
	story(t, nil, func(h *house) {
		h.faces.Lines = func(ctx ctx, s *Session) int {
			<-ctx.Done()
			time.Sleep(3 * time.Second) // parks an upload
			fmt.Fprint(s.Out, "bye: ", context.Cause(ctx))
			return 75
		}
		g := h.anaIn()
		silent := h.street.call("203.0.113.1")
		results := make(chan result)
		go func() { results <- g.use("") }()
		synctest.Wait()
		start := time.Now()
		if err := h.s.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("took %v", took)
		}
		if r := <-results; r.out != "bye: the server is stopping" || r.status != 75 {
			t.Errorf("got %+v", r)
		}
		if !silent.gone() || !g.wire.gone() {
			t.Error("a connection is left")
		}
	})
}

func TestShutdownDoesNotWaitForEver(t *testing.T) {
	story(t, nil, func(h *house) {
		release := make(chan struct{})
		h.faces.Lines = func(ctx, *Session) int { <-release; return 0 }
		g := h.anaIn()
		results := make(chan result)
		go func() { results <- g.use("") }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := h.s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if r := <-results; r.err == nil {
			t.Errorf("got %+v", r)
		}
		close(release)
	})
}

// While the faces of others end, who is still connected gets a sentence and the
// status that means "try again".
func TestSessionWhileStoppingIsToldToComeBack(t *testing.T) {
	story(t, nil, func(h *house) {
		release := make(chan struct{})
		h.faces.Lines = func(ctx, *Session) int { <-release; return 0 }
		g := h.anaIn()
		results, stopped := make(chan result), make(chan error)
		go func() { results <- g.use("") }()
		synctest.Wait()
		go func() { stopped <- h.s.Shutdown(context.Background()) }()
		synctest.Wait()
		if r := g.use("whoami"); r.stderr != "the server is stopping; try again in a moment\n" || r.status != 75 {
			t.Errorf("got %+v", r)
		}
		close(release)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
		<-results
		if err := h.s.Serve(newStreet()); !errors.Is(err, ErrStopping) {
			t.Errorf("serve after shutdown: %v", err)
		}
	})
}

func TestServerNeedsAKeyAndAllFaces(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("no host key, and yet a server")
	}
	if _, err := New(Config{HostKeys: []gossh.Signer{key("host")}, Log: slog.New(slog.DiscardHandler)}); err == nil {
		t.Error("no faces, and yet a server")
	}
}

// On the loopback interface as everywhere: TCP, a real listener, many at once.
func TestManyOverTCP(t *testing.T) {
	faces := Faces{
		Screen: func(_ ctx, s *Session) int { fmt.Fprint(s.Out, s.Actor.Me().Nick); return 0 },
		Lines:  func(_ ctx, s *Session) int { return 0 }, Files: func(ctx, *Session) int { return 0 },
		Verb: func(ctx, *Session, string) int { return 0 }, Claims: func(string) bool { return false },
	}
	h := tcpHouse(t, faces)
	const people = 40
	errs := make(chan error)
	for i := range people {
		go func() { errs <- h.visit(fmt.Sprint("kid", i)) }()
	}
	for range people {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func (h *tcp) visit(nick string) error {
	client, err := sshclient.Dial(h.addr, &gossh.ClientConfig{
		User: nick, Auth: []gossh.AuthMethod{withKey(key(nick))}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		return err
	}
	defer client.Close()
	s, err := client.NewSession()
	if err != nil {
		return err
	}
	terminal80x24(s)
	out, err := s.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.Shell(); err != nil {
		return err
	}
	text, err := io.ReadAll(out)
	if err == nil && string(text) != nick {
		err = fmt.Errorf("%s is %q", nick, text)
	}
	return errors.Join(err, s.Wait())
}

func FuzzASCII(f *testing.F) {
	f.Add("¿contraseña? «ñandú» – …")
	f.Add("\x1b[31m\x9b\u202e\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		got := ascii(s)
		for _, c := range []byte(got) {
			if c < ' ' || c > '~' {
				t.Errorf("%q became %q", s, got)
			}
		}
		if plainASCII(s) && got != s {
			t.Errorf("%q became %q", s, got)
		}
	})
}

func plainASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r >= 0x7f }) < 0 && utf8.ValidString(s)
}

// Whatever a client says about itself stays within bounds.
func FuzzRequests(f *testing.F) {
	f.Add("pty-req", gossh.Marshal(struct {
		T          string
		C, R, W, H uint32
		M          string
	}{"xterm", 1 << 31, 1 << 31, 0, 0, "\x00"}))
	f.Add("env", gossh.Marshal(struct{ N, V string }{"LC_ALL", "es_ES.UTF-8"}))
	f.Add("window-change", gossh.Marshal(struct{ C, R, W, H uint32 }{80, 24, 0, 0}))
	f.Add("exec", gossh.Marshal(struct{ L string }{"send beto hi"}))
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		c := &channel{env: map[string]string{}}
		for range 2 {
			c.request(&gossh.Request{Type: kind, Payload: payload})
			c.request(&gossh.Request{Type: "window-change", Payload: payload})
		}
		if !plain(c.term) || len(c.term) > maxTerm || c.size.Width > maxWidth || c.size.Height > maxHeight || c.size.Width < 0 || c.size.Height < 0 {
			t.Errorf("%q %v", c.term, c.size)
		}
		for name, value := range c.env {
			if len(c.env) > maxEnv || !plain(name) || !plain(value) || len(name)+len(value) > maxEnvName+maxEnvValue {
				t.Errorf("%q", c.env)
			}
		}
	})
}

// shortOfFiles is a street on which, for a while, no more files can be opened.
type shortOfFiles struct {
	*street
	left int
}

func (s *shortOfFiles) Accept() (net.Conn, error) {
	if s.left--; s.left >= 0 {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return s.street.Accept()
}

// A server that gives up because it is short of files for a moment is gone for
// everybody; one that tries again at once burns a core meanwhile.
func TestServerWaitsForFilesToOpen(t *testing.T) {
	story(t, nil, func(h *house) {
		short := &shortOfFiles{newStreet(), 10}
		began, served := time.Now(), make(chan error, 1)
		go func() { served <- h.s.Serve(short) }()
		short.call("192.168.1.5").Close()
		if took := time.Since(began); took < 2*time.Second || took > 5*time.Second {
			t.Errorf("ten times without files took %v", took)
		}
		short.Close()
		if err := <-served; !errors.Is(err, net.ErrClosed) {
			t.Errorf("serve: %v", err)
		}
	})
}
