package command

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/server/pubkey"
)

// Access is how a session came in, and what changing that takes.
type Access struct {
	Token       string     // names the session where the others of its person end
	Fingerprint string     // of the key that let it in, "" without
	KeyUsed     time.Time  // when that key last let them in before; zero: it never did
	Refused     []chat.Key // that its login offered too, and that are not the person's
	Phrases     Phrases    // nil: passphrases are not changed here
}

// Phrases hashes passphrases and compares them, a few at a time. What is wrong with
// one, or with the moment, is a chat.Error.
type Phrases interface {
	Hash(ctx context.Context, phrase string) (string, error)
	Matches(ctx context.Context, hash, phrase string) (bool, error)
}

// Ask asks whoever is at the terminal for something that it does not show.
type Ask func(ctx context.Context, prompt string) (string, error)

// mostTyped bounds what is typed at a prompt, in bytes; what comes beyond it is
// dropped, and too long for anything.
const mostTyped = 1100

// Prompt asks at a terminal that is raw: what comes from in is keys.
func Prompt(in io.Reader, out io.Writer) Ask {
	keys := bufio.NewReaderSize(in, 1<<10)
	return func(ctx context.Context, prompt string) (string, error) {
		if _, err := io.WriteString(out, prompt); err != nil {
			return "", err
		}
		var typed []byte
		for {
			k, err := keys.ReadByte()
			switch {
			case ctx.Err() != nil:
				return "", ctx.Err()
			case err != nil && len(typed) > 0: // a pipe whose last line has no newline
				return string(typed), nil
			case err != nil:
				return "", refused(errLeft)
			}
			switch k {
			case '\r', '\n':
				_, err := io.WriteString(out, "\r\n")
				return string(typed), err
			case 3, 4: // ^C, ^D
				_, _ = io.WriteString(out, "\r\n")
				return "", refused(errLeft)
			case 8, 0x7f:
				typed = dropLast(typed)
			case 21: // ^U
				typed = typed[:0]
			default:
				if len(typed) < mostTyped {
					typed = append(typed, k)
				}
			}
		}
	}
}

// dropLast drops the last character.
func dropLast(typed []byte) []byte {
	s := []rune(string(typed))
	return []byte(string(s[:max(len(s)-1, 0)]))
}

// What is refused here and not by the chat; each has its sentence.
var (
	errLeft     = errors.New("left at the prompt")
	errWrong    = errors.New("the passphrase is not theirs")
	errTwo      = errors.New("the two were not the same")
	errNowhere  = errors.New("nothing can be asked or piped here")
	errNoPhrase = errors.New("no passphrase")
	errLines    = errors.New("not the lines that are meant")
	errLine     = errors.New("not the line that is meant")
)

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
	if errors.Is(err, errNowhere) {
		return w.AskHow(s.Server.order("ssh -t", string(s.Actor.Me().Nick)) + " " + passphraseSet.Name(s.Words.Lang))
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
