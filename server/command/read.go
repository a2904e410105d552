package command

import (
	"context"
	"errors"
	"slices"
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
	shown := 0
	if err == nil && conv.Exists {
		err = History(ctx, c.Actor, conv, last, func(m chat.Message) error {
			shown++
			return c.message(m, conv.Handle)
		}, nil)
	}
	return c.orNone(shown, err, c.Words.Command.None.Words(clean(conv.Handle)))
}

// History hands the last so many messages of a conversation to each, oldest
// first, a page at a time however many they are. What has expired, or is hidden from
// this reader, is none of them. happened, if not nil, gets what happened between them
// and behind them, in its place. Scripts that read messages are not told of it.
func History(ctx context.Context, a *chat.Actor, conv chat.Conversation, last uint64, each func(chat.Message) error, happened func(chat.Notice) error) error {
	end := conv.LastN
	if !conv.Member && conv.Kind != chat.Room {
		end = min(end, conv.Left)
	}
	if end == 0 && happened != nil {
		page, err := a.Page(ctx, conv.Ref(), chat.PageQuery{Limit: 1, Notices: true})
		page.Messages = nil
		return errors.Join(err, inOrder(page, each, happened))
	}
	from, err := before(ctx, a, conv, end, last)
	for err == nil && from < end {
		from, err = onward(ctx, a, conv, from, end, each, happened)
	}
	return err
}

// inOrder hands on what a page holds, but for what has expired.
func inOrder(page chat.Page, each func(chat.Message) error, happened func(chat.Notice) error) error {
	notices := page.Notices
	for _, m := range page.Messages {
		for len(notices) > 0 && notices[0].Position < m.Position {
			if err := happened(notices[0]); err != nil {
				return err
			}
			notices = notices[1:]
		}
		if m.Expired {
			continue
		}
		if err := each(m); err != nil {
			return err
		}
	}
	for _, n := range notices {
		if err := happened(n); err != nil {
			return err
		}
	}
	return nil
}

// before is the number after which the last so many messages stand, up to end.
func before(ctx context.Context, a *chat.Actor, conv chat.Conversation, end chat.Number, last uint64) (chat.Number, error) {
	if uint64(end) <= last {
		return 0, nil
	}
	limit := int(min(max(last, readLast), pageSize))
	for {
		page, err := a.Page(ctx, conv.Ref(), chat.PageQuery{Before: end + 1, Limit: limit})
		if err != nil {
			return 0, err
		}
		for _, m := range slices.Backward(page.Messages) {
			if m.Expired {
				continue
			}
			if last--; last == 0 {
				return m.Number - 1, nil
			}
		}
		if !page.More || len(page.Messages) == 0 {
			return 0, nil
		}
		end = page.Messages[0].Number - 1
	}
}

// onward hands the page after from to each, and is how far it went.
func onward(
	ctx context.Context, a *chat.Actor, conv chat.Conversation, from, end chat.Number, each func(chat.Message) error, happened func(chat.Notice) error,
) (chat.Number, error) {
	q := chat.PageQuery{After: from, Upto: end, Limit: pageSize, Notices: happened != nil}
	if from == 0 { // an After of 0 would ask for the newest
		q.After, q.Before = 0, pageSize+1
	}
	page, err := a.Page(ctx, conv.Ref(), q)
	if err != nil {
		return 0, err
	}
	if err := inOrder(page, each, happened); err != nil {
		return 0, err
	}
	switch n := len(page.Messages); {
	case q.Before != 0: // some numbers may not be for this reader
		return min(pageSize, end), nil
	case !page.More:
		return end, nil
	default:
		return page.Messages[n-1].Number, nil
	}
}
