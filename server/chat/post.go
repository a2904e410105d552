package chat

import (
	"context"
	"time"
)

// Words is what a person wants to say.
type Words struct {
	ID      MessageID // chosen by the face to know its line again; zero: a new one
	Text    string    // as typed; cleaned here
	ReplyTo MessageID
}

// Sent is the acknowledgement of something that is durable.
type Sent struct {
	ID       MessageID
	Position Position
}

// Post says something in a conversation. When it returns without an error the
// message is durable: it survives kill -9 and a power cut. Words with an ID
// that was posted before change nothing and are acknowledged again.
func (a *Actor) Post(ctx context.Context, ref Ref, w Words) (_ Sent, err error) {
	defer wrap(&err, "post")
	c, err := a.seated(ctx, writes, ref)
	if err != nil {
		return Sent{}, err
	}
	text := CleanText(w.Text)
	if err := checkText(text); err != nil {
		return Sent{}, err
	}
	if err := a.spend(len(text)); err != nil {
		return Sent{}, err
	}
	event := a.s.event(a.me.ID, MessagePosted{Conversation: c.ID, Text: text, ReplyTo: w.ReplyTo})
	if !w.ID.IsZero() {
		event.ID = EventID(w.ID)
	}
	return a.paced(ctx, c, event)
}

// paced is appendTo at the pace of a conversation with slow mode.
func (a *Actor) paced(ctx context.Context, c Conversation, event Event) (Sent, error) {
	undo, err := a.paces(ctx, c, MessageID(event.ID))
	if err != nil {
		return Sent{}, err
	}
	sent, err := a.appendTo(ctx, c, event)
	if err != nil {
		undo()
	}
	return sent, err
}

// appendTo appends an event to a conversation; a talk that nobody has written
// in is opened by the same envelope. Of a message to somebody who has not let the
// person in it is waited for whether it came in.
func (a *Actor) appendTo(ctx context.Context, c Conversation, event Event) (Sent, error) {
	if !c.Exists {
		if err := a.mayDo(ctx, begins); err != nil {
			return Sent{}, err
		}
	}
	asking, err := a.asking(ctx, c, event)
	if err != nil {
		return Sent{}, err
	}
	events := []Event{event}
	if !c.Exists {
		lo, hi := pair(a.me.ID, c.Peer)
		events = []Event{a.s.event(a.me.ID, TalkOpened{Conversation: c.ID, Lo: lo, Hi: hi}), event}
	}
	at, err := a.s.Log.Append(ctx, events...)
	if err == nil && asking {
		err = a.arrived(ctx, c, event, at)
	}
	return Sent{ID: MessageID(event.ID), Position: at}, err
}

// Edit gives one of the person's own messages other words.
func (a *Actor) Edit(ctx context.Context, id MessageID, text string) (_ Sent, err error) {
	defer wrap(&err, "edit")
	m, err := a.own(ctx, id)
	if err != nil {
		return Sent{}, err
	}
	if err := a.unheard(ctx, m.Conversation); err != nil {
		return Sent{}, err
	}
	text = CleanText(text)
	if err := checkText(text); err != nil {
		return Sent{}, err
	}
	if err := a.spend(len(text)); err != nil {
		return Sent{}, err
	}
	at, err := a.s.Log.Append(ctx, a.s.event(a.me.ID, MessageEdited{Conversation: m.Conversation, Message: id, Text: text}))
	return Sent{ID: id, Position: at}, err
}

// Retract takes back one of the person's own messages, and its file.
func (a *Actor) Retract(ctx context.Context, id MessageID) (_ Sent, err error) {
	defer wrap(&err, "retract")
	m, err := a.own(ctx, id)
	if err != nil && CodeOf(err) != Silent && AsError(err).Why != WhyDeserted { // to take back is not to say something
		return Sent{}, err
	}
	if err := a.spend(0); err != nil {
		return Sent{}, err
	}
	at, err := a.s.Log.Append(ctx, a.s.event(a.me.ID, MessageRetracted{Conversation: m.Conversation, Message: id}))
	return Sent{ID: id, Position: at}, err
}

// own is a message that the person wrote, may still change and has not taken back.
func (a *Actor) own(ctx context.Context, id MessageID) (Message, error) {
	m, err := a.Message(ctx, id)
	if err != nil {
		return m, err
	}
	if m.From != a.me.ID {
		return m, &Error{Code: NotYours}
	}
	if m.Retracted {
		return m, &Error{Code: NoMessage}
	}
	_, err = a.seated(ctx, writes, Ref{ID: m.Conversation})
	return m, err
}

// spend takes one message of n bytes from the person's budgets.
func (a *Actor) spend(n int) error {
	if wait, ok := a.s.Limiter.Take(a.me.ID, Messages, 1); !ok {
		return tooFast(wait)
	}
	if wait, ok := a.s.Limiter.Take(a.me.ID, Bytes, n); !ok {
		return tooFast(wait)
	}
	return nil
}

func tooFast(wait time.Duration) error { return &Error{Code: TooFast, Wait: wait} }
