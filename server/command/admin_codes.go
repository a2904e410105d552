package command

import (
	"context"

	"charla/server/chat"
	"charla/server/i18n"
)

// issuedJSON is a code of somebody's as --json prints it. The code itself is not kept.
type issuedJSON struct {
	Nick         string `json:"nick"`
	ID           string `json:"id"`
	For          string `json:"for,omitempty"` // invitation, login or join; absent: into what is not told
	Conversation string `json:"conversation,omitempty"`
	Person       string `json:"person,omitempty"` // whom a login code lets in
	Uses         int    `json:"uses"`
	Until        string `json:"until"`
	Done         bool   `json:"done,omitempty"` // was taken back
}

var adminCodes = Command{
	English: []string{"admin codes"}, Spanish: []string{"admin códigos"}, For: owners,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Codes },
	Max:   1,
	run: func(ctx context.Context, c *Call) error {
		issued, err := c.Actor.CodesOf(ctx, c.issuer(0))
		for _, code := range issued {
			if err == nil {
				err = c.issued(ctx, code)
			}
		}
		return err
	},
}

var adminRevoke = Command{
	English: []string{"admin revoke"}, Spanish: []string{"admin revocar"}, For: owners,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Recall },
	Min:   2, Max: 2,
	run: func(ctx context.Context, c *Call) error {
		code, err := c.Actor.RecallCode(ctx, c.issuer(0), c.Args[1])
		if err != nil {
			return err
		}
		out, err := c.describeIssued(ctx, code)
		if err != nil {
			return err
		}
		if out.Done = true; c.JSON {
			return c.object(out)
		}
		return c.printf("%s", c.Words.Command.Identity.Revoked(c.issuedLine(out, code)))
	},
}

// issuer is an argument that names who gave out a code: the operator goes by what a
// list calls it.
func (c *Call) issuer(n int) string {
	typed := c.reasonWord(n)
	if fold(typed) == fold(c.Words.Command.Admin.Operator) {
		return system
	}
	return typed
}

// issued prints one: "beto  1f0c2a99  invitation, 3 uses left, until 2026-01-02 10:00 UTC".
func (c *Call) issued(ctx context.Context, code chat.Issued) error {
	out, err := c.describeIssued(ctx, code)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return c.object(out)
	}
	nick := out.Nick
	if code.By.IsZero() {
		nick = c.Words.Command.Admin.Operator
	}
	return c.columns(pad(nick, 20), c.issuedLine(out, code))
}

func (c *Call) describeIssued(ctx context.Context, code chat.Issued) (issuedJSON, error) {
	out := issuedJSON{Nick: clean(code.Nick), ID: code.Hash.ID(), For: string(code.Purpose), Uses: code.Uses, Until: stamp(code.Until)}
	if !code.Conversation.IsZero() {
		if conv, err := c.Actor.Conversation(ctx, chat.Ref{ID: code.Conversation}); err == nil {
			out.Conversation = clean(conv.Handle)
		}
	}
	if !code.For.IsZero() {
		p, err := c.Actor.Person(ctx, code.For)
		if err != nil {
			return out, err
		}
		out.Person = c.nick(p.Nick, p.ID)
	}
	return out, nil
}

func (c *Call) issuedLine(out issuedJSON, code chat.Issued) string {
	what := c.Words.Command.Admin.CodeFor[out.For]
	if out.Person != "" {
		what += " " + out.Person
	}
	if out.Conversation != "" {
		what += " (" + out.Conversation + ")"
	}
	return c.Words.Command.Identity.CodeLeft(out.ID, what, code.Uses, c.until(code.Until))
}
