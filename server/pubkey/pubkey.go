// Package pubkey reads the public keys that people give, and says which are too
// weak to let anybody in. It knows no person and no connection.
package pubkey

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"

	"charla/server/chat"
)

// maxLine bounds what is parsed; a key of 16,384 bits has a line of 3 KB.
const maxLine = 8 << 10

// minRSA is the shortest RSA key, in bits, as OpenSSH's RequiredRSASize should be.
const minRSA = 2048

// What is wrong with a line.
var (
	ErrInvalid = errors.New("no public key")
	ErrOptions = errors.New("a key with options")
	ErrCert    = errors.New("a certificate")
	ErrWeak    = errors.New("a weak key")
	ErrMore    = errors.New("more than one key")
)

// Parse reads one line as id_ed25519.pub and authorized_keys have it: a kind, a
// key and perhaps a comment, which becomes its name.
func Parse(line string) (chat.Key, error) {
	line = strings.TrimSpace(line)
	if len(line) > maxLine {
		return chat.Key{}, ErrInvalid
	}
	key, comment, options, rest, err := ssh.ParseAuthorizedKey([]byte(line))
	switch {
	case err != nil:
		return chat.Key{}, ErrInvalid
	case len(options) > 0:
		return chat.Key{}, ErrOptions
	case len(bytes.TrimSpace(rest)) > 0:
		return chat.Key{}, ErrMore
	}
	if _, cert := key.(*ssh.Certificate); cert {
		return chat.Key{}, ErrCert
	}
	if Weak(key) {
		return chat.Key{}, ErrWeak
	}
	k := Of(key)
	k.Name = chat.OneLine(comment, chat.MaxKeyName)
	return k, nil
}

// Of is a key as it is kept.
func Of(key ssh.PublicKey) chat.Key {
	return chat.Key{Fingerprint: ssh.FingerprintSHA256(key), Authorized: strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))}
}

// Weak reports whether a key is too weak for anybody to come in by: DSA, or RSA
// that is too short.
func Weak(key ssh.PublicKey) bool {
	if key.Type() == "ssh-dss" { // RFC 4253 6.6; x/crypto no longer names it
		return true
	}
	if c, ok := key.(ssh.CryptoPublicKey); ok {
		if r, ok := c.CryptoPublicKey().(*rsa.PublicKey); ok {
			return r.N.BitLen() < minRSA
		}
	}
	return false
}
