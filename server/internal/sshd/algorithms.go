package sshd

import (
	"golang.org/x/sys/cpu"

	gossh "golang.org/x/crypto/ssh"
)

// rekeyAfter is the volume in one direction after which we exchange keys, as
// RFC 4253 9 recommends; of AES the library would let 64 GiB pass. It costs a
// transfer 2 ms for each GiB. A client may ask sooner, within pace.
const rekeyAfter = 1 << 30

// algorithms is what is offered, and no more than ssh-audit lets pass: nothing
// with SHA-1, no key exchange on the curves of NIST, and no group exchange, whose
// cost a stranger would choose. Who has neither X25519 (OpenSSH 6.5, PuTTY 0.68)
// nor may use it (FIPS) has group 14. The MACs without ETM are of OpenSSH's own
// default too; libssh2 before 1.11 and JSch have no others.
//
// The client's preference decides (RFC 4253 7.1) and OpenSSH's cipher is chacha20,
// for which Go has no amd64 assembly: it costs about twice the CPU of AES-GCM, so
// it is left out where the CPU has AES. Strict key exchange (against Terrapin) is
// the library's and cannot be switched off.
func algorithms(aes bool) gossh.Config {
	c := gossh.Config{
		RekeyThreshold: rekeyAfter,
		KeyExchanges: []string{
			gossh.KeyExchangeMLKEM768X25519, gossh.KeyExchangeCurve25519, gossh.KeyExchangeDH14SHA256,
		},
		Ciphers: []string{
			gossh.CipherAES128GCM, gossh.CipherAES256GCM,
			gossh.CipherAES128CTR, gossh.CipherAES192CTR, gossh.CipherAES256CTR,
		},
		MACs: []string{gossh.HMACSHA256ETM, gossh.HMACSHA512ETM, gossh.HMACSHA256, gossh.HMACSHA512},
	}
	if !aes {
		c.Ciphers = append([]string{gossh.CipherChaCha20Poly1305}, c.Ciphers...)
	}
	return c
}

// hasAES reports whether AES-GCM runs in hardware here.
func hasAES() bool {
	return cpu.X86.HasAES && cpu.X86.HasPCLMULQDQ && cpu.X86.HasSSE41 ||
		cpu.ARM64.HasAES && cpu.ARM64.HasPMULL ||
		cpu.S390X.HasAES && cpu.S390X.HasAESGCM
}
