package sshd

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/time/rate"

	"charla/server/chat"
	"charla/server/internal/limit"
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
	tooManyKeys     reason = "too many keys"       // offered
	wrongPassphrase reason = "wrong passphrase"    // one line for each
	noPassphrase    reason = "empty passphrase"    // as OpenSSH answers without a terminal
	tooManyWrong    reason = "too many wrong"      // passphrases: nothing was compared
	nothingChosen   reason = "nothing chosen"      // a newcomer, without a passphrase
	notTheirs       reason = "not theirs"          // a nick that takes other keys
	nickReserved    reason = "nick reserved"       // root, admin…
	nobody          reason = "nobody"              // a password for a nick that nobody has
)

// cheap reports whether a stranger gets a line of that for next to nothing.
func (r reason) cheap() bool {
	switch r {
	case tooMany, tooManyOfOne, dropped, silent, left, stopping, brokenProtocol, proxyHeader, proxyForged:
		return true
	}
	return false
}

// What refusals write: of one address, of what costs a stranger nothing, and in
// all. A flood from everywhere is then some 300 MB a day, and can be seen.
var (
	linesOfOne = limit.Rate{Burst: 30, Second: 0.2}
	linesCheap = limit.Rate{Burst: 100, Second: 1}
	linesInAll = limit.Rate{Burst: 1000, Second: 10}
)

// refusals writes one line for each refusal, always the same four attributes in
// the same order, for a filter to read. Whoever is refused all the time does not
// fill the disk: what is beyond the rates is only counted, and the next line
// says how many were left out.
type refusals struct {
	log *slog.Logger
	now func() time.Time
	of  *limit.Addresses

	mu    sync.Mutex
	cheap *rate.Limiter
	all   *rate.Limiter
	out   int // left out since the last line
}

func newRefusals(log *slog.Logger, now func() time.Time) *refusals {
	return &refusals{
		log: log, now: now, of: limit.NewAddresses(linesOfOne, now),
		cheap: rate.NewLimiter(rate.Limit(linesCheap.Second), linesCheap.Burst),
		all:   rate.NewLimiter(rate.Limit(linesInAll.Second), linesInAll.Burst),
	}
}

// signIn writes the line of a sign-in that was refused. A proxy has a line of
// another name, that no filter counts, and none for its health checks: to ban
// the proxy would be to ban everybody behind it.
func (r *refusals) signIn(l *link, nick, fingerprint string, why reason) {
	event := "sign-in refused"
	if l.trusted {
		if event = "sign-in by a proxy refused"; why == silent || why == left {
			return
		}
	}
	more, ok := r.may(l, why.cheap())
	if !ok {
		return
	}
	attributes := []any{"address", l.address(), "nick", nick, "fingerprint", fingerprint, "reason", string(why)}
	if more > 0 {
		attributes = append(attributes, "more", more)
	}
	r.log.Info(event, attributes...)
}

// session writes why somebody who signed in gets no session.
func (r *refusals) session(l *link, nick chat.Nick, code chat.Code) {
	if more, ok := r.may(l, false); ok {
		r.log.Info("session refused", "address", l.address(), "nick", string(nick), "reason", string(code), "more", more)
	}
}

// failed writes what went wrong here, for the operator alone.
func (r *refusals) failed(l *link, why reason, cause error) {
	if more, ok := r.may(l, false); ok {
		r.log.Error("sign-in failed", "address", l.address(), "reason", string(why), "err", cause, "more", more)
	}
}

// may counts a line about l; more is how many were left out before it.
func (r *refusals) may(l *link, cheap bool) (more int, ok bool) {
	ok = true
	if !l.trusted {
		_, ok = r.of.Take(l.prefix.Addr())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if !ok || cheap && !r.cheap.AllowN(now, 1) || !r.all.AllowN(now, 1) {
		r.out++
		return 0, false
	}
	more, r.out = r.out, 0
	return more, true
}

// handshakeFailed notes why the library ended a handshake, where it did so without asking
// anybody here.
func (l *link) handshakeFailed(err error) {
	var algorithm *gossh.AlgorithmNegotiationError
	var auth *gossh.ServerAuthError
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refusal != "" && l.refusal != keyRefused && l.refusal != keyDenied && !l.logged {
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
