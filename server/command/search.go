package command

import (
	"context"
	"strconv"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

var search = Command{
	English: []string{"search"}, Spanish: []string{"buscar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Search },
	Flags: []Flag{{Name: "in", Value: true}, {Name: "last", Value: true}, {Name: "before", Value: true}},
	Min:   1, Max: chat.MaxTerms,
	run: runSearch,
}

// mostFound is how many messages one search prints at most, several pages of the
// actor's.
const mostFound = 1000

// runSearch prints what it finds, the newest first; NothingFound says that there
// is none, as grep does by its status. The position of the last
// one, which --json tells, is what --before takes to go on.
func runSearch(ctx context.Context, c *Call) error {
	q, left, err := c.query(ctx)
	if err != nil {
		return err
	}
	handles := map[chat.ConversationID]chat.Handle{}
	for wanted := left; left > 0; {
		q.Limit = int(min(left, chat.MaxFound))
		found, err := c.Actor.Search(ctx, q)
		if err != nil {
			return err
		}
		for _, m := range found.Messages {
			handle, err := c.handleOf(ctx, handles, m.Conversation)
			if err != nil {
				return err
			}
			if err := c.message(m, handle); err != nil {
				return err
			}
			q.Before = m.Position
		}
		if len(found.Messages) == 0 && left == wanted {
			return &chat.Error{Code: chat.NothingFound, Name: chat.OneLine(q.Text, 60)}
		}
		if !found.More {
			return nil
		}
		left -= uint64(len(found.Messages))
	}
	return nil
}

// query is what was typed, and how many messages are wanted.
func (c *Call) query(ctx context.Context) (q chat.Search, wanted uint64, err error) {
	q.Text, wanted = strings.Join(c.Args, " "), readLast
	if typed, given := c.Flags["last"]; given {
		if wanted, err = strconv.ParseUint(typed, 10, 32); err != nil || wanted == 0 || wanted > mostFound {
			return q, 0, c.wrong("--last " + chat.OneLine(typed, 20))
		}
	}
	if typed, given := c.Flags["before"]; given {
		n, err := strconv.ParseUint(typed, 10, 64)
		if err != nil || n == 0 {
			return q, 0, c.wrong("--before " + chat.OneLine(typed, 20))
		}
		q.Before = chat.Position(n)
	}
	if typed, given := c.Flags["in"]; given {
		conv, err := c.Actor.Resolve(ctx, typed)
		if err != nil {
			return q, 0, err
		}
		q.In = conv.Ref()
	}
	return q, wanted, nil
}

// handleOf is what the reader calls a conversation, which is asked for once.
func (c *Call) handleOf(ctx context.Context, known map[chat.ConversationID]chat.Handle, id chat.ConversationID) (chat.Handle, error) {
	if h, ok := known[id]; ok {
		return h, nil
	}
	conv, err := c.Actor.Conversation(ctx, chat.Ref{ID: id})
	if err == nil {
		known[id] = conv.Handle
	}
	return conv.Handle, err
}
