package command

import (
	"context"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

// helpCommand is a function because its run speaks of All, which holds it.
func helpCommand() Command {
	return Command{
		English: []string{"help", "?"}, Spanish: []string{"ayuda"},
		Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Help },
		Min:   0, Max: 2,
		run: runHelp,
	}
}

type helpJSON struct {
	Name  string   `json:"name"`
	Names []string `json:"names"`
	Usage string   `json:"usage"`
	Help  string   `json:"help"`
}

func runHelp(_ context.Context, c *Call) error {
	commands := ShownTo(c.Actor.Me().Rank)
	if len(c.Args) > 0 {
		var err error
		if commands, err = about(strings.Join(c.Args, " ")); err != nil {
			return err
		}
	}
	for _, cmd := range commands {
		if cmd.Endless && c.Prefix != "" && len(c.Args) == 0 {
			continue // where people type a slash it is not offered
		}
		if err := c.help(cmd); err != nil {
			return err
		}
	}
	return nil
}

// about finds the commands that help was asked about: one, or a family as "group".
func about(name string) ([]Command, error) {
	if c, ok := Lookup(name); ok {
		return []Command{c}, nil
	}
	family := familyOf(name)
	if family == nil {
		return nil, &Unknown{Name: chat.OneLine(name, 40), Near: nearest(name)}
	}
	return family, nil
}

func (c *Call) help(cmd Command) error {
	usage := cmd.Usage(&c.Words.Command)
	if c.JSON {
		return c.object(helpJSON{Name: cmd.Name(c.Words.Lang), Names: cmd.names(), Usage: usage.Line, Help: usage.Help})
	}
	return c.printf("%s%s\n    %s", c.Prefix, usage.Line, usage.Help)
}
