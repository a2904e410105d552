package command

import (
	"context"

	"charla/server/chat"
	"charla/server/i18n"
)

var whoami = Command{
	English: []string{"whoami"}, Spanish: []string{"quiensoy"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Whoami },
	run:   runWhoami,
}

type personJSON struct {
	Nick       chat.Nick `json:"nick"`
	ID         string    `json:"id"`
	Since      string    `json:"since"`
	Keys       []keyJSON `json:"keys"`
	Passphrase bool      `json:"passphrase"`
}

type keyJSON struct {
	Fingerprint string `json:"fingerprint"`
	Name        string `json:"name,omitempty"`
}

func runWhoami(_ context.Context, c *Call) error {
	me := c.Actor.Me()
	if c.JSON {
		return c.object(identity(me))
	}
	if err := c.printf("%s", clean(me.Nick)); err != nil {
		return err
	}
	for _, k := range me.Keys {
		line := clean(k.Fingerprint)
		if name := clean(k.Name); name != "" {
			line += " " + name
		}
		if err := c.printf("    %s", line); err != nil {
			return err
		}
	}
	if me.Passphrase != "" {
		return c.printf("    %s", c.Words.Command.HasPassphrase)
	}
	return nil
}

func identity(p chat.Person) personJSON {
	out := personJSON{Nick: p.Nick, ID: p.ID.String(), Since: stamp(p.Since), Keys: []keyJSON{}, Passphrase: p.Passphrase != ""}
	for _, k := range p.Keys {
		out.Keys = append(out.Keys, keyJSON{Fingerprint: k.Fingerprint, Name: k.Name})
	}
	return out
}
