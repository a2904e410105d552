package linear

import (
	"bytes"
	"context"
	"errors"
	"time"

	"charla/server/command"
)

// blindly is the pause in typing by which somebody shows that they look at what was
// answered.
const blindly = time.Second

// order runs a command that was typed. What is typed behind one that may ask for a
// passphrase and does not, or is left when an answer was begun, is dropped, for the next
// line would be said to everybody: of keys what was typed already and what comes without
// a pause, and a pipe ends.
func (f *face) order(ctx context.Context, line string) (end bool, err error) {
	session := f.Session.Session
	session.In, session.Here, session.Aside = nil, "", f.aside
	f.questioned, f.keys.begun, f.dropped = false, false, false
	if f.Pty { // without one the client's own terminal shows what is typed
		session.Ask = f.ask
	}
	if f.here != nil {
		session.Here = f.here.Handle
	}
	order, err := session.Parse(line)
	if err != nil {
		f.refuse(err)
		return command.Asking(line) && f.unasked(true), nil
	}
	if order.Command.Endless {
		f.note(f.Words.Command.OnlyVerb(order.Command.Name(f.Words.Lang)))
		return false, nil
	}
	if err = order.Run(ctx, session); errors.Is(err, command.ErrOutput) {
		return true, err
	} else if err != nil {
		f.refuse(err)
	}
	if order.IsHelp() {
		words := &f.Words.Command.Linear
		f.print("/" + words.Go.Line + "\n    " + words.Go.Help + "\n/" + words.End.Line + "\n    " + words.End.Help + "\n")
	}
	failed := err != nil && (f.keys.begun || !command.Leaves(err))
	return order.Asks() && (failed || !f.questioned) && f.unasked(failed), nil
}

// unasked drops what may be the answer to a question that was not asked, and reports
// whether that ends the session. A pipe goes on behind what was done: whoever wrote it
// knew that nothing is asked there.
func (f *face) unasked(failed bool) (end bool) {
	switch {
	case f.Pty && failed:
		f.blind = f.Actor.Now().Add(blindly)
		fallthrough
	case f.Pty:
		f.unheard(f.rest)
		f.rest = nil
	case failed:
		f.unsent = true
		f.note(f.Words.Command.Identity.Unpiped)
		return true
	}
	return false
}

// blinded reports whether what was typed comes from somebody who goes on without a
// look, and drops it then. Leaving does not wait.
func (f *face) blinded(chunk []byte) bool {
	now := f.Actor.Now()
	if !now.Before(f.blind) || bytes.Equal(chunk, []byte{ctrlD}) {
		return false
	}
	f.blind = now.Add(blindly)
	f.unheard(chunk)
	return true
}

// unheard says once that what was typed is dropped.
func (f *face) unheard(typed []byte) {
	if len(bytes.Trim(typed, "\r\n")) > 0 && !f.dropped {
		f.dropped = true
		f.note(f.Words.Command.Identity.Unheard)
	}
}
