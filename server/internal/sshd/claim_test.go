package sshd

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
)

// Only a session with a terminal, or the verb register with a key, claims a
// nick: a file manager, a job or a scanner takes nobody's name for ever.
func TestWhoeverOnlyPassesByClaimsNothing(t *testing.T) {
	const nobody = "nobody is called luisa here; connect once with ssh -p 2222 luisa@192.168.1.10"
	story(t, nil, func(h *house) {
		withKey := h.call("luisa", withKey(key("luisa"))).in()
		typing := h.callTyping("luisa", "correct horse", "correct horse").in()
		for name, r := range map[string]result{
			"sftp":                       withKey.subsystem("sftp"),
			"a verb":                     withKey.use("send beto hi"),
			"scp":                        withKey.use("scp -t ."),
			"no terminal":                withKey.use(""),
			"register without a key":     typing.use("register"),
			"sftp after typing":          typing.subsystem("sftp"),
			"a verb with a terminal":     withKey.use("send beto hi", terminal80x24),
			"no terminal, after typing":  typing.use(""),
			"a verb again, after typing": typing.use("register"),
		} {
			want := nobody + " register\n" // which somebody who reads no screen can do
			if strings.Contains(name, "typing") || strings.Contains(name, "without a key") {
				want = nobody + "\n" // a screen is where a passphrase claims
			}
			if strings.ReplaceAll(r.stderr, "\r", "") != want || r.status != 1 || r.out != "" {
				t.Errorf("%s: got %+v", name, r)
			}
		}
		if h.exists("luisa") {
			t.Fatal("luisa was claimed")
		}
		if r := withKey.use("register"); !strings.HasPrefix(r.out, "verb register luisa new=true ") {
			t.Errorf("register with a key: got %+v", r)
		}
	})
}

func TestReservedNickLetsAVisitorInAndNoFurther(t *testing.T) {
	story(t, nil, func(h *house) {
		g := h.call("pi", withKey(key("eva"))).in()
		if r := g.subsystem("sftp"); r.stderr != "nobody is called pi here; connect once with ssh -p 2222 pi2@192.168.1.10 register\n" || r.status != 1 {
			t.Errorf("got %+v", r)
		}
		if r := g.use("", terminal80x24); r.stderr != "pi is a reserved name; free: ssh -p 2222 pi2@192.168.1.10\r\n" || r.status != 1 {
			t.Errorf("got %+v", r)
		}
	})
}

// What cannot work is nobody's advice: where nobody new comes in, a free nick and the
// line to take it with led to a second refusal.
func TestNobodyIsAdvisedToTakeANickWhereNobodyMay(t *testing.T) {
	const ask = "; if you are ana: /link on a device that is in, or ask whoever runs this server"
	story(t, nil, func(h *house) {
		h.person("ana", key("ana"), "")
		g := h.call("luisa", withKey(key("luisa"))).in()
		for _, at := range []struct {
			policy chat.Policy
			ana    string // to somebody else
			luisa  string // to a client that only knows passwords
		}{
			{chat.Policy{Registration: chat.Open}, "ana belongs to somebody else; free: ssh -p 2222 ana2@192.168.1.10" + ask,
				"nobody is called luisa here; connect once with ssh -p 2222 luisa@192.168.1.10"},
			{chat.Policy{Registration: chat.Closed}, "ana belongs to somebody else" + ask,
				"nobody is called luisa here, and nobody new is let in; ask whoever runs this server"},
			{chat.Policy{Registration: chat.Closed, Guests: true}, "ana belongs to somebody else; free: ssh -p 2222 ana2@192.168.1.10" + ask,
				"nobody is called luisa here, and nobody new is let in; ask whoever runs this server"},
		} {
			h.w.Service.SetPolicy(at.policy)
			h.callTyping("ana", "x").out("your ssh offered no key that is taken here; if you are ana, name yours with ssh -i FILE (an old ssh that knows only ssh-rsa with SHA-1 must be updated)", at.ana)
			h.call("luisa", gossh.Password("x")).out(at.luisa)
		}
		if r := g.use("send ana hi"); r.stderr != "nobody is called luisa here, and nobody new is let in; ask whoever runs this server\n" {
			t.Errorf("who came when it was open: %+v", r)
		}
	})
	var allowed list
	allowed.set("ana", "beto")
	story(t, func(c *Config) { c.Admits = allowed.has }, func(h *house) {
		h.person("ana", key("ana"), "")
		g := &guest{h: h, wire: h.street.call("192.168.1.77")}
		g.signIn("ana", g.answers("x"))
		g.out("your ssh offered no key that is taken here; if you are ana, name yours with ssh -i FILE (an old ssh that knows only ssh-rsa with SHA-1 must be updated)", "ana belongs to somebody else"+ask)
		h.call("luisa", gossh.Password("x")).out("this server lets in only people whose key is on its list; send yours (the .pub file) to whoever runs it, then name it with ssh -i FILE")
		g = &guest{h: h, wire: h.street.call("192.168.1.77")} // whose own key is on the list
		g.signIn("ana", withKey(key("beto")), g.answers("x"))
		if told := strings.Join(g.banners, ""); g.err == nil || !strings.Contains(told, "free: ssh -p 2222 ana2@192.168.1.10;") {
			t.Errorf("beto is told %q", told)
		}
	})
}

// After the claim the whole connection is that person, as OpenSSH's
// ControlMaster shares it.
func TestClaimMakesThePersonOfTheWholeConnection(t *testing.T) {
	story(t, nil, func(h *house) {
		g := h.callTyping("luisa", "correct horse", "correct horse").in()
		g.use("", terminal80x24)
		if r := g.subsystem("sftp"); !strings.HasPrefix(r.out, "files luisa new=false ") || r.status != 0 {
			t.Errorf("got %+v", r)
		}
		if r := g.use("send beto don't  wait"); !strings.HasPrefix(r.out, "verb send beto don't  wait luisa ") {
			t.Errorf("got %+v", r)
		}
	})
}

func TestLostRaceGetsASentence(t *testing.T) {
	story(t, nil, func(h *house) {
		late := h.call("luisa", withKey(key("eva"))).in()
		h.call("luisa", withKey(key("luisa"))).use("", terminal80x24)
		r := late.use("", terminal80x24, env("LC_ALL", "es_MX.UTF-8"))
		if r.stderr != "luisa es de otra persona; libre: ssh -p 2222 luisa2@192.168.1.10; si eres luisa: /enlazar en un aparato que esté dentro, o pregunta a quien lleva este servidor\r\n" || r.status != 1 || r.out != "" {
			t.Errorf("got %+v", r)
		}
		if r := late.subsystem("sftp"); r.stderr != "luisa belongs to somebody else; free: ssh -p 2222 luisa2@192.168.1.10; if you are luisa: /link on a device that is in, or ask whoever runs this server\n" || r.status != 1 {
			t.Errorf("got %+v", r)
		}
		if p, _ := h.w.Service.PersonByNick(h.w.Ctx, "luisa"); len(p.Keys) != 1 || p.Keys[0].Fingerprint != keyOf(key("luisa")).Fingerprint {
			t.Errorf("luisa has %+v", p.Keys)
		}
	})
}

// Two who claim at the very same time: one wins, the other is told.
func TestRaceHasOneWinner(t *testing.T) {
	story(t, nil, func(h *house) {
		a, b := h.call("luisa", withKey(key("one"))).in(), h.call("luisa", withKey(key("two"))).in()
		results := make(chan result, 2)
		for _, g := range []*guest{a, b} {
			go func() { results <- g.use("", terminal80x24) }()
		}
		won, lost := <-results, <-results
		if won.status != 0 {
			won, lost = lost, won
		}
		if !strings.Contains(won.out, "new=true") || lost.status != 1 || !strings.HasPrefix(lost.stderr, "luisa belongs to somebody else; free: ") {
			t.Errorf("won %+v, lost %+v", won, lost)
		}
	})
}

// A newcomer with two windows is not told that their nick belongs to another.
func TestSameKeyOverTwoConnectionsIsOnePerson(t *testing.T) {
	story(t, nil, func(h *house) {
		a, b := h.call("luisa", withKey(key("luisa"))).in(), h.call("luisa", withKey(key("luisa"))).in()
		a.use("", terminal80x24)
		if r := b.subsystem("sftp"); !strings.HasPrefix(r.out, "files luisa new=false ") {
			t.Errorf("got %+v", r)
		}
	})
}

// slowChat takes its time to claim, and says when it was asked to.
type slowChat struct {
	Chat
	asked, go_ chan struct{}
}

func (c slowChat) Claim(ctx context.Context, nick chat.Nick, cr chat.Credential) (chat.Person, error) {
	c.asked <- struct{}{}
	select {
	case <-c.go_:
		return c.Chat.Claim(ctx, nick, cr)
	case <-ctx.Done():
		return chat.Person{}, ctx.Err()
	}
}

func TestSecondSessionWaitsForTheClaimOfTheFirst(t *testing.T) {
	slow := slowChat{asked: make(chan struct{}, 2), go_: make(chan struct{})}
	story(t, func(c *Config) {
		slow.asked, slow.go_ = make(chan struct{}, 2), make(chan struct{}) // of this bubble
		slow.Chat = c.Chat
		c.Chat = slow
	}, func(h *house) {
		g := h.call("luisa", withKey(key("luisa"))).in()
		results := make(chan result, 2)
		go func() { results <- g.use("", terminal80x24) }()
		<-slow.asked
		go func() { results <- g.use("send beto hi") }()
		synctest.Wait()
		close(slow.go_)
		for range 2 {
			if r := <-results; r.status != 0 || !strings.Contains(r.out, " luisa new=") {
				t.Errorf("got %+v", r)
			}
		}
	})
}

// Whoever leaves in the middle of a claim leaves nothing behind.
func TestLeavingInTheMiddleOfAClaim(t *testing.T) {
	var slow slowChat
	story(t, func(c *Config) {
		slow = slowChat{Chat: c.Chat, asked: make(chan struct{}, 2), go_: make(chan struct{})}
		c.Chat = slow
	}, func(h *house) {
		g := h.call("luisa", withKey(key("luisa"))).in()
		s, err := g.client.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		terminal80x24(s)
		if err := s.Shell(); err != nil {
			t.Fatal(err)
		}
		<-slow.asked
		g.hangUp()
		synctest.Wait()
		if all, _ := h.s.Connections(); all != 0 {
			t.Error("the connection is still there")
		}
	})
}

func TestOrdersLeaveOutTheUsualPort(t *testing.T) {
	story(t, func(c *Config) { c.PublicHost = "chat.lan:22" }, func(h *house) {
		h.person("ana", key("ana"), "")
		h.call("ana", gossh.Password("x")).out(
			"your ssh offered no key that is taken here; if you are ana, name yours with ssh -i FILE (an old ssh that knows only ssh-rsa with SHA-1 must be updated)",
			"ana belongs to somebody else; free: ssh ana2@chat.lan; if you are ana: /link on a device that is in, or ask whoever runs this server")
	})
}

// A stranger with a script cannot take all the good names in an afternoon; a
// class behind one router can come in at once.
func TestClaimsOfOneAddressAreBounded(t *testing.T) {
	story(t, nil, func(h *house) {
		claim := func(address string, i int) result {
			g := h.callFrom(address, fmt.Sprint("kid", i), withKey(key(fmt.Sprint(i))))
			defer g.hangUp()
			return g.use("", terminal80x24)
		}
		for i := range 61 {
			if r := claim("192.168.7.7", i); r.status != 0 {
				t.Fatalf("%d, from a local network: %+v", i, r)
			}
		}
		for i := 100; i < 160; i++ {
			if r := claim("203.0.113.1", i); r.status != 0 {
				t.Fatalf("%d: %+v", i, r)
			}
		}
		if r := claim("203.0.113.1", 160); r.status != 75 || r.stderr != "too fast; try again in 60 s\r\n" {
			t.Errorf("got %+v", r)
		}
		if r := claim("203.0.113.2", 161); r.status != 0 {
			t.Errorf("from elsewhere: %+v", r)
		}
		time.Sleep(time.Minute)
		if r := claim("203.0.113.1", 160); r.status != 0 {
			t.Errorf("a minute later: %+v", r)
		}
	})
}
