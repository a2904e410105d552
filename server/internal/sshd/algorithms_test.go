package sshd

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// weak is what no list may hold: broken hashes and ciphers, curves of NIST,
// groups of 1024 bits, and a group exchange.
var weak = regexp.MustCompile(`sha1\b|md5|cbc|arcfour|3des|nistp|group1-|group-exchange|-96|none`)

func TestNothingWeakIsOffered(t *testing.T) {
	for _, aes := range []bool{true, false} {
		c := algorithms(aes)
		for _, name := range slices.Concat(c.KeyExchanges, c.Ciphers, c.MACs) {
			if weak.MatchString(name) {
				t.Errorf("%s is offered", name)
			}
		}
		if slices.Contains(c.Ciphers, gossh.CipherChaCha20Poly1305) == aes {
			t.Errorf("with AES %t: %s", aes, c.Ciphers) // Go is slow at it
		}
		if c.RekeyThreshold != 1<<30 {
			t.Errorf("keys are exchanged after %d bytes, RFC 4253 9 says a gigabyte", c.RekeyThreshold)
		}
	}
}

// Mal sits between ana and the server and puts a message of their own before the
// key exchange, so that one of the server's can be cut out after it without
// anybody's notice (Terrapin, CVE-2023-48795). Where both are strict the first
// message must be the key exchange.
func TestStrictKeyExchangeRegression(t *testing.T) {
	for name, tt := range map[string]struct {
		strict, insert, closed bool
	}{
		"a strict client":                 {strict: true},
		"a strict client and mal":         {strict: true, insert: true, closed: true},
		"a client that is not strict":     {},
		"mal where strictness is unknown": {insert: true},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, nil, func(h *house) {
				wire := h.street.call("203.0.113.7")
				k := &knock{ReadWriteCloser: wire}
				var theirs kexInit
				if _, packet, err := k.greet(); err != nil || gossh.Unmarshal(packet, &theirs) != nil {
					t.Fatal(err)
				}
				if !slices.Contains(theirs.KexAlgos, "kex-strict-s-v00@openssh.com") {
					t.Errorf("not strict: %q", theirs.KexAlgos)
				}
				mine := offer()
				if tt.strict {
					mine.KexAlgos = append(mine.KexAlgos, "kex-strict-c-v00@openssh.com")
				}
				if tt.insert {
					_ = k.send([]byte{2, 0, 0, 0, 0}) // IGNORE
				}
				_ = k.send(gossh.Marshal(&mine))
				synctest.Wait()
				if wire.gone() != tt.closed {
					t.Errorf("closed: %t", wire.gone())
				}
				k.Close()
			})
		})
	}
}

// An RSA host key offered ssh-rsa, which signs with SHA-1: what hostkeys had taken
// away was lost where the key is counted.
func TestRSAHostKeyDoesNotSignWithSHA1Regression(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	signer, _ := gossh.NewSignerFromKey(private)
	story(t, func(c *Config) { c.HostKeys = append(c.HostKeys, signer) }, func(h *house) {
		k := &knock{ReadWriteCloser: h.street.call("203.0.113.7")}
		var theirs kexInit
		if _, packet, err := k.greet(); err != nil || gossh.Unmarshal(packet, &theirs) != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(theirs.HostKeyAlgos); got != "[rsa-sha2-256 rsa-sha2-512 ssh-ed25519]" {
			t.Errorf("offered %s", got)
		}
		k.Close()
	})
}

// OpenSSH's own server, as Debian's 9.2 and OpenSSH 10 have it, is warned of for
// these as well, the last two because ssh-audit has not heard of them yet.
var auditWarnings = []string{
	"hmac-sha2-256: using encrypt-and-MAC mode", "hmac-sha2-512: using encrypt-and-MAC mode",
	"mlkem768x25519-sha256: unknown algorithm", "kex-strict-s-v00@openssh.com: unknown algorithm",
	"diffie-hellman-group14-sha256: 2048-bit modulus only provides 112-bits of symmetric strength",
	"curve25519-sha256: does not provide protection against post-quantum attacks",
	"curve25519-sha256@libssh.org: does not provide protection against post-quantum attacks",
	"diffie-hellman-group14-sha256: does not provide protection against post-quantum attacks",
}

func TestAuditFindsNoFault(t *testing.T) {
	audit := tool(t, "ssh-audit")
	host, port, _ := net.SplitHostPort(tcpHouse(t, echo()).addr)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, _ := exec.CommandContext(ctx, audit, "-n", "-p", port, host).Output() // its status tells of warnings
	text, name, seen := string(out), "", 0
	for line := range strings.Lines(text) {
		m := regexp.MustCompile("^(?:\\((?:kex|key|enc|mac)\\) (\\S+) .*-- | +`- )\\[(\\w+)\\] (.*?)\\s*$").FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if m[1] != "" {
			name, seen = m[1], seen+1
		}
		if finding := name + ": " + m[3]; m[2] == "fail" || m[2] == "warn" && !slices.Contains(auditWarnings, finding) {
			t.Errorf("[%s] %s", m[2], finding)
		}
	}
	if seen < 10 {
		t.Errorf("ssh-audit says:\n%s", text)
	}
}
