package command

import (
	"context"
	"errors"
	"strconv"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
)

var tail = Command{
	English: []string{"tail", "follow"}, Spanish: []string{"seguir"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Tail },
	Flags: []Flag{{Name: "after", Value: true}},
	Min:   0, Max: maxTailed, Endless: true,
	run: runTail,
}

// maxTailed is how many conversations tail can be given by name.
const maxTailed = 100

// aheadWait is how long tail waits for a position that this server has not
// reached yet: another node may have told it.
const aheadWait = 10 * time.Second

func runTail(ctx context.Context, c *Call) error {
	after, err := c.after(ctx)
	if err != nil {
		return err
	}
	where, err := c.members(ctx)
	if err != nil {
		return err
	}
	stream, err := NewStream(ctx, c.Actor, after, where)
	if err != nil {
		return err
	}
	defer stream.Close()
	for {
		told, more, err := stream.Take(ctx)
		if err != nil {
			return err
		}
		if err := c.tell(told); err != nil {
			return err
		}
		if n := len(told); n > 0 && where == nil { // else it would vouch for what it does not tell
			c.Actor.Delivered(told[n-1].Position)
		}
		if more {
			continue
		}
		select {
		case <-stream.Wake():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *Call) tell(told []Told) error {
	for _, m := range told {
		if err := c.message(m.Message, m.Handle); err != nil {
			return err
		}
	}
	return c.flush()
}

// after is the position of --after once this server has reached it; nil without.
func (c *Call) after(ctx context.Context) (*chat.Position, error) {
	typed, given := c.Flags["after"]
	if !given {
		return nil, nil
	}
	n, err := strconv.ParseUint(typed, 10, 64)
	if err != nil {
		return nil, c.wrong("--after " + chat.OneLine(typed, 20))
	}
	p := chat.Position(n)
	wait, cancel := context.WithTimeout(ctx, aheadWait)
	defer cancel()
	err = c.Actor.Await(wait, p)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = &chat.Error{Code: chat.Unavailable, Err: err}
	}
	return &p, err
}

// members resolves the conversations named, all of which the person must be in.
func (c *Call) members(ctx context.Context) ([]chat.ConversationID, error) {
	var ids []chat.ConversationID
	for _, typed := range c.Args {
		conv, err := c.Actor.Resolve(ctx, typed)
		if err != nil {
			return nil, err
		}
		if !conv.Member {
			return nil, &chat.Error{Code: chat.NotMember, Name: string(conv.Handle)}
		}
		ids = append(ids, conv.ID)
	}
	return ids, nil
}
