package command

import (
	"context"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

var groupRename = Command{
	English: []string{"group rename"}, Spanish: []string{"grupo renombrar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Rename },
	Min:   1, Max: 1, Text: true,
	run: func(ctx context.Context, c *Call) error {
		title := unquoted(c.Text)
		if err := c.named(ctx); err != nil {
			return err
		}
		if title == "" {
			return &Usage{Commands: []Command{c.command}, Lacks: 2}
		}
		return c.change(ctx, chat.ConversationChanged{Title: &title}, func(conv chat.Conversation) string {
			return c.Words.Command.Groups.Called(clean(conv.Handle), clean(conv.Title))
		})
	},
}

var topic = Command{
	English: []string{"topic"}, Spanish: []string{"tema"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Topic },
	Flags: []Flag{{Name: "off"}},
	Min:   1, Max: 1, Text: true, Place: groupPlace,
	run: func(ctx context.Context, c *Call) error {
		text := unquoted(c.Text)
		if text != "" && c.flag("off") {
			return c.wrong("--off")
		}
		says := func(conv chat.Conversation) string {
			return c.Words.Command.Groups.About(clean(conv.Handle), topicOf(conv))
		}
		if text != "" || c.flag("off") {
			return c.change(ctx, chat.ConversationChanged{Topic: &text}, says)
		}
		conv, err := c.Actor.Resolve(ctx, c.Args[0])
		if err != nil {
			return err
		}
		return c.tellOf(conv, says)
	},
}

// writers is what they are called, in both languages.
var writers = map[string]chat.Writers{"all": chat.AllWrite, "todos": chat.AllWrite, "admins": chat.AdminsWrite, "administracion": chat.AdminsWrite}

var groupWriters = Command{
	English: []string{"group writers"}, Spanish: []string{"grupo escriben"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Writers },
	Min:   2, Max: 2, Place: groupPlace,
	run: func(ctx context.Context, c *Call) error {
		who, known := writers[fold(c.Args[1])]
		if !known {
			return c.wrong(clean(c.Args[1]))
		}
		return c.change(ctx, chat.ConversationChanged{Writers: &who}, func(conv chat.Conversation) string {
			return clean(conv.Handle) + ": " + c.Words.Command.Groups.Write(conv.Writers)
		})
	},
}

var groupExpiry = Command{
	English: []string{"disappear", "group expiry"}, Spanish: []string{"temporales", "grupo caducidad"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Expiry },
	Min:   2, Max: 2, Place: barePlace,
	run: func(ctx context.Context, c *Call) error {
		d, err := c.termOrOff(c.Args[1])
		if err != nil {
			return err
		}
		return c.change(ctx, chat.ConversationChanged{Expiry: &d}, func(conv chat.Conversation) string {
			return clean(conv.Handle) + ": " + c.Words.Command.Groups.Expires(conv.Expiry)
		})
	},
}

var slow = Command{
	English: []string{"slow"}, Spanish: []string{"lento"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Slow },
	Min:   2, Max: 2, Place: groupPlace,
	run: func(ctx context.Context, c *Call) error {
		d, err := c.termOrOff(c.Args[1])
		if err != nil {
			return err
		}
		return c.change(ctx, chat.ConversationChanged{Slow: &d}, func(conv chat.Conversation) string {
			return clean(conv.Handle) + ": " + c.Words.Command.Groups.Paced(conv.Slow)
		})
	},
}

// change sets something of CONV and says what is set now.
func (c *Call) change(ctx context.Context, b chat.ConversationChanged, says func(chat.Conversation) string) error {
	conv, err := c.Actor.Resolve(ctx, c.Args[0])
	if err != nil {
		return err
	}
	if conv, err = c.Actor.Change(ctx, conv.Ref(), b); err != nil {
		return err
	}
	return c.tellOf(conv, says)
}

// tellOf prints a conversation, or a sentence about it.
func (c *Call) tellOf(conv chat.Conversation, says func(chat.Conversation) string) error {
	if c.JSON {
		return c.object(describe(conv))
	}
	return c.printf("%s", says(conv))
}

// unquoted is the rest of a line without blanks around it, or one pair of quotes:
// where no shell has eaten them people type them all the same.
func unquoted(text string) string {
	text = strings.Trim(text, blanks)
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	return text
}

func topicOf(conv chat.Conversation) string { return chat.OneLine(conv.Topic, chat.MaxReason) }
