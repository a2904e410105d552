package linear

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"charla/server/chat"
	"charla/server/command"
)

// context lines shown when a conversation is chosen.
const lastFew = 10

// line does what a person typed. The error is one of output.
func (f *face) line(ctx context.Context, typed string) (end bool, err error) {
	text := strings.TrimSuffix(typed, "\r")
	switch trimmed := strings.TrimSpace(text); {
	case trimmed == "":
		return false, nil
	case trimmed == "exit":
		return true, nil
	case strings.HasPrefix(trimmed, "//"):
		f.say(ctx, trimmed[1:])
	case strings.HasPrefix(trimmed, "/"):
		return f.slash(ctx, trimmed[1:])
	default:
		f.say(ctx, text)
	}
	return false, nil
}

// say posts to the conversation that was chosen. Lines that come too fast wait:
// what is piped in is slowed down, not lost.
func (f *face) say(ctx context.Context, text string) {
	if f.here == nil {
		f.unsent = true
		f.note(f.Words.Command.Linear.NoPlace)
		return
	}
	words := chat.Words{ID: chat.NewID[chat.Message](), Text: text}
	sent, err := command.PostPatiently(ctx, f.Actor, f.here.Ref(), words)
	if err != nil {
		f.unsent = true
		f.refuse(err)
		return
	}
	f.sent = sent.Position
	now, waits := f.Waits(ctx, *f.here, sent.Position)
	if f.here = &now; waits != "" {
		f.aside(waits)
	}
}

// mostAsides is how many sentences it is known of that they were told; beyond it they
// are told once more.
const mostAsides = 256

// aside notes what is told once a session.
func (f *face) aside(sentence string) {
	if f.asides[sentence] {
		return
	}
	if len(f.asides) >= mostAsides {
		clear(f.asides)
	}
	f.asides[sentence] = true
	f.note(sentence)
}

// slash runs a command: the few of this face, else one of them all.
func (f *face) slash(ctx context.Context, line string) (end bool, err error) {
	name, rest, _ := strings.Cut(line, " ")
	switch strings.ToLower(name) {
	case "go", "ir":
		return false, f.goTo(ctx, strings.TrimSpace(rest))
	case "quit", "exit", "salir":
		return true, nil
	}
	return f.order(ctx, line)
}

// goTo chooses where lines go and shows what was said there last.
func (f *face) goTo(ctx context.Context, typed string) error {
	if typed == "" {
		f.note(f.Words.Command.BadUsage("/" + f.Words.Command.Linear.Go.Line))
		return nil
	}
	c, err := f.Actor.Resolve(ctx, typed)
	if err == nil && !c.Member {
		err = &chat.Error{Code: chat.NotMember, Name: string(c.Handle)}
	}
	if err != nil {
		f.here = nil // what follows is meant for somebody else than before
		f.refuse(err)
		return nil
	}
	if err := f.news(ctx); err != nil { // so that what follows is older than what comes
		return err
	}
	f.here, f.shown, f.noticed = &c, 0, 0
	f.note(f.Words.Command.Linear.Now(string(c.Handle)))
	if err := f.history(ctx, c); err != nil {
		f.refuse(err)
		return nil
	}
	return f.read()
}

// history shows what was said and what happened last. Of what happened it shows no
// more than of what was said, for somebody may have changed the topic all night.
func (f *face) history(ctx context.Context, c chat.Conversation) error {
	var said []chat.Message
	var happened []chat.Notice
	err := command.History(ctx, f.Actor, c, lastFew,
		func(m chat.Message) error { said = append(said, m); return nil },
		func(n chat.Notice) error { happened = append(happened, n); return nil })
	if err != nil {
		return err
	}
	if n := len(happened); n > 0 {
		f.noticed = happened[n-1].Position
		happened = happened[max(n-lastFew, 0):]
	}
	for _, m := range said {
		for len(happened) > 0 && happened[0].Position < m.Position {
			f.happened(happened[0], f.at(happened[0].At)+" ", c.Handle)
			happened = happened[1:]
		}
		f.message(m, c.Handle)
		f.shown = m.Number
	}
	for _, n := range happened {
		f.happened(n, f.at(n.At)+" ", c.Handle)
	}
	return nil
}

// news prints what came, below a line that is being typed, which is then shown
// again. The error is one of output.
func (f *face) news(ctx context.Context) error {
	for more := true; more; {
		told, again, err := f.stream.Take(ctx)
		if err != nil {
			f.refuse(err)
			return nil
		}
		var happened []command.Happened
		if more = again; !more {
			happened = f.stream.Happened()
		}
		f.came(f.stream.Asked(), told, happened)
		if err := f.read(); err != nil {
			return err
		}
		if n := len(told); n > 0 {
			f.Actor.Delivered(told[n-1].Position)
		}
	}
	if f.stream.Warned() {
		f.warn(ctx)
	}
	if rank := f.stream.Ranked(); rank != "" {
		f.note(f.Session.Session.Ranked(rank))
	}
	for _, c := range f.stream.Linked() {
		if sentence, err := f.Session.Session.Linked(ctx, c.Way, c.Reason); err == nil && sentence != "" {
			f.note(sentence)
		}
	}
	return nil
}

// came prints what came in the order in which it did. What the person did themselves
// they know, and what /go has shown they have read.
func (f *face) came(asked []chat.Conversation, told []command.Told, happened []command.Happened) {
	happened = slices.DeleteFunc(happened, func(n command.Happened) bool {
		return n.By.ID == f.Actor.Me().ID || f.here != nil && n.Conversation == f.here.ID && n.Position <= f.noticed
	})
	pending := f.keys.pending()
	if pending == "" || len(asked)+len(told)+len(happened) == 0 {
		pending = ""
	} else {
		f.print("\n")
	}
	for _, c := range asked {
		f.asked(c)
	}
	for _, m := range told {
		for len(happened) > 0 && happened[0].Position < m.Position {
			f.happened(happened[0].Notice, "", happened[0].Handle)
			happened = happened[1:]
		}
		f.told(m)
	}
	for _, n := range happened {
		f.happened(n.Notice, "", n.Handle)
	}
	f.print(pending)
}

// happened says what happened in a conversation, after when.
func (f *face) happened(n chat.Notice, when string, handle chat.Handle) {
	f.note(when + string(handle) + ": " + f.Words.Screen.Happened(n, f.Actor.Me().ID))
}

// asked says that a stranger wants to write, and nothing of what.
func (f *face) asked(c chat.Conversation) {
	f.note(f.Words.Command.Talks.Wants(string(c.Handle)))
}

// warn tells what was decided about the person.
func (f *face) warn(ctx context.Context) {
	told, upto, err := f.Warnings(ctx, f.warned)
	f.warned = upto
	if err != nil {
		f.refuse(err)
	}
	for _, sentence := range told {
		f.note(sentence)
	}
}

func (f *face) told(m command.Told) {
	if f.here != nil && m.Conversation == f.here.ID {
		if m.Number <= f.shown {
			return // /go has shown it
		}
		f.shown = m.Number
	}
	f.message(m.Message, m.Handle)
}

// message prints one message: with its day if that is not today. What has expired
// is not shown at all.
func (f *face) message(m chat.Message, handle chat.Handle) {
	if m.Expired {
		return
	}
	f.print(command.Line(f.Words, m, handle, f.at(m.At)))
}

// at is a time with its day if that is not today.
func (f *face) at(t time.Time) string {
	at, today := f.Time(t), f.Time(f.Actor.Now())
	layout := "15:04"
	if at.YearDay() != today.YearDay() || at.Year() != today.Year() {
		layout = "2006-01-02 15:04"
	}
	return at.Format(layout)
}

// read marks what reached the person's terminal in the conversation they are in.
func (f *face) read() error {
	if err := f.out.Flush(); err != nil {
		return errors.Join(command.ErrOutput, err)
	}
	if f.here != nil && f.shown > 0 {
		f.Actor.Read(*f.here, f.shown)
	}
	return nil
}
