package command

import (
	"context"
	"fmt"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
)

var talkCommands = []Command{requests, accept, block, unblock, blocked}

var requests = Command{
	English: []string{"requests"}, Spanish: []string{"peticiones"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Talks.Requests },
	run: func(ctx context.Context, c *Call) error {
		list, err := c.Actor.Requests(ctx)
		for _, conv := range list {
			if c.JSON {
				err = c.object(describe(conv))
			} else {
				err = c.printf("%s (%d)", clean(conv.Handle), conv.Unread)
			}
			if err != nil {
				return err
			}
		}
		return c.orNone(len(list), err, c.Words.Command.None.Requests)
	},
}

// Waits is the sentence that what was just sent to conv, at a position, waits until the
// other one lets its sender in; "" if it does not, or that cannot be said. It returns
// conv as it is then.
func (s Session) Waits(ctx context.Context, conv chat.Conversation, at chat.Position) (chat.Conversation, string) {
	if conv.Kind != chat.Talk || conv.Exists && !conv.Asked {
		return conv, ""
	}
	wait, cancel := context.WithTimeout(ctx, settleWait)
	defer cancel()
	if s.Actor.Await(wait, at) != nil {
		return conv, ""
	}
	now, err := s.Actor.Conversation(ctx, conv.Ref())
	switch {
	case err != nil:
		return conv, ""
	case !now.Asked:
		return now, ""
	}
	return now, s.Words.Screen.Talks.Waits(clean(now.Handle), chat.MaxAsked)
}

// waiting tells that what was just sent waits, if it does: else silence would pass for
// an answer.
func (c *Call) waiting(ctx context.Context, conv chat.Conversation, at chat.Position) {
	if c.Aside == nil {
		return
	}
	if _, sentence := c.Waits(ctx, conv, at); sentence != "" {
		c.Aside(sentence)
	}
}

var accept = Command{
	English: []string{"accept"}, Spanish: []string{"aceptar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Talks.Accept },
	Min:   1, Max: 1,
	run: func(ctx context.Context, c *Call) error {
		conv, err := c.Actor.Resolve(ctx, asPerson(c.Args[0]))
		if err != nil {
			return err
		}
		if conv, err = c.Actor.Accept(ctx, conv.Ref()); err != nil {
			return err
		}
		if c.JSON {
			return c.object(describe(conv))
		}
		return c.printf("%s", c.Words.Command.Talks.Accepted(clean(conv.Handle)))
	},
}

var block = Command{
	English: []string{"block"}, Spanish: []string{"bloquear"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Talks.Block },
	Min:   1, Max: 1,
	run: func(ctx context.Context, c *Call) error {
		p, err := c.Actor.Block(ctx, c.Args[0])
		if err != nil {
			return err
		}
		return c.walled(p, true, c.Words.Command.Talks.Blocks(clean(p.Nick)))
	},
}

var unblock = Command{
	English: []string{"unblock"}, Spanish: []string{"desbloquear"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Talks.Unblock },
	Min:   1, Max: 1,
	run: func(ctx context.Context, c *Call) error {
		p, err := c.Actor.Unblock(ctx, c.Args[0])
		if err != nil {
			return err
		}
		return c.walled(p, false, c.Words.Command.Talks.Unblocks(clean(p.Nick)))
	},
}

var blocked = Command{
	English: []string{"blocked"}, Spanish: []string{"bloqueados"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Talks.Blocked },
	run: func(ctx context.Context, c *Call) error {
		people, err := c.Actor.BlockedPeople(ctx)
		if err != nil {
			return err
		}
		for _, p := range people {
			if err := c.walled(p, true, clean(c.Words.Nick(p.Nick))); err != nil {
				return err
			}
		}
		return c.orNone(len(people), nil, c.Words.Command.None.Blocked)
	},
}

// walled prints somebody who is or was blocked.
func (c *Call) walled(p chat.Person, is bool, line string) error {
	if c.JSON {
		return c.object(struct {
			Nick    chat.Nick `json:"nick"`
			Blocked bool      `json:"blocked"`
		}{p.Nick, is})
	}
	return c.printf("%s", line)
}

var mute = Command{
	English: []string{"mute"}, Spanish: []string{"silenciar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Talks.Mute },
	Min:   1, Max: 2, Place: termPlace,
	run: func(ctx context.Context, c *Call) error {
		term := time.Duration(0)
		if len(c.Args) > 1 {
			var ok bool
			if term, ok = ParseTerm(c.Args[1]); !ok {
				return c.wrongTerm(c.Args[1])
			}
		}
		return c.silence(ctx, true, term)
	},
}

var unmute = Command{
	English: []string{"unmute"}, Spanish: []string{"sonar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Talks.Unmute },
	Min:   1, Max: 1, Place: barePlace,
	run: func(ctx context.Context, c *Call) error { return c.silence(ctx, false, 0) },
}

func (c *Call) silence(ctx context.Context, mute bool, term time.Duration) error {
	conv, err := c.Actor.Resolve(ctx, c.Args[0])
	if err != nil {
		return err
	}
	if err := c.Actor.Mute(ctx, conv.Ref(), mute, term); err != nil {
		return err
	}
	var until time.Time
	if term > 0 {
		until = c.Actor.Now().Add(term)
	}
	if c.JSON {
		return c.object(struct {
			Handle chat.Handle `json:"handle"`
			Muted  bool        `json:"muted"`
			Until  string      `json:"until,omitempty"`
		}{conv.Handle, mute, stamp(until)})
	}
	w, handle := &c.Words.Command.Talks, clean(conv.Handle)
	switch {
	case !mute:
		return c.printf("%s", w.Unmutes(handle))
	case term == 0:
		return c.printf("%s", w.Mutes(handle, ""))
	}
	return c.printf("%s", w.Mutes(handle, c.Time(until).Format("2006-01-02 15:04 MST")))
}

// Called is a person as they are shown where it matters who they are: the nick
// first, and what they call themselves in quotes that the name cannot close.
func Called(w *i18n.Words, p chat.Person) string {
	nick := clean(w.Nick(p.Nick))
	if p.Name == "" {
		return nick
	}
	return fmt.Sprintf("%s %s", nick, i18n.Quoted(chat.OneLine(p.Name, chat.MaxName)))
}
