package sshd

import (
	"sync/atomic"
	"testing"

	gossh "golang.org/x/crypto/ssh"
)

// list is the operator's list of keys, which changes while the server runs.
type list struct {
	atomic.Pointer[map[string]bool]
}

func (l *list) set(names ...string) {
	m := map[string]bool{}
	for _, name := range names {
		m[gossh.FingerprintSHA256(key(name).PublicKey())] = true
	}
	l.Store(&m)
}

func (l *list) has(fingerprint string) bool { return (*l.Load())[fingerprint] }

// Where only some keys are let in, nobody else claims a nick or comes in by key,
// whatever nick they try, and each is told what to do.
func TestOnlyListedKeysComeIn(t *testing.T) {
	var allowed list
	allowed.set("ana", "beto")
	story(t, func(c *Config) { c.Admits = allowed.has }, func(h *house) {
		h.person("ana", key("ana"), "")
		h.person("luis", key("luis"), "correct horse")
		denied := func(name string) string {
			return "this server does not let in the key " + gossh.FingerprintSHA256(key(name).PublicKey()) +
				"; name another with ssh -o IdentitiesOnly=yes -i FILE, or ask whoever runs it"
		}
		h.call("ana", withKey(key("ana"))).in()
		h.call("eve", withKey(key("eve"))).out(denied("eve"))
		h.call("luis", withKey(key("luis"))).out(denied("luis"))

		// eve without a key chooses no passphrase either; luis has one already
		g := &guest{h: h, wire: h.street.call("192.168.1.77")}
		g.signIn("eve", g.answers("correct horse", "correct horse"))
		g.out("this server lets in only people whose key is on its list; send yours (the .pub file) to whoever runs it, then name it with ssh -i FILE")
		g = &guest{h: h, wire: h.street.call("192.168.1.77")}
		g.signIn("luis", g.answers("correct horse"))
		g.in()

		// one of several keys is enough, and the list may change at any time
		h.call("ana", withKey(key("eve"), key("ana"))).in()
		allowed.set("luis")
		h.call("ana", withKey(key("ana"))).out(denied("ana"))
		h.call("luis", withKey(key("luis"))).in()
		if h.exists("eve") {
			t.Error("eve is somebody")
		}
	})
}

// A key is denied while what came in by it is open: it goes on doing everything,
// over sessions that are there and over new ones on the same connection.
func TestADeniedKeysSessionsEndRegression(t *testing.T) {
	allowed := &list{}
	story(t, func(c *Config) { c.Admits = allowed.has }, func(h *house) {
		h.faces.Screen = staying
		h.person("ana", key("ana"), "")
		h.person("beto", key("beto"), "")
		allowed.set("ana", "beto")
		ana, beto := h.call("ana", withKey(key("ana"))).in(), h.call("beto", withKey(key("beto"))).in()
		idle := h.call("ana", withKey(key("ana"))).in()
		open, _ := ana.stay()
		kept, _ := beto.stay()
		allowed.set("beto")
		const gone = "the operator does not let in the key that this session came in by; come in by another one"
		if r := idle.use("send lobby hi"); r.status != 1 || r.stderr != gone+"\n" {
			t.Errorf("a new session: %+v", r)
		}
		h.s.ExpelDenied()
		if why, status := open.said(); why != gone || status != 1 {
			t.Errorf("told %q, status %d", why, status)
		}
		select {
		case status := <-kept.status:
			t.Errorf("beto is out too: %d", status)
		default:
		}
	})
}
