package command

import (
	"context"
	"io"
	"strings"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
)

var send = Command{
	English: []string{"send", "msg"}, Spanish: []string{"enviar", "mensaje"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Send },
	Flags: []Flag{{Name: "id", Value: true}, {Name: "lines"}},
	Min:   1, Max: 1, Text: true, Said: true,
	run: runSend,
}

// maxKey bounds the key of --id, in bytes.
const maxKey = 256

func runSend(ctx context.Context, c *Call) error {
	key, keyed := c.Flags["id"]
	if keyed && (key == "" || len(key) > maxKey) {
		return c.wrong("--id")
	}
	if c.flag("lines") && (c.Text != "" || c.In == nil) {
		return c.wrong("--lines")
	}
	conv, err := c.Actor.Resolve(ctx, c.Args[0])
	if err != nil {
		return err
	}
	if c.flag("lines") {
		return c.sendLines(ctx, conv)
	}
	text := c.Text
	if text == "" {
		if text, err = c.piped(ctx); err != nil {
			return err
		}
	}
	words := chat.Words{Text: text}
	if keyed {
		words.ID = chat.KeyedID(c.Actor.Me().ID, key)
	}
	return c.post(ctx, conv, words)
}

// piped reads a message from the input: at most what a message holds, with one
// newline at the end that does not count.
func (c *Call) piped(ctx context.Context) (string, error) {
	if c.In == nil {
		return "", c.wrong("")
	}
	raw, err := io.ReadAll(io.LimitReader(c.In, chat.MaxText+2))
	if err == nil {
		err = ctx.Err() // half a message that a lost connection cut is none
	}
	if err != nil {
		return "", err
	}
	text := strings.TrimSuffix(string(raw), "\n")
	if strings.Trim(text, blanks) == "" {
		return "", c.wrong("")
	}
	if len(text) > chat.MaxText {
		return "", &chat.Error{Code: chat.TextTooLong, Limit: chat.MaxText}
	}
	return text, nil
}

// post sends, and with --json prints the message as it was stored, with its number in
// the conversation.
func (c *Call) post(ctx context.Context, conv chat.Conversation, words chat.Words) error {
	sent, err := c.Actor.Post(ctx, conv.Ref(), words)
	if err != nil {
		return err
	}
	c.settle(ctx, sent.Position)
	if err := c.answer(ctx, conv, words, sent); err != nil {
		return err
	}
	c.waiting(ctx, conv, sent.Position)
	return nil
}

// settleWait bounds how long a verb that is done waits for what it did to be
// seen: it is durable already, and a view that lags much has other reasons.
const settleWait = time.Second

// settle waits until what is durable can be read, for the next verb of a script
// may be somebody else's who reads it.
func (c *Call) settle(ctx context.Context, at chat.Position) {
	ctx, cancel := context.WithTimeout(ctx, settleWait)
	defer cancel()
	_ = c.Actor.Await(ctx, at)
}

// answer looks up and prints a message that is durable already: what goes wrong
// in that only makes the answer poorer. But a key that was used before may have
// made a message elsewhere, and then nothing is here: that is a KeyUsed.
func (c *Call) answer(ctx context.Context, conv chat.Conversation, words chat.Words, sent chat.Sent) error {
	_, keyed := c.Flags["id"]
	if !keyed && !c.JSON {
		return nil
	}
	me := c.Actor.Me()
	m := chat.Message{ID: sent.ID, Conversation: conv.ID, Position: sent.Position, From: me.ID, Nick: me.Nick, Text: chat.CleanText(words.Text)}
	if c.Actor.Await(ctx, sent.Position) == nil {
		stored, err := c.Actor.Message(ctx, sent.ID)
		switch {
		case err == nil:
			m = stored
		case keyed && chat.CodeOf(err) == chat.NoMessage: // where one may not read any more
			return &KeyUsed{}
		}
	}
	if m.Conversation != conv.ID {
		first, _ := c.Actor.Conversation(ctx, chat.Ref{ID: m.Conversation}) // without, the sentence has no name
		return &KeyUsed{Where: first.Handle}
	}
	if !c.JSON {
		return nil
	}
	m.Position = 0 // whoever sends now and then would count by it what all others write
	return c.message(m, conv.Handle)
}

// PostPatiently posts, and when that is too fast waits as long as it is told
// and tries again: a stream is slowed down, never thinned out. words.ID has to
// be set, so that no try counts twice.
func PostPatiently(ctx context.Context, a *chat.Actor, ref chat.Ref, words chat.Words) (chat.Sent, error) {
	for {
		sent, err := a.Post(ctx, ref, words)
		if chat.CodeOf(err) != chat.TooFast {
			return sent, err
		}
		timer := time.NewTimer(max(chat.AsError(err).Wait, 10*time.Millisecond))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return chat.Sent{}, ctx.Err()
		}
	}
}
