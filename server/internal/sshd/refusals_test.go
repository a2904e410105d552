package sshd

import (
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// read is a file beside this package, or of the documentation.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const fail2banPage = "../../../docs/fail2ban.md"

// filter is the expression that the page tells people to use.
func filter(t *testing.T) *regexp.Regexp {
	t.Helper()
	line := regexp.MustCompile(`(?m)^failregex = (.*)$`).FindStringSubmatch(read(t, fail2banPage))
	if line == nil {
		t.Fatal("the page has no filter")
	}
	return regexp.MustCompile(strings.Replace(line[1], "<ADDR>", `(?P<ADDR>[0-9a-fA-F:.]+)`, 1))
}

// refused is the lines of sign-ins that were refused.
func (n *notebook) refused() (lines []string) {
	for line := range strings.Lines(n.String()) {
		if strings.Contains(line, `msg="sign-in refused"`) {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	return lines
}

// Passphrases that were wrong left no line while the connection went on, so
// what watched the log saw one of three.
func TestEveryGuessIsALineThatTheFilterCountsRegression(t *testing.T) {
	filter := filter(t)
	story(t, nil, func(h *house) {
		h.person("ana", nil, "correct horse")
		for _, address := range []string{"203.0.113.7", "2001:db8::7"} {
			for range 2 {
				h.callFrom(address, "ana", gossh.RetryableAuthMethod(gossh.Password("guess"), 5)).hangUp()
			}
			synctest.Wait()
			counted := 0
			for _, line := range h.log.refused() {
				if m := filter.FindStringSubmatch(line); m != nil && m[1] == address {
					counted++
				}
			}
			if counted != 6 {
				t.Errorf("%d of 6 guesses from %s were counted:\n%s", counted, address, h.log)
			}
		}
	})
}

// Mal types what looks like a line about ana's address.
func TestNobodyIsBannedByWhatAnotherTypes(t *testing.T) {
	filter := filter(t)
	story(t, nil, func(h *house) {
		const line = `time=2026-11-27T19:40:56.284Z level=INFO msg="sign-in refused" address=198.51.100.1:1 nick=x fingerprint="" reason="wrong passphrase"`
		for _, name := range []string{line, "x\n" + line, `x" ` + line, `x\" ` + line, `x" fingerprint="" reason="nick invalid`, "msg=\"sign-in refused\" address=198.51.100.1:1"} {
			h.callFrom("203.0.113.7", name, withKey(key("mal"))).hangUp()
		}
		synctest.Wait()
		if n := len(h.log.refused()); n != 6 {
			t.Errorf("%d lines:\n%s", n, h.log)
		}
		for line := range strings.Lines(h.log.String()) {
			if m := filter.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil && m[1] != "203.0.113.7" {
				t.Errorf("%s is counted for %s", m[1], line)
			}
		}
	})
}

// Who came to read the fingerprint, has the wrong key at hand or an answer of
// nothing from a cron job is not banned.
func TestHonestMistakesAreNotCounted(t *testing.T) {
	filter := filter(t)
	story(t, nil, func(h *house) {
		h.person("ana", key("ana"), "correct horse")
		h.street.call("203.0.113.7").Close()
		h.callFrom("203.0.113.7", "ana", withKey(key("old"))).hangUp()
		g := &guest{h: h, wire: h.street.call("203.0.113.7")}
		g.signIn("ana", gossh.RetryableAuthMethod(g.answers(), 5))
		synctest.Wait()
		for _, line := range h.log.refused() {
			if filter.MatchString(line) {
				t.Errorf("counted: %s", line)
			}
		}
		for _, why := range []reason{silent, keyRefused, noPassphrase} {
			if h.log.count("sign-in refused", fmt.Sprintf("reason=%q", why)) != 1 && h.log.count("sign-in refused", "reason="+string(why)) != 1 {
				t.Errorf("%s should be logged once:\n%s", why, h.log)
			}
		}
	})
}

// What reads the log counts on the words.
func TestThePageNamesEveryReason(t *testing.T) {
	page, filter := read(t, fail2banPage), filter(t)
	words := regexp.MustCompile(`(?m)^\t\w+ +reason = "([^"]+)"`).FindAllStringSubmatch(read(t, "refusals.go"), -1)
	if len(words) < 20 {
		t.Fatalf("found only %q", words)
	}
	for _, word := range words {
		row := regexp.MustCompile("(?m)^\\|.*`" + regexp.QuoteMeta(word[1]) + "`.*\\| (yes|no).* \\|$").FindStringSubmatch(page)
		if row == nil {
			t.Errorf("%q is not on the page", word[1])
			continue
		}
		line := fmt.Sprintf(`msg="sign-in refused" address=203.0.113.7:1 nick=ana fingerprint="" reason=%s`, word[1])
		if strings.Contains(word[1], " ") {
			line = fmt.Sprintf(`msg="sign-in refused" address=203.0.113.7:1 nick=ana fingerprint="" reason=%q`, word[1])
		}
		if filter.MatchString(line) != (row[1] == "yes") {
			t.Errorf("%q: the page says %s, the filter something else", word[1], row[1])
		}
	}
}

// A flood of refusals would fill the disk, and then nobody could write.
func TestFloodOfRefusalsWritesLittle(t *testing.T) {
	story(t, nil, func(h *house) {
		client := func(i int) *link {
			addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, byte(i >> 16), byte(i >> 8), byte(i)}), 4000)
			_, wire := newPipe(net.TCPAddrFromAddrPort(addr), serverAddr)
			return newLink(h.s, wire)
		}
		for range 1000 {
			h.s.book.refused(client(1), "ana", "", wrongPassphrase)
		}
		if n := len(h.log.refused()); n != 30 {
			t.Errorf("%d lines of one address, want 30", n)
		}
		for i := range 5000 {
			h.s.book.refused(client(i+10), "ana", "", wrongPassphrase)
			h.s.book.refused(client(i+10), "ana", "", left)
		}
		if n := len(h.log.refused()); n != 1000 {
			t.Errorf("%d lines of everybody, want 1000", n)
		}
		time.Sleep(time.Second)
		h.s.book.refused(client(2), "ana", "", wrongPassphrase)
		if h.log.count("sign-in refused", "more=") < 1 {
			t.Error("nobody is told that lines were left out")
		}
	})
}

// A stranger who comes in again and again as a visitor, with a key that costs
// nothing, would fill it just as well.
func TestFloodOfVisitorsWritesLittle(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("ana", key("ana"), "")
		for range 60 {
			h.callFrom("203.0.113.7", "eva", withKey(key("eva"))).in().hangUp()
			h.callFrom("203.0.113.7", "ana", withKey(key("ana"))).in().hangUp()
		}
		g := h.callFrom("203.0.113.7", "eva", withKey(key("eva")))
		for range 60 {
			g.use("whoami")
		}
		if n := h.log.count("signed in", "nick=eva") + h.log.count("session refused"); n != 30 {
			t.Errorf("%d lines about eva, want 30:\n%s", n, h.log)
		}
		if n := h.log.count("signed in", "nick=ana"); n != 60 {
			t.Errorf("%d lines about ana, want 60", n)
		}
	})
}

// What costs a stranger nothing does not take the lines of what does.
func TestCheapRefusalsLeaveRoomForGuesses(t *testing.T) {
	story(t, nil, func(h *house) {
		h.person("ana", nil, "correct horse")
		for i := range 300 {
			h.street.call(fmt.Sprintf("203.0.113.%d", i%250)).Close()
		}
		h.callFrom("198.51.100.7", "ana", gossh.Password("guess")).hangUp()
		synctest.Wait()
		if n := h.log.count("sign-in refused", "reason=silent"); n != 100 {
			t.Errorf("%d lines of silent connections, want 100", n)
		}
		if h.log.count("sign-in refused", "198.51.100.7", "wrong passphrase") != 1 {
			t.Errorf("the guess has no line")
		}
	})
}

// x/crypto ends these handshakes without asking anybody.
func TestHandshakesThatCannotBeAreLogged(t *testing.T) {
	old := gossh.Config{KeyExchanges: []string{gossh.InsecureKeyExchangeDH1SHA1}}
	for why, call := range map[reason]func(h *house, wire *end){
		noAlgorithm: func(h *house, wire *end) {
			_, _, _, _ = gossh.NewClientConn(wire, "", &gossh.ClientConfig{Config: old, User: "ana", HostKeyCallback: gossh.InsecureIgnoreHostKey()})
		},
		brokenProtocol: func(h *house, wire *end) {
			fmt.Fprint(wire, "SSH-2.0-x\r\n", strings.Repeat("z", 1<<10))
			_, _ = io.Copy(io.Discard, wire)
		},
		tooManyRequests: func(h *house, wire *end) {
			g := &guest{h: h, wire: wire}
			g.signIn("ana", gossh.RetryableAuthMethod(gossh.PublicKeysCallback(func() ([]gossh.Signer, error) {
				return []gossh.Signer{&countingSigner{Signer: key("eva")}}, nil
			}), 500))
		},
	} {
		t.Run(string(why), func(t *testing.T) {
			story(t, nil, func(h *house) {
				h.person("ana", key("ana"), "")
				wire := h.street.call("203.0.113.7")
				call(h, wire)
				wire.Close()
				synctest.Wait()
				if h.log.count("sign-in refused", "203.0.113.7", fmt.Sprintf("reason=%q", why)) != 1 {
					t.Errorf("log:\n%s", h.log)
				}
			})
		})
	}
}
