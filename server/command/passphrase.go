package command

import (
	"context"
	"io"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

var passphraseSet = Command{
	English: []string{"passphrase set", "passphrase change", "passphrase"}, Spanish: []string{"contraseña poner", "contraseña cambiar", "contraseña"},
	asks:  true,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Identity.PassphraseSet },
	run: func(ctx context.Context, c *Call) error {
		me, err := c.Actor.Access(ctx)
		if err != nil {
			return err
		}
		hash, err := c.newPhrase(ctx, me)
		if err != nil {
			return err
		}
		if err := c.Actor.SetPassphrase(ctx, hash, c.Token); err != nil {
			return err
		}
		return c.done("passphrase-set", c.Words.Command.Identity.PhraseSet)
	},
}

var passphraseRemove = Command{
	English: []string{"passphrase remove"}, Spanish: []string{"contraseña quitar"},
	asks:  true,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Identity.PassphraseRemove },
	run: func(ctx context.Context, c *Call) error {
		me, err := c.Actor.Access(ctx)
		if err == nil && me.Passphrase == "" {
			err = refused(errNoPhrase)
		}
		if err == nil && len(me.Keys) == 0 {
			err = &chat.Error{Code: chat.LastWayIn}
		}
		if err != nil {
			return err
		}
		if err := c.proveToRemove(ctx, me); err != nil {
			return err
		}
		if err := c.Actor.SetPassphrase(ctx, "", c.Token); err != nil {
			return err
		}
		return c.done("passphrase-removed", c.Words.Command.Identity.PhraseGone)
	},
}

// newPhrase is the hash of the passphrase that me wants from now on. At a terminal
// the one they have is asked for, where it is to be, and the new one twice; what is
// too short is told before it is typed again.
func (c *Call) newPhrase(ctx context.Context, me chat.Person) (hash string, err error) {
	switch {
	case c.Phrases == nil, c.Ask == nil && c.In == nil:
		return "", c.atShell("")
	case c.Ask == nil:
		return c.pipedPhrase(ctx, me)
	}
	if c.mustProve(me) {
		if err := c.prove(ctx, me); err != nil {
			return "", err
		}
	}
	w, two := &c.Words.Command.Identity, error(nil)
	for {
		phrase, err := c.ask(ctx, Question{w.NewPhrase, two}, func(typed string) (err error) {
			hash, err = c.Phrases.Hash(ctx, typed)
			return err
		})
		if err != nil {
			return "", err
		}
		again, err := c.Ask(ctx, Question{Prompt: w.PhraseAgain})
		if err != nil || again == phrase {
			return hash, err
		}
		if two = refused(errTwo); !c.Open {
			return "", two
		}
	}
}

// pipedPhrase is newPhrase of what was piped in: the new one alone where none has
// to be proven, or the one that me has and the new one. Whatever else it is would be
// guessed at, so nothing is done.
func (c *Call) pipedPhrase(ctx context.Context, me chat.Person) (string, error) {
	lines, err := c.pipedLines()
	switch {
	case err != nil:
		return "", err
	case len(lines) == 2 && me.Passphrase != "":
		if err := c.match(ctx, me, lines[0]); err != nil {
			return "", err
		}
	case len(lines) == 1 && !c.mustProve(me):
	default:
		return "", &Usage{Commands: []Command{c.command}, Err: errLines}
	}
	return c.Phrases.Hash(ctx, lines[len(lines)-1])
}

// proveToRemove has me prove who they are before they have no passphrase any more.
func (c *Call) proveToRemove(ctx context.Context, me chat.Person) error {
	switch {
	case c.Phrases == nil, c.Ask == nil && c.In == nil:
		return c.atShell("")
	case !c.mustProve(me):
		return nil
	case c.Ask != nil:
		return c.prove(ctx, me)
	}
	lines, err := c.pipedLines()
	if err == nil && len(lines) != 1 {
		err = &Usage{Commands: []Command{c.command}, Err: errLine}
	}
	if err != nil {
		return err
	}
	return c.match(ctx, me, lines[0])
}

// mustProve reports whether me has to type the passphrase they have: whoever finds a
// terminal open must not take it over for ever. A verb that a key let in just now is
// enough, for whoever has forgotten the passphrase.
func (c *Call) mustProve(me chat.Person) bool {
	return me.Passphrase != "" && (c.Fingerprint == "" || c.Open)
}

// match is nil if typed is the passphrase that me has.
func (c *Call) match(ctx context.Context, me chat.Person, typed string) error {
	if err := c.Actor.MayTry(); err != nil {
		return err
	}
	right, err := c.Phrases.Matches(ctx, me.Passphrase, typed)
	if err == nil && !right {
		err = refused(errWrong)
	}
	return err
}

// pipedLines is what was piped in, to the end: one more than is meant must not
// go unseen. What comes beyond all that could be meant is not read.
func (c *Call) pipedLines() ([]string, error) {
	raw, err := io.ReadAll(io.LimitReader(c.In, 3*mostTyped))
	if err != nil || len(raw) == 0 {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines, nil
}
