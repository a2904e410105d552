package sshd

import (
	"errors"
	"strings"
	"unicode"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
	"charla/server/pubkey"
)

// question is what whoever comes under person's nick, and not with a key of theirs,
// is asked. It says that the nick is taken, or a newcomer who only tried a name takes
// it for the beginning of an account. Of somebody with a passphrase it is the same
// whether or not they have a login code: that is no business of those who guess. Of
// somebody without one it tells that there is a code, as nothing is asked else; who
// has twelve letters to guess, three at a time, has nothing of that, and the many who
// try a nick that is taken are told so at once.
func (in *signIn) question(person chat.Person) string {
	w, nick := &in.s.words.SignIn, string(person.Nick)
	prompt, wrong := w.TakenPhrase(nick), w.Wrong
	if person.Passphrase == "" {
		prompt, wrong = w.TakenCode(nick), w.WrongCode
	}
	if in.wrong > 0 {
		return wrong + prompt
	}
	return prompt
}

// taken asks whoever has no key of person's for their passphrase or login code,
// whichever they have, and redeems a code that is right.
func (in *signIn) taken(meta gossh.ConnMetadata, person chat.Person, open, echo bool, ask gossh.KeyboardInteractiveChallenge, redeem redeemer) (*gossh.Permissions, error) {
	typed, err := in.ask(ask, in.question(person), echo && person.Passphrase == "")
	switch {
	case err != nil:
		return nil, err
	case typed == "":
		return nil, in.leaves(person.Nick)
	case !open, person.Passphrase != "" && chat.HashCode(typed) == "": // which no code is like
		return in.try(meta, person, typed, "passphrase")
	}
	hash, err := in.s.cfg.Chat.CheckLoginCode(in.l.ctx, person.ID, typed)
	if err == nil {
		var perms *gossh.Permissions
		if perms, err = redeem(hash); chat.CodeOf(err) != chat.CodeWrong {
			return perms, err
		}
	}
	if chat.CodeOf(err) == chat.CodeWrong && person.Passphrase != "" {
		return in.try(meta, person, typed, "passphrase")
	}
	if err := in.wrongCode(err, typed); err != nil {
		return nil, err
	}
	return nil, errWrong
}

// redeemer ends sign-in for whoever typed a login code; CodeWrong if it holds no more.
type redeemer func(chat.CodeHash) (*gossh.Permissions, error)

// adopt takes a proven key that is not person's while they have a login code:
// once that is typed it is theirs. Keys that are theirs may still come.
func (in *signIn) adopt(who *caller, person chat.Person, key gossh.PublicKey) error {
	in.proof = who.fingerprint
	redeem := func(code chat.CodeHash) (*gossh.Permissions, error) {
		p, err := in.s.cfg.Chat.AddProvenKey(in.l.ctx, person.ID, in.named(key, who.client), code)
		switch {
		case err == nil:
			return in.welcome(who, &p, "key and login code")
		case chat.CodeOf(err) == chat.CodeWrong:
			return nil, err
		}
		return nil, in.broken(err)
	}
	return &gossh.PartialSuccessError{Next: gossh.ServerAuthCallbacks{
		PublicKeyCallback: in.offered,
		KeyboardInteractiveCallback: func(meta gossh.ConnMetadata, ask gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
			for {
				perms, err := in.taken(meta, person, true, true, ask, redeem)
				if !errors.Is(err, errWrong) {
					return perms, err
				}
			}
		},
	}}
}

// named is a key as it is kept, called after the client and the day it came, so that
// its person tells it from others: "OpenSSH-2026-11-27".
func (in *signIn) named(key gossh.PublicKey, client string) chat.Key {
	k := pubkey.Of(key)
	software := client
	if i := strings.IndexFunc(client, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) }); i >= 0 {
		software = client[:i]
	}
	if software == "" {
		software = "SSH"
	}
	k.Name = chat.OneLine(software, 20) + in.s.cfg.Now().UTC().Format("-2006-01-02")
	return k
}

// try compares a passphrase.
func (in *signIn) try(meta gossh.ConnMetadata, person chat.Person, phrase, method string) (*gossh.Permissions, error) {
	if phrase == "" {
		return nil, in.leaves(person.Nick)
	}
	ok, err := in.matches(person, phrase)
	if err != nil {
		return nil, in.broken(err)
	}
	if ok {
		return in.welcome(in.caller(meta, person.Nick), &person, method)
	}
	if in.wrong++; in.wrong >= maxWrong {
		return nil, in.refuse(wrongPassphrase, in.s.words.SignIn.TooManyWrong(maxWrong), nil)
	}
	in.l.refuse(wrongPassphrase, nil)
	in.l.record()
	return nil, errWrong
}

// leaves ends sign-in for whoever answers with nothing: they have understood that the
// nick is not theirs, or have no terminal to answer at, for which OpenSSH answers so.
func (in *signIn) leaves(nick chat.Nick) error {
	err := in.s.cfg.Chat.Claimable(in.l.ctx, nick)
	if err != nil && chat.CodeOf(err) != chat.NickTaken {
		return in.unclaimable(nick, err)
	}
	return in.refuse(noPassphrase, in.s.words.SignIn.SomebodyElses(string(nick), in.s.order(in.l, chat.AsError(err).Hint)), nil)
}
