package command

import (
	"context"
	"strconv"

	"charla/server/chat"
	"charla/server/i18n"
)

var read = Command{
	English: []string{"read"}, Spanish: []string{"leer"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Read },
	Flags: []Flag{{Name: "last", Value: true}},
	Min:   1, Max: 1, Place: barePlace,
	run: runRead,
}

const (
	readLast = 20  // messages without --last
	pageSize = 100 // messages held in memory at once
)

func runRead(ctx context.Context, c *Call) error {
	last := uint64(readLast)
	if typed, given := c.Flags["last"]; given {
		n, err := strconv.ParseUint(typed, 10, 32)
		if err != nil || n == 0 {
			return c.wrong("--last " + chat.OneLine(typed, 20))
		}
		last = n
	}
	conv, err := c.Actor.Resolve(ctx, c.Args[0])
	if err != nil || !conv.Exists {
		return err
	}
	return History(ctx, c.Actor, conv, last, func(m chat.Message) error { return c.message(m, conv.Handle) })
}

// History hands the last so many messages of a conversation to each, oldest
// first, a page at a time however many they are.
func History(ctx context.Context, a *chat.Actor, conv chat.Conversation, last uint64, each func(chat.Message) error) error {
	end := conv.LastN
	if !conv.Member && conv.Kind != chat.Room {
		end = min(end, conv.Left)
	}
	from := end - min(end, chat.Number(last))
	for from < end {
		q := chat.PageQuery{After: from, Upto: end, Limit: pageSize}
		if from == 0 { // an After of 0 would ask for the newest
			q = chat.PageQuery{Before: min(pageSize, end) + 1, Limit: pageSize}
		}
		page, err := a.Page(ctx, conv.Ref(), q)
		if err != nil {
			return err
		}
		for _, m := range page.Messages {
			if err := each(m); err != nil {
				return err
			}
			from = m.Number
		}
		switch {
		case q.Before != 0: // some numbers may not be for this reader
			from = q.Before - 1
		case !page.More:
			from = end
		}
	}
	return nil
}
