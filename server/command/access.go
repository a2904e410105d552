package command

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/server/pubkey"
)

// Access is how a session came in, and what changing that takes.
type Access struct {
	User        string      // the username that they gave, or ""; their key may be somebody else's
	Token       string      // names the session where the others of its person end
	Fingerprint string      // of the key that let it in, "" without
	KeyUse      chat.KeyUse // what was known of that key before
	Refused     []chat.Key  // that its login offered too, and that are not the person's
	Phrases     Phrases     // nil: passphrases are not changed here
	Open        bool        // it stays, whoever sits before it: a screen, lines; no verb
}

// Phrases hashes passphrases and compares them, a few at a time. What is wrong with
// one, or with the moment, is a chat.Error.
type Phrases interface {
	Hash(ctx context.Context, phrase string) (string, error)
	Matches(ctx context.Context, hash, phrase string) (bool, error)
}

// What is refused here and not by the chat; each has its sentence.
var (
	errLeft     = errors.New("left at the prompt")
	errWrong    = errors.New("the passphrase is not theirs")
	errTwo      = errors.New("the two were not the same")
	errNoPhrase = errors.New("no passphrase")
	errLines    = errors.New("not the lines that are meant")
	errLine     = errors.New("not the line that is meant")
)

// nowhere says that nothing can be asked or piped here, and what to type instead.
type nowhere struct{ order string }

func (n *nowhere) Error() string { return "nothing can be asked or piped here" }

// atShell is that of a line for a shell: at a terminal, unless the words say how else.
func (c *Call) atShell(words string) error {
	nick, ssh := string(c.Actor.Me().Nick), "ssh"
	if words == "" {
		ssh, words = "ssh -t", c.command.Name(c.Words.Lang)
	}
	return refused(&nowhere{c.Server.order(ssh, nick) + " " + words})
}

// refused is why, as an error that is nobody's fault.
func refused(why error) error { return &chat.Error{Code: chat.NotAllowed, Err: why} }

// ofAccess is the sentence for what was refused here, "" for everything else.
func (s Session) ofAccess(err error) string {
	w := &s.Words.Command.Identity
	for why, sentence := range map[error]string{
		errLeft: w.PhraseLeft, errWrong: w.PhraseWrong, errTwo: w.PhraseTwo, errNoPhrase: w.PhraseNone,
		errLines: w.PhraseLines, errLine: w.PhraseLine,
		pubkey.ErrOptions: w.KeyOptions, pubkey.ErrCert: w.KeyCert, pubkey.ErrWeak: w.KeyWeak, pubkey.ErrMore: w.KeyMore,
	} {
		if errors.Is(err, why) {
			return sentence
		}
	}
	var n *nowhere
	if errors.As(err, &n) {
		return w.AskHow(n.order)
	}
	return ""
}

// Order is what somebody types to come in: "ssh -p 2222 ana@chat.lan".
func (s Server) Order(nick string) string { return s.order("ssh", nick) }

func (s Server) order(ssh, nick string) string {
	if s.Port != 0 && s.Port != 22 {
		ssh += " -p " + strconv.Itoa(s.Port)
	}
	return ssh + " " + nick + "@" + s.Host
}

// uri is the same for a camera (draft-ietf-secsh-scp-sftp-ssh-uri).
func (s Server) uri(nick string) string {
	host := strings.Trim(s.Host, "[]")
	switch {
	case s.Port != 0 && s.Port != 22:
		host = net.JoinHostPort(host, strconv.Itoa(s.Port))
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return "ssh://" + nick + "@" + host
}

var signout = Command{
	English: []string{"signout", "sign-out"}, Spanish: []string{"desconectar", "cerrar-sesiones"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Identity.SignOut },
	run: func(ctx context.Context, c *Call) error {
		if err := c.Actor.SignOut(ctx, c.Token); err != nil {
			return err
		}
		return c.done("signed-out", c.Words.Command.Identity.SignedOut)
	},
}

// done says what is done: a sentence, or an object whose one field is true.
func (c *Call) done(what, sentence string) error {
	if c.JSON {
		return c.object(map[string]bool{what: true})
	}
	return c.printf("%s", sentence)
}
