package command

import (
	"context"
	"strconv"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

var roomNew = Command{
	English: []string{"room new", "room open"}, Spanish: []string{"sala nueva", "sala abrir"}, For: openers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.RoomNew },
	Min:   1, Max: 1, Text: true,
	run: func(ctx context.Context, c *Call) error {
		conv, err := c.Actor.OpenRoom(ctx, c.Args[0], unquoted(c.Text))
		if err != nil {
			return err
		}
		return c.tellOf(conv, c.opened)
	},
}

// opened tells the topic as well: of "room new "Plaza Mayor"" a shell eats the
// quotes, and a room plaza was meant by nobody.
func (c *Call) opened(conv chat.Conversation) string {
	if conv.Topic == "" {
		return clean(conv.Handle)
	}
	return c.Words.Command.Groups.About(clean(conv.Handle), topicOf(conv))
}

var rooms = Command{
	English: []string{"rooms"}, Spanish: []string{"salas"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Rooms },
	run: func(ctx context.Context, c *Call) error {
		all, err := c.Actor.Rooms(ctx)
		for _, conv := range all {
			if err == nil {
				err = c.tellOf(conv, c.roomRow)
			}
		}
		return c.orNone(len(all), err, c.Words.Command.None.Rooms)
	},
}

// roomRow marks the rooms that somebody is in, as shells mark a branch, and the others
// too: on the screen a topic goes on behind blanks, and no line may begin so.
func (c *Call) roomRow(conv chat.Conversation) string {
	in := "- "
	if conv.Member {
		in = "* "
	}
	return strings.TrimRight(in+pad(clean(conv.Handle), 20)+" "+pad("("+strconv.Itoa(conv.Members)+")", 8)+" "+topicOf(conv), " ")
}

var join = Command{
	English: []string{"join"}, Spanish: []string{"entrar", "unirse"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Join },
	Min:   0, Max: 1,
	run: runJoin,
}
