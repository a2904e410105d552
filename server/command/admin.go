package command

import (
	"context"
	"strings"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
)

// until is a time as text, "" for one that never comes.
func (c *Call) until(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return i18n.Until(c.Time(t))
}

// system is who decides on the server's own machine, for programs.
const system = "system"

// nick is a person's as text; who was forgotten has none, and is told from others by
// the handle that is left of them, as in lists.
func (c *Call) nick(n chat.Nick, id chat.UserID) string {
	switch {
	case n != "":
		return clean(n)
	case id.IsZero(): // nobody
		return "-"
	}
	return string(chat.LeftHandle(id))
}

// doneJSON is what a decision prints with --json.
type doneJSON struct {
	Nick   string `json:"nick"`
	Rank   string `json:"rank,omitempty"`
	Until  string `json:"until,omitempty"`
	Reason string `json:"reason,omitempty"`
	Here   *bool  `json:"here,omitempty"` // of a kick: they were
	Done   bool   `json:"done"`
}

// did prints that a decision had its effect.
func (c *Call) did(d doneJSON, sentence func(nick string) string) error {
	d.Nick, d.Done = strings.TrimPrefix(d.Nick, "@"), true
	if c.JSON {
		return c.object(d)
	}
	return c.printf("%s", sentence(clean(d.Nick)))
}

// reason is the rest of the arguments.
func (c *Call) reason(from int) string { return strings.Join(c.Args[min(from, len(c.Args)):], " ") }

var adminOwner = Command{
	English: []string{"admin owner"}, Spanish: []string{"admin propiedad", "admin dueño"}, For: owners,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Owner },
	Min:   1, Max: 1,
	run: func(ctx context.Context, c *Call) error { return c.giveRank(ctx, chat.RankOwner) },
}

var adminRank = Command{
	English: []string{"admin rank"}, Spanish: []string{"admin rango"}, For: owners,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Rank },
	Min:   2, Max: 2,
	run: func(ctx context.Context, c *Call) error {
		rank := chat.Rank(roles[fold(c.Args[1])]) // they are called alike
		if !chat.RankOwner.Appoints(rank) {
			return c.wrong(chat.OneLine(c.Args[1], 20))
		}
		return c.giveRank(ctx, rank)
	},
}

// NobodyYet says that a rank was to be given to a nick that nobody has, and how
// somebody comes to have it; "" of what does not lead there.
type NobodyYet struct {
	Err          error
	Invite, Come string // what to type: here, and by them
}

func (n *NobodyYet) Error() string { return n.Err.Error() }

// Unwrap is that nobody is called so.
func (n *NobodyYet) Unwrap() error { return n.Err }

func (c *Call) giveRank(ctx context.Context, rank chat.Rank) error {
	p, err := c.Actor.GiveRank(ctx, c.Args[0], rank)
	if e := chat.AsError(err); err != nil && e.Code == chat.NoPerson && e.Hint == "" {
		return c.nobodyYet(err, e.Name)
	}
	if err != nil {
		return err
	}
	return c.did(doneJSON{Nick: string(p.Nick), Rank: string(p.Rank)}, func(nick string) string {
		return c.Words.Command.Admin.RankNow(nick, p.Rank)
	})
}

// nobodyYet is err with what to do about it while somebody new may come in.
func (c *Call) nobodyYet(err error, nick string) error {
	n := &NobodyYet{Err: err}
	switch c.Actor.Registration() {
	case chat.ByInvitation:
		n.Invite = c.Prefix + invite.Name(c.Words.Lang)
		if c.Actor.Me().Rank.Operates() {
			n.Invite = "charla " + adminInvite.Name(c.Words.Lang)
		}
	case chat.Open:
		if folded, bad := chat.FoldNick(nick); bad == nil {
			n.Come = c.Server.Order(string(folded))
		}
	}
	return n
}

var adminWarn = Command{
	English: []string{"admin warn"}, Spanish: []string{"admin avisar"}, For: lookers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Warn },
	Min:   2, Max: chat.MaxReason,
	run: func(ctx context.Context, c *Call) error {
		if err := c.Actor.Warn(ctx, c.Args[0], c.reason(1)); err != nil {
			return err
		}
		return c.did(doneJSON{Nick: c.Args[0], Reason: c.reason(1)}, c.Words.Command.Admin.Warned)
	},
}

var adminSilence = Command{
	English: []string{"admin silence", "admin mute"}, Spanish: []string{"admin silenciar"}, For: lookers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Silence },
	Min:   2, Max: chat.MaxReason,
	run: func(ctx context.Context, c *Call) error {
		term, ok := ParseTerm(c.Args[1])
		if !ok {
			return c.wrongTerm(c.Args[1])
		}
		until, err := c.Actor.Silence(ctx, c.Args[0], term, c.reason(2))
		if err != nil {
			return err
		}
		return c.did(doneJSON{Nick: c.Args[0], Until: stamp(until), Reason: c.reason(2)}, func(nick string) string {
			return c.Words.Command.Admin.Silenced(nick, c.until(until))
		})
	},
}

var adminUnsilence = Command{
	English: []string{"admin unsilence", "admin unmute"}, Spanish: []string{"admin dejar-hablar"}, For: lookers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Unsilence },
	Min:   1, Max: 1,
	run: func(ctx context.Context, c *Call) error {
		if err := c.Actor.Unsilence(ctx, c.Args[0]); err != nil {
			return err
		}
		return c.did(doneJSON{Nick: c.Args[0]}, c.Words.Command.Admin.Speaks)
	},
}

var adminKick = Command{
	English: []string{"admin kick"}, Spanish: []string{"admin echar"}, For: lookers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Kick },
	Min:   1, Max: chat.MaxReason,
	run: func(ctx context.Context, c *Call) error {
		here, err := c.Actor.Kick(ctx, c.Args[0], c.reason(1))
		if err != nil {
			return err
		}
		say := c.Words.Command.Admin.Kicked
		if !here {
			say = c.Words.Command.Admin.NotHere
		}
		return c.did(doneJSON{Nick: c.Args[0], Reason: c.reason(1), Here: &here}, say)
	},
}

// TypeTwice says that what was asked for cannot be undone, and is done only when
// the nick is typed twice.
type TypeTwice struct{ Order string }

func (t *TypeTwice) Error() string { return "to be typed twice: " + t.Order }

var adminForget = Command{
	English: []string{"admin forget"}, Spanish: []string{"admin olvidar"}, For: owners,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Forget },
	Flags: []Flag{{Name: "yes"}},
	Min:   1, Max: 2,
	run: func(ctx context.Context, c *Call) error {
		nick := c.Args[0]
		if !c.flag("yes") && (len(c.Args) < 2 || c.Args[1] != nick) {
			return &TypeTwice{c.Prefix + c.command.Name(c.Words.Lang) + " " + clean(nick) + " " + clean(nick)}
		}
		if err := c.Actor.Forget(ctx, nick); err != nil {
			return err
		}
		return c.did(doneJSON{Nick: nick}, c.Words.Command.Admin.Forgotten)
	},
}

var adminFree = Command{
	English: []string{"admin free"}, Spanish: []string{"admin liberar"}, For: owners,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Free },
	Min:   1, Max: 1,
	run: func(ctx context.Context, c *Call) error {
		if err := c.Actor.FreeNick(ctx, c.Args[0]); err != nil {
			return err
		}
		return c.did(doneJSON{Nick: c.Args[0]}, c.Words.Command.Admin.Freed)
	},
}
