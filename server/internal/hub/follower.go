package hub

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"charla/server/chat"
)

// follower is one session's place in the feed.
type follower struct {
	hub  *Hub
	user chat.UserID
	wake chan struct{} // of one
	told atomic.Uint64 // the version of presence it last learned or was woken for
	at   int           // its place among all; presence's

	mu      sync.Mutex
	closed  bool
	cursors []*cursor     // its own topic first
	entries []entry       // of the last Next, kept for its memory
	changes []chat.Change // likewise
}

// maxKept bounds what a follower keeps between two calls of Next.
const maxKept = 8

// cursor is how far a follower is in one topic.
type cursor struct {
	follower *follower
	ring     *ring
	at       int // its place among the ring's followers; ring.who's

	// The follower's own, under its lock.
	after chat.Position // nothing up to here is told
	seq   uint64        // seen up to here
	lost  bool          // it began after something had been forgotten
	moved int64         // of the ring's, told
}

// Follow is chat.Feed.
func (h *Hub) Follow(user chat.UserID) chat.Follower {
	f := &follower{hub: h, user: user, wake: make(chan struct{}, 1)}
	own := &cursor{follower: f}
	own.ring = h.join(topic{id: user, own: true}, own)
	// Whoever follows first and reads then has missed nothing.
	own.seq, own.lost = h.level.Load().seq, false
	f.cursors = []*cursor{own}
	h.here.enter(f)
	return f
}

// poke leaves a wake, unless one is there.
func (f *follower) poke() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Wake is chat.Follower.
func (f *follower) Wake() <-chan struct{} { return f.wake }

// Watch is chat.Follower. A conversation that is watched already is watched
// anew, from after.
func (f *follower) Watch(id chat.ConversationID, after chat.Position) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.drop(id)
	c := &cursor{follower: f, after: after}
	c.ring = f.hub.join(topic{id: id}, c)
	f.cursors = append(f.cursors, c)
}

// Unwatch is chat.Follower.
func (f *follower) Unwatch(id chat.ConversationID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drop(id)
}

// drop ends watching a conversation. f.mu must be held.
func (f *follower) drop(id chat.ConversationID) {
	t := topic{id: id}
	if i := slices.IndexFunc(f.cursors, func(c *cursor) bool { return c.ring.topic == t }); i >= 0 {
		c := f.cursors[i]
		f.cursors = slices.Delete(f.cursors, i, i+1)
		f.hub.part(c.ring, c)
	}
}

// Next is chat.Follower. Somebody who has left a conversation is told nothing
// that happened in it afterwards, even if their face still watches it, and nobody
// is told of what is hidden from them.
func (f *follower) Next() chat.News {
	f.mu.Lock()
	defer f.mu.Unlock()
	level := f.hub.level.Load()
	here, typing := f.hub.here.version.Load(), f.hub.here.typed.Load()
	f.told.Store(here)
	news := chat.News{AsOf: level.asOf, Here: here, Typing: typing, Sights: f.hub.Estranged()}
	clear(f.changes)
	entries := f.entries[:0]
	for _, c := range f.cursors {
		if moved := c.ring.moved.Load(); moved != c.moved {
			news.Moved = append(news.Moved, chat.Moved{Conversation: c.ring.topic.id, By: int(moved - c.moved)})
			c.moved = moved
		}
		var whole bool
		if entries, whole = c.ring.since(c, level.seq, entries); whole {
			continue
		}
		if c.ring.topic.own {
			news.LostOwn = true
		} else {
			news.Lost = append(news.Lost, c.ring.topic.id)
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.seq, b.seq) })
	news.Changes = f.changes[:0]
	var exited []chat.ConversationID
	for _, e := range entries {
		c := e.change
		if c.Kind == chat.Exited {
			f.drop(c.Conversation)
			exited = append(exited, c.Conversation)
		} else if c.User.IsZero() && slices.Contains(exited, c.Conversation) || c.Message != nil && c.Message.Hidden && c.Message.From != f.user {
			continue
		}
		news.Changes = append(news.Changes, c)
	}
	f.keep(entries, news.Changes)
	return news
}

// keep keeps the memory of a Next for the one after, if it is little.
func (f *follower) keep(entries []entry, changes []chat.Change) {
	clear(entries)
	f.entries, f.changes = entries, changes
	if cap(entries) > maxKept {
		f.entries = nil
	}
	if cap(changes) > maxKept {
		f.changes = nil
	}
}

// Close is chat.Follower.
func (f *follower) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.closed = true
	for _, c := range f.cursors {
		f.hub.part(c.ring, c)
	}
	f.cursors = nil
	f.hub.here.exit(f)
}
