package sshd

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
)

// invite asks newcomers for an invitation, and makes one of somebody's.
func (h *house) invite(by chat.Person, uses int) string {
	h.t.Helper()
	h.w.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
	plain, _, err := h.w.Service.Actor(by).Invite(h.w.Ctx, uses, time.Hour, chat.Ref{})
	if err != nil {
		h.t.Fatal(err)
	}
	return plain
}

// loginCode makes somebody a code for another device.
func (h *house) loginCode(of chat.Person) string {
	h.t.Helper()
	plain, _, err := h.w.Service.Actor(of).LoginCode(h.w.Ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	return plain
}

// callWith connects with keys, and types answers to whatever is asked.
func (h *house) callWith(user string, keys []gossh.Signer, answers ...string) *guest {
	g := &guest{h: h, wire: h.street.call("192.168.1.77")}
	g.signIn(user, withKey(keys...), gossh.RetryableAuthMethod(g.answers(answers...), 10))
	return g
}

// wantPrompts checks what was asked, in order.
func (g *guest) wantPrompts(want ...string) {
	g.h.t.Helper()
	if fmt.Sprintf("%q", g.prompts) != fmt.Sprintf("%q", want) {
		g.h.t.Errorf("asked %q, want %q", g.prompts, want)
	}
}

// wantSecret checks that a code is nowhere in the log, in any form.
func (h *house) wantSecret(plain string) {
	h.t.Helper()
	for _, form := range []string{plain, strings.ReplaceAll(plain, "-", ""), string(chat.HashCode(plain))} {
		if strings.Contains(h.log.String(), form) {
			h.t.Errorf("the log tells a code:\n%s", h.log)
		}
	}
}

const (
	askInvitation = "New nick luisa. The code of your invitation: "
	wrongCode     = "That code does not work here. "
	noCode        = "no code that works here was typed; codes can be used up or too old, so ask for a new one and type it at the prompt"
)

// Where an invitation is asked for, a key alone claims nothing, and a stranger has
// three tries.
func TestNobodyComesInUninvited(t *testing.T) {
	story(t, nil, func(h *house) {
		ana := h.person("ana", key("ana"), "")
		h.w.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
		g := h.callWith("luisa", []gossh.Signer{key("luisa")}, "0000-0000-0000", "", "please")
		g.out(noCode)
		g.wantPrompts(askInvitation, wrongCode+askInvitation, wrongCode+askInvitation)
		if h.log.count("sign-in refused", `reason="wrong code"`) != 2 { // nothing was typed at the second
			t.Errorf("each wrong code has a line:\n%s", h.log)
		}
		h.callTyping("luisa", "x", "y", "z").out(noCode)
		if h.exists("luisa") {
			t.Error("luisa is in")
		}
		h.call("ana", withKey(key("ana"))).in() // who is here already is asked nothing
		code := h.invite(ana, 1)
		g = h.callWith("luisa", []gossh.Signer{key("luisa")}, strings.ToLower(code)).in()
		if r := g.use("", terminal80x24); !strings.HasPrefix(r.out, "screen luisa new=true") {
			t.Errorf("got %+v", r)
		}
		h.wantSecret(code)
		if h.log.count("signed in", "nick=luisa", `method="key and invitation"`) != 1 {
			t.Errorf("the log does not tell the method:\n%s", h.log)
		}
		h.callWith("eva", []gossh.Signer{key("eva")}, code, code, code).out(noCode)
	})
}

func TestAnInvitationAndAPassphrase(t *testing.T) {
	story(t, nil, func(h *house) {
		code := h.invite(h.person("ana", key("ana"), ""), 1)
		g := h.callTyping("luisa", code, "correct horse", "correct horse").in()
		g.wantPrompts(askInvitation, "New nick luisa. Choose a passphrase: ", "Again: ")
		g.use("", terminal80x24)
		h.callTyping("luisa", "correct horse").in()
	})
}

// Two were given the same code: both typed it before either opened a session.
func TestTheLastUseOfAnInvitationIsRacedFor(t *testing.T) {
	story(t, nil, func(h *house) {
		code := h.invite(h.person("ana", key("ana"), ""), 1)
		a := h.callWith("luisa", []gossh.Signer{key("luisa")}, code).in()
		b := h.callWith("eva", []gossh.Signer{key("eva")}, code).in()
		results := make(chan result, 2)
		for _, g := range []*guest{a, b} {
			go func() { results <- g.use("", terminal80x24) }()
		}
		won, lost := <-results, <-results
		if won.status != 0 {
			won, lost = lost, won
		}
		const sorry = "that code does not work here: it may be mistyped, used up or too old; ask for a new one\r\n"
		if won.status != 0 || lost.status != 1 || lost.stderr != sorry {
			t.Errorf("won %+v, lost %+v", won, lost)
		}
		if h.exists("luisa") == h.exists("eva") {
			t.Error("not just one of them is here")
		}
	})
}

// The policy is asked at the claim too: it may have changed since sign-in.
func TestAVisitorsClaimObeysThePolicyOfNow(t *testing.T) {
	story(t, nil, func(h *house) {
		g := h.call("luisa", withKey(key("luisa"))).in()
		h.w.Service.SetPolicy(chat.Policy{Registration: chat.Closed})
		if r := g.use("", terminal80x24); r.stderr != "nobody new is let in here; ask whoever runs this server\r\n" || r.status != 1 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestAClosedServerLetsInWhoIsHere(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("ana", key("ana"), "correct horse")
		h.w.Service.SetPolicy(chat.Policy{Registration: chat.Closed})
		const closed = "nobody new is let in here; ask whoever runs this server"
		h.callWith("luisa", []gossh.Signer{key("luisa")}, "correct horse", "correct horse").out(closed)
		h.callTyping("luisa", "correct horse", "correct horse").out(closed)
		h.call("ana", withKey(key("ana"))).in()
		h.callTyping("ana", "correct horse").in()
		h.call("anna", withKey(key("ana"))).in() // whose key is known, under any nick
		if h.log.count("sign-in refused", "nick=luisa", `reason="not registering"`) != 2 {
			t.Errorf("the log does not say why:\n%s", h.log)
		}
	})
}

// mallory knows that ana lost her key, and tries the code's prompt from her own
// account and at ana's, with what she can make up.
func TestALoginCodeIsForOnePerson(t *testing.T) {
	story(t, nil, func(h *house) {
		ana := h.person("ana", key("ana"), "")
		h.person("mallory", key("mallory"), "")
		code := h.loginCode(ana)
		const ask = "ana is taken; if it is yours, type its one-time code (Enter: leave): "
		g := h.callWith("ana", []gossh.Signer{key("mallory")}, "guess", "AAAA-AAAA-AAAA", code[:13])
		g.out(noCode)
		g.wantPrompts(ask, wrongCode+ask, wrongCode+ask)
		// Under her own nick nothing asks for codes.
		if g := h.callWith("mallory", []gossh.Signer{key("other")}, code); g.err == nil || len(g.prompts) != 0 {
			t.Errorf("%v, asked %q", g.err, g.prompts)
		}
		// It is not used up by all that.
		h.callWith("ana", []gossh.Signer{key("phone")}, code).in()
	})
}

// eva tries a nick that is taken, with a key of her own, and was asked three times for
// a code that she never heard of. What she is asked says whose it is, and one Enter
// will do.
func TestANickThatIsTakenSaysSoRegression(t *testing.T) {
	const (
		sorry  = "ana belongs to somebody else; free: ssh -p 2222 ana2@192.168.1.10; if you are ana: /link on a device that is in, or ask whoever runs this server"
		notYou = "that key is not ana's; if you are ana, name the right one with ssh -o IdentitiesOnly=yes -i FILE"
		code   = "ana is taken; if it is yours, type its one-time code (Enter: leave): "
		phrase = "ana is taken; if it is yours, type its passphrase or one-time code (Enter: leave): "
	)
	for name, tt := range map[string]struct {
		phrase  string
		code    bool
		prompts []string
		banners []string
	}{
		"a key":                   {"", false, nil, []string{notYou, sorry}},
		"and a code":              {"", true, []string{code}, []string{sorry}},
		"and a passphrase":        {"correct horse", false, []string{phrase}, []string{notYou, sorry}},
		"a passphrase and a code": {"correct horse", true, []string{phrase}, []string{sorry}},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, nil, func(h *house) {
				ana := h.person("ana", key("ana"), tt.phrase)
				if tt.code {
					h.loginCode(ana)
				}
				g := h.callWith("ana", []gossh.Signer{key("eva")})
				g.out(tt.banners...)
				g.wantPrompts(tt.prompts...)
				if n := len(g.prompts); n > 0 && h.log.count("sign-in refused", `reason="empty passphrase"`) != 1 {
					t.Errorf("log:\n%s", h.log)
				}
				// Whoever has no key to show is asked the same.
				g = h.callTyping("ana")
				if synctest.Wait(); !strings.HasPrefix(g.banners[len(g.banners)-1], sorry) {
					t.Errorf("told %q", g.banners)
				}
				g.wantPrompts(tt.prompts...)
			})
		})
	}
}

// ana, with a code open for her new device, remembers her passphrase there.
func TestAPassphraseWillDoWhereACodeIsAskedFor(t *testing.T) {
	story(t, nil, func(h *house) {
		h.loginCode(h.person("ana", key("ana"), "correct horse"))
		h.callWith("ana", []gossh.Signer{key("phone")}, "wrong horse", "correct horse").in()
		h.callTyping("ana", "AAAA-AAAA-AAAA", "correct horse").in()
		if p, _ := h.w.Service.PersonByNick(h.w.Ctx, "ana"); len(p.Keys) != 1 {
			t.Errorf("ana has %d keys", len(p.Keys))
		}
		h.callWith("ana", []gossh.Signer{key("phone")}, "a horse", "AAAA-AAAA-AAAA", "b horse").out("3 wrong passphrases; connect again to try again")
	})
}

// A new device: its key is refused no more while there is a code, and is ana's once
// the code is typed. Then nothing else takes a code.
func TestANewDeviceComesInByACode(t *testing.T) {
	story(t, nil, func(h *house) {
		ana := h.person("ana", key("ana"), "")
		code := h.loginCode(ana)
		g := h.callWith("ana", []gossh.Signer{key("phone")}, code).in()
		g.wantPrompts("ana is taken; if it is yours, type its one-time code (Enter: leave): ")
		if r := g.use("", terminal80x24); !strings.HasPrefix(r.out, "screen ana new=false") {
			t.Errorf("got %+v", r)
		}
		p, err := h.w.Service.PersonByNick(h.w.Ctx, "ana")
		if err != nil || len(p.Keys) != 2 || !p.Keys[0].Proven || !p.Keys[1].Proven {
			t.Errorf("ana's keys are %+v", p.Keys)
		}
		h.call("ana", withKey(key("phone"))).in()
		h.wantSecret(code)
		g = h.callWith("ana", []gossh.Signer{key("third")}, code)
		if g.err == nil || len(g.prompts) != 0 {
			t.Errorf("in by a used code: %v, asked %q", g.err, g.prompts)
		}
	})
}

// ana's old device has other keys too, and comes in as ever while she has a code
// open for the new one.
func TestACodeDoesNotBotherTheOldDevice(t *testing.T) {
	story(t, nil, func(h *house) {
		ana := h.person("ana", key("ana"), "")
		h.loginCode(ana)
		g := h.callWith("ana", []gossh.Signer{key("work"), key("ana")}, "no").in()
		g.wantPrompts()
		if p, _ := h.w.Service.PersonByNick(h.w.Ctx, "ana"); len(p.Keys) != 1 {
			t.Errorf("ana has %d keys", len(p.Keys))
		}
	})
}

func TestALostPassphraseIsChosenAnew(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("ana", nil, "correct horse")
		desk, _, err := h.w.Service.Operator().LoginCodeFor(h.w.Ctx, "ana")
		if err != nil {
			t.Fatal(err)
		}
		h.callTyping("ana", "correct horse").in() // the old one still does
		g := h.callTyping("ana", desk, "short", "battery staple", "battery staple").in()
		g.wantPrompts("ana is taken; if it is yours, type its passphrase or one-time code (Enter: leave): ", "Choose a new passphrase for ana: ",
			"At least 8 characters, please. Choose a new passphrase for ana: ", "Again: ")
		h.callTyping("ana", "battery staple").in()
		if g := h.callTyping("ana", "correct horse", "correct horse", "correct horse"); g.err == nil {
			t.Error("the lost one still opens")
		}
		h.wantSecret(desk)
	})
}

func TestAnExpiredCodeIsNone(t *testing.T) {
	story(t, nil, func(h *house) {
		code := h.loginCode(h.person("ana", key("ana"), ""))
		time.Sleep(chat.LoginTerm)
		g := h.callWith("ana", []gossh.Signer{key("phone")}, code)
		if g.err == nil || len(g.prompts) != 0 {
			t.Errorf("%v, asked %q", g.err, g.prompts)
		}
	})
}

// A robot guesses codes, three a connection, and then one, from one address. Behind
// the same router are a newcomer with an invitation, ana with a new phone, and beto,
// whose passphrase is asked for at the same prompt as the code that he has open; all
// three were kept out.
func TestGuessingCodesKeepsNobodyOutRegression(t *testing.T) {
	story(t, nil, func(h *house) {
		ana, beto := h.person("ana", key("ana"), ""), h.person("beto", key("beto"), "correct horse")
		h.w.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation})
		for i := range 10 {
			h.callTyping("luisa", fmt.Sprint("guess", i), "x", "y").out(noCode)
		}
		for range 30 {
			g := h.callTyping("luisa", "x", "y", "z")
			g.out(noCode)
			g.wantPrompts(askInvitation)
		}
		h.callWith("ana", []gossh.Signer{key("phone")}, h.loginCode(ana)).in()
		h.loginCode(beto)
		h.callTyping("beto", "correct horse").in()
		h.callTyping("luisa", h.invite(ana, 1), "correct horse", "correct horse").in()
		time.Sleep(2 * time.Minute)
		g := h.callTyping("eva", "x", "y", "z")
		g.out(noCode)
		if len(g.prompts) != 3 {
			t.Errorf("after a while there are three tries again, asked %q", g.prompts)
		}
	})
}

// ana wrote down the words of her passphrase as people write codes; typed right at
// the prompt for both, they are no wrong code.
func TestAPassphraseLikeACodeIsNoWrongCode(t *testing.T) {
	const phrase = "HRSE-CRCT-BTRY"
	if chat.HashCode(phrase) == "" {
		t.Fatal("no code is like that")
	}
	story(t, nil, func(h *house) {
		ana := h.person("ana", key("ana"), phrase)
		h.loginCode(ana)
		for range 40 {
			h.callTyping("ana", phrase).in().hangUp()
		}
		if h.log.count("wrong code") != 0 {
			t.Errorf("a right passphrase is a wrong code:\n%s", h.log)
		}
	})
}

func TestAGuestComesForOneVisit(t *testing.T) {
	story(t, nil, func(h *house) {
		h.w.Service.SetPolicy(chat.Policy{Registration: chat.Open, Guests: true})
		g := h.callTyping("eva", "").in()
		g.wantPrompts("New nick eva. Choose a passphrase (Enter: as a guest): ")
		if r := g.use("send lobby hi"); r.status != 1 {
			t.Errorf("a verb before the visit: %+v", r)
		}
		here := make(chan struct{})
		h.faces.Lines = func(_ context.Context, s *Session) int { <-here; return 0 }
		h.faces.Screen = func(_ context.Context, s *Session) int {
			fmt.Fprintf(s.Out, "%s %s", s.Actor.Me().Nick, s.Actor.Me().Rank)
			return 0
		}
		if r := g.use("", terminal80x24); r.out != "guest-eva guest" {
			t.Errorf("got %+v", r)
		}
		if h.exists("guest-eva") {
			t.Error("the guest is still there")
		}
		if r := g.use("", terminal80x24); r.out != "guest-eva guest" { // again, on the same connection
			t.Errorf("got %+v", r)
		}
		close(here)
		h.callTyping("luisa", "correct horse", "correct horse").in().use("", terminal80x24)
		if !h.exists("luisa") {
			t.Error("luisa chose a passphrase and is not here")
		}
		h.w.Service.SetPolicy(chat.Policy{Registration: chat.Closed, Guests: true})
		g = h.callWith("eva", []gossh.Signer{key("eva")}, "").in()
		g.wantPrompts("Nobody new is let in here. Press Enter to come in as a guest: ")
		h.w.Service.SetPolicy(chat.Policy{Registration: chat.ByInvitation, Guests: true})
		g = h.callWith("eva", []gossh.Signer{key("eva")}, "").in()
		g.wantPrompts("New nick eva. The code of your invitation (Enter: as a guest): ")
		if r := g.use("", terminal80x24); r.out != "guest-eva guest" {
			t.Errorf("got %+v", r)
		}
		h.w.Service.SetPolicy(chat.Policy{Registration: chat.Open, Guests: true})
		if g := h.call("guest-x", withKey(key("x"))).in(); !strings.HasPrefix(g.use("", terminal80x24).stderr, "guest-x is a reserved name") {
			t.Error("somebody claims a guest's nick")
		}
	})
}

func TestAWeakKeyClaimsNothing(t *testing.T) {
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(weak)
	if err != nil {
		t.Fatal(err)
	}
	story(t, nil, func(h *house) {
		g := h.call("luisa", withKey(signer))
		if synctest.Wait(); g.err == nil || len(g.banners) != 1 || !strings.HasPrefix(g.banners[0], "that kind of key is not taken here") {
			t.Errorf("%v, told %q", g.err, g.banners)
		}
	})
}
