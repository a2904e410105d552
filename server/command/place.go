package command

import (
	"context"
	"strings"

	"charla/server/chat"
)

// place is when the first argument of a command, a conversation, may be left out
// where a person is in one: with too few arguments, and where what stands first
// cannot be one. Commands that say something somewhere, or give something another
// name, have none: a wrong guess would take words to where they were not meant for.
type place uint8

const (
	noPlace    place = iota
	barePlace        // with too few arguments only
	termPlace        // a term is no conversation
	groupPlace       // a nick is no group or room
)

// Which says that what stands first is no conversation, where one has to be named: how
// it is typed for the group that the person is in.
type Which struct {
	Err   error
	Order string
}

func (w *Which) Error() string { return w.Err.Error() }

// Unwrap is that nothing is called so.
func (w *Which) Unwrap() error { return w.Err }

// named is Which if the first argument is nothing's name, nor nearly, in a group.
func (c *Call) named(ctx context.Context) error {
	if c.Here == "" {
		return nil
	}
	_, err := c.Actor.Resolve(ctx, c.Args[0])
	if e := chat.AsError(err); err == nil || e.Code != chat.NoConversation || e.Hint != "" {
		return nil
	}
	here, bad := c.Actor.Resolve(ctx, string(c.Here))
	if bad != nil || here.Kind != chat.Group {
		return nil
	}
	meant := chat.OneLine(strings.TrimSpace(c.Args[0]+" "+c.Text), maxShown)
	return &Which{err, strings.Join([]string{c.Prefix + c.command.Name(c.Words.Lang), clean(here.Handle), meant}, " ")}
}

// Parse is Parse for a line that was typed where the person is in a conversation.
func (s Session) Parse(line string) (Order, error) { return parse(line, s.Here) }

// begins puts the conversation before too few arguments, unless it stands there.
func (o *Order) begins(here chat.Handle) {
	if here == "" || o.Command.Place == noPlace || len(o.args) > 0 && fold(o.args[0]) == string(here) {
		return
	}
	if o.here = here; len(o.args) == o.Command.Min-1 {
		o.place()
	}
}

// place says that here is meant, and all that was typed is what follows.
func (o *Order) place() {
	o.args = append([]string{string(o.here)}, o.args...)
	o.here = ""
}

// placed is the order with the conversation put before its arguments if the first
// of them cannot be one.
func (o Order) placed(ctx context.Context, a *chat.Actor) Order {
	c := o.Command
	if o.here == "" || len(o.args) == 0 || len(o.args) >= c.Max && !c.Text {
		return o
	}
	if _, term := ParseTerm(o.args[0]); c.Place == termPlace && term {
		o.place()
	}
	if c.Place != groupPlace {
		return o
	}
	conv, err := a.Resolve(ctx, o.args[0])
	switch {
	case c.Text:
		// Nothing is called nearly so, or it was a mistyped name: then it is said.
		if e := chat.AsError(err); err != nil && e.Code == chat.NoConversation && e.Hint == "" {
			o.text = strings.TrimSpace(o.args[0] + " " + o.text)
			o.args, o.here = []string{string(o.here)}, ""
		}
	case err == nil && conv.Kind == chat.Talk: // with whom, and no group
		o.place()
	}
	return o
}
