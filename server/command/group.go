package command

import (
	"context"

	"charla/server/chat"
	"charla/server/i18n"
)

var groupNew = Command{
	English: []string{"group new", "group create"}, Spanish: []string{"grupo nuevo", "grupo crear"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.GroupNew },
	Min:   1, Max: chat.MaxGroup,
	run: func(ctx context.Context, c *Call) error {
		conv, err := c.Actor.NewGroup(ctx, c.Args[0], c.Args[1:])
		if err != nil {
			return err
		}
		if c.JSON {
			return c.object(describe(conv))
		}
		return c.printf("%s", clean(conv.Handle))
	},
}

var groupAdd = Command{
	English: []string{"group add", "invite"}, Spanish: []string{"grupo añadir", "invitar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.GroupAdd },
	Min:   2, Max: chat.MaxGroup,
	run: func(ctx context.Context, c *Call) error {
		conv, err := c.Actor.Resolve(ctx, c.Args[0])
		if err != nil {
			return err
		}
		if conv, err = c.Actor.Add(ctx, conv.Ref(), c.Args[1:]); err != nil {
			return err
		}
		if c.JSON {
			return c.object(describe(conv))
		}
		return c.printf("%s", c.Words.Command.GroupNow(clean(conv.Handle), conv.Members))
	},
}

var groupLeave = Command{
	English: []string{"group leave"}, Spanish: []string{"grupo salir", "grupo dejar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.GroupLeave },
	Min:   1, Max: 1,
	run: func(ctx context.Context, c *Call) error {
		conv, err := c.Actor.Resolve(ctx, c.Args[0])
		if err != nil {
			return err
		}
		if err := c.Actor.Leave(ctx, conv.Ref()); err != nil {
			return err
		}
		if c.JSON {
			return c.object(struct {
				Handle string `json:"handle"`
				Left   bool   `json:"left"`
			}{string(conv.Handle), true})
		}
		return c.printf("%s", c.Words.Command.GroupLeft(clean(conv.Handle)))
	},
}
