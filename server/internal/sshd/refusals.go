package sshd

import (
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	gossh "golang.org/x/crypto/ssh"
)

// reason is why somebody does not get in. These are all there are: what reads
// the log counts on them (docs/fail2ban.md lists them, and a test compares), so
// none is renamed.
type reason string

const (
	// Before sign-in.
	tooMany         reason = "too many connections"
	tooManyOfOne    reason = "too many connections from one address"
	dropped         reason = "dropped"             // to make room for somebody else
	silent          reason = "silent"              // no version line in time
	tooSlow         reason = "too slow"            // no sign-in in time
	left            reason = "left"                // of their own accord
	stopping        reason = "stopping"            // the server is
	proxyHeader     reason = "proxy header"        // of a trusted proxy, and no one can read it
	proxyForged     reason = "proxy header forged" // by a peer that is no trusted proxy
	noAlgorithm     reason = "no algorithm"        // in common, for the key exchange or a host key
	brokenProtocol  reason = "broken protocol"     // not SSH, or a signature that is none
	tooManyRequests reason = "too many requests"   // 128 for authentication, in x/crypto
	nickInvalid     reason = "nick invalid"        // the username cannot be a nick
	unavailable     reason = "unavailable"         // the server could not find out just now
	internal        reason = "internal"            // nor will it; the cause is logged beside
	keyAlgorithm    reason = "key algorithm"       // SHA-1, or a key that nobody can read
	keyRefused      reason = "key refused"         // it is not of that nick
	keyDenied       reason = "key denied"          // the operator does not let it in
	banned          reason = "banned"              // the person, the key or the network
	tooManyKeys     reason = "too many keys"       // offered
	wrongPassphrase reason = "wrong passphrase"    // one line for each
	noPassphrase    reason = "empty passphrase"    // as OpenSSH answers without a terminal
	tooManyWrong    reason = "too many wrong"      // passphrases: nothing was compared
	codeWrong       reason = "wrong code"          // of an invitation or for a login; one line for each
	notRegistering  reason = "not registering"     // nobody new is let in
	nothingChosen   reason = "nothing chosen"      // a newcomer, without a passphrase
	notTheirs       reason = "not theirs"          // a nick that takes other keys
	nickReserved    reason = "nick reserved"       // root, admin…
	nobody          reason = "nobody"              // a password for a nick that nobody has
)

// cheap reports whether a stranger gets a line of that for next to nothing.
func (r reason) cheap() bool {
	switch r {
	case tooMany, tooManyOfOne, dropped, silent, left, stopping, brokenProtocol, proxyHeader, proxyForged, banned:
		return true
	}
	return false
}

// handshakeFailed notes why the library ended a handshake, where it did so
// without asking anybody here.
func (l *link) handshakeFailed(err error) {
	var algorithm *gossh.AlgorithmNegotiationError
	var auth *gossh.ServerAuthError
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refusal != "" && l.refusal != keyRefused && l.refusal != keyDenied && l.refusal != banned && !l.logged {
		return // it ended for that reason
	}
	why := brokenProtocol
	switch {
	case errors.As(err, &algorithm):
		why = noAlgorithm
	case errors.As(err, &auth):
		if n := len(auth.Errors); n == 0 || !isDisconnect(auth.Errors[n-1]) {
			return // it is the client who left
		}
		why = tooManyRequests
	case err == io.EOF, errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNRESET), isDisconnect(err):
		return
	}
	l.refusal, l.logged = why, false
}

// isDisconnect reports whether err is a message of SSH that ends a connection,
// for which the library has no type that can be named.
func isDisconnect(err error) bool { return strings.HasPrefix(err.Error(), "ssh: disconnect") }
