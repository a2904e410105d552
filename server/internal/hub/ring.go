package hub

import (
	"sync"
	"sync/atomic"

	"charla/server/chat"
)

// ringSize is how many changes a topic keeps. Who is further behind is told
// that they lost something, which costs them a page.
const ringSize = 256

// crowd is how many followers a topic has from which coming and going is counted
// and no longer told: of a thousand newcomers each would wake all before them,
// and the ring would hold nothing else.
const crowd = 50

// entry is a change and its place among all that the hub published.
type entry struct {
	seq    uint64
	change chat.Change
}

// ring holds the last changes of one topic and who follows it.
type ring struct {
	topic   topic
	touched bool          // the publisher's
	newest  atomic.Uint64 // seq of the last entry: tells without a lock that nothing came
	moved   atomic.Int64  // by how many it grew that no entry tells

	data    sync.Mutex
	entries []entry       // the oldest is at next once there are ringSize
	next    int           // where the next entry goes then
	evicted uint64        // seq of the last entry that fell out
	from    chat.Position // what stands after it is here
	blurred bool          // but of the shelf's changes at from some are not

	who       sync.Mutex
	followers []*cursor
}

// add appends an entry; the oldest falls out of a full ring.
func (r *ring) add(e entry) {
	r.data.Lock()
	if len(r.entries) < ringSize {
		r.entries = append(r.entries, e)
	} else {
		old := &r.entries[r.next]
		r.evicted = old.seq
		if old.change.Position > r.from {
			r.from, r.blurred = old.change.Position, false
		}
		if idempotent(old.change.Kind) && old.change.Position == r.from {
			r.blurred = true
		}
		*old = e
		r.next = (r.next + 1) % ringSize
	}
	r.data.Unlock()
	r.newest.Store(e.seq)
}

// covers reports whether nothing is missing for somebody who has all up to after.
// r.data must be held.
func (r *ring) covers(after chat.Position) bool {
	return after >= r.from && !(r.blurred && after.Seq() <= r.from.Seq())
}

// follows reports whether a change is news to somebody who has all up to after.
// A change from the shelf stands at the end of the newest envelope, together
// with what the log had then, so it is told again if it may have come later.
func follows(c chat.Change, after chat.Position) bool {
	return c.Position > after || idempotent(c.Kind) && c.Position.Seq() >= after.Seq()
}

// since appends to changes what the cursor has not seen, up to a level, and
// moves it there. It reports false if something fell out before it was seen.
func (r *ring) since(c *cursor, upto uint64, changes []entry) ([]entry, bool) {
	if r.newest.Load() <= c.seq && !c.lost {
		return changes, true
	}
	r.data.Lock()
	defer r.data.Unlock()
	whole := !c.lost && c.seq >= r.evicted
	if whole {
		n := len(r.entries)
		for i := r.firstAfter(c.seq); i < n; i++ {
			e := &r.entries[(r.next+i)%n]
			if e.seq > upto {
				break
			}
			if follows(e.change, c.after) {
				changes = append(changes, *e)
			}
		}
	}
	c.seq, c.lost = max(c.seq, upto), false
	return changes, whole
}

// firstAfter is the place, counted from the oldest, of the first entry after
// seq. Looking from the newest end: a follower is rarely far behind. r.data
// must be held.
func (r *ring) firstAfter(seq uint64) int {
	n := len(r.entries)
	i := n
	for i > 0 && r.entries[(r.next+i-1)%n].seq > seq {
		i--
	}
	return i
}

// join adds a cursor and sets it to the first change after its position.
func (r *ring) join(c *cursor) {
	r.data.Lock()
	c.lost = !r.covers(c.after)
	c.seq = r.evicted
	fresh := c.lost || len(r.entries) > 0
	r.data.Unlock()
	c.moved = r.moved.Load()
	r.who.Lock()
	c.at = len(r.followers)
	r.followers = append(r.followers, c)
	r.who.Unlock()
	if fresh {
		c.follower.poke()
	}
}

// part takes a cursor out and reports whether it was the last.
func (r *ring) part(c *cursor) (empty bool) {
	r.who.Lock()
	defer r.who.Unlock()
	last := len(r.followers) - 1
	r.followers[c.at] = r.followers[last]
	r.followers[c.at].at = c.at
	r.followers[last] = nil
	r.followers = r.followers[:last]
	return last == 0
}

// crowded reports whether so many follow that they are not told who comes and goes.
func (r *ring) crowded() bool {
	r.who.Lock()
	defer r.who.Unlock()
	return len(r.followers) >= crowd
}

func (r *ring) empty() bool {
	r.who.Lock()
	defer r.who.Unlock()
	return len(r.followers) == 0
}

// wake wakes all who follow. Nothing in it waits; who comes or goes meanwhile
// waits for it, readers do not.
func (r *ring) wake() {
	r.who.Lock()
	defer r.who.Unlock()
	for _, c := range r.followers {
		c.follower.poke()
	}
}
