package command

import (
	"bufio"
	"context"
	"io"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

var groupCode = Command{
	English: []string{"group code"}, Spanish: []string{"grupo codigo"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Code },
	Flags: []Flag{{Name: "uses", Value: true}, {Name: "for", Value: true}},
	Min:   1, Max: 1, Place: groupPlace,
	run: runGroupCode,
}

// runGroupCode makes a card that asks for the code once somebody is in: in a line
// for a shell it would stand in the history of that.
func runGroupCode(ctx context.Context, c *Call) error {
	uses, term, err := c.usesAndTerm()
	if err != nil {
		return err
	}
	conv, err := c.Actor.Resolve(ctx, c.Args[0])
	if err != nil {
		return err
	}
	plain, code, err := c.Actor.GroupCode(ctx, conv.Ref(), uses, term)
	if err != nil {
		return err
	}
	return c.card(plain, code, conv)
}

// runJoin enters a room by its name, or a group by a code: as typed, or as the
// first line of what is piped in. What looks like a code as it is shown is none of
// the names.
func runJoin(ctx context.Context, c *Call) error {
	typed := c.arg(0)
	if typed == "" {
		var err error
		if typed, err = c.pipedLine(ctx); err != nil {
			return err
		}
	}
	conv, err := c.enter(ctx, typed)
	if err != nil {
		return err
	}
	return c.tellOf(conv, func(conv chat.Conversation) string {
		return c.Words.Command.Groups.Entered(clean(conv.Handle), conv.Members)
	})
}

func (c *Call) enter(ctx context.Context, typed string) (chat.Conversation, error) {
	code := chat.HashCode(typed) != ""
	if code && strings.Count(typed, "-") == 2 {
		return c.Actor.JoinByCode(ctx, typed)
	}
	conv, err := c.Actor.Resolve(ctx, typed)
	if code && (chat.CodeOf(err) == chat.NoConversation || err == nil && conv.Kind == chat.Talk) {
		return c.Actor.JoinByCode(ctx, typed)
	}
	if err != nil {
		return conv, err
	}
	return c.Actor.Join(ctx, conv.Ref())
}

// pipedLine reads the first line of the input.
func (c *Call) pipedLine(ctx context.Context) (string, error) {
	if c.In == nil {
		return "", c.wrong("")
	}
	line, err := bufio.NewReaderSize(io.LimitReader(c.In, 256), 256).ReadString('\n')
	if err == io.EOF {
		err = ctx.Err()
	}
	if err == nil && strings.Trim(line, blanks) == "" {
		err = c.wrong("")
	}
	return strings.Trim(line, blanks), err
}
