package sshd

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/i18n"
	"charla/server/internal/sshd/passphrase"
)

// house is a server in a world in memory, and people who call at its door.
type house struct {
	t      *testing.T
	w      *chattest.World
	s      *Server
	street *street
	log    *notebook
	faces  Faces
	served chan error
}

// story runs a story in a bubble: its clock is not ours, and a goroutine that
// is left behind fails it.
func story(t *testing.T, change func(*Config), tell func(h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, w: chattest.New(t), street: newStreet(), log: &notebook{}, served: make(chan error, 1)}
		h.faces = Faces{
			Screen: h.card("screen"),
			Lines:  h.card("lines"),
			Files:  h.card("files"),
			Verb: func(ctx context.Context, s *Session, line string) int {
				return h.card("verb "+line)(ctx, s)
			},
			Claims: func(line string) bool { return line == "register" },
		}
		cfg := Config{
			HostKeys: []gossh.Signer{key("host")}, Chat: h.w.Service, Hasher: passphrase.New(), Lang: i18n.English,
			Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		}
		cfg.Faces = Faces{
			Screen: func(ctx context.Context, s *Session) int { return h.faces.Screen(ctx, s) },
			Lines:  func(ctx context.Context, s *Session) int { return h.faces.Lines(ctx, s) },
			Files:  func(ctx context.Context, s *Session) int { return h.faces.Files(ctx, s) },
			Verb:   func(ctx context.Context, s *Session, line string) int { return h.faces.Verb(ctx, s, line) },
			Claims: func(line string) bool { return h.faces.Claims(line) },
		}
		if change != nil {
			change(&cfg)
		}
		var err error
		if h.s, err = New(cfg); err != nil {
			t.Fatal(err)
		}
		go func() { h.served <- h.s.Serve(h.street) }()
		tell(h)
		h.shut()
	})
}

func (h *house) shut() {
	h.t.Helper()
	if err := h.s.Shutdown(context.Background()); err != nil {
		h.t.Errorf("shutdown: %v", err)
	}
	if err := <-h.served; err != nil {
		h.t.Errorf("serve: %v", err)
	}
	synctest.Wait()
	if all, waiting := h.s.Connections(); all != 0 || waiting != 0 {
		h.t.Errorf("%d connections left, %d of them not signed in", all, waiting)
	}
}

// card is a face that says who and what it got, and ends with status 0.
func (h *house) card(name string) func(context.Context, *Session) int {
	return func(_ context.Context, s *Session) int {
		fmt.Fprintf(s.Out, "%s %s new=%t size=%dx%d term=%q lang=%s notice=%q", name, s.Actor.Me().Nick, s.New,
			s.Size.Width, s.Size.Height, s.Term, s.Words.Lang, s.Notice)
		return 0
	}
}

// key is the key of that name, the same in every story.
func key(name string) gossh.Signer {
	seed := sha256.Sum256([]byte(name))
	signer, err := gossh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		panic(err)
	}
	return signer
}

func keyOf(signer gossh.Signer) *chat.Key {
	return &chat.Key{Proven: true,
		Fingerprint: gossh.FingerprintSHA256(signer.PublicKey()),
		Authorized:  strings.TrimSpace(string(gossh.MarshalAuthorizedKey(signer.PublicKey()))),
	}
}

// person lives here already, known by keys.
func (h *house) person(nick chat.Nick, key gossh.Signer, phrase string) chat.Person {
	h.t.Helper()
	var c chat.Credential
	if key != nil {
		c.Key = keyOf(key)
	}
	if phrase != "" {
		hash, err := passphrase.New().Hash(h.w.Ctx, phrase)
		if err != nil {
			h.t.Fatal(err)
		}
		c.Passphrase = hash
	}
	p, err := h.w.Service.Claim(h.w.Ctx, nick, c)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// exists reports whether somebody has the nick.
func (h *house) exists(nick chat.Nick) bool {
	_, err := h.w.Service.PersonByNick(h.w.Ctx, nick)
	return err == nil
}

// guest is a client, signed in or not.
type guest struct {
	h       *house
	wire    *end
	rekey   uint64 // bytes after which the client exchanges keys; 0: as usual
	client  *gossh.Client
	err     error
	banners []string
	prompts []string
}

// call connects from a local address and signs in.
func (h *house) call(user string, auth ...gossh.AuthMethod) *guest {
	return h.callFrom("192.168.1.77", user, auth...)
}

func (h *house) callFrom(address, user string, auth ...gossh.AuthMethod) *guest {
	g := &guest{h: h, wire: h.street.call(address)}
	g.signIn(user, auth...)
	return g
}

func (g *guest) signIn(user string, auth ...gossh.AuthMethod) {
	conn, chans, reqs, err := gossh.NewClientConn(g.wire, "charla", &gossh.ClientConfig{
		User: user, Auth: auth, Config: gossh.Config{RekeyThreshold: g.rekey},
		HostKeyCallback: gossh.FixedHostKey(key("host").PublicKey()),
		BannerCallback:  func(text string) error { g.banners = append(g.banners, text); return nil },
	})
	if err != nil {
		g.err = err
		return
	}
	g.client = gossh.NewClient(conn, chans, reqs)
}

// answers answers prompts in turn, and then with nothing.
func (g *guest) answers(answers ...string) gossh.AuthMethod {
	return gossh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
		out := make([]string, len(questions))
		for i, q := range questions {
			g.prompts = append(g.prompts, q)
			if len(answers) > 0 {
				out[i], answers = answers[0], answers[1:]
			}
		}
		return out, nil
	})
}

// callTyping connects and types answers to whatever is asked.
func (h *house) callTyping(user string, answers ...string) *guest {
	g := &guest{h: h, wire: h.street.call("192.168.1.77")}
	g.signIn(user, gossh.RetryableAuthMethod(g.answers(answers...), 10))
	return g
}

func withKey(signers ...gossh.Signer) gossh.AuthMethod { return gossh.PublicKeys(signers...) }

// result is how a session ended.
type result struct {
	out, stderr string
	status      int
	err         error
}

// in fails the story if the guest is not in.
func (g *guest) in() *guest {
	g.h.t.Helper()
	if g.err != nil {
		g.h.t.Fatalf("not let in: %v; banners %q, prompts %q\n%s", g.err, g.banners, g.prompts, g.h.log)
	}
	return g
}

// out fails the story if the guest is in, or was not told exactly these banners.
func (g *guest) out(banners ...string) {
	g.h.t.Helper()
	if g.err == nil {
		g.h.t.Fatalf("let in")
	}
	synctest.Wait() // the server's last words
	if got := strings.Join(g.banners, ""); got != strings.Join(banners, "\r\n")+"\r\n" {
		g.h.t.Errorf("told %q, want %q", g.banners, banners)
	}
}

// use opens a session, prepares it, starts it and waits for its end.
func (g *guest) use(start string, prepare ...func(*gossh.Session)) result {
	g.h.t.Helper()
	g.in()
	s, err := g.client.NewSession()
	if err != nil {
		g.h.t.Fatalf("session: %v", err)
	}
	defer s.Close()
	var out, stderr bytes.Buffer
	s.Stdout, s.Stderr = &out, &stderr
	for _, p := range prepare {
		p(s)
	}
	switch {
	case start == "":
		err = s.Shell()
	default:
		err = s.Start(start)
	}
	if err != nil {
		return result{err: err}
	}
	r := result{err: s.Wait()}
	r.out, r.stderr = out.String(), stderr.String()
	if exit, ok := r.err.(*gossh.ExitError); ok {
		r.status = exit.ExitStatus()
	}
	return r
}

func terminal80x24(s *gossh.Session) { _ = s.RequestPty("xterm-256color", 24, 80, nil) }

func env(name, value string) func(*gossh.Session) {
	return func(s *gossh.Session) { _ = s.Setenv(name, value) }
}

// raw is a session channel without the client library's habits.
type raw struct {
	gossh.Channel
	status chan int // the exit status, -1 if none came
}

func (g *guest) raw() (*raw, error) {
	g.in()
	ch, reqs, err := g.client.OpenChannel("session", nil)
	if err != nil {
		return nil, err
	}
	r := &raw{Channel: ch, status: make(chan int, 1)}
	go func() {
		status := -1
		for req := range reqs {
			if req.Type == "exit-status" {
				status = int(req.Payload[3])
			}
			if req.WantReply {
				_ = req.Reply(false, nil) // of a keepalive: any answer will do
			}
		}
		r.status <- status
	}()
	return r, nil
}

// subsystem runs a subsystem to its end.
func (g *guest) subsystem(name string) result {
	g.h.t.Helper()
	ch, err := g.raw()
	if err != nil {
		g.h.t.Fatal(err)
	}
	ok, err := ch.SendRequest("subsystem", true, gossh.Marshal(struct{ Name string }{name}))
	if err != nil || !ok {
		ch.Close()
		<-ch.status
		return result{err: fmt.Errorf("subsystem refused (%v)", err)}
	}
	var stderr []byte
	done := make(chan struct{})
	go func() { stderr, _ = io.ReadAll(ch.Stderr()); close(done) }()
	out, _ := io.ReadAll(ch)
	<-done
	ch.Close()
	return result{out: string(out), stderr: string(stderr), status: <-ch.status}
}

// hangUp ends the guest's connection.
func (g *guest) hangUp() {
	if g.client != nil {
		g.client.Close()
	}
	g.wire.Close()
}

// notebook is a log that can be read while it is written.
type notebook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (n *notebook) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.buf.Write(p)
}

func (n *notebook) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.buf.String()
}

// count is in how many lines all the words stand.
func (n *notebook) count(words ...string) int {
	count := 0
lines:
	for line := range strings.Lines(n.String()) {
		for _, word := range words {
			if !strings.Contains(line, word) {
				continue lines
			}
		}
		count++
	}
	return count
}

// tcp is a server behind a real listener, outside a bubble.
type tcp struct {
	addr string
	w    *chattest.World
	log  *notebook
}

func tcpHouse(t *testing.T, faces Faces, change ...func(*Server)) *tcp {
	t.Helper()
	h := &tcp{w: chattest.New(t), log: &notebook{}}
	s, err := New(Config{
		HostKeys: []gossh.Signer{key("host")}, Chat: h.w.Service, Faces: faces, Hasher: passphrase.New(),
		Lang: i18n.English, Log: slog.New(slog.NewTextHandler(h.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range change {
		c(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	t.Cleanup(func() {
		if err := errors.Join(s.Shutdown(context.Background()), <-served); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Log(h.log)
		}
	})
	h.addr = l.Addr().String()
	return h
}
