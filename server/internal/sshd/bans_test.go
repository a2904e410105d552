package sshd

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
)

// ban bans as the operator does, and tells the door, as the server does.
func (h *house) ban(what string, term time.Duration, reason string) {
	h.t.Helper()
	b, err := h.w.Service.Operator().Ban(h.w.Ctx, what, term, reason)
	if err != nil {
		h.t.Fatal(err)
	}
	h.s.Expel(chat.Change{Kind: chat.Expelled, User: b.User, Reason: "banned", Said: b.Reason, Until: b.Until})
	synctest.Wait()
}

const (
	keptOut    = "you are banned from this server for 1 h: insults"
	keptOutNow = "you are banned from this server for 60 min: insults" // less than that already
)

func TestSomebodyBannedComesBack(t *testing.T) {
	story(t, nil, func(h *house) {
		h.faces.Screen = staying
		h.person("beto", key("beto"), "correct horse")
		master := h.call("beto", withKey(key("beto"))).in()
		open, _ := master.stay()
		idle := h.call("beto", withKey(key("beto"))).in() // a ControlMaster without a session
		visitor := h.call("newbeto", withKey(key("new"))).in()
		h.ban("beto", time.Hour, "insults")
		if why, status := open.said(); status != 1 || why != keptOut && why != keptOutNow { // in the moment, too
			t.Errorf("an open session is told %q, status %d", why, status)
		}
		if r := idle.use("send lobby hi"); r.status == 0 && r.err == nil {
			t.Errorf("an open connection begins %+v", r)
		}
		time.Sleep(h.s.cfg.Limits.Answer)
		synctest.Wait()
		if all, _ := h.s.Connections(); all != 1 {
			t.Errorf("%d connections are left, want the visitor's", all)
		}
		h.call("beto", withKey(key("beto"))).out(keptOutNow)
		h.call("nobeto", withKey(key("beto"))).out(keptOutNow) // by his key under another nick
		h.callTyping("beto", "correct horse").out(keptOutNow)
		h.callFrom("203.0.113.9", "beto", withKey(key("beto"))).out(keptOutNow)
		if g := h.callTyping("beto", "wrong"); g.err == nil || strings.Contains(strings.Join(g.banners, ""), "banned") {
			t.Errorf("a stranger is told %q", g.banners)
		}
		if !strings.Contains(h.log.String(), `reason=banned`) {
			t.Errorf("the log does not say so:\n%s", h.log)
		}
		time.Sleep(61 * time.Minute)
		h.call("beto", withKey(key("beto"))).in().hangUp()
		visitor.hangUp()
	})
}

func TestABannedKeyAndABannedNetwork(t *testing.T) {
	story(t, nil, func(h *house) {
		h.faces.Screen = staying
		h.person("beto", key("beto"), "")
		h.person("eva", key("eva"), "")
		beto := h.call("beto", withKey(key("beto"))).in()
		eva := h.callFrom("203.0.113.9", "eva", withKey(key("eva"))).in()
		his, _ := beto.stay()
		hers, _ := eva.stay()
		h.ban(gossh.FingerprintSHA256(key("beto").PublicKey()), time.Hour, "insults")
		if _, status := his.said(); status != 1 {
			t.Errorf("his session ended with %d", status)
		}
		h.call("beto", withKey(key("beto"))).out(keptOut)
		h.call("somebody", withKey(key("beto"), key("another"))).in().hangUp() // the other key is not banned
		h.ban("203.0.113.0/24", time.Hour, "insults")
		if _, status := hers.said(); status != 1 {
			t.Errorf("her session ended with %d", status)
		}
		h.callFrom("203.0.113.77", "stranger", withKey(key("x"))).out(keptOut)
		h.call("eva", withKey(key("eva"))).in().hangUp() // from elsewhere
	})
}

// Each answer to a banned network costs a key exchange: after a few it is closed
// before that.
func TestABannedNetworkIsNotAnsweredWithoutEnd(t *testing.T) {
	story(t, nil, func(h *house) {
		h.ban("203.0.113.0/24", 0, "")
		answered := 0
		for range 20 {
			g := h.callFrom("203.0.113.9", "x", withKey(key("x")))
			if g.err == nil {
				t.Fatal("let in")
			}
			synctest.Wait()
			answered += len(g.banners)
		}
		if answered != told.Burst {
			t.Errorf("%d of 20 were told why", answered)
		}
	})
}

// The ban of a network never catches the proxy that the others come through, though
// it is in that network.
func TestABannedNetworkBehindAProxy(t *testing.T) {
	story(t, trusting("198.51.100.0/29", proxy+"/32"), func(h *house) {
		h.ban("198.51.100.0/24", time.Hour, "insults")
		banned := h.through(header(2, "198.51.100.77"))
		banned.signIn("x", withKey(key("x")))
		banned.out(keptOut)
		other := h.through(header(1, "192.0.2.7"))
		other.signIn("y", withKey(key("y")))
		other.in()
		h.ban("198.51.100.0/24", 0, "") // and again, while the other is in
		other.use("shell")
		other.hangUp()
	})
}

// lifted is somebody's public key, from wherever people publish them, in the hands
// of one who cannot sign with it.
type lifted struct {
	gossh.Signer
	wanted bool // a signature
}

func (l *lifted) Sign(io.Reader, []byte) (*gossh.Signature, error) {
	l.wanted = true
	return &gossh.Signature{Format: gossh.KeyAlgoED25519, Blob: make([]byte, 64)}, nil
}

// mal offers the public keys of others under a nick that is free, and was told which
// of them are of people here, who is banned, and why.
func TestAKeyThatIsOnlyOfferedTellsNothingRegression(t *testing.T) {
	for _, registration := range []chat.Registration{chat.Open, chat.ByInvitation, chat.Closed} {
		t.Run(string(registration), func(t *testing.T) {
			story(t, nil, func(h *house) {
				h.person("ana", key("ana"), "")
				h.person("beto", key("beto"), "")
				h.ban("beto", time.Hour, "insults")
				h.ban(gossh.FingerprintSHA256(key("eva").PublicKey()), time.Hour, "insults")
				h.w.Service.SetPolicy(chat.Policy{Registration: registration})
				for _, whose := range []string{"nobody", "ana", "beto", "eva"} {
					key := &lifted{Signer: key(whose)}
					g := h.call("mal", withKey(key))
					synctest.Wait()
					if g.err == nil || !key.wanted || len(g.banners) != 0 {
						t.Errorf("with the key of %s: %v, asked to sign: %t, told %q", whose, g.err, key.wanted, g.banners)
					}
				}
			})
		})
	}
}
