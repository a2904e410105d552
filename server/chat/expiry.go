package chat

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"
)

// A message whose time is over is never shown, though the keeper may be late: the
// actor looks at its clock whenever it hands one out. A reader could not: what it
// answers follows from the log alone, so that two of them can be compared.

// faded hides what is over of messages that a reader has just made.
func (a *Actor) faded(list []Message) []Message {
	for i := range list {
		list[i] = a.fade(list[i])
	}
	return list
}

func (a *Actor) fade(m Message) Message {
	if m.Expires.IsZero() || a.s.Now().Before(m.Expires) {
		return m
	}
	return m.Faded()
}

// live drops what is over: of files, and of what was found.
func (a *Actor) live(list []Message) []Message {
	kept := list[:0]
	for _, m := range list {
		if m = a.fade(m); !m.Expired {
			kept = append(kept, m)
		}
	}
	return kept
}

// current hides last messages that are over.
func (a *Actor) current(list []Conversation) []Conversation {
	for i := range list {
		list[i] = a.seenNow(list[i])
	}
	return list
}

func (a *Actor) seenNow(c Conversation) Conversation {
	if c.Last != nil && a.fade(*c.Last).Expired {
		c.Last = nil
	}
	return c
}

// expiryKeeper says in the log which messages had their time, so that they are
// gone from the view, the search and the disk. One goroutine (run); it sleeps
// until the next one's time, and MinExpiry at most: what is posted meanwhile has
// longer.
type expiryKeeper struct {
	*Service
	log *slog.Logger
}

const (
	// expiredAtOnce bounds one look: everybody's messages wait while the view
	// takes so many out of its index.
	expiredAtOnce = 200
	// afterTrouble is between a look that failed and the next.
	afterTrouble = time.Minute
)

// run looks until ctx ends.
func (k expiryKeeper) run(ctx context.Context) {
	if err := k.catchUp(ctx); err != nil && ctx.Err() == nil {
		k.log.Warn("expiry: the view is not level", "err", err)
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		timer.Reset(k.look(ctx))
	}
}

// look expires some of what is due and says when to look again.
func (k expiryKeeper) look(ctx context.Context) (again time.Duration) {
	again = afterTrouble
	defer func() {
		if r := recover(); r != nil {
			k.log.Error("expiry: panic", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	due, err := k.Reader.Expiring(ctx, k.Now(), expiredAtOnce)
	if err == nil && len(due) > 0 {
		err = k.expire(ctx, due)
	}
	var next time.Time
	if err == nil {
		next, err = k.Reader.NextExpiry(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			k.log.Warn("expiry", "err", err)
		}
		return again
	}
	if next.IsZero() {
		return MinExpiry
	}
	return max(min(next.Sub(k.Now()), MinExpiry), 0)
}

// expire appends that the time of messages is over, an event for each
// conversation, and waits until that can be seen.
func (k expiryKeeper) expire(ctx context.Context, due []Message) error {
	var order []ConversationID
	of := map[ConversationID][]MessageID{}
	for _, m := range due {
		if of[m.Conversation] == nil {
			order = append(order, m.Conversation)
		}
		of[m.Conversation] = append(of[m.Conversation], m.ID)
	}
	var events []Event
	for _, id := range order {
		events = append(events, k.event(UserID{}, MessagesExpired{Conversation: id, Messages: of[id]}))
	}
	at, err := k.Log.Append(ctx, events...)
	if err != nil {
		return err
	}
	return k.Awaiter.Await(ctx, at)
}
