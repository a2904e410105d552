package command

import (
	"context"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

var adminBan = Command{
	English: []string{"admin ban"}, Spanish: []string{"admin vetar"}, For: lookers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Ban },
	Min:   1, Max: chat.MaxReason,
	run: func(ctx context.Context, c *Call) error {
		rest := 1
		term, err := c.mayTerm(1)
		if err != nil {
			return err
		}
		if term > 0 {
			rest = 2
		}
		b, err := c.Actor.Ban(ctx, c.Args[0], term, c.reason(rest))
		if err != nil {
			return err
		}
		b.At = c.Actor.Now()
		if c.JSON {
			return c.object(c.banJSON(b, strings.TrimPrefix(c.Args[0], "@")))
		}
		return c.printf("%s", c.Words.Command.Admin.Banned(c.target(b, c.Args[0]), c.until(b.Until)))
	},
}

// reasonWord is an argument, "" if there are not so many.
func (c *Call) reasonWord(n int) string {
	if n >= len(c.Args) {
		return ""
	}
	return c.Args[n]
}

// banJSON is a ban as --json prints it.
type banJSON struct {
	Nick    string `json:"nick,omitempty"`
	Key     string `json:"key,omitempty"`
	Network string `json:"network,omitempty"`
	Until   string `json:"until,omitempty"` // absent: until it is lifted
	Reason  string `json:"reason,omitempty"`
	By      string `json:"by,omitempty"`
	At      string `json:"at,omitempty"`
}

func (c *Call) banJSON(b chat.Ban, nick string) banJSON {
	out := banJSON{Key: b.Key, Until: stamp(b.Until), Reason: b.Reason, At: stamp(b.At)}
	if !b.User.IsZero() {
		out.Nick = nick
	}
	if b.Network.IsValid() {
		out.Network = b.Network.String()
	}
	return out
}

// target is what a ban keeps out, as text.
func (c *Call) target(b chat.Ban, nick string) string {
	switch {
	case b.Key != "":
		return clean(b.Key)
	case b.Network.IsValid():
		return b.Network.String()
	}
	return clean(strings.TrimPrefix(nick, "@"))
}

var adminUnban = Command{
	English: []string{"admin unban"}, Spanish: []string{"admin desvetar"}, For: lookers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Unban },
	Min:   1, Max: 1,
	run: func(ctx context.Context, c *Call) error {
		if err := c.Actor.Unban(ctx, c.Args[0]); err != nil {
			return err
		}
		return c.did(doneJSON{Nick: c.Args[0]}, c.Words.Command.Admin.Unbanned)
	},
}

var adminBans = Command{
	English: []string{"admin bans"}, Spanish: []string{"admin vetos"}, For: lookers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Bans },
	run: func(ctx context.Context, c *Call) error {
		bans, err := c.Actor.Bans(ctx)
		for _, b := range bans {
			if err == nil {
				err = c.ban(ctx, b)
			}
		}
		return c.orNone(len(bans), err, c.Words.Command.None.Bans)
	},
}

// ban prints one: "beto  until 2026-01-02 10:00 UTC  by ada  insults".
func (c *Call) ban(ctx context.Context, b chat.Ban) error {
	var who, by chat.Person
	var err error
	if !b.User.IsZero() {
		if who, err = c.Actor.Person(ctx, b.User); err != nil {
			return err
		}
	}
	by.Nick = system
	if !b.By.IsZero() {
		if by, err = c.Actor.Person(ctx, b.By); err != nil {
			return err
		}
	}
	if c.JSON {
		out := c.banJSON(b, string(who.Nick))
		out.By = string(by.Nick)
		return c.object(out)
	}
	if b.By.IsZero() {
		by.Nick = chat.Nick(c.Words.Command.Admin.Operator)
	}
	return c.columns(pad(c.target(b, c.nick(who.Nick, b.User)), 20), c.Words.Command.Admin.BannedUntil(c.until(b.Until)), c.nick(by.Nick, b.By), clean(b.Reason))
}

// columns prints what is not empty, two spaces apart.
func (c *Call) columns(parts ...string) error {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return c.printf("%s", strings.TrimRight(strings.Join(some, "  "), " "))
}
