package sshd

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/server/internal/sshd/passphrase"
)

func TestKeyAndTerminalClaimANick(t *testing.T) {
	story(t, nil, func(h *house) {
		r := h.call("ana", withKey(key("ana"))).use("", terminal80x24, env("LANG", "es_ES.UTF-8"))
		if want := `screen ana new=true size=80x24 term="xterm-256color" lang=es notice=""`; r.out != want || r.status != 0 || r.err != nil {
			t.Errorf("got %+v, want %q", r, want)
		}
		r = h.call("ana", withKey(key("ana"))).use("", terminal80x24)
		if want := `screen ana new=false size=80x24 term="xterm-256color" lang=en notice=""`; r.out != want {
			t.Errorf("got %+v, want %q", r, want)
		}
		if h.log.count("signed in", "nick=ana", "method=key", keyOf(key("ana")).Fingerprint) != 2 {
			t.Errorf("two sign-ins should be logged:\n%s", h.log)
		}
	})
}

func TestClaimedNickTakesItsKeysOnly(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("beto", key("beto"), "")
		h.call("beto", withKey(key("beto"))).in()
		g := &guest{h: h, wire: h.street.call("192.168.1.77")}
		g.signIn("beto", withKey(key("eva")), g.answers("let me in"))
		g.out("that key is not beto's; if you are beto, name the right one with ssh -o IdentitiesOnly=yes -i FILE", // as from anywhere: who shares beto's address learns nothing
			"beto belongs to somebody else; free: ssh -p 2222 beto2@192.168.1.10; if you are beto: /link on a device that is in, or ask whoever runs this server")
		if len(g.prompts) != 0 {
			t.Errorf("asked %q, for a nick that has no passphrase", g.prompts)
		}
		if h.log.count("sign-in refused", "nick=beto", `reason="not theirs"`, keyOf(key("eva")).Fingerprint) != 1 {
			t.Errorf("the refusal should be logged once:\n%s", h.log)
		}
	})
}

// A key that is not of a claimed nick is refused when it is offered: nobody
// touches a FIDO key, or types a passphrase of a key, in vain.
func TestWrongKeyIsRefusedBeforeItSigns(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("beto", key("beto"), "")
		eva := &countingSigner{Signer: key("eva")}
		if g := h.call("beto", withKey(eva, key("beto"))); g.err != nil {
			t.Error(g.err)
		}
		if eva.signed != 0 {
			t.Errorf("the wrong key signed %d times", eva.signed)
		}
	})
}

type countingSigner struct {
	gossh.Signer
	signed int
}

func (s *countingSigner) Sign(r io.Reader, data []byte) (*gossh.Signature, error) {
	s.signed++
	return s.Signer.Sign(r, data)
}

func keys(n int, prefix string) (out []gossh.Signer) {
	for i := range n {
		out = append(out, key(fmt.Sprint(prefix, i)))
	}
	return out
}

func TestTheRightOneOfTwelveKeysGetsIn(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("ana", key("ana"), "")
		twelve := append(keys(11, "other"), key("ana"))
		g := h.call("ana", withKey(twelve...)).in()
		if len(g.banners) != 1 { // whoever had only the first needs to know
			t.Errorf("told %q", g.banners)
		}
		if again := h.call("ana", withKey(twelve...)).in(); len(again.banners) != 0 {
			t.Errorf("told %q again", again.banners)
		}
		if mal := h.callFrom("203.0.113.9", "ana", withKey(twelve[0])); len(mal.banners) != 1 {
			t.Errorf("that a public key is another one of ana's is told to mal: %q", mal.banners)
		}
	})
}

func TestTwentyKeysAreEnough(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("ana", key("ana"), "correct horse")
		g := &guest{h: h, wire: h.street.call("192.168.1.77")}
		g.signIn("ana", withKey(append(keys(25, "other"), key("ana"))...))
		g.out("that key is not ana's; if you are ana, name the right one with ssh -o IdentitiesOnly=yes -i FILE",
			"20 keys offered and none of them is ana's; name the right one with ssh -o IdentitiesOnly=yes -i FILE")

		g = &guest{h: h, wire: h.street.call("192.168.1.77")}
		g.signIn("ana", withKey(keys(25, "other")...), g.answers("correct horse"))
		g.in() // the passphrase still opens
	})
}

func TestTheFirstKeyOfferedIsTheOne(t *testing.T) {
	story(t, nil, func(h *house) {
		h.call("ana", withKey(key("first"), key("second"), key("third"))).use("", terminal80x24)
		p, err := h.w.Service.PersonByNick(h.w.Ctx, "ana")
		if err != nil || len(p.Keys) != 1 || keyOf(key("first")).Fingerprint != p.Keys[0].Fingerprint || p.Passphrase != "" {
			t.Errorf("claimed by %+v (%v)", p.Keys, err)
		}
	})
}

func TestKnownKeyUnderAFreeNickIsItsPerson(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("ana", key("ana"), "")
		r := h.call("anna", withKey(key("ana"))).use("", terminal80x24)
		if !strings.HasPrefix(r.out, "screen ana new=false ") || !strings.HasSuffix(r.out, `notice="this key is ana's: you are ana"`) {
			t.Errorf("got %q", r.out)
		}
		if h.exists("anna") {
			t.Error("anna was claimed by a slip of the finger")
		}
	})
}

// A key that several people share names none of them.
func TestSharedKeyNamesNobody(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("ana", key("shared"), "")
		h.person("beto", key("shared"), "")
		r := h.call("carla", withKey(key("shared"))).use("", terminal80x24)
		if !strings.HasPrefix(r.out, "screen carla new=true ") {
			t.Errorf("got %+v", r)
		}
	})
}

func TestRSAWithSHA1IsRefused(t *testing.T) {
	story(t, nil, func(h *house) {
		private, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		signer, _ := gossh.NewSignerFromKey(private)
		only := func(algorithms ...string) gossh.Signer {
			s, err := gossh.NewSignerWithAlgorithms(signer.(gossh.AlgorithmSigner), algorithms)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		const old = "that kind of key is not taken here: ssh-rsa signs with SHA-1, which is no longer safe; update your ssh, or make a key with ssh-keygen -t ed25519"
		h.call("ana", withKey(only(gossh.KeyAlgoRSA))).out(old)
		if h.log.count("sign-in refused", "nick=ana", `reason="key algorithm"`) != 1 {
			t.Errorf("log:\n%s", h.log)
		}
		h.call("ana", withKey(only(gossh.KeyAlgoRSASHA256))).in()
		// Whoever has only that chooses a passphrase, and was never told that their key
		// had no part in it.
		g := h.callWith("viejo", []gossh.Signer{only(gossh.KeyAlgoRSA)}, "correct horse", "correct horse").in()
		g.wantPrompts("Your key cannot be used, your ssh is too old for it: a passphrase will be what counts. New nick viejo. Choose a passphrase: ", "Again: ")
		if g := h.callTyping("vieja", "correct horse", "correct horse").in(); fmt.Sprint(g.banners) != fmt.Sprint([]string{keyless + "\r\n"}) {
			t.Errorf("told %q", g.banners)
		}
		h.call("beto", withKey(only(gossh.KeyAlgoRSA), key("beto"))).in() // one good key beside it
	})
}

func TestUsernameBecomesANick(t *testing.T) {
	story(t, nil, func(h *house) {
		r := h.call(`CORP\Luisa García`, withKey(key("luisa"))).use("", terminal80x24)
		if !strings.HasPrefix(r.out, "screen luisa.garcia new=true ") || !strings.HasSuffix(r.out, `notice="CORP\\Luisa García is luisa.garcia here"`) {
			t.Errorf("got %q", r.out)
		}
		g := h.call("\x1b]0;x\x07♥♥♥", withKey(key("eva")))
		g.out(`"???" cannot be a nick; use letters, digits, dot, dash or underscore, 32 at most`)
		if strings.Contains(h.log.String(), "\x1b") || h.log.count("sign-in refused", `reason="nick invalid"`) != 1 {
			t.Errorf("log:\n%s", h.log)
		}
	})
}

func TestNewcomerChoosesAPassphrase(t *testing.T) {
	story(t, nil, func(h *house) {
		g := h.callTyping("luisa", "short", "correct horse", "correct house", "correct horse", "correct horse")
		r := g.use("", terminal80x24)
		if !strings.HasPrefix(r.out, "screen luisa new=true ") {
			t.Errorf("got %+v", r)
		}
		want := []string{
			"New nick luisa. Choose a passphrase: ",
			"At least 8 characters, please. New nick luisa. Choose a passphrase: ", "Again: ",
			"Those two were not the same. New nick luisa. Choose a passphrase: ", "Again: ",
		}
		if fmt.Sprint(g.prompts) != fmt.Sprint(want) {
			t.Errorf("asked %q", g.prompts)
		}
		const takenLuisa = "luisa is taken; if it is yours, type its passphrase or one-time code (Enter: leave): "
		back := h.callTyping("luisa", "wrong", "correct horse").in()
		if want := []string{takenLuisa, "That was not it. " + takenLuisa}; fmt.Sprint(back.prompts) != fmt.Sprint(want) {
			t.Errorf("asked %q", back.prompts)
		}
	})
}

const keyless = "your ssh showed no key that can be used here (one that signs only with ssh-rsa and SHA-1 is too old): a passphrase will be what counts"

// Without a terminal OpenSSH answers every prompt with nothing.
func TestEmptyAnswersNeverClaimOrOpen(t *testing.T) {
	story(t, nil, func(h *house) {
		h.callTyping("luisa").out(keyless, "no passphrase was chosen: it takes 8 characters, typed twice at a terminal; or make a key with ssh-keygen and connect again")
		h.callTyping("luisa", "        ", "        ").out(keyless, "no passphrase was chosen: it takes 8 characters, typed twice at a terminal; or make a key with ssh-keygen and connect again")
		if h.exists("luisa") {
			t.Error("luisa was claimed with nothing")
		}
		h.person("beto", nil, "correct horse")
		h.callTyping("beto").out("beto belongs to somebody else; free: ssh -p 2222 beto2@192.168.1.10; if you are beto: /link on a device that is in, or ask whoever runs this server")
	})
}

func TestThreeWrongPassphrasesEndAConnection(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("beto", nil, "correct horse")
		g := &guest{h: h, wire: h.street.call("192.168.1.77")}
		g.signIn("beto", gossh.RetryableAuthMethod(g.answers("one", "two"), 2),
			gossh.RetryableAuthMethod(gossh.Password("three"), 5))
		g.out("3 wrong passphrases; connect again to try again")
		if h.log.count("sign-in refused", `reason="wrong passphrase"`) != 3 {
			t.Errorf("log:\n%s", h.log)
		}
	})
}

func TestPasswordOpensButNeverClaims(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("beto", nil, "correct horse")
		h.call("beto", gossh.Password("correct horse")).in()
		h.person("ana", key("ana"), "")
		h.call("ana", gossh.Password("correct horse")).out(
			"your ssh offered no key that is taken here; if you are ana, name yours with ssh -i FILE (an old ssh that knows only ssh-rsa with SHA-1 must be updated)",
			"ana belongs to somebody else; free: ssh -p 2222 ana2@192.168.1.10; if you are ana: /link on a device that is in, or ask whoever runs this server")
		h.call("luisa", gossh.Password("correct horse")).out("nobody is called luisa here; connect once with ssh -p 2222 luisa@192.168.1.10")
		h.call("pi", gossh.Password("raspberry")).out("nobody is called pi here; connect once with ssh -p 2222 pi2@192.168.1.10")
		if h.exists("luisa") {
			t.Error("luisa was claimed")
		}
	})
}

func TestReservedNickIsNotOffered(t *testing.T) {
	story(t, nil, func(h *house) {
		g := h.callTyping("root", "correct horse", "correct horse")
		g.out("root is a reserved name; free: ssh -p 2222 root2@192.168.1.10")
		if len(g.prompts) != 0 {
			t.Errorf("asked %q", g.prompts)
		}
	})
}

func TestBannersAndPromptsAreASCIIInTheServersLanguage(t *testing.T) {
	spanish := func(c *Config) { c.Lang, c.PublicHost = i18n.Spanish, "chat.lan:443" }
	story(t, spanish, func(h *house) {
		h.person("ana", key("ana"), "")
		h.call("ana", gossh.Password("x")).out(
			"tu ssh no ofrecio ninguna llave que valga aqui; si eres ana, di cual con ssh -i ARCHIVO (un ssh viejo que solo sabe ssh-rsa con SHA-1 hay que actualizarlo)",
			"ana es de otra persona; libre: ssh -p 443 ana2@chat.lan; si eres ana: /enlazar en un aparato que este dentro, o pregunta a quien lleva este servidor")
		g := h.callTyping("luisa", "contraseña", "contraseña").in()
		if g.prompts[0] != "Nick nuevo: luisa. Elige una contrasena: " {
			t.Errorf("asked %q", g.prompts)
		}
	})
}

// brokenChat cannot find out who anybody is.
type brokenChat struct{ Chat }

func (brokenChat) PersonByNick(context.Context, chat.Nick) (chat.Person, error) {
	return chat.Person{}, errors.New("disk on fire in /var/lib")
}

func TestBrokenChatIsToldButNotItsCause(t *testing.T) {
	story(t, func(c *Config) { c.Chat = brokenChat{c.Chat} }, func(h *house) {
		h.call("ana", withKey(key("ana"))).out("something went wrong here; the operator's log says what, please try again")
		if h.log.count("sign-in failed", "disk on fire") != 1 {
			t.Errorf("the cause is not in the log:\n%s", h.log)
		}
	})
}

// busyHasher has a full queue.
type busyHasher struct{ Hasher }

func (busyHasher) Hash(context.Context, string) (string, error) { return "", passphrase.ErrBusy }

func TestFullQueueOfHashesIsTold(t *testing.T) {
	story(t, func(c *Config) { c.Hasher = busyHasher{c.Hasher} }, func(h *house) {
		h.callTyping("luisa", "correct horse", "correct horse").out(keyless, "the server cannot do that now; try again in a moment")
	})
}

// A refused key must not become anybody's identity (CVE-2024-45337): the person
// is who the method that succeeded proved.
func TestIdentityIsOfTheMethodThatSucceeded(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("ana", key("ana"), "")
		h.person("beto", nil, "correct horse")
		g := &guest{h: h, wire: h.street.call("192.168.1.77")}
		g.signIn("beto", withKey(key("ana"), key("eva")), g.answers("correct horse"))
		r := g.use("", terminal80x24)
		if !strings.HasPrefix(r.out, "screen beto new=false ") {
			t.Errorf("got %q", r.out)
		}
	})
}

// paste adds somebody's public key to the keys of another.
func (h *house) paste(of chat.Person, key gossh.Signer) {
	h.t.Helper()
	if _, err := h.w.Service.Actor(of).AddKey(h.w.Ctx, *keyOf(key)); err != nil {
		h.t.Fatal(err)
	}
}

// mal is called anna, and pasted the public key of ana, who mistypes her own nick: she
// was anna then, and wrote to whoever mal let read it. That of her laptop she had only
// pasted herself, and came in with it every day; and tom comes in with his as two.
func TestAPastedKeyTrapsNobodyRegression(t *testing.T) {
	story(t, nil, func(h *house) {
		ana, anna := h.person("ana", key("ana"), ""), h.person("anna", key("mal"), "")
		h.person("tom", key("tom"), "")
		h.person("botty", key("tom"), "")
		h.paste(ana, key("laptop"))
		h.call("ana", withKey(key("laptop"))).in()
		for _, whose := range []string{"ana", "laptop", "tom"} {
			h.paste(anna, key(whose))
			g := h.call("anna", withKey(key(whose)))
			synctest.Wait()
			if g.err == nil || len(g.banners) != 1 || !strings.Contains(g.banners[0], "at anna it was only pasted: there it takes a code that anna makes with /link") {
				t.Errorf("with the key of %s: %v, told %q", whose, g.err, g.banners)
			}
		}
		h.call("anna", withKey(key("ana"))).out("that key is ana's: ssh -p 2222 ana@192.168.1.10; at anna it was only pasted: there it takes a code that anna makes with /link")
		h.call("anna", withKey(key("ana"), key("mal"))).in() // whose own key is another one
		h.callWith("anna", []gossh.Signer{key("ana")}, h.loginCode(anna)).in()
		h.call("ana", withKey(key("laptop"))).in()
	})
}

// A visitor's connection waits while the nick is claimed by mal, who pastes the
// visitor's key: what it began next was mal's.
func TestAPastedKeyTakesNoVisitorRegression(t *testing.T) {
	story(t, nil, func(h *house) {
		waiting := h.call("tommy", withKey(key("tom"))).in()
		h.paste(h.person("tommy", key("mal"), ""), key("tom"))
		if r := waiting.use("", terminal80x24); r.status != 1 || !strings.Contains(r.stderr, "tommy belongs to somebody else") {
			t.Errorf("got %+v", r)
		}
	})
}

// mal comes in every day by a key that she had pasted. Once she is banned it was as
// good as new.
func TestAPastedKeyThatWasUsedIsBannedWithItsPersonRegression(t *testing.T) {
	story(t, nil, func(h *house) {
		h.paste(h.person("mal", key("thrown"), ""), key("main"))
		h.call("mal", withKey(key("main"))).in().hangUp()
		h.ban("mal", time.Hour, "insults")
		h.call("mal2", withKey(key("main"))).out(keptOut)
	})
}

// ana removes a key that she had pasted while the thief who has it signs: it came back.
func TestAKeyRemovedWhileItSignsStaysRemovedRegression(t *testing.T) {
	story(t, nil, func(h *house) {
		ana := h.person("ana", key("ana"), "")
		h.paste(ana, key("laptop"))
		gone := keyOf(key("laptop")).Fingerprint
		remove := func() {
			if _, err := h.w.Service.Actor(ana).RemoveKey(h.w.Ctx, gone, ""); err != nil {
				t.Error(err)
			}
		}
		between := &betweenChat{Chat: h.s.cfg.Chat, before: remove}
		h.s.cfg.Chat = between
		g := h.call("ana", withKey(key("laptop")))
		if synctest.Wait(); g.err == nil || between.before != nil {
			t.Errorf("the thief is in: %v", g.err)
		}
		if p, _ := h.w.Service.PersonByNick(h.w.Ctx, "ana"); p.Has(gone) {
			t.Error("the key is back")
		}
	})
}

// betweenChat does something before the first key is proven.
type betweenChat struct {
	Chat
	before func()
}

func (c *betweenChat) ProveKey(ctx context.Context, p chat.Person, fingerprint string) (chat.Person, error) {
	if before := c.before; before != nil {
		c.before = nil
		before()
	}
	return c.Chat.ProveKey(ctx, p, fingerprint)
}

// The nick was free when the key was offered and is somebody's when it signed.
func TestNickClaimedBetweenOfferAndProofIsNotOpened(t *testing.T) {
	story(t, nil, func(h *house) {
		late := &lateSigner{Signer: key("eva"), first: func() { h.person("luisa", key("luisa"), "") }}
		h.call("luisa", withKey(late)).out("luisa belongs to somebody else; free: ssh -p 2222 luisa2@192.168.1.10; if you are luisa: /link on a device that is in, or ask whoever runs this server")
	})
}

// lateSigner takes its time to sign.
type lateSigner struct {
	gossh.Signer
	first func()
}

func (s *lateSigner) Sign(r io.Reader, data []byte) (*gossh.Signature, error) {
	s.first()
	return s.Signer.Sign(r, data)
}

// buggyChat panics for eva.
type buggyChat struct{ Chat }

func (c buggyChat) PersonByNick(ctx context.Context, nick chat.Nick) (chat.Person, error) {
	if nick == "eva" {
		panic("a bug")
	}
	return c.Chat.PersonByNick(ctx, nick)
}

func TestPanicInSignInLetsNobodyIn(t *testing.T) {
	story(t, func(c *Config) { c.Chat = buggyChat{c.Chat} }, func(h *house) {
		if g := h.call("eva", withKey(key("eva"))); g.err == nil {
			t.Error("let in")
		}
		h.call("ana", withKey(key("ana"))).in()
	})
}
