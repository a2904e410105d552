package command

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
)

type codeJSON struct {
	Code         string `json:"code,omitempty"` // told once
	ID           string `json:"id,omitempty"`   // by which it is taken back
	For          string `json:"for"`            // invitation, login or join
	Conversation string `json:"conversation,omitempty"`
	Uses         int    `json:"uses"`
	Until        string `json:"until"`
	Order        string `json:"order,omitempty"` // what to type
	HostKey      string `json:"hostkey,omitempty"`
	Revoked      bool   `json:"revoked,omitempty"`
}

var link = Command{
	English: []string{"link"}, Spanish: []string{"enlazar"},
	asks:  true,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Identity.Link },
	run: func(ctx context.Context, c *Call) error {
		if err := c.proveFirst(ctx, ""); err != nil {
			return err
		}
		plain, code, err := c.Actor.LoginCode(ctx)
		if err != nil {
			return err
		}
		nick, w := clean(c.Actor.Me().Nick), &c.Words.Command.Identity
		order := c.Server.Order(nick)
		if c.JSON {
			return c.object(codeJSON{Code: plain, ID: code.Hash.ID(), For: string(code.Purpose), Uses: code.Uses, Until: stamp(code.Until), Order: order, HostKey: c.Server.Fingerprint})
		}
		told := []string{w.Code(plain, c.until(code.Until)), w.LinkHow(order)} // last, where people look, whatever the picture pushes away
		if c.Server.Fingerprint != "" {
			told = append(told, w.LinkPrint(c.Server.Fingerprint))
		}
		if !c.ASCII && !c.Spoken {
			told = c.pictured(told, w.LinkBoth(order))
		}
		return c.printf("%s", strings.Join(told, "\n"))
	},
}

// pictured puts the picture of where people sign in before what is told of that. both
// is how, in the place of the second line, where what is above the picture may be out
// of sight.
func (c *Call) pictured(told []string, both string) []string {
	below := slices.Clone(told)
	if c.Height > 0 {
		below[1] = both
	}
	picture, all := c.picture(c.Server.uri(clean(c.Actor.Me().Nick)), below)
	if !all {
		below = told
	}
	return append(picture, below...)
}

var adminCode = Command{
	English: []string{"admin code"}, Spanish: []string{"admin código"}, For: chat.Rank.Operates,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Identity.AdminCode },
	Min:   1, Max: 1,
	run: func(ctx context.Context, c *Call) error {
		plain, code, err := c.Actor.LoginCodeFor(ctx, c.Args[0])
		if err != nil {
			return err
		}
		p, err := c.Actor.Person(ctx, code.For)
		if err != nil {
			return err
		}
		order := c.Server.Order(clean(p.Nick))
		if c.JSON {
			return c.object(codeJSON{Code: plain, ID: code.Hash.ID(), For: string(code.Purpose), Uses: code.Uses, Until: stamp(code.Until), Order: order})
		}
		w := &c.Words.Command.Identity
		return c.printf("%s\n%s", w.Code(plain, c.until(code.Until)), w.AdminHow(clean(p.Nick), order))
	},
}

// invite makes a card, lists what was given out, or takes it back. With a
// conversation and nicks it is what was called so first: group add.
var invite = Command{
	English: []string{"invite"}, Spanish: []string{"invitar"}, For: chat.Rank.Invites,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Identity.Invite },
	Flags: []Flag{{Name: "uses", Value: true}, {Name: "for", Value: true}, {Name: "group", Value: true}},
	Max:   chat.MaxGroup,
	run: func(ctx context.Context, c *Call) error {
		switch {
		case len(c.Args) == 0:
			return c.invite(ctx)
		case len(c.Flags) > 0 && !(len(c.Flags) == 1 && c.JSON):
			return c.wrong("")
		case len(c.Args) == 1 && (fold(c.Args[0]) == "list" || fold(c.Args[0]) == "lista"):
			return c.listCodes(ctx)
		case fold(c.Args[0]) == "revoke" || fold(c.Args[0]) == "revocar":
			return c.revokeCode(ctx, strings.Join(c.Args[1:], ""))
		case len(c.Args) == 1:
			return c.wrong("")
		}
		return groupAdd.run(ctx, c)
	},
}

// adminInvite is invite where people look for what the operator needs first: of a
// server that lets in by invitation, nobody else can give out the first.
var adminInvite = Command{
	English: []string{"admin invite"}, Spanish: []string{"admin invitar"}, For: chat.Rank.Operates,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Identity.AdminInvite },
	Flags: []Flag{{Name: "uses", Value: true}, {Name: "for", Value: true}},
	Max:   4,
	run: func(ctx context.Context, c *Call) error {
		switch fold(c.arg(0)) {
		case "", "list", "lista", "revoke", "revocar":
			return invite.run(ctx, c)
		}
		return c.wrong("")
	},
}

func (c *Call) invite(ctx context.Context) error {
	uses, term, err := c.usesAndTerm()
	if err != nil {
		return err
	}
	var where chat.Conversation
	if typed, given := c.Flags["group"]; given {
		if where, err = c.Actor.Resolve(ctx, typed); err != nil {
			return err
		}
	}
	plain, code, err := c.Actor.Invite(ctx, uses, term, where.Ref())
	if err != nil {
		return err
	}
	return c.card(plain, code, where)
}

// usesAndTerm is how often a code is to be used, and how long it holds.
func (c *Call) usesAndTerm() (uses int, term time.Duration, err error) {
	uses, term = 1, chat.InviteTerm
	if typed, given := c.Flags["uses"]; given {
		if uses, err = strconv.Atoi(typed); err != nil {
			return 0, 0, c.wrong("--uses")
		}
	}
	if typed, given := c.Flags["for"]; given {
		t, ok := ParseTerm(typed)
		if !ok {
			return 0, 0, c.wrong("--for")
		}
		term = t
	}
	return uses, term, nil
}

// card is what to send to somebody, ready to paste.
func (c *Call) card(plain string, code chat.AccessCode, where chat.Conversation) error {
	nick, w := clean(c.Actor.Me().Nick), &c.Words.Command.Identity
	order := c.Server.Order("NICK")
	if c.JSON {
		j := codeJSON{Code: plain, ID: code.Hash.ID(), For: string(code.Purpose), Conversation: string(where.Handle), Uses: code.Uses, Until: stamp(code.Until), Order: order, HostKey: c.Server.Fingerprint}
		return c.object(j)
	}
	if c.Actor.Me().Rank.Operates() {
		nick = "" // nobody is called as the operator is
	}
	lines := []string{w.Card(nick, clean(c.Server.Host)), w.CardOrder(order), w.CardPrint(c.Server.Fingerprint)}
	switch code.Purpose {
	case chat.Invitation:
		lines = append(lines, w.CardCode(plain))
	case chat.JoinCode:
		lines = append(lines, w.CardJoin(plain))
	default:
		lines = append(lines, w.CardFree)
	}
	if where.Kind != "" {
		lines = append(lines, w.CardInto(clean(where.Title)))
	}
	if plain != "" {
		lines = append(lines, w.CardUntil(code.Uses, c.until(code.Until)))
	}
	return c.printf("%s", strings.Join(lines, "\n"))
}

func (c *Call) listCodes(ctx context.Context) error {
	codes, err := c.Actor.Codes(ctx)
	if err != nil {
		return err
	}
	if len(codes) == 0 && !c.JSON {
		return c.printf("%s", c.Words.Command.Identity.NoCodes)
	}
	for _, code := range codes {
		out, line := c.ownCode(ctx, code)
		if c.JSON {
			err = c.object(out)
		} else {
			err = c.printf("%s", line)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// revokeCode takes back a code of the person's, and says which that was.
func (c *Call) revokeCode(ctx context.Context, typed string) error {
	code, err := c.Actor.Revoke(ctx, typed)
	if err != nil {
		return err
	}
	out, line := c.ownCode(ctx, code)
	if out.Revoked = true; c.JSON {
		return c.object(out)
	}
	return c.printf("%s", c.Words.Command.Identity.Revoked(line))
}

// ownCode is a code of the person's as it is listed.
func (c *Call) ownCode(ctx context.Context, code chat.AccessCode) (codeJSON, string) {
	w := &c.Words.Command.Identity
	out := codeJSON{ID: code.Hash.ID(), For: string(code.Purpose), Uses: code.Uses, Until: stamp(code.Until)}
	what := w.CodeFor[out.For]
	if !code.Conversation.IsZero() {
		if conv, err := c.Actor.Conversation(ctx, chat.Ref{ID: code.Conversation}); err == nil {
			out.Conversation = clean(conv.Handle)
			what += " (" + out.Conversation + ")"
		}
	}
	return out, w.CodeLeft(out.ID, what, code.Uses, c.until(code.Until))
}
