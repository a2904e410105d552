package command

import (
	"context"
	"slices"
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
	Topic string   `json:"topic,omitempty"` // in the whole help
}

func runHelp(ctx context.Context, c *Call) error {
	if len(c.Args) > 0 {
		commands, err := about(strings.Join(c.Args, " "))
		if err != nil {
			return err
		}
		return c.helpOf(commands, "")
	}
	me, err := c.Actor.Access(ctx) // a rank may have come since the session did
	if err != nil {
		return err
	}
	for i, t := range ShownTo(me.Rank) {
		if !c.JSON {
			blank := "\n"
			if i == 0 {
				blank = ""
			}
			if err := c.printf("%s%s:", blank, t.Head(&c.Words.Command)); err != nil {
				return err
			}
		}
		if err := c.helpOf(t.Commands, t.Name); err != nil {
			return err
		}
	}
	if c.Prefix == "" || c.JSON {
		return nil
	}
	return c.printf("\n%s", c.Words.Command.HelpJSON)
}

// adminHelp is a function for the same reason. "admin" alone is it, too.
func adminHelp() Command {
	return Command{
		English: []string{operators + " help"}, Spanish: []string{operators + " ayuda"}, For: lookers,
		Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.Help },
		Min:   0, Max: 1,
		run: runAdminHelp,
	}
}

// Ranked says that the person has another rank on the server, and what tells them what
// they may do with it.
func (s Session) Ranked(rank chat.Rank) string {
	return s.Words.Command.Admin.YouAre(rank, s.Prefix+adminHelp().Name(s.Words.Lang))
}

// runAdminHelp prints what the person may use of what looks after the server.
func runAdminHelp(ctx context.Context, c *Call) error {
	if name := c.arg(0); name != "" {
		command, ok := Lookup(operators + " " + name)
		if !ok {
			return unknownOperator(name)
		}
		return c.help(command, "")
	}
	me, err := c.Actor.Access(ctx)
	if err != nil {
		return err
	}
	theirs := slices.DeleteFunc(familyOf(operators), func(c Command) bool { return c.For != nil && !c.For(me.Rank) })
	if len(theirs) == 0 {
		return &chat.Error{Code: chat.NotAllowed}
	}
	return c.helpOf(theirs, "")
}

// helpOf prints the help of commands, of a topic where all are listed.
func (c *Call) helpOf(commands []Command, topic string) error {
	for _, cmd := range commands {
		if cmd.Endless && c.Prefix != "" && topic != "" {
			continue // where people type a slash it is not offered
		}
		if err := c.help(cmd, topic); err != nil {
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

func (c *Call) help(cmd Command, topic string) error {
	usage := cmd.Usage(&c.Words.Command)
	if c.JSON {
		return c.object(helpJSON{Name: cmd.Name(c.Words.Lang), Names: cmd.names(), Usage: usage.Line, Help: usage.Help, Topic: topic})
	}
	return c.printf("%s\n    %s", c.typed(usage), usage.Help)
}

// typed is how a command is typed. Where people type a slash they type --json next to
// never, and help says of it once that all commands take it.
func (s Session) typed(u i18n.Usage) string {
	if s.Prefix == "" {
		return u.Line
	}
	return s.Prefix + strings.ReplaceAll(u.Line, " [--json]", "")
}
