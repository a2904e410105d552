package command

import (
	"bufio"
	"context"
	"errors"
	"io"

	"charla/server/chat"
)

// Question is something to be typed that is not shown.
type Question struct {
	Prompt  string
	Problem error // with what was typed before; nil at first
}

// Ask asks whoever is at the terminal. Its error is Left if they would not say.
type Ask func(ctx context.Context, q Question) (string, error)

// Left says that somebody left a question open. Nothing was done.
func Left() error { return refused(errLeft) }

// Leaves reports whether that is why nothing was done.
func Leaves(err error) bool { return errors.Is(err, errLeft) }

// mostTyped bounds what is typed at a prompt, in bytes; what comes beyond it is
// dropped, and too long for anything.
const mostTyped = 1100

// Prompt asks at a terminal that is raw: what comes from in is keys.
func Prompt(in io.Reader, out io.Writer) Ask {
	keys := bufio.NewReaderSize(in, 1<<10)
	return func(ctx context.Context, q Question) (string, error) {
		if _, err := io.WriteString(out, q.Prompt); err != nil {
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
				return "", Left()
			}
			switch k {
			case '\r', '\n':
				_, err := io.WriteString(out, "\r\n")
				return string(typed), err
			case 3, 4: // ^C, ^D
				_, _ = io.WriteString(out, "\r\n")
				return "", Left()
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

// ask is what was typed, once it is right. Where a session stays, what is wrong with
// it is told and it is asked for again, until the person leaves; a verb ends.
func (c *Call) ask(ctx context.Context, q Question, right func(typed string) error) (string, error) {
	for {
		typed, err := c.Ask(ctx, q)
		if err != nil {
			return "", err
		}
		if err = right(typed); err == nil || !c.Open || !ofTyping(err) {
			return typed, err
		}
		q.Problem = err
	}
}

// ofTyping reports what can be mended by typing something else, or in a moment.
func ofTyping(err error) bool {
	switch chat.CodeOf(err) {
	case chat.PassphraseShort, chat.TooFast, chat.Unavailable:
		return true
	}
	return errors.Is(err, errWrong)
}

// prove has whoever is there type the passphrase that me has.
func (c *Call) prove(ctx context.Context, me chat.Person) error {
	_, err := c.ask(ctx, Question{Prompt: c.Words.Command.Identity.OldPhrase}, func(typed string) error { return c.match(ctx, me, typed) })
	return err
}

// proveFirst has whoever sits before a session that stays, or at a terminal, type the
// passphrase of its person, if there is one, before there is one more way in: what was
// left open for a moment must not be taken over for ever. What has no terminal came in
// just now; instead is what can be typed so.
func (c *Call) proveFirst(ctx context.Context, instead string) error {
	me, err := c.Actor.Access(ctx)
	switch {
	case err != nil, me.Passphrase == "", !c.Open && c.Ask == nil:
		return err
	case c.Phrases == nil, c.Ask == nil:
		return c.atShell(instead)
	}
	return c.prove(ctx, me)
}
