package command

import (
	"context"
	"strings"

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
	Name       string    `json:"name,omitempty"`
	Status     string    `json:"status,omitempty"`
	ID         string    `json:"id"`
	Since      string    `json:"since"`
	Keys       []keyJSON `json:"keys"`
	Passphrase bool      `json:"passphrase"`
	Refused    []keyJSON `json:"refused,omitempty"` // that this login offered too
}

type keyJSON struct {
	Fingerprint string `json:"fingerprint"`
	Name        string `json:"name,omitempty"`
	Proven      bool   `json:"proven,omitempty"` // somebody has signed with it here
	Used        string `json:"used,omitempty"`   // last let them in
	Here        bool   `json:"here,omitempty"`   // let this session in
	Key         string `json:"key,omitempty"`    // as authorized_keys has it
}

func runWhoami(ctx context.Context, c *Call) error {
	me, err := c.Actor.Access(ctx)
	if err != nil {
		return err
	}
	s, err := c.Actor.Settings(ctx)
	if err != nil {
		return err
	}
	me.Name, me.Status = s.Name, s.Status
	keys, err := c.Actor.Keys(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		out := identity(me)
		out.Keys = out.Keys[:0]
		for _, k := range keys {
			out.Keys = append(out.Keys, c.describeKey(k))
		}
		for _, k := range c.Refused {
			out.Refused = append(out.Refused, keyJSON{Fingerprint: k.Fingerprint, Key: k.Authorized})
		}
		return c.object(out)
	}
	lines := []string{Called(c.Words, me)}
	if me.Status != "" {
		lines = append(lines, "    "+clean(me.Status))
	}
	for _, k := range keys {
		lines = append(lines, "    "+c.keyLine(k))
	}
	if me.Passphrase != "" {
		lines = append(lines, "    "+c.Words.Command.HasPassphrase)
	}
	return c.printf("%s", strings.Join(append(lines, RefusedLines(c.Session)...), "\n"))
}

// RefusedLines tells of the keys that a session's login offered and that are not
// its person's, and how they become that; none if there are none.
func RefusedLines(s Session) []string {
	if len(s.Refused) == 0 {
		return nil
	}
	w := &s.Words.Command.Identity
	lines := []string{w.Refused}
	for _, k := range s.Refused {
		lines = append(lines, "    "+clean(k.Fingerprint))
	}
	return append(lines, w.Adopt(s.Prefix+link.Name(s.Words.Lang)))
}

func identity(p chat.Person) personJSON {
	out := personJSON{Nick: p.Nick, Name: p.Name, Status: p.Status, ID: p.ID.String(), Since: stamp(p.Since), Keys: []keyJSON{}, Passphrase: p.Passphrase != ""}
	for _, k := range p.Keys {
		out.Keys = append(out.Keys, keyJSON{Fingerprint: k.Fingerprint, Name: k.Name, Proven: k.Proven})
	}
	return out
}
