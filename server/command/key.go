package command

import (
	"context"
	"io"
	"slices"
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
		parts = append(parts, i18n.Quoted(name)) // whoever gave it must not write what follows
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
	asks:  true,
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
		if err := c.proveFirst(ctx, "key add < ~/.ssh/id_ed25519.pub"); err != nil {
			return err
		}
		if k, err = c.Actor.AddKey(ctx, k); err != nil {
			return err
		}
		if c.JSON {
			return c.object(keyJSON{Fingerprint: k.Fingerprint, Name: k.Name, Key: k.Authorized})
		}
		return c.printf("%s", c.Words.Command.Identity.KeyAdded(clean(k.Fingerprint), clean(k.Name)))
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
		own := k.Fingerprint == c.Fingerprint
		if c.JSON {
			return c.object(keyJSON{Fingerprint: k.Fingerprint, Name: k.Name, Here: own, Key: k.Authorized})
		}
		told := c.Words.Command.Identity.KeyRemoved(clean(k.Fingerprint), clean(k.Name))
		if own {
			ways, err := c.waysIn(ctx)
			if err != nil {
				return err
			}
			told += "; " + c.Words.Command.Identity.KeyOwn(ways)
		}
		return c.printf("%s", told)
	},
}

// waysIn is how the person comes in now.
func (c *Call) waysIn(ctx context.Context) (ways []string, err error) {
	me, err := c.Actor.Access(ctx)
	if err != nil {
		return nil, err
	}
	if me.Passphrase != "" {
		ways = append(ways, c.Words.Command.Identity.YourPhrase)
	}
	for _, k := range me.Keys {
		way := clean(k.Short())
		if name := clean(k.Name); name != "" {
			way += " " + i18n.Quoted(name)
		}
		ways = append(ways, way)
	}
	return ways, nil
}

// Linked says that another device came in as the person with a code, by a key or by
// ByPassphrase, and what shuts it out; "" of a key that lets nobody in any more. The key
// is named by its fingerprint: whoever came in chose what else it could be named by.
func (s Session) Linked(ctx context.Context, way, name string) (string, error) {
	w := &s.Words.Command.Identity
	if way == chat.ByPassphrase {
		return w.LinkedPhrase(s.Prefix + passphraseSet.Name(s.Words.Lang)), nil
	}
	keys, err := s.Actor.Keys(ctx)
	i := slices.IndexFunc(keys, func(k chat.OwnKey) bool { return k.Fingerprint == way })
	if err != nil || i < 0 {
		return "", err
	}
	return w.LinkedKey(clean(name), s.Prefix+keyRemove.Name(s.Words.Lang)+" "+clean(keys[i].Short())), nil
}
