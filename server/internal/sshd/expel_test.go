package sshd

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
)

// staying is a face that says its token and stays until it is ended.
func staying(ctx context.Context, s *Session) int {
	fmt.Fprintln(s.Out, s.Token)
	<-ctx.Done()
	return 0
}

// stay opens a session that stays, with a terminal, and tells its token.
func (g *guest) stay() (*raw, string) {
	g.h.t.Helper()
	ch, err := g.raw()
	if err != nil {
		g.h.t.Fatal(err)
	}
	_, _ = ch.SendRequest("pty-req", true, gossh.Marshal(struct {
		Term         string
		W, H, PW, PH uint32
		Modes        string
	}{Term: "xterm", W: 80, H: 24}))
	if ok, err := ch.SendRequest("shell", true, nil); !ok || err != nil {
		g.h.t.Fatalf("shell: %v", err)
	}
	token := make([]byte, 27)
	if _, err := io.ReadFull(ch, token); err != nil {
		g.h.t.Fatal(err)
	}
	return ch, strings.TrimSpace(string(token))
}

// said is what a session that ends was told, and its status.
func (r *raw) said() (string, int) {
	all, _ := io.ReadAll(r)
	_ = r.Close()
	return strings.TrimSpace(string(all)), <-r.status
}

// ana has lost a laptop that is still signed in, with a master connection
// (ControlMaster) that begins sessions without signing in. Once she removes its
// key nothing of it goes on.
func TestARemovedKeysSessionsEnd(t *testing.T) {
	story(t, nil, func(h *house) {
		h.faces.Screen = staying
		p := h.person("ana", key("laptop"), "")
		ana := h.w.Service.Actor(p)
		if _, err := h.w.Service.AddProvenKey(h.w.Ctx, p.ID, *keyOf(key("phone")), ""); err != nil {
			t.Fatal(err)
		}
		laptop, phone := h.call("ana", withKey(key("laptop"))).in(), h.call("ana", withKey(key("phone"))).in()
		idle := h.call("ana", withKey(key("laptop"))).in()
		lost, _ := laptop.stay()
		kept, _ := phone.stay()
		if _, err := ana.RemoveKey(h.w.Ctx, keyOf(key("laptop")).Fingerprint, ""); err != nil {
			t.Fatal(err)
		}
		const gone = "the key that this session came in by was removed; come in another way"
		// Before anybody is told, nothing begins on its connections.
		if r := idle.use("send lobby hi"); r.status != 1 || r.stderr != gone+"\n" {
			t.Errorf("on another connection: %+v", r)
		}
		h.s.Expel(chat.Change{Kind: chat.Expelled, User: p.ID, Way: keyOf(key("laptop")).Fingerprint, Reason: "key-removed"})
		if why, status := lost.said(); why != gone || status != 1 {
			t.Errorf("told %q, status %d", why, status)
		}
		time.Sleep(h.s.cfg.Limits.Answer)
		synctest.Wait()
		if all, _ := h.s.Connections(); all != 1 {
			t.Errorf("%d connections are left, want the phone's", all)
		}
		phone.hangUp()
		_ = kept
	})
}

func TestSigningOutKeepsTheSessionThatDidIt(t *testing.T) {
	story(t, nil, func(h *house) {
		h.faces.Screen = staying
		p := h.person("ana", key("ana"), "correct horse")
		eva := h.person("eva", key("eva"), "")
		a, b := h.call("ana", withKey(key("ana"))).in(), h.callTyping("ana", "correct horse").in()
		other := h.call("eva", withKey(key("eva"))).in()
		first, token := a.stay()
		second, _ := a.stay() // on the same connection
		third, _ := b.stay()
		hers, _ := other.stay()
		h.s.Expel(chat.Change{Kind: chat.Expelled, User: p.ID, Keep: token, Reason: "signed-out"})
		for _, ended := range []*raw{second, third} {
			if why, status := ended.said(); why != "you signed this session out from another one" || status != 1 {
				t.Errorf("told %q, status %d", why, status)
			}
		}
		time.Sleep(h.s.cfg.Limits.Answer)
		synctest.Wait()
		if all, _ := h.s.Connections(); all != 2 {
			t.Errorf("%d connections are left", all)
		}
		h.s.Expel(chat.Change{Kind: chat.Expelled, User: eva.ID, Reason: "kicked", Said: "no links"})
		if why, _ := hers.said(); why != "somebody who looks after this server ended your sessions: no links; you may come back" {
			t.Errorf("told %q", why)
		}
		h.call("eva", withKey(key("eva"))).in().hangUp()
		a.hangUp()
		_ = first
	})
}

// A verb that reads and a client that does not close must not outlive it.
func TestAVerbThatReadsIsEnded(t *testing.T) {
	story(t, nil, func(h *house) {
		h.faces.Verb = func(ctx context.Context, s *Session, _ string) int {
			_, _ = io.Copy(io.Discard, s.In)
			return 0
		}
		p := h.person("ana", key("ana"), "")
		g := h.call("ana", withKey(key("ana"))).in()
		ch, err := g.raw()
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := ch.SendRequest("exec", true, gossh.Marshal(struct{ Line string }{"send --lines lobby"})); !ok || err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.s.Expel(chat.Change{Kind: chat.Expelled, User: p.ID, Reason: "banned"})
		if status := <-ch.status; status != 1 {
			t.Errorf("status %d", status)
		}
		time.Sleep(h.s.cfg.Limits.Answer)
		synctest.Wait()
		if all, _ := h.s.Connections(); all != 0 {
			t.Errorf("%d connections are left", all)
		}
	})
}
