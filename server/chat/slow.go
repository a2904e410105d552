package chat

import (
	"context"
	"sync"
	"time"
)

// mostPaced bounds whom slow mode remembers, some 80 bytes each. When there are
// so many those are forgotten whose pause is over everywhere, and if that is less
// than half of them, all are: they may write once before it is.
const mostPaced = 1 << 16

// pacer knows when somebody wrote last in a conversation with slow mode. It is
// one node's and forgets when that stops; the projection does not judge time.
type pacer struct {
	mu   sync.Mutex
	last map[paced]spoken
}

type paced struct {
	conv ConversationID
	user UserID
}

type spoken struct {
	at time.Time
	id MessageID
}

// speak notes that user writes a message now, or says how long they have to
// wait. The same message again is no other. undo is for one that was not stored.
func (p *pacer) speak(c Conversation, user UserID, id MessageID, now time.Time) (undo func(), wait time.Duration) {
	k := paced{c.ID, user}
	p.mu.Lock()
	defer p.mu.Unlock()
	was, spoke := p.last[k]
	if spoke && was.id == id {
		return func() {}, 0
	}
	if wait := was.at.Add(c.Slow).Sub(now); spoke && wait > 0 {
		return nil, wait
	}
	p.makeRoom(now)
	p.last[k] = spoken{now, id}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.last[k].id != id {
			return
		}
		if delete(p.last, k); spoke {
			p.last[k] = was
		}
	}, 0
}

// makeRoom forgets. p.mu must be held.
func (p *pacer) makeRoom(now time.Time) {
	if p.last == nil {
		p.last = map[paced]spoken{}
	}
	if len(p.last) < mostPaced {
		return
	}
	for k, s := range p.last {
		if now.Sub(s.at) >= MaxSlow {
			delete(p.last, k)
		}
	}
	if len(p.last) > mostPaced/2 {
		clear(p.last)
	}
}

// paces is nil if the person may write now, where slow mode asks for pauses.
// Owners and admins make none. undo is for when it is not stored.
func (a *Actor) paces(ctx context.Context, c Conversation, id MessageID) (undo func(), err error) {
	if c.Slow == 0 || c.Role == RoleOwner || c.Role == RoleAdmin {
		return func() {}, nil
	}
	undo, wait := a.s.pacer.speak(c, a.me.ID, id, a.s.Now())
	if wait <= 0 {
		return undo, nil
	}
	if c, err = a.s.Reader.Conversation(ctx, a.me.ID, c.ID); err != nil { // a seat has no name
		return nil, err
	}
	return nil, &Error{Code: SlowMode, Name: string(c.Handle), Wait: wait}
}
