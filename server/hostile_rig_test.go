package server

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"charla/server/chat/chattest"
	"charla/server/config"
	"charla/server/sshclient"
	"charla/tui/tuitest"
)

// hostileWait is how long something may take that always comes.
const hostileWait = 20 * time.Second

// hostileHouse is a whole server that strangers reach over SSH, and what it logs.
type hostileHouse struct {
	t   *testing.T
	s   *Server
	dir string // its data
	log *textSink
}

func newHostileHouse(t *testing.T) *hostileHouse {
	h := &hostileHouse{t: t, dir: filepath.Join(t.TempDir(), "data"), log: newTextSink()}
	ctx, stop := context.WithCancel(context.Background())
	s, err := Open(ctx, config.Config{Listen: "127.0.0.1:0", Data: h.dir, NoLimits: true}, Options{
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Tell: func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.s = s
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, s.Close()); err != nil {
			t.Error(err)
		}
	})
	return h
}

// textSink keeps what is written and wakes who waits for it.
type textSink struct {
	mu    sync.Mutex
	moved *sync.Cond
	buf   bytes.Buffer
	seen  int // read by fresh
}

func newTextSink() *textSink {
	s := &textSink{}
	s.moved = sync.NewCond(&s.mu)
	return s
}

func (s *textSink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved.Broadcast()
	return s.buf.Write(p)
}

func (s *textSink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

// fresh is what came since the last call, in whole lines; a marker has to be
// among it, and is waited for.
func (s *textSink) fresh(marker string) (string, bool) {
	late := time.AfterFunc(hostileWait, s.moved.Broadcast)
	defer late.Stop()
	until := time.Now().Add(hostileWait)
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		text := s.buf.String()[s.seen:]
		end := strings.LastIndexByte(text, '\n') + 1
		if strings.Contains(text[:end], marker) {
			s.seen += end
			return text[:end], true
		}
		if !time.Now().Before(until) {
			return text, false
		}
		s.moved.Wait()
	}
}

// hostileGuest is somebody with a key, on one connection.
type hostileGuest struct {
	t      *testing.T
	h      *hostileHouse
	config *ssh.ClientConfig
	client *ssh.Client

	runner *ssh.Client // of verbs; a new one after manyRuns
	runs   int
}

// manyRuns is how many verbs one connection runs: more at such a pace are taken
// for a flood.
const manyRuns = 500

func (h *hostileHouse) config(user string) *ssh.ClientConfig {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		h.t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		h.t.Fatal(err)
	}
	return &ssh.ClientConfig{
		User: user, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), // loopback, and the story's own server
		Timeout: hostileWait, ClientVersion: "SSH-2.0-OpenSSH_9.2p1",
	}
}

// dial connects; what the sign-in shows has to be plain ASCII.
func (h *hostileHouse) dial(c *ssh.ClientConfig) (*ssh.Client, error) {
	c.BannerCallback = func(text string) error {
		if err := ascii(strings.ReplaceAll(text, "\r\n", "")); err != nil {
			h.t.Errorf("%+q was shown a banner: %v", shortly(c.User), err)
		}
		return nil
	}
	return sshclient.Dial(h.s.listen.Addr().String(), c)
}

// guest claims a nick.
func (h *hostileHouse) guest(nick string) *hostileGuest {
	h.t.Helper()
	g := &hostileGuest{t: h.t, h: h, config: h.config(nick)}
	var err error
	if g.client, err = h.dial(g.config); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		g.client.Close()
		if g.runner != nil {
			g.runner.Close()
		}
	})
	if _, _, status := g.run("register", ""); status != 0 {
		h.t.Fatalf("%s: register: %d", nick, status)
	}
	return g
}

// run runs a verb. Whatever it prints has to be harmless, and one line on
// standard error.
func (g *hostileGuest) run(line, stdin string) (out, errs string, status int) {
	g.t.Helper()
	session, err := g.verbs().NewSession()
	if err != nil { // a connection without a session ends after a minute
		g.runs = manyRuns
		session, err = g.verbs().NewSession()
	}
	if err != nil {
		g.t.Fatal(err)
	}
	defer session.Close()
	var o, e bytes.Buffer
	session.Stdin, session.Stdout, session.Stderr = strings.NewReader(stdin), &o, &e
	err = session.Run(line)
	var exit *ssh.ExitError
	switch {
	case errors.As(err, &exit):
		status = exit.ExitStatus()
	case err != nil:
		g.t.Fatalf("%+q: %v", shortly(line), err)
	}
	for where, text := range map[string]string{"standard output": o.String(), "standard error": e.String()} {
		if err := chattest.Harmless(text); err != nil {
			g.t.Errorf("%s of %+q: %v", where, shortly(line), err)
		}
	}
	if n := strings.Count(e.String(), "\n"); n > 1 {
		g.t.Errorf("%+q says %d lines on standard error: %q", shortly(line), n, e.String())
	}
	return o.String(), e.String(), status
}

// verbs is the connection for the next verb.
func (g *hostileGuest) verbs() *ssh.Client {
	g.t.Helper()
	if g.runner != nil && g.runs < manyRuns {
		g.runs++
		return g.runner
	}
	next, err := g.h.dial(g.config)
	if err != nil {
		g.t.Fatal(err)
	}
	if g.runner != nil {
		g.runner.Close()
	}
	g.runner, g.runs = next, 1
	return next
}

func shortly(s string) string { return s[:min(len(s), 80)] }

// lines starts a session without a terminal: a verb, or linear mode for "". It
// goes on until the story ends.
func (g *hostileGuest) lines(line string) (io.Writer, *textSink) {
	g.t.Helper()
	session, err := g.client.NewSession()
	if err != nil {
		g.t.Fatal(err)
	}
	out := newTextSink()
	session.Stdout, session.Stderr = out, out
	in, err := session.StdinPipe()
	if err != nil {
		g.t.Fatal(err)
	}
	if line == "" {
		err = session.Shell()
	} else {
		err = session.Start(line)
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return in, out
}

// hostileScreen is a person in front of a terminal.
type hostileScreen struct {
	*screenBytes
	t       *testing.T
	session *ssh.Session
	in      io.Writer
	ended   chan struct{}
	once    sync.Once
}

// screen opens a session with a terminal, as it calls itself, that knows modes.
func (g *hostileGuest) screen(term, lang string, width, height int, modes ...int) *hostileScreen {
	g.t.Helper()
	session, err := g.client.NewSession()
	if err != nil {
		g.t.Fatal(err)
	}
	s := &hostileScreen{t: g.t, session: session, ended: make(chan struct{}), screenBytes: &screenBytes{Screen: tuitest.NewScreen(width, height), bell: !strings.Contains(term, "kitty")}}
	s.Recognize(modes...)
	g.t.Cleanup(s.leave)
	_ = session.Setenv("LANG", lang) // refused when it is hostile
	if err := session.RequestPty(term, height, width, ssh.TerminalModes{}); err != nil {
		g.t.Fatal(err)
	}
	session.Stdout, session.Stderr = s, s
	in, err := session.StdinPipe()
	if err == nil {
		s.in = in
		err = session.Shell()
	}
	if err != nil {
		g.t.Fatal(err)
	}
	go func() { _, _ = io.Copy(in, s.Answers()) }() // ends with the screen
	go func() { _ = session.Wait(); close(s.ended) }()
	return s
}

// leave may be called again.
func (s *hostileScreen) leave() {
	s.once.Do(func() {
		s.session.Close()
		s.Close()
	})
}

// over tells that the session ended.
func (s *hostileScreen) over() bool {
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// sees waits for texts.
func (s *hostileScreen) sees(texts ...string) {
	s.t.Helper()
	for _, text := range texts {
		s.waits(fmt.Sprintf("%q", text), func() bool { return s.Contains(text) })
	}
}

// soon reports whether a text comes at once, or nearly.
func (s *hostileScreen) soon(text string) bool {
	for until := time.Now().Add(time.Second / 2); time.Now().Before(until); time.Sleep(time.Millisecond) {
		if s.Contains(text) {
			return true
		}
	}
	return false
}

func (s *hostileScreen) waits(what string, cond func() bool) {
	s.t.Helper()
	until := time.Now().Add(hostileWait)
	for !cond() {
		if time.Now().After(until) {
			s.t.Fatalf("%s never came; the screen is:\n%s", what, s.Text())
		}
		time.Sleep(time.Millisecond)
	}
}

func (s *hostileScreen) types(bytes string) {
	s.t.Helper()
	if _, err := io.WriteString(s.in, bytes); err != nil {
		s.t.Fatal(err)
	}
}
