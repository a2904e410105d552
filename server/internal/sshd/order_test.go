package sshd

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
)

// plainHasher compares without argon2id, and counts.
type plainHasher struct{ compared *atomic.Int32 }

func (h plainHasher) Hash(_ context.Context, phrase string) (string, error) { return phrase, nil }
func (h plainHasher) Matches(_ context.Context, hash, phrase string) (bool, error) {
	h.compared.Add(1)
	return hash == phrase, nil
}

// What mal tries: ana has a key, beto a passphrase, carla is free, root is
// reserved, and the last can be nobody's nick. Mal has the first two keys.
var (
	triedUsers   = []string{"ana", "beto", "carla", "root", "\x1b[31m"}
	triedKeys    = []gossh.Signer{key("ana"), key("eva"), key("beto")}
	triedPhrases = []string{"", "guess", "correct horse"}
)

// attempt is one request for authentication.
type attempt struct {
	kind byte // of attempts
	user byte // of triedUsers
	with byte // of triedKeys or triedPhrases
	by   byte // of triedKeys: who signs instead; of triedUsers: for whom
}

const (
	asNone           byte = iota
	asQuery               // would this key do?
	asSigned              // proven
	asSignedByOther       // another key's signature
	asSignedForOther      // a signature for another nick
	asPassword
	asAnswers   // the same to each question
	asNoAnswers // none, to however many questions
	asNonsense  // a method, or a message, that does not exist
	attempts
)

// try makes one attempt; in is whether it let mal in, on whether the connection
// goes on.
func (k *knock) try(a attempt) (in, on bool) {
	user, signer := triedUsers[int(a.user)%len(triedUsers)], triedKeys[int(a.with)%len(triedKeys)]
	phrase := triedPhrases[int(a.with)%len(triedPhrases)]
	other := triedKeys[int(a.by)%len(triedKeys)]
	var err error
	switch a.kind % attempts {
	case asNone:
		err = k.request(user, "none", nil)
	case asQuery:
		err = k.request(user, "publickey", publicKey(signer.PublicKey(), nil))
	case asSigned:
		err = k.request(user, "publickey", publicKey(signer.PublicKey(), k.signature(user, signer)))
	case asSignedByOther:
		err = k.request(user, "publickey", publicKey(signer.PublicKey(), k.signature(user, other)))
	case asSignedForOther:
		err = k.request(user, "publickey", publicKey(signer.PublicKey(), k.signature(triedUsers[int(a.by)%len(triedUsers)], signer)))
	case asPassword:
		err = k.request(user, "password", gossh.Marshal(struct {
			Change bool
			Phrase string
		}{false, phrase}))
	case asAnswers, asNoAnswers:
		return k.interact(user, phrase, a.kind%attempts == asAnswers)
	default:
		err = k.request(user, string(a.with), []byte{a.by, a.with})
	}
	if err != nil {
		return false, false
	}
	kind, _ := k.answer()
	return kind == authSuccess, kind == authFailure || kind == authAsks
}

// interact is keyboard-interactive with the same answer to every question.
func (k *knock) interact(user, answer string, answers bool) (in, on bool) {
	if k.request(user, "keyboard-interactive", make([]byte, 8)) != nil {
		return false, false
	}
	for {
		kind, packet := k.answer()
		if kind != authAsks {
			return kind == authSuccess, kind == authFailure
		}
		var asked struct {
			Name, Instruction, Language string `sshtype:"60"`
			Questions                   uint32
			Rest                        []byte `ssh:"rest"`
		}
		if gossh.Unmarshal(packet, &asked) != nil {
			return false, false
		}
		n := asked.Questions
		if !answers {
			n = 0
		}
		reply := gossh.Marshal(struct {
			N uint32 `sshtype:"61"`
		}{n})
		for range n {
			reply = append(reply, gossh.Marshal(struct{ A string }{answer})...)
		}
		if k.send(reply) != nil {
			return false, false
		}
	}
}

// deserves is who an attempt may let in, and as whom: nobody is "".
func (a attempt) deserves() (nick, person string) {
	user, signer := triedUsers[int(a.user)%len(triedUsers)], int(a.with)%len(triedKeys)
	right := triedPhrases[int(a.with)%len(triedPhrases)] == "correct horse"
	kind := a.kind % attempts
	if kind == asSignedByOther && int(a.by)%len(triedKeys) == signer ||
		kind == asSignedForOther && triedUsers[int(a.by)%len(triedUsers)] == user {
		kind = asSigned
	}
	switch {
	case kind == asSigned && signer == 0 && user != "beto" && user != triedUsers[4]:
		return "ana", "ana" // also under a free nick
	case kind == asSigned && (user == "carla" || user == "root"):
		return user, "visitor"
	case (kind == asPassword || kind == asAnswers) && right && user == "beto":
		return "beto", "beto"
	case kind == asAnswers && right && user == "carla":
		return "carla", "visitor"
	}
	return "", ""
}

// knocks lets mal try these on one connection, and fails t if any of them did
// what it does not deserve.
func knocks(t *testing.T, tries []attempt) (as string) {
	var panics notebook
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&panics, nil))) // where charm tells of those it caught
	defer slog.SetDefault(before)
	count := new(atomic.Int32)
	story(t, func(c *Config) { c.Hasher = plainHasher{count} }, func(h *house) {
		ids := map[string]string{"visitor": "visitor"}
		for nick, c := range map[chat.Nick]chat.Credential{"ana": {Key: keyOf(key("ana"))}, "beto": {Passphrase: "correct horse"}} {
			p, err := h.w.Service.Claim(h.w.Ctx, nick, c)
			if err != nil {
				t.Fatal(err)
			}
			ids[string(nick)] = p.ID.String()
		}
		k := &knock{ReadWriteCloser: h.street.call("203.0.113.7")}
		defer k.Close()
		if err := k.shake(); err != nil {
			t.Fatal(err)
		}
		for i, a := range tries {
			nick, person := a.deserves()
			in, on := k.try(a)
			if in && nick == "" {
				t.Errorf("let in by %+v, after %+v", a, tries[:i])
			}
			if in && h.log.count("signed in", "nick="+nick+" ", "person="+ids[person]+" ") != 1 {
				t.Errorf("%+v should be %s (%s):\n%s", a, nick, person, h.log)
			}
			if in {
				as = person
			}
			if !on {
				break
			}
		}
		if h.exists("carla") || h.exists("root") {
			t.Error("a nick was claimed by authentication alone")
		}
		if panics.String() != "" || h.log.count("panic") != 0 {
			t.Errorf("a panic:\n%s%s", &panics, h.log)
		}
	})
	if n := count.Load(); n > maxWrong {
		t.Errorf("%d passphrases were compared on one connection", n)
	}
	return as
}

// Whatever comes before it, it is what was proven last that counts, for the nick
// that was asked for then.
func TestOrderOfAttemptsLetsNobodyElseIn(t *testing.T) {
	ana, beto, carla := byte(0), byte(1), byte(2)
	for name, tt := range map[string]struct {
		tries []attempt
		as    string
	}{
		"a key":                        {[]attempt{{asNone, ana, 0, 0}, {asQuery, ana, 0, 0}, {asSigned, ana, 0, 0}}, "ana"},
		"a passphrase":                 {[]attempt{{asPassword, beto, 2, 0}}, "beto"},
		"an answer":                    {[]attempt{{asAnswers, beto, 2, 0}}, "beto"},
		"a free nick":                  {[]attempt{{asSigned, carla, 1, 0}}, "visitor"},
		"a chosen passphrase":          {[]attempt{{asAnswers, carla, 2, 0}}, "visitor"},
		"another's key, asked about":   {[]attempt{{asQuery, ana, 0, 0}, {asSigned, carla, 1, 0}}, "visitor"},
		"her key, then another signs":  {[]attempt{{asQuery, ana, 0, 0}, {asSigned, ana, 1, 0}}, ""},
		"her key, signed by another":   {[]attempt{{asQuery, ana, 0, 0}, {asSignedByOther, ana, 0, 1}}, ""},
		"a signature for another nick": {[]attempt{{asQuery, carla, 1, 0}, {asSignedForOther, ana, 0, carla}}, ""},
		"her key for another's nick":   {[]attempt{{asQuery, ana, 0, 0}, {asSigned, beto, 0, 0}}, ""},
		"his passphrase for hers":      {[]attempt{{asPassword, beto, 1, 0}, {asPassword, ana, 2, 0}}, ""},
		"three guesses, then right":    {[]attempt{{asPassword, beto, 1, 0}, {asAnswers, beto, 1, 0}, {asPassword, beto, 1, 0}, {asPassword, beto, 2, 0}}, ""},
		"no answers":                   {[]attempt{{asNoAnswers, beto, 2, 0}, {asNoAnswers, carla, 2, 0}}, ""},
		"nonsense, then a key":         {[]attempt{{asNonsense, ana, 0, 9}, {asSigned, ana, 0, 0}}, "ana"},
	} {
		t.Run(name, func(t *testing.T) {
			if as := knocks(t, tt.tries); as != tt.as {
				t.Errorf("in as %q, want %q", as, tt.as)
			}
		})
	}
}

// In whatever order requests for authentication come: no panic, and nobody in who
// did not prove it last.
func FuzzOrderOfAttempts(f *testing.F) {
	for _, seed := range []string{
		"\x00\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00", "\x05\x01\x01\x00\x06\x01\x01\x00\x05\x01\x02\x00", "\x06\x02\x00\x00\x02\x02\x01\x00",
		"\x01\x00\x00\x00\x03\x00\x00\x01", "\x04\x02\x01\x00\x08\x00\x00\x00", strings.Repeat("\x01\x00\x01\x00", 30), strings.Repeat("\x00\x00\x00\x00", 140),
		"\x02\x03\x01\x00", "\x07\x01\x00\x00\x02\x04\x00\x00", fmt.Sprint("\x08\x02\x02\x02", "\x06\x02\x02\x02"),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, script []byte) {
		var tries []attempt
		for ; len(script) >= 4 && len(tries) < 150; script = script[4:] {
			tries = append(tries, attempt{script[0], script[1], script[2], script[3]})
		}
		knocks(t, tries)
	})
}
