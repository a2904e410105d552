package command

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"charla/server/chat"
	"charla/server/i18n"
)

var list = Command{
	English: []string{"list", "ls"}, Spanish: []string{"lista"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.List },
	Flags: []Flag{{Name: "all"}},
	run:   runList,
}

// conversationJSON is a conversation as --json prints it.
type conversationJSON struct {
	Handle  string       `json:"handle"`
	ID      string       `json:"id"`
	Kind    chat.Kind    `json:"kind"`
	Title   string       `json:"title"`
	Members int          `json:"members"`
	Unread  int          `json:"unread"`
	Read    chat.Number  `json:"read"`
	Request bool         `json:"request,omitempty"` // of a stranger who was not let in: without last
	Muted   bool         `json:"muted,omitempty"`
	Last    *messageJSON `json:"last,omitempty"`

	Topic   string       `json:"topic,omitempty"`
	Role    chat.Role    `json:"role,omitempty"`
	Writers chat.Writers `json:"writers,omitempty"` // absent: all
	Expiry  int          `json:"expiry,omitempty"`  // seconds
	Slow    int          `json:"slow,omitempty"`    // seconds
	Outside bool         `json:"outside,omitempty"` // is not in it
}

func describe(c chat.Conversation) conversationJSON {
	out := conversationJSON{
		Handle: string(c.Handle), ID: c.ID.String(), Kind: c.Kind, Title: c.Title,
		Members: c.Members, Unread: c.Unread, Read: c.Read, Request: c.Request,
		Topic: c.Topic, Expiry: int(c.Expiry.Seconds()), Slow: int(c.Slow.Seconds()), Outside: !c.Member,
	}
	if c.Kind != chat.Talk {
		out.Role = c.Role
	}
	if c.Writers != chat.AllWrite {
		out.Writers = c.Writers
	}
	if c.Last != nil && !c.Request {
		last := asJSON(*c.Last, c.Handle)
		out.Last = &last
	}
	return out
}

func runList(ctx context.Context, c *Call) error {
	convs, _, err := c.Actor.Conversations(ctx)
	if err == nil && c.flag("all") {
		var left []chat.Conversation
		left, err = c.Actor.Departed(ctx)
		convs = append(convs, left...)
	}
	if err != nil {
		return err
	}
	settings, err := c.Actor.Settings(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(convs, func(a, b chat.Conversation) int { return order(a.Request) - order(b.Request) })
	for _, conv := range convs {
		muted := settings.IsMuted(conv.ID, c.Actor.Now())
		if c.JSON {
			one := describe(conv)
			one.Muted = muted
			err = c.object(one)
		} else {
			err = c.printf("%s", strings.TrimRight(c.row(conv, muted), " "))
		}
		if err != nil {
			return err
		}
	}
	return c.orNone(len(convs), nil, c.Words.Command.None.Conversations)
}

// preview is how much a list shows of the last message, and of a title before it.
const (
	preview      = 60 // characters of both
	previewTitle = 24
)

// order puts requests at the end.
func order(request bool) int {
	if request {
		return 1
	}
	return 0
}

func (c *Call) row(conv chat.Conversation, muted bool) string {
	unread := ""
	if conv.Unread > 0 {
		unread = "(" + strconv.Itoa(conv.Unread) + ")"
	}
	title, room := "", preview
	if conv.Kind == chat.Group && !strings.EqualFold(conv.Title, string(conv.Handle)) {
		title = i18n.Quoted(chat.OneLine(conv.Title, previewTitle)) + " "
		room -= utf8.RuneCountInString(title)
	}
	last := ""
	if m := conv.Last; m != nil {
		last = clean(c.Words.Nick(m.Nick)) + ": " + chat.OneLine(body(c.Words, *m, conv.Handle), room)
	}
	if conv.Request {
		last = c.Words.Command.Talks.Request
	}
	if muted {
		last = "[" + c.Words.Command.Talks.IsMuted + "] " + last
	}
	return pad(clean(conv.Handle), 20) + " " + pad(unread, 6) + " " + title + last
}

// pad fills with spaces; handles are ASCII.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-len(s)))
}
