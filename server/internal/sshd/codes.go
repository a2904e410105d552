package sshd

import (
	"errors"
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
	"charla/server/internal/sshd/passphrase"
	"charla/server/pubkey"
)

// maxRefused bounds the refused keys that a session is told of.
const maxRefused = 8

// newcomer answers whether a key would do for a nick that nobody has.
func (in *signIn) newcomer(key gossh.PublicKey) error {
	if pubkey.Weak(key) {
		in.l.refuse(keyAlgorithm, nil)
		in.explain(in.s.words.SignIn.OldKey)
		return errNotTheirs
	}
	return nil
}

// stranger is asked about a key that is not person's: it will do once it is
// proven, and with a code, while person has one for that.
func (in *signIn) stranger(person chat.Person, key gossh.PublicKey) error {
	open, err := in.redeemable(person)
	if err != nil {
		return err
	}
	if open && in.proof == "" && !pubkey.Weak(key) {
		return nil
	}
	in.l.refuse(keyRefused, nil)
	if len(in.refused) < maxRefused {
		in.refused = append(in.refused, pubkey.Of(key))
	}
	switch {
	case open:
	case in.s.spared.has(person.ID, in.l.counts(), gossh.FingerprintSHA256(key)):
		in.hint = true // nor of those that follow
	default:
		in.explain(in.s.words.SignIn.NotYourKey(string(person.Nick)))
	}
	return errNotTheirs
}

// redeemable reports whether person has a login code that holds.
func (in *signIn) redeemable(person chat.Person) (bool, error) {
	open, err := in.s.cfg.Chat.LoginCodeOpen(in.l.ctx, person.ID)
	if err != nil {
		return false, in.broken(err)
	}
	return open, nil
}

// invited lets a newcomer in with a key that they have proven, where registration
// allows: at once, or after the code of an invitation.
func (in *signIn) invited(who *caller, meta gossh.ConnMetadata) (*gossh.Permissions, error) {
	switch in.s.cfg.Chat.Policy().Registration {
	case chat.Closed:
		in.l.refuse(notRegistering, nil)
		if !in.s.cfg.Chat.Policy().Guests {
			in.say(in.s.words.Errors.People.NotRegistering)
		}
		return nil, errNotTheirs // another may be somebody's, or they come as a guest
	case chat.ByInvitation:
	default:
		return in.welcome(who, nil, "key")
	}
	return nil, &gossh.PartialSuccessError{Next: gossh.ServerAuthCallbacks{
		KeyboardInteractiveCallback: func(_ gossh.ConnMetadata, ask gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
			hash, guest, err := in.invitation(who.nick, ask)
			if err != nil {
				return nil, err
			}
			if guest {
				return in.visit(meta, who.nick)
			}
			who.credential.Code = hash
			return in.welcome(who, nil, "key and invitation")
		},
	}}
}

// invitation asks a newcomer for the code of one; guest says that they come for a
// visit instead.
func (in *signIn) invitation(nick chat.Nick, ask gossh.KeyboardInteractiveChallenge) (hash chat.CodeHash, guest bool, err error) {
	if err := in.s.cfg.Chat.Claimable(in.l.ctx, nick); err != nil {
		return "", false, in.unclaimable(nick, err)
	}
	w, guests := &in.s.words.SignIn, in.s.cfg.Chat.Policy().Guests
	prompt := w.Invitation(string(nick))
	if guests {
		prompt = w.OrGuest(prompt)
	}
	for problem := ""; ; problem = w.WrongCode {
		typed, err := in.ask(ask, problem+prompt, true)
		if err != nil || typed == "" && guests {
			return "", err == nil, err
		}
		hash, err := in.s.cfg.Chat.CheckInvitation(in.l.ctx, typed)
		if err == nil {
			return hash, false, nil
		}
		if err := in.wrongCode(err, typed); err != nil {
			return "", false, err
		}
	}
}

// ask asks one question.
func (in *signIn) ask(ask gossh.KeyboardInteractiveChallenge, prompt string, echo bool) (string, error) {
	answers, err := ask("", "", []string{ascii(prompt)}, []bool{echo})
	if err != nil {
		return "", err
	}
	return strings.TrimRight(answers[0], "\r\n"), nil
}

// wrongCode counts a code that was wrong, as a wrong passphrase is; it is an error
// when that was the last try, or when err is something else. An address that typed
// too many has one try a connection in place of three. It is never kept from trying:
// nobody guesses 60 random bits, while whoever is kept from typing a code, or what
// comes after it, is locked out by whoever shares their address.
func (in *signIn) wrongCode(err error, typed string) error {
	if chat.CodeOf(err) != chat.CodeWrong {
		return in.broken(err)
	}
	in.wrong++
	if from := in.l.counts(); typed != "" && from.IsValid() {
		if _, ok := in.s.codes.Take(from); !ok {
			in.wrong = maxWrong
		}
	}
	if in.wrong >= maxWrong {
		return in.refuse(codeWrong, in.s.words.SignIn.NoCode, nil)
	}
	in.l.refuse(codeWrong, nil)
	if typed != "" {
		in.l.record()
	}
	return nil
}

// reset gives person, who has typed a login code, a new passphrase.
func (in *signIn) reset(meta gossh.ConnMetadata, person chat.Person, code chat.CodeHash, ask gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
	phrase, _, err := in.phrase(in.s.words.SignIn.NewPhrase(string(person.Nick)), false, ask)
	if err != nil {
		return nil, err
	}
	hash, err := in.hash(phrase)
	if err != nil {
		return nil, in.broken(err)
	}
	p, err := in.s.cfg.Chat.ResetPassphrase(in.l.ctx, person.ID, hash, code)
	if chat.CodeOf(err) == chat.CodeWrong { // used or over while the passphrase was chosen
		return nil, in.refuse(codeWrong, in.s.words.Error(err), nil)
	}
	if err != nil {
		return nil, in.broken(err)
	}
	return in.welcome(in.caller(meta, p.Nick), &p, "login code")
}

// phrase lets somebody choose a passphrase. What is the matter stands in the
// prompt itself, texts beside it are lost or printed thrice, and is told before it
// is typed again. Where guests may come, no passphrase means one.
func (in *signIn) phrase(prompt string, guests bool, ask gossh.KeyboardInteractiveChallenge) (phrase string, guest bool, err error) {
	w := &in.s.words.SignIn
	if guests {
		prompt = w.OrGuest(prompt)
	}
	problem := ""
	for range maxRounds {
		first, err := in.ask(ask, problem+prompt, false)
		if err != nil || guests && first == "" {
			return "", err == nil, err
		}
		switch err := passphrase.Check(first); {
		case errors.Is(err, passphrase.ErrLong):
			problem = w.TooLong
			continue
		case err != nil:
			problem = w.TooShort(passphrase.MinLength)
			continue
		}
		again, err := in.ask(ask, w.Again, false)
		if err != nil || again == first {
			return first, false, err
		}
		problem = w.NotTheSame
	}
	return "", false, in.refuse(nothingChosen, w.NothingChosen(passphrase.MinLength), nil)
}

// visit lets a newcomer in for one visit.
func (in *signIn) visit(meta gossh.ConnMetadata, nick chat.Nick) (*gossh.Permissions, error) {
	who := in.caller(meta, nick)
	who.guest = true
	return in.welcome(who, nil, "guest")
}
