package sshd

import (
	"context"
	"errors"
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/server/internal/sshd/passphrase"
)

// What one connection may try. The library counts every refused key offer as a
// failure, so that with eight keys in an agent no prompt would ever appear; its
// count is off and these are ours (it ends at 128 requests of any kind).
const (
	maxKeys   = 20
	maxWrong  = 3
	maxRounds = 3 // of choosing a passphrase
)

// Errors of one attempt. The client only learns that it failed.
var (
	errRefused     = errors.New("sign-in refused")
	errNotTheirs   = errors.New("the key is not of that nick")
	errCertificate = errors.New("certificates are not known here")
	errTooManyKeys = errors.New("too many keys")
	errWrong       = errors.New("wrong passphrase")
)

// signIn is the authentication of one connection. Its callbacks run one after
// another on the connection's goroutine.
type signIn struct {
	s     *Server
	l     *link
	pre   gossh.ServerPreAuthConn
	keys  int
	wrong int

	proof   string     // the fingerprint of a proven key that waits for a login code
	refused []chat.Key // offered, and not of that nick

	looked bool // whether their network is banned

	old  bool // a key was offered whose signature is not taken
	told bool // the banner of the refusal was sent
	hint bool // the one about keys
}

func (in *signIn) config() *gossh.ServerConfig {
	return &gossh.ServerConfig{
		Config:                      in.s.algorithms,
		PublicKeyAuthAlgorithms:     gossh.SupportedAlgorithms().PublicKeyAuths, // not ssh-rsa, which is SHA-1
		MaxAuthTries:                -1,
		PreAuthConnCallback:         func(pre gossh.ServerPreAuthConn) { in.pre = pre },
		PublicKeyCallback:           in.offered,
		VerifiedPublicKeyCallback:   in.proven,
		KeyboardInteractiveCallback: in.asked,
		PasswordCallback:            in.password,
		AuthLogCallback:             in.attempted,
	}
}

// offered answers whether a key would do, before anybody touches a FIDO key or
// types a key's passphrase for it. For a free nick the first one will do. Anybody may
// offer anybody's public key: what is known of a key is told once it is proven.
func (in *signIn) offered(meta gossh.ConnMetadata, key gossh.PublicKey) (*gossh.Permissions, error) {
	nick, err := in.nick(meta)
	if err != nil {
		return nil, err
	}
	if _, isCert := key.(*gossh.Certificate); isCert {
		return nil, errCertificate
	}
	if in.keys++; in.keys > maxKeys {
		in.l.refuse(tooManyKeys, nil)
		in.say(in.s.words.SignIn.TooManyKeys(maxKeys, string(nick)))
		return nil, errTooManyKeys
	}
	fingerprint := gossh.FingerprintSHA256(key)
	in.l.tried(string(nick), fingerprint)
	if !in.s.cfg.Admits(fingerprint) {
		in.l.refuse(keyDenied, nil)
		in.explain(in.s.words.SignIn.KeyDenied(fingerprint))
		return nil, errNotTheirs
	}
	person, err := in.s.cfg.Chat.PersonByNick(in.l.ctx, nick)
	switch {
	case chat.CodeOf(err) == chat.NoPerson:
		return nil, in.newcomer(key)
	case err != nil:
		return nil, in.broken(err)
	case !person.Has(fingerprint):
		return nil, in.stranger(person, key)
	}
	return nil, nil
}

// proven lets in whoever proved to have the key.
func (in *signIn) proven(meta gossh.ConnMetadata, key gossh.PublicKey, _ *gossh.Permissions, _ string) (*gossh.Permissions, error) {
	nick, err := in.nick(meta)
	if err != nil {
		return nil, err
	}
	fingerprint := gossh.FingerprintSHA256(key)
	if err := in.s.cfg.Chat.Admits(in.l.ctx, chat.Arrival{Key: fingerprint}); chat.CodeOf(err) == chat.KeptOut {
		in.l.refuse(banned, nil)
		in.explain(in.s.words.Error(err))
		return nil, errNotTheirs // they may have another one
	}
	who := in.caller(meta, nick)
	who.fingerprint = fingerprint
	person, err := in.s.cfg.Chat.PersonByNick(in.l.ctx, nick)
	switch {
	case err == nil:
		return in.known(who, person, key)
	case chat.CodeOf(err) != chat.NoPerson:
		return nil, in.broken(err)
	}
	owners, err := in.s.cfg.Chat.ProvenBy(in.l.ctx, fingerprint)
	switch {
	case err != nil:
		return nil, in.broken(err)
	case len(owners) == 1:
		who.notice = func(w *i18n.Words) string { return w.SignIn.KeyIs(string(owners[0].Nick)) }
		return in.welcome(who, &owners[0], "key")
	}
	k := in.named(key, who.client)
	who.credential.Key = &k
	return in.invited(who, meta)
}

// known lets in whoever proved to have a key under the nick of person, if it is one
// of theirs. That they pasted it says so only while nobody else has signed with it: or
// who pastes the public key of another under a nick like theirs would read what that
// one, with a slip of the finger, writes there.
func (in *signIn) known(who *caller, person chat.Person, key gossh.PublicKey) (*gossh.Permissions, error) {
	if person.HasProven(who.fingerprint) {
		return in.welcome(who, &person, "key")
	}
	owners, err := in.s.cfg.Chat.ProvenBy(in.l.ctx, who.fingerprint)
	if err != nil {
		return nil, in.broken(err)
	}
	if person.Has(who.fingerprint) && len(owners) == 0 {
		now, err := in.s.cfg.Chat.ProveKey(in.l.ctx, person, who.fingerprint)
		if err != nil { // as when the disk is full
			in.s.cfg.Log.Warn("a key is not noted as proven", "nick", string(who.nick), "err", err)
		}
		if person = now; person.Has(who.fingerprint) {
			return in.welcome(who, &person, "key")
		}
	}
	open, err := in.redeemable(person)
	switch {
	case err != nil:
		return nil, err
	case open:
		return nil, in.adopt(who, person, key)
	case len(owners) == 0 || !person.Has(who.fingerprint):
		return nil, in.somebodyElses(who.nick) // it was claimed since the key was offered, or the code used
	}
	in.l.refuse(keyRefused, nil)
	in.explain(in.s.words.SignIn.PastedKey(string(owners[0].Nick), string(who.nick), in.s.order(in.l, string(owners[0].Nick))))
	return nil, errNotTheirs // another may be
}

// asked is keyboard-interactive: the way in without a key.
func (in *signIn) asked(meta gossh.ConnMetadata, ask gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
	nick, err := in.nick(meta)
	if err != nil {
		return nil, err
	}
	person, err := in.s.cfg.Chat.PersonByNick(in.l.ctx, nick)
	switch {
	case chat.CodeOf(err) == chat.NoPerson:
		return in.choose(meta, nick, ask)
	case err != nil:
		return nil, in.broken(err)
	}
	open, err := in.redeemable(person)
	switch {
	case err != nil:
		return nil, err
	case !open && person.Passphrase == "":
		if in.keys == 0 {
			in.explain(in.s.words.SignIn.NoKey(string(nick)))
		}
		return nil, in.somebodyElses(nick)
	}
	return in.taken(meta, person, open, false, ask, func(code chat.CodeHash) (*gossh.Permissions, error) {
		return in.reset(meta, person, code, ask)
	})
}

// password is for clients that know nothing else (WinSCP, FileZilla, rclone). It
// never claims a nick.
func (in *signIn) password(meta gossh.ConnMetadata, password []byte) (*gossh.Permissions, error) {
	nick, err := in.nick(meta)
	if err != nil {
		return nil, err
	}
	person, err := in.s.cfg.Chat.PersonByNick(in.l.ctx, nick)
	switch {
	case chat.CodeOf(err) == chat.NoPerson:
		free := string(nick)
		if err := in.s.cfg.Chat.Claimable(in.l.ctx, nick); err != nil {
			free = chat.AsError(err).Hint
		}
		return nil, in.refuse(nobody, in.nobody(nick, free), nil)
	case err != nil:
		return nil, in.broken(err)
	case person.Passphrase == "":
		if in.keys == 0 {
			in.explain(in.s.words.SignIn.NoKey(string(nick)))
		}
		return nil, in.somebodyElses(nick)
	}
	return in.try(meta, person, string(password), "password")
}

// choose lets a newcomer without a key in, as registration allows: with the code
// of an invitation, with a passphrase that they choose, or for one visit.
func (in *signIn) choose(meta gossh.ConnMetadata, nick chat.Nick, ask gossh.KeyboardInteractiveChallenge) (*gossh.Permissions, error) {
	policy, w := in.s.cfg.Chat.Policy(), in.s.words
	if policy.Registration == chat.Closed && !policy.Guests {
		return nil, in.refuse(notRegistering, w.Errors.People.NotRegistering, nil)
	}
	if err := in.s.cfg.Chat.Claimable(in.l.ctx, nick); err != nil {
		return nil, in.unclaimable(nick, err)
	}
	if !in.s.cfg.Admits("") {
		return nil, in.refuse(keyDenied, w.SignIn.KeyNeeded, nil)
	}
	who := in.caller(meta, nick)
	switch policy.Registration {
	case chat.Closed:
		if _, err := in.ask(ask, w.SignIn.GuestOnly(string(nick)), true); err != nil {
			return nil, err
		}
		return in.visit(meta, nick)
	case chat.ByInvitation:
		hash, guest, err := in.invitation(nick, ask)
		if err != nil {
			return nil, err
		}
		if guest {
			return in.visit(meta, nick)
		}
		who.credential.Code = hash
		policy.Guests = false // they have a code, and mean to stay
	}
	phrase, guest, err := in.phrase(in.keyless()+w.SignIn.NewNick(string(nick)), policy.Guests, ask)
	if err != nil {
		return nil, err
	}
	if guest {
		return in.visit(meta, nick)
	}
	if who.credential.Passphrase, err = in.hash(phrase); err != nil {
		return nil, in.broken(err)
	}
	return in.welcome(who, nil, "passphrase")
}

// keyless tells a newcomer that no key of theirs will let them in: before the prompt,
// where their ssh showed one with which it can only sign as nobody does any more, and
// in a banner where it has none to show, as a newer one that may only sign so.
func (in *signIn) keyless() string {
	if in.old {
		return in.s.words.SignIn.KeyTooOld
	}
	if in.keys == 0 {
		in.explain(in.s.words.SignIn.Keyless)
	}
	return ""
}

func (in *signIn) hash(phrase string) (string, error) {
	end, err := in.s.turns.wait(in.l.ctx, in.l.prefix)
	if err != nil {
		return "", err
	}
	defer end()
	return in.s.cfg.Hasher.Hash(in.l.ctx, phrase)
}

// nick folds the username; one that cannot be a nick ends sign-in.
func (in *signIn) nick(meta gossh.ConnMetadata) (chat.Nick, error) {
	nick, err := chat.FoldNick(meta.User())
	if err != nil {
		in.l.tried(chat.OneLine(meta.User(), 40), "")
		return "", in.refuse(nickInvalid, in.s.words.Error(err), nil)
	}
	in.l.tried(string(nick), "")
	if !in.looked {
		in.looked = true
		if err := in.keptOut(chat.Arrival{}); err != nil {
			return "", err
		}
	}
	return nick, nil
}

func (in *signIn) caller(meta gossh.ConnMetadata, nick chat.Nick) *caller {
	who := &caller{
		s: in.s, link: in.l, nick: nick, turn: make(chan struct{}, 1), refused: in.refused,
		client: chat.OneLine(strings.TrimPrefix(string(meta.ClientVersion()), "SSH-2.0-"), 64),
	}
	if typed := meta.User(); typed != string(nick) {
		who.notice = func(w *i18n.Words) string { return w.SignIn.NickIs(chat.OneLine(typed, 40), string(nick)) }
	}
	return who
}

// welcome ends sign-in well: as a person, or as a visitor (nil).
func (in *signIn) welcome(who *caller, person *chat.Person, method string) (*gossh.Permissions, error) {
	if err := in.l.ctx.Err(); err != nil {
		return nil, context.Cause(in.l.ctx)
	}
	who.person = person
	if err := in.keptOut(who.arrival()); err != nil {
		return nil, err
	}
	if person != nil {
		who.nick = person.Nick
		in.s.guesses.Right(person.ID, in.l.counts())
		in.s.spared.note(person.ID, in.l.counts(), in.refused)
		who.settle()
	}
	in.s.book.welcome(who, method)
	return who.permissions(), nil
}

// somebodyElses refuses a nick that belongs to somebody who has other keys, and
// names a free one.
func (in *signIn) somebodyElses(nick chat.Nick) error {
	return in.unclaimable(nick, in.s.cfg.Chat.Claimable(in.l.ctx, nick))
}

func (in *signIn) unclaimable(nick chat.Nick, err error) error {
	e, w := &chat.Error{}, in.s.words
	if err != nil {
		e = chat.AsError(err)
	}
	order := ""
	if in.bears() {
		order = in.s.fresh(in.l, e.Hint, true)
	}
	switch e.Code {
	case chat.NickReserved:
		return in.refuse(nickReserved, w.SignIn.Reserved(string(nick), order), nil)
	case chat.NickTaken, "":
		return in.refuse(notTheirs, w.SignIn.SomebodyElses(string(nick), order), nil)
	}
	return in.broken(err)
}

// nobody is what a client that only knows passwords is told of a nick that nobody has.
func (in *signIn) nobody(nick chat.Nick, free string) string {
	if !in.bears() {
		return in.s.words.SignIn.KeyNeeded
	}
	return in.s.words.SignIn.Nobody(string(nick), in.s.fresh(in.l, free, false))
}

// bears reports whether they could claim a nick with what they have shown: where only
// some keys are let in, with one of those.
func (in *signIn) bears() bool {
	return in.s.cfg.Admits("") || len(in.refused) > 0 || in.s.cfg.Admits(in.l.offered())
}

// broken refuses because the server could not find out.
func (in *signIn) broken(err error) error {
	if errors.Is(err, passphrase.ErrBusy) || chat.CodeOf(err) == chat.Unavailable {
		return in.refuse(unavailable, in.s.words.Errors.Unavailable, nil)
	}
	if held := (*heldUp)(nil); errors.As(err, &held) {
		return in.refuse(tooManyWrong, held.sentence(&in.s.words.SignIn), nil)
	}
	if in.l.ctx.Err() != nil { // the client left meanwhile
		return errRefused
	}
	return in.refuse(internal, in.s.words.Error(err), err)
}

// refuse says why and closes the connection. Going on would not help: OpenSSH
// would ask for "beto@chat.lan's password" three times before it gave up.
func (in *signIn) refuse(why reason, sentence string, cause error) error {
	in.l.refuse(why, cause)
	in.say(sentence)
	in.l.Close()
	return errRefused
}

// say sends the one banner of a refusal. It is the only text that OpenSSH shows in
// BatchMode and that no version of it shows thrice.
func (in *signIn) say(sentence string) {
	if !in.told {
		in.told = true
		in.banner(sentence)
	}
}

func (in *signIn) banner(sentence string) {
	_ = in.pre.SendAuthBanner(ascii(sentence) + "\r\n") // a client that is gone needs no sentence
}
