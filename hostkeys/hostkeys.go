// Package hostkeys keeps the key by which people's ssh clients recognise this
// server. It knows nothing about listeners, sessions or chat: it makes the key
// on the first start, reads it on every later one, and prints what people
// compare and paste.
//
// A host key that changes looks to every client like an attack, so this
// package never replaces one: whatever it cannot use as it is, it refuses with
// a *Refusal that names the file and what to do.
package hostkeys

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
)

// Set holds the host keys of one server, the one in use first. It is made by
// Load and never empty.
type Set struct {
	signers []ssh.Signer
}

// Signers returns the keys to offer, in order of preference, for
// (*ssh.ServerConfig).AddHostKey.
func (s Set) Signers() []ssh.Signer { return append([]ssh.Signer(nil), s.signers...) }

// Fingerprint returns what OpenSSH shows as "ED25519 key fingerprint is …" on
// a first connection, for instance "SHA256:IiPZ…". Pasted whole as the answer
// to "(yes/no/[fingerprint])?" it makes ssh do the comparing.
func (s Set) Fingerprint() string { return ssh.FingerprintSHA256(s.signers[0].PublicKey()) }

// KnownHostsLine returns the line, without a newline, that makes a client know
// this server under all the given names: "[chat.lan]:2222 ssh-ed25519 AAAA…"
// (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Port 22 is written without brackets
// and port; port 0 gives the same bare form, which is also what ssh looks for
// under a HostKeyAlias, whatever port it connects to.
func (s Set) KnownHostsLine(hosts []string, port int) (string, error) {
	if len(hosts) == 0 {
		return "", errors.New("hostkeys: known_hosts line: no host name")
	}
	if port < 0 || port > 65535 {
		return "", fmt.Errorf("hostkeys: known_hosts line: no such port: %d", port)
	}
	names := make([]string, len(hosts))
	for i, host := range hosts {
		if !plainHost(host) {
			return "", fmt.Errorf("hostkeys: known_hosts line: not a host name or address: %q", host)
		}
		// ssh lowers the name before it looks it up.
		names[i] = strings.ToLower(host)
		if port != 0 && port != 22 {
			names[i] = "[" + names[i] + "]:" + strconv.Itoa(port)
		}
	}
	key := strings.TrimSuffix(string(ssh.MarshalAuthorizedKey(s.signers[0].PublicKey())), "\n")
	return strings.Join(names, ",") + " " + key, nil
}

// plainHost says whether host may stand in a known_hosts line as it is: DNS
// names and IP addresses, and none of the letters that mean something there
// (space , * ? ! # @ | [ ]).
func plainHost(host string) bool {
	if host == "" || len(host) > 255 {
		return false
	}
	for _, c := range []byte(host) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("-._:%", c) >= 0:
		default:
			return false
		}
	}
	return true
}
