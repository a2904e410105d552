package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"charla/server/chat"
)

// sendLines posts each line of the input as a message until the input ends.
// Blank lines say nothing and are passed over; a line that is refused stops the
// stream. With --id each line has its own key, so that the same stream piped
// again after an accident posts only what is missing.
func (c *Call) sendLines(ctx context.Context, conv chat.Conversation) error {
	in := bufio.NewScanner(c.In)
	in.Buffer(make([]byte, 0, 4096), chat.MaxText+2) // longer is bufio.ErrTooLong
	key, keyed := c.Flags["id"]
	n := 0
	var last chat.Position
	defer func() { c.settle(ctx, last) }()
	for in.Scan() {
		n++
		if err := ctx.Err(); err != nil { // a lost connection may have cut this line
			return &LineError{Line: n, Err: err}
		}
		if strings.Trim(in.Text(), blanks) == "" {
			continue
		}
		words := chat.Words{ID: chat.NewID[chat.Message](), Text: in.Text()}
		if keyed {
			words.ID = lineID(c.Actor.Me().ID, key, n)
		}
		sent, err := c.sendLine(ctx, conv, words)
		if err != nil {
			return &LineError{Line: n, Err: err}
		}
		if last == 0 {
			c.waiting(ctx, conv, sent.Position)
		}
		last = sent.Position
	}
	err := in.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		return &LineError{Line: n + 1, Err: &chat.Error{Code: chat.TextTooLong, Limit: chat.MaxText}}
	}
	return err
}

func (c *Call) sendLine(ctx context.Context, conv chat.Conversation, words chat.Words) (chat.Sent, error) {
	sent, err := PostPatiently(ctx, c.Actor, conv.Ref(), words)
	if err != nil {
		return sent, err
	}
	if err := c.answer(ctx, conv, words, sent); err != nil {
		return sent, err
	}
	return sent, c.flush() // the next line may be long in coming
}

// lineID is the ID of the n-th line under a key.
func lineID(by chat.UserID, key string, n int) chat.MessageID {
	return chat.KeyedID(by, fmt.Sprintf("%s\x00%d", key, n))
}
