package sshd

import (
	"io"
	"slices"
	"sync/atomic"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/time/rate"
)

// pace bounds what a connection may ask for and pays next to nothing for: a
// request is a few bytes, a channel costs us the goroutine that refuses it, and
// a key exchange a signature and two agreements. (What costs us bytes costs the
// client bytes.)
//
//	budget     at once   then           which is                               beyond it
//	requests   2,000     500 a second   a window dragged about without pause   hung up on
//	channels   256       as requests    unanswered, of a client that reads     hung up on
//	exchanges  60        2 a second     a rekey for every few MiB sent         waits
//
// Nobody who floods is made to wait: what they have sent already would keep
// their connection long after they are gone.
type pace struct {
	requests  *rate.Limiter
	exchanges *rate.Limiter
	asking    atomic.Int32 // channels asked for and not answered
}

const maxAsking = 256

func newPace() pace {
	return pace{requests: rate.NewLimiter(500, 2000), exchanges: rate.NewLimiter(2, 60)}
}

// mayAsk counts a request; false when it is one too many, and the link closed.
func (l *link) mayAsk() bool { return l.pace.requests.Allow() || l.flooded("requests") }

// asks counts a channel that is asked for, as mayAsk does. Call answered after
// the answer, or if there is none.
func (l *link) asks() bool {
	if l.pace.asking.Add(1) > maxAsking {
		return l.flooded("channels")
	}
	return l.mayAsk()
}

func (l *link) answered() { l.pace.asking.Add(-1) }

func (l *link) flooded(with string) (ok bool) {
	if l.Close() == nil { // else somebody was here before
		l.s.cfg.Log.Info("hanging up on a client that floods", "address", l.address(), "with", with)
	}
	return false
}

// pacedKey is a host key of one connection. Each key exchange signs once
// (RFC 4253 8), so this is where they can be counted.
type pacedKey struct {
	gossh.AlgorithmSigner
	l *link
}

var _ gossh.MultiAlgorithmSigner = pacedKey{}

// Algorithms is what may be signed with. Of a key that does not say, the library
// takes all that its kind can do, SHA-1 with RSA among it.
func (k pacedKey) Algorithms() []string {
	all := []string{k.PublicKey().Type()}
	if multi, ok := k.AlgorithmSigner.(gossh.MultiAlgorithmSigner); ok {
		all = multi.Algorithms()
	} else if all[0] == gossh.KeyAlgoRSA {
		all = []string{gossh.KeyAlgoRSASHA512, gossh.KeyAlgoRSASHA256}
	}
	return slices.DeleteFunc(slices.Clone(all), func(a string) bool { return a == gossh.KeyAlgoRSA })
}

func (k pacedKey) Sign(rand io.Reader, data []byte) (*gossh.Signature, error) {
	return k.SignWithAlgorithm(rand, data, "")
}

func (k pacedKey) SignWithAlgorithm(rand io.Reader, data []byte, algorithm string) (*gossh.Signature, error) {
	if err := k.l.pace.exchanges.Wait(k.l.ctx); err != nil {
		return nil, err
	}
	return k.AlgorithmSigner.SignWithAlgorithm(rand, data, algorithm)
}
