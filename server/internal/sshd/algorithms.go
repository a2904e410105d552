package sshd

import (
	"golang.org/x/sys/cpu"

	gossh "golang.org/x/crypto/ssh"
)

// algorithms is what is offered: nothing with SHA-1, and no group exchange,
// whose cost a stranger would choose. The client's preference decides (RFC 4253
// 7.1) and OpenSSH's is chacha20, for which Go has no amd64 assembly: it costs
// about twice the CPU of AES-GCM, so it is left out where the CPU has AES.
func algorithms(aes bool) gossh.Config {
	c := gossh.Config{
		KeyExchanges: []string{
			gossh.KeyExchangeMLKEM768X25519, gossh.KeyExchangeCurve25519,
			gossh.KeyExchangeECDHP256, gossh.KeyExchangeECDHP384, gossh.KeyExchangeECDHP521,
			gossh.KeyExchangeDH14SHA256,
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
