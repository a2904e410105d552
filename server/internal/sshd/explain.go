package sshd

import (
	"errors"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
)

// attempted is told how each attempt went. Keys that the library refuses by
// itself are seen nowhere else: ssh-rsa, which signs with SHA-1, DSA, and what it
// cannot read.
func (in *signIn) attempted(meta gossh.ConnMetadata, method string, err error) {
	if err == nil {
		in.l.signedIn()
		return
	}
	if more := (*gossh.PartialSuccessError)(nil); errors.As(err, &more) {
		return // it goes on
	}
	ours := errors.Is(err, errRefused) || errors.Is(err, errNotTheirs) || errors.Is(err, errTooManyKeys) || errors.Is(err, errCertificate)
	if nick, bad := chat.FoldNick(meta.User()); bad == nil {
		in.l.tried(string(nick), "")
	}
	if method == "publickey" && !ours {
		in.old = true
		in.l.refuse(keyAlgorithm, nil)
		in.explain(in.s.words.SignIn.OldKey)
	}
}

// explain sends what to do about a key, once. It does not wait for the refusal: in
// BatchMode a client that has no other key leaves without another word, and whether
// it has one nobody knows. Who came in by another before, after it, is spared.
func (in *signIn) explain(sentence string) {
	if !in.hint && !in.told {
		in.hint = true
		in.banner(sentence)
	}
}
