package command

import (
	"context"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

var groupNew = Command{
	English: []string{"group new", "group create"}, Spanish: []string{"grupo nuevo", "grupo crear"}, For: gatherers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.GroupNew },
	Min:   1, Max: chat.MaxGroup,
	run: func(ctx context.Context, c *Call) error {
		title, nicks := titleAndNicks(ctx, c.Actor, c.Args)
		conv, err := c.Actor.NewGroup(ctx, title, nicks)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.object(describe(conv))
		}
		return c.printf("%s", clean(conv.Handle))
	},
}

// titleAndNicks parts the words of "group new". The quotes around a title of
// several words are eaten by the shell at the client's side, so words before the
// last run of known nicks belong to the title. A word that looks like a mistyped
// nick does not: then the first word is the title and the mistake is named.
func titleAndNicks(ctx context.Context, a *chat.Actor, words []string) (title string, nicks []string) {
	if strings.Contains(words[0], " ") {
		return words[0], words[1:]
	}
	first := len(words)
	for first > 1 && isPerson(ctx, a, words[first-1]) {
		first--
	}
	if first == len(words) {
		return words[0], words[1:]
	}
	for _, w := range words[1:first] {
		if _, err := a.Resolve(ctx, w); err == nil || chat.AsError(err).Hint != "" {
			return words[0], words[1:]
		}
	}
	return strings.Join(words[:first], " "), words[first:]
}

func isPerson(ctx context.Context, a *chat.Actor, word string) bool {
	_, err := a.PersonByNick(ctx, chat.Nick(strings.TrimPrefix(word, "@")))
	return err == nil
}

var groupAdd = Command{
	English: []string{"group add"}, Spanish: []string{"grupo añadir"}, // and "invite CONV NICK…", as it was called first
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.GroupAdd },
	Min:   2, Max: chat.MaxGroup, Place: groupPlace,
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
	English: []string{"group leave", "leave"}, Spanish: []string{"grupo salir", "grupo dejar", "dejar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.GroupLeave },
	Min:   1, Max: 2, Place: barePlace,
	run: func(ctx context.Context, c *Call) error {
		conv, err := c.Actor.Resolve(ctx, c.Args[0])
		if err != nil {
			return err
		}
		if err := c.Actor.Leave(ctx, conv.Ref(), c.arg(1)); err != nil {
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
