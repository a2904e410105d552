package command

import (
	"context"
	"io"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/server/pubkey"
)

var keyList = Command{
	English: []string{"key list", "keys"}, Spanish: []string{"llave lista", "llaves"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Identity.KeyList },
	run: func(ctx context.Context, c *Call) error {
		keys, err := c.Actor.Keys(ctx)
		if err != nil {
			return err
		}
		for i, k := range keys {
			if c.JSON {
				err = c.object(c.describeKey(k))
			} else {
				err = c.printf("%d  %s", i+1, c.keyLine(k))
			}
			if err != nil {
				return err
			}
		}
		return nil
	},
}

func (c *Call) describeKey(k chat.OwnKey) keyJSON {
	return keyJSON{
		Fingerprint: k.Fingerprint, Name: k.Name, Proven: k.Proven, Used: stamp(k.Used),
		Here: k.Fingerprint == c.Fingerprint, Key: k.Authorized,
	}
}

// keyLine is a key with what is known of it.
func (c *Call) keyLine(k chat.OwnKey) string {
	w := &c.Words.Command.Identity
	parts := []string{clean(k.Fingerprint)}
	if name := clean(k.Name); name != "" {
		parts = append(parts, name)
	}
	if k.Proven {
		parts = append(parts, w.KeyProven)
	}
	if !k.Used.IsZero() {
		parts = append(parts, w.KeyUsed(c.Time(k.Used).Format("2006-01-02 15:04")))
	}
	if k.Fingerprint == c.Fingerprint {
		parts = append(parts, w.KeyHere)
	}
	return strings.Join(parts, "  ")
}

var keyAdd = Command{
	English: []string{"key add"}, Spanish: []string{"llave añadir"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Identity.KeyAdd },
	Flags: []Flag{{Name: "name", Value: true}},
	Min:   0, Max: 32, // words of a comment
	run: func(ctx context.Context, c *Call) error {
		line, err := c.keyGiven()
		if err != nil {
			return err
		}
		k, err := pubkey.Parse(line)
		if err != nil {
			given, _, _ := strings.Cut(line, "\n")
			return &chat.Error{Code: chat.KeyInvalid, Name: chat.OneLine(given, 40), Err: err}
		}
		if name := c.Flags["name"]; name != "" {
			k.Name = name
		}
		if err := c.Actor.AddKey(ctx, k); err != nil {
			return err
		}
		if c.JSON {
			return c.object(keyJSON{Fingerprint: k.Fingerprint, Name: chat.OneLine(k.Name, chat.MaxKeyName), Key: k.Authorized})
		}
		return c.printf("%s", c.Words.Command.Identity.KeyAdded(clean(k.Fingerprint)))
	},
}

// maxKeyFile bounds what is read of a file that should hold one key.
const maxKeyFile = 16 << 10

// keyGiven is the line that was typed, or the file that was piped in.
func (c *Call) keyGiven() (string, error) {
	if len(c.Args) > 0 {
		return strings.Join(c.Args, " "), nil
	}
	if c.In == nil || c.Ask != nil {
		return "", c.wrong("")
	}
	raw, err := io.ReadAll(io.LimitReader(c.In, maxKeyFile))
	if err == nil && len(strings.TrimSpace(string(raw))) == 0 {
		err = c.wrong("")
	}
	return string(raw), err
}

var keyRemove = Command{
	English: []string{"key remove"}, Spanish: []string{"llave quitar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Identity.KeyRemove },
	Min:   1, Max: 8, // a name may have words
	run: func(ctx context.Context, c *Call) error {
		k, err := c.Actor.RemoveKey(ctx, strings.Join(c.Args, " "), c.Token)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.object(keyJSON{Fingerprint: k.Fingerprint, Name: k.Name, Key: k.Authorized})
		}
		return c.printf("%s", c.Words.Command.Identity.KeyRemoved(clean(k.Fingerprint)))
	},
}

var passphraseSet = Command{
	English: []string{"passphrase set", "passphrase change"}, Spanish: []string{"contraseña poner", "contraseña cambiar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Identity.PassphraseSet },
	run: func(ctx context.Context, c *Call) error {
		phrase, err := c.newPhrase(ctx)
		if err != nil {
			return err
		}
		hash, err := c.Phrases.Hash(ctx, phrase)
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
		ask, err := c.asks()
		if err == nil {
			err = c.prove(ctx, ask, me)
		}
		if err == nil {
			err = c.Actor.SetPassphrase(ctx, "", c.Token)
		}
		if err != nil {
			return err
		}
		return c.done("passphrase-removed", c.Words.Command.Identity.PhraseGone)
	},
}

// newPhrase asks for the passphrase now, where it is to be asked, and twice for
// the new one; piped in, the new one stands there once.
func (c *Call) newPhrase(ctx context.Context) (string, error) {
	me, err := c.Actor.Access(ctx)
	if err != nil {
		return "", err
	}
	ask, err := c.asks()
	if err != nil {
		return "", err
	}
	if err := c.prove(ctx, ask, me); err != nil {
		return "", err
	}
	w := &c.Words.Command.Identity
	phrase, err := ask(ctx, w.NewPhrase)
	if err != nil || c.Ask == nil {
		return phrase, err
	}
	again, err := ask(ctx, w.PhraseAgain)
	if err == nil && again != phrase {
		err = refused(errTwo)
	}
	return phrase, err
}

// asks is how passphrases come in: at a terminal that does not show them, or line
// by line from a pipe.
func (c *Call) asks() (Ask, error) {
	switch {
	case c.Phrases == nil, c.Ask == nil && c.In == nil:
		return nil, refused(errNowhere)
	case c.Ask != nil:
		return c.Ask, nil
	}
	return Prompt(c.In, io.Discard), nil
}

// prove asks for the passphrase that me has, unless a key let them in: whoever
// finds a terminal open must not take it over for ever.
func (c *Call) prove(ctx context.Context, ask Ask, me chat.Person) error {
	if me.Passphrase == "" || c.Fingerprint != "" {
		return nil
	}
	typed, err := ask(ctx, c.Words.Command.Identity.OldPhrase)
	if err != nil {
		return err
	}
	if err := c.Actor.MayTry(); err != nil {
		return err
	}
	right, err := c.Phrases.Matches(ctx, me.Passphrase, typed)
	if err == nil && !right {
		err = refused(errWrong)
	}
	return err
}
