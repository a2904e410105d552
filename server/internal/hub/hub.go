// Package hub fans out applied changes and knows who is here. It knows no
// database, no log and no screen, and stores nothing.
//
// It wakes and never pushes. Each topic (a conversation, or a person's own) has
// a ring of the last changes, each follower a cursor in it and one wake that
// holds however much came. A follower that stops costs its cursors and nothing
// else; one that falls out of a ring is told so and reads its page again.
//
// Locks, in the order they are taken: follower.mu, Hub.topics, then one of
// ring.who, ring.data and presence.mu. None is held across anything that waits.
package hub

import (
	"log/slog"
	"sync"
	"sync/atomic"

	"charla/server/chat"
)

// topic is what is followed: a conversation, or what concerns one person.
type topic struct {
	id  [16]byte
	own bool
}

// Hub is a chat.Feed. One goroutine, the projector's, publishes.
type Hub struct {
	here presence

	topics sync.RWMutex
	rings  map[topic]*ring // followed topics only: bounded by what sessions watch
	level  atomic.Pointer[level]
	last   chat.Position // of the newest change: what a ring made now does not hold
	shelf  []entry       // the shelf's changes at last, which such a ring does hold
	missed bool          // but for some that did not fit
	woken  []*ring       // by one Publish; kept for its memory
}

// level is up to where everything is in the rings.
type level struct {
	seq  uint64 // of the last change
	asOf chat.Position
}

var _ chat.Feed = (*Hub)(nil)

// New returns a hub without followers. Close ends it.
func New(logger *slog.Logger) *Hub {
	h := &Hub{rings: map[topic]*ring{}}
	h.here.init(h, logger)
	h.level.Store(&level{})
	return h
}

// Close ends the hub's timer. Followers stay readable but are woken no more by
// presence.
func (h *Hub) Close() { h.here.close() }

// maxShelf bounds the shelf's changes that are kept for rings made later. When
// there are more, whoever begins to watch is told that they lost something.
const maxShelf = ringSize

// Publish hands out what was applied, in order; all followers see all of it or
// nothing. asOf is the view's position afterwards.
func (h *Hub) Publish(changes []chat.Change, asOf chat.Position) {
	for _, r := range h.distribute(changes, asOf) {
		r.touched = false
		r.wake()
	}
}

// distribute puts the changes into the rings and raises the level. The result
// is good until the next call.
func (h *Hub) distribute(changes []chat.Change, asOf chat.Position) []*ring {
	// No ring comes or goes meanwhile: one made now would lack half a batch.
	h.topics.RLock()
	defer h.topics.RUnlock()
	was := h.level.Load()
	now := &level{seq: was.seq, asOf: max(asOf, was.asOf)}
	if was.asOf == 0 { // what happened before this hub began it does not hold
		h.last = chat.PositionAt(asOf.Seq(), 0)
	}
	h.woken = h.woken[:0]
	for _, c := range changes {
		switch c.Kind {
		case chat.Estranged:
			h.here.estrange()
			continue
		case chat.Claimed, chat.Expelled: // on no topic
			continue
		}
		now.seq++
		e := entry{seq: now.seq, change: c}
		h.remember(e)
		if c.Kind == chat.Posted {
			h.here.stopTyping(c.Conversation, c.Message.From)
		}
		if r := h.rings[topicOf(c)]; r != nil {
			if by := movement(c.Kind); by != 0 && r.crowded() {
				r.moved.Add(by)
				continue
			}
			r.add(e)
			if !r.touched {
				r.touched = true
				h.woken = append(h.woken, r)
			}
		}
	}
	h.level.Store(now)
	return h.woken
}

// movement is by how many a change makes a conversation grow.
func movement(k chat.ChangeKind) int64 {
	switch k {
	case chat.Joined:
		return 1
	case chat.Left:
		return -1
	}
	return 0
}

// remember keeps the position of the newest change, and of the shelf's changes
// those that stand there: whoever read the view as of that position may have
// read it before they were applied. h.topics is held.
func (h *Hub) remember(e entry) {
	if p := e.change.Position; p > h.last {
		h.last, h.shelf, h.missed = p, h.shelf[:0], false
	}
	switch {
	case !idempotent(e.change.Kind):
	case len(h.shelf) == maxShelf:
		h.missed = true
	default:
		h.shelf = append(h.shelf, e)
	}
}

// topicOf is where a change is told: what concerns one person on theirs only.
func topicOf(c chat.Change) topic {
	if !c.User.IsZero() {
		return topic{id: c.User, own: true}
	}
	return topic{id: c.Conversation}
}

// idempotent reports the changes from the shelf: they stand at the position the
// log had then, together with others, and telling one twice does no harm.
func idempotent(k chat.ChangeKind) bool { return k == chat.Marked || k == chat.Shelved }

// join adds a cursor to a topic's ring, which is made if nobody followed it.
func (h *Hub) join(t topic, c *cursor) *ring {
	h.topics.RLock()
	r := h.rings[t]
	if r != nil {
		r.join(c)
	}
	h.topics.RUnlock()
	if r != nil {
		return r
	}
	h.topics.Lock()
	defer h.topics.Unlock()
	if r = h.rings[t]; r == nil {
		r = h.newRing(t)
		h.rings[t] = r
	}
	r.join(c)
	return r
}

// newRing holds nothing but what remember kept. h.topics is held.
func (h *Hub) newRing(t topic) *ring {
	r := &ring{topic: t, from: h.last, blurred: h.missed}
	for _, e := range h.shelf {
		if topicOf(e.change) == t {
			r.add(e)
		}
	}
	return r
}

// part takes a cursor out of a ring, which is dropped with its last follower.
func (h *Hub) part(r *ring, c *cursor) {
	h.topics.RLock()
	empty := r.part(c)
	h.topics.RUnlock()
	if !empty {
		return
	}
	h.topics.Lock()
	defer h.topics.Unlock()
	if h.rings[r.topic] == r && r.empty() {
		delete(h.rings, r.topic)
	}
}
