package hub

import (
	"runtime/debug"
	"time"

	"charla/server/chat"
)

// arm sets the timer for the next round: two seconds after the last one if
// there is something to tell, else when the first typist expires. With nothing
// to tell and nobody typing it stays still. p.mu must be held.
func (p *presence) arm() {
	var due time.Time
	switch {
	case p.closed:
		return
	case len(p.news) > 0 || p.unsaid:
		due = p.last.Add(roundPause)
	case p.timer != nil:
		return // for an older typist, who expires earlier
	default:
		for _, t := range p.typing {
			if due.IsZero() || t.until.Before(due) {
				due = t.until
			}
		}
	}
	if due.IsZero() || p.timer != nil && !due.Before(p.due) {
		return
	}
	if p.timer != nil {
		p.timer.Stop()
	}
	p.due = due
	p.timer = time.AfterFunc(time.Until(due), p.round)
}

// round runs on the timer's goroutine and ends at once. It tells of typing
// first, which is stale soon, and of presence with what wakes remain.
func (p *presence) round() {
	defer func() {
		if r := recover(); r != nil {
			p.logger.Error("hub: panic", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	left := typingWakes
	for id := range p.takeNews() {
		left -= p.hub.wakeSome(id, left)
	}
	p.sweepOn(roundWakes - (typingWakes - left))
}

// takeNews forgets who stopped typing by themselves and returns where typing
// changed.
func (p *presence) takeNews() map[chat.ConversationID]bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop() // of another round, if this one was called off too late
		p.timer = nil
	}
	p.last = time.Now()
	for user, t := range p.typing {
		if !t.until.After(p.last) {
			p.endTyping(user)
		}
	}
	news := p.news
	p.news = map[chat.ConversationID]bool{}
	return news
}

// sweepOn wakes up to left sessions that do not know who is here, beginning
// where the last round ended.
func (p *presence) sweepOn(left int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.arm()
	if !p.unsaid {
		return
	}
	for range p.all {
		if p.sweep >= len(p.all) {
			p.sweep = 0
		}
		f := p.all[p.sweep]
		if f.told.Load() < p.changed {
			if left == 0 {
				return
			}
			left--
			f.told.Store(p.changed)
			f.poke()
		}
		p.sweep++
	}
	p.unsaid = false
}

// wakeSome wakes up to most followers of a conversation and returns how many.
func (h *Hub) wakeSome(id chat.ConversationID, most int) int {
	h.topics.RLock()
	r := h.rings[topic{id: id}]
	h.topics.RUnlock()
	if r == nil {
		return 0
	}
	r.who.Lock()
	defer r.who.Unlock()
	n := min(most, len(r.followers))
	for _, c := range r.followers[:n] {
		c.follower.poke()
	}
	return n
}
