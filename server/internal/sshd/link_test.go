package sshd

import (
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// gone reports whether the server has closed the connection.
func (e *end) gone() bool {
	e.in.mu.Lock()
	defer e.in.mu.Unlock()
	return e.in.closed
}

func TestSilentConnectionHasTenSeconds(t *testing.T) {
	story(t, nil, func(h *house) {
		silent, chatty := h.street.call("203.0.113.1"), h.street.call("203.0.113.2")
		fmt.Fprint(chatty, "GET / HTTP/1.1\r\nHost: SSH-2.0-x\r\n")
		time.Sleep(9 * time.Second)
		if silent.gone() || chatty.gone() {
			t.Error("closed within 9 s")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if !silent.gone() || !chatty.gone() {
			t.Error("open after 11 s")
		}
		if h.log.count("sign-in refused", "address=203.0.113.1:40000", "reason=silent") != 1 {
			t.Errorf("log:\n%s", h.log)
		}
	})
}

// The host-key question is asked inside the key exchange: whoever reads our
// fingerprint for a minute gets in, whoever went away does not stay.
func TestHandshakeHasTwoMinutes(t *testing.T) {
	story(t, nil, func(h *house) {
		after := func(wait time.Duration) error {
			wire := h.street.call("203.0.113.1")
			_, _, _, err := gossh.NewClientConn(wire, "", &gossh.ClientConfig{
				User: "ana", Auth: []gossh.AuthMethod{withKey(key("ana"))},
				HostKeyCallback: func(string, netAddr, gossh.PublicKey) error { time.Sleep(wait); return nil },
			})
			wire.Close()
			return err
		}
		if err := after(60 * time.Second); err != nil {
			t.Errorf("after a minute: %v", err)
		}
		if err := after(119 * time.Second); err != nil {
			t.Errorf("after 119 s: %v", err)
		}
		if err := after(121 * time.Second); err == nil {
			t.Error("let in after 121 s")
		}
		if h.log.count("sign-in refused", `reason="too slow"`) != 1 {
			t.Errorf("log:\n%s", h.log)
		}
	})
}

func TestFortyNewcomersBehindOneRouterGetIn(t *testing.T) {
	story(t, func(c *Config) { c.Limits.PerAddress = 5 }, func(h *house) {
		results := make(chan error)
		for i := range 40 {
			go func() {
				time.Sleep(time.Duration(i) * 30 * time.Second / 40)
				wire := h.street.call("192.168.1.1")
				_, _, _, err := gossh.NewClientConn(wire, "", &gossh.ClientConfig{
					User: fmt.Sprint("kid", i), Auth: []gossh.AuthMethod{withKey(key(fmt.Sprint(i)))},
					HostKeyCallback: func(string, netAddr, gossh.PublicKey) error { time.Sleep(50 * time.Second); return nil },
				})
				results <- err
			}()
		}
		for range 40 {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestConnectionsOfOneAddressAreBounded(t *testing.T) {
	story(t, func(c *Config) { c.Limits.PerAddress = 3 }, func(h *house) {
		open := func(address string) *end {
			e := h.street.call(address)
			synctest.Wait()
			return e
		}
		for _, network := range []string{"203.0.113.9", "2001:db8:1:2::%d"} {
			var ends []*end
			for i := range 4 {
				address := network
				if strings.Contains(network, "%d") {
					address = fmt.Sprintf(network, i+1)
				}
				ends = append(ends, open(address))
			}
			if ends[2].gone() || !ends[3].gone() {
				t.Errorf("%s: the third should be in, the fourth not", network)
			}
			ends[0].Close()
			synctest.Wait()
			if again := open(strings.Replace(network, "%d", "9", 1)); again.gone() {
				t.Errorf("%s: a place that was left is not free", network)
			}
		}
		if other := open("2001:db8:1:3::1"); other.gone() {
			t.Error("the next /64 is another address")
		}
		if h.log.count("sign-in refused", "203.0.113.9", "one address") != 1 {
			t.Errorf("log:\n%s", h.log)
		}
	})
}

// A thousand silent connections keep nobody out, from wherever they come.
func TestSilentCrowdKeepsNobodyOut(t *testing.T) {
	story(t, func(c *Config) { c.Limits.Unauthenticated = 50 }, func(h *house) {
		reading := &guest{h: h, wire: h.street.call("198.51.100.7")}
		read := make(chan struct{})
		in := make(chan error)
		go func() { // reads our fingerprint meanwhile
			_, _, _, err := gossh.NewClientConn(reading.wire, "", &gossh.ClientConfig{
				User: "luisa", Auth: []gossh.AuthMethod{withKey(key("luisa"))},
				HostKeyCallback: func(string, netAddr, gossh.PublicKey) error { <-read; return nil },
			})
			in <- err
		}()
		synctest.Wait()
		for i := range 1000 {
			h.street.call(fmt.Sprintf("203.0.%d.%d", i/200, i%200))
		}
		h.callFrom("198.51.100.8", "ana", withKey(key("ana"))).in()
		close(read)
		if err := <-in; err != nil {
			t.Errorf("whoever was reading the fingerprint was dropped: %v", err)
		}
		synctest.Wait()
		if all, waiting := h.s.Connections(); waiting > 50 || all > 52 {
			t.Errorf("%d connections, %d not signed in", all, waiting)
		}
	})
}

// A crowd that talks, from one address, costs that address its places.
func TestTalkingCrowdCostsItsOwnAddress(t *testing.T) {
	story(t, func(c *Config) { c.Limits.Unauthenticated = 20 }, func(h *house) {
		talk := func(address string) *end {
			e := h.street.call(address)
			fmt.Fprint(e, "SSH-2.0-x\r\n")
			synctest.Wait()
			return e
		}
		alone := talk("198.51.100.7")
		for range 100 {
			talk("203.0.113.1")
		}
		if alone.gone() {
			t.Error("the one from elsewhere was dropped")
		}
	})
}

func TestConnectionsInAllAreBounded(t *testing.T) {
	story(t, func(c *Config) { c.Limits.Connections = 2 }, func(h *house) {
		a, b := h.call("ana", withKey(key("ana"))).in(), h.call("beto", withKey(key("beto"))).in()
		if g := h.call("carla", withKey(key("carla"))); g.err == nil {
			t.Error("a third got in")
		}
		a.hangUp()
		synctest.Wait()
		h.call("carla", withKey(key("carla"))).in()
		b.hangUp()
	})
}

func TestSignedInWithoutAChannelHasAMinute(t *testing.T) {
	story(t, nil, func(h *house) {
		g := h.anaIn()
		time.Sleep(59 * time.Second)
		if r := g.use("whoami"); r.status != 0 || r.err != nil {
			t.Errorf("after 59 s: %+v", r)
		}
		time.Sleep(59 * time.Second)
		if g.wire.gone() {
			t.Error("closed 59 s after a session")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if !g.wire.gone() {
			t.Error("open 61 s after a session")
		}
	})
}

// Signing in is free for a visitor, so it must not hold a place for ever.
func TestChannelWithoutAFaceHasAMinute(t *testing.T) {
	story(t, nil, func(h *house) {
		g := h.call("eva", withKey(key("eva"))).in()
		ch, err := g.raw()
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(61 * time.Second)
		synctest.Wait()
		if !g.wire.gone() {
			t.Error("open after 61 s")
		}
		<-ch.status
	})
}

// A half-open connection (a laptop that was closed, a router that forgot) ends
// by the keepalive that nobody answers; whoever answers stays.
func TestKeepaliveEndsWhoDoesNotAnswer(t *testing.T) {
	story(t, nil, func(h *house) {
		ended := make(chan time.Time, 1)
		h.faces.Lines = func(ctx ctx, s *Session) int {
			<-ctx.Done()
			ended <- time.Now()
			return 0
		}
		g := h.anaIn()
		s, _ := g.client.NewSession()
		if err := s.Shell(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		if len(ended) != 0 {
			t.Fatal("ended while it answered")
		}
		start := time.Now()
		g.wire.in.hold()
		if after := (<-ended).Sub(start); after < 15*time.Second || after > 46*time.Second {
			t.Errorf("ended %v after it went silent", after)
		}
		synctest.Wait()
		if h.log.count("does not answer") != 1 {
			t.Errorf("log:\n%s", h.log)
		}
	})
}

// Whoever types is there: no keepalive is spent on them.
func TestTypingNeedsNoKeepalive(t *testing.T) {
	story(t, nil, func(h *house) {
		h.faces.Lines = func(ctx ctx, s *Session) int { _, _ = io.Copy(io.Discard, s.In); return 0 }
		g := &guest{h: h, wire: h.street.call("192.168.1.77")}
		conn, chans, reqs, err := gossh.NewClientConn(g.wire, "", &gossh.ClientConfig{
			User: "ana", Auth: []gossh.AuthMethod{withKey(key("ana"))}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
		})
		if err != nil {
			t.Fatal(err)
		}
		h.person("ana", key("ana"), "")
		var asked atomic.Int32
		counted := make(chan *gossh.Request)
		go func() {
			for req := range reqs {
				asked.Add(1)
				_ = req.Reply(false, nil)
			}
			close(counted)
		}()
		client := gossh.NewClient(conn, chans, counted)
		s, _ := client.NewSession()
		in, _ := s.StdinPipe()
		if err := s.Shell(); err != nil {
			t.Fatal(err)
		}
		for range 60 {
			time.Sleep(10 * time.Second)
			fmt.Fprintln(in, "hola")
		}
		synctest.Wait()
		if n := asked.Load(); n != 0 {
			t.Errorf("asked %d times", n)
		}
		time.Sleep(45 * time.Second)
		synctest.Wait()
		if n := asked.Load(); n != 1 {
			t.Errorf("asked %d times after 45 s of silence", n)
		}
		client.Close()
	})
}

func FuzzVersionLine(f *testing.F) {
	f.Add([]byte("SSH-2.0-x\r\n"), 3)
	f.Add([]byte("hello\nSSH-2.0-x\n"), 1)
	f.Add([]byte("SS\nH-2.0\nXSSH-\n"), 2)
	f.Fuzz(func(t *testing.T, line []byte, cut int) {
		var whole, parts versionLine
		want := whole.complete(line)
		at := min(max(cut, 0), len(line))
		if got := parts.complete(line[:at]) || parts.complete(line[at:]); got != want {
			t.Errorf("%q cut at %d: %t, whole: %t", line, at, got, want)
		}
		has := strings.HasPrefix(string(line), "SSH-") || strings.Contains(string(line), "\nSSH-")
		if want && !has {
			t.Errorf("%q was taken for a version line", line)
		}
	})
}
