package chat

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"
)

// Delivered notes that everything up to p reached a session of the person.
// It never waits; the mark is stored soon (markKeeper).
func (a *Actor) Delivered(p Position) {
	now := a.s.Now().Unix()
	a.s.marks.note(a.me.ID, fast, func(m *Marks) bool {
		if p <= m.Delivered {
			return false
		}
		m.Delivered, m.Seen = p, max(m.Seen, now)
		return true
	})
}

// Read notes that the person has read c up to n. It never waits.
func (a *Actor) Read(c Conversation, n Number) {
	pace := fast
	switch {
	case !c.Ticks():
		pace = lazy
	case c.Members > 16:
		pace = slow
	}
	now := a.s.Now().Unix()
	a.s.marks.note(a.me.ID, pace, func(m *Marks) bool {
		if n <= m.Read[c.ID] {
			return false
		}
		m.Read[c.ID], m.Seen = n, max(m.Seen, now)
		return true
	})
}

// Flush asks for the person's marks to be stored now: on leaving a
// conversation and at the end of a session. It never waits.
func (a *Actor) Flush() { a.s.marks.flush(a.me.ID) }

// Gone notes that a session of the person ends now, when they were last seen.
// Marks that move are a sign of life too. It never waits.
func (a *Actor) Gone() {
	now := a.s.Now().Unix()
	a.s.marks.note(a.me.ID, fast, func(m *Marks) bool {
		moved := now > m.Seen
		m.Seen = max(m.Seen, now)
		return moved
	})
}

// pace is how long a mark may wait once one was stored.
type pace time.Duration

const (
	fast pace = pace(time.Second)     // talks and groups of at most 16
	slow pace = pace(5 * time.Second) // larger groups
	lazy pace = pace(time.Minute)     // rooms and more than MaxTicked: nobody is told
)

// markKeeper holds the marks that moved and puts them on the shelf: a person's
// first at once, then coalesced by pace. One goroutine (run) sees who is due and
// waits until they are put; no lock is held meanwhile. People whose marks are
// stored and quiet are forgotten after a minute, so the map is bounded by who
// moved lately.
type markKeeper struct {
	shelf  Shelf
	reader Reader
	now    func() time.Time
	log    *slog.Logger
	kick   chan struct{}

	mu     sync.Mutex
	people map[UserID]*markState
	looks  time.Time // when run looks at all of them anyway; zero: when it is kicked
}

type markState struct {
	moved  Marks // what moved since the last put
	marks  Marks // all that was put; valid when loaded
	loaded bool
	dirty  bool
	due    time.Time // when to put, if dirty
	last   time.Time // when the last put began
}

func newMarkKeeper(shelf Shelf, reader Reader, now func() time.Time, log *slog.Logger) *markKeeper {
	return &markKeeper{shelf: shelf, reader: reader, now: now, log: log, kick: make(chan struct{}, 1), people: map[UserID]*markState{}}
}

func (k *markKeeper) note(user UserID, p pace, move func(*Marks) bool) {
	k.mu.Lock()
	s := k.people[user]
	if s == nil {
		s = &markState{moved: Marks{Read: map[ConversationID]Number{}, Keys: map[string]int64{}, Named: map[string]int64{}}}
		k.people[user] = s
	}
	if !move(&s.moved) {
		k.mu.Unlock()
		return
	}
	due := k.now()
	if p == lazy {
		due = due.Add(time.Duration(lazy))
	} else if next := s.last.Add(time.Duration(p)); next.After(due) {
		due = next
	}
	if !s.dirty || due.Before(s.due) {
		s.dirty, s.due = true, due
	}
	early := k.looks.IsZero() || s.due.Before(k.looks)
	k.mu.Unlock()
	if early {
		k.wake()
	}
}

func (k *markKeeper) flush(user UserID) {
	k.mu.Lock()
	if s := k.people[user]; s != nil && s.dirty {
		s.due = k.now()
	}
	k.mu.Unlock()
	k.wake()
}

func (k *markKeeper) wake() {
	select {
	case k.kick <- struct{}{}:
	default:
	}
}

// breath is between two looks at everybody's marks: with many people somebody's
// are always due.
const breath = 20 * time.Millisecond

// run puts marks as they fall due, and all of them when ctx ends.
func (k *markKeeper) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		if ctx.Err() != nil {
			k.putAll(context.WithoutCancel(ctx), k.dirty())
			return
		}
		users, next := k.due()
		kick := k.kick
		if len(users) > 0 {
			kick = nil
		}
		k.putAll(ctx, users)
		if timer.Stop(); next > 0 {
			timer.Reset(next)
		}
		select {
		case <-ctx.Done():
		case <-kick:
		case <-timer.C:
		}
	}
}

// putters is how many people's marks wait for the shelf at the same time: they
// share the way there and back, which in a cluster is most of it. They do not
// share a sync of the disk: a shelf that syncs for each put is no faster at that.
const putters = 16

// putAll tries the marks of each of these people, who are all different, once,
// and returns when none is being put any more. When ctx ends it begins no more.
func (k *markKeeper) putAll(ctx context.Context, users []UserID) {
	next := make(chan UserID)
	var all sync.WaitGroup
	for range min(putters, len(users)) {
		all.Go(func() {
			for user := range next {
				k.put(ctx, user) // recovers
			}
		})
	}
	for _, user := range users {
		if ctx.Err() != nil {
			break
		}
		next <- user
	}
	close(next)
	all.Wait()
}

// dirty is everybody whose marks moved, due or not. What cannot be stored at the
// end is told anew by the next session that reads.
func (k *markKeeper) dirty() (users []UserID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for user, s := range k.people {
		if s.dirty {
			users = append(users, user)
		}
	}
	return users
}

// due is everybody whose marks are due, and how long until it is to be asked again:
// somebody else's are due then, or somebody is to be forgotten; 0 if there is nobody.
func (k *markKeeper) due() (users []UserID, next time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, next := k.now(), time.Minute
	for user, s := range k.people {
		switch {
		case s.dirty && !s.due.After(now):
			users = append(users, user)
		case s.dirty:
			next = min(next, s.due.Sub(now))
		case now.Sub(s.last) >= time.Minute:
			delete(k.people, user)
		}
	}
	switch {
	case len(k.people) == 0:
		next, k.looks = 0, time.Time{}
	case len(users) > 0: // those who fall due meanwhile go together
		next = breath
	}
	if next > 0 {
		k.looks = now.Add(next)
	}
	return users, next
}

// put stores one person's marks; what fails is tried again a second later.
func (k *markKeeper) put(ctx context.Context, user UserID) {
	// One that has begun is ended, also when the server stops.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			k.log.Error("marks: panic", "panic", r, "stack", string(debug.Stack()))
			k.settle(user, Marks{}, false)
		}
	}()
	k.mu.Lock()
	s := k.people[user]
	moved := s.moved
	moved = moved.clone()
	known, loaded := s.marks, s.loaded
	s.dirty, s.last = false, k.now() // what moves from here on waits for the pace
	k.mu.Unlock()
	if !loaded {
		known = Marks{}
		raw, err := k.reader.Value(ctx, user, MarksSlot)
		if err == nil && len(raw) > 0 {
			err = json.Unmarshal(raw, &known)
		}
		if err != nil {
			k.log.Error("marks: read", "user", user, "err", err)
		}
	}
	merged := known.Merge(moved)
	raw, err := json.Marshal(merged)
	if err == nil {
		err = k.shelf.Put(ctx, user, MarksSlot, raw)
	}
	if err != nil {
		k.log.Warn("marks: put", "user", user, "err", err)
	}
	k.settle(user, merged, err == nil)
}

func (k *markKeeper) settle(user UserID, stored Marks, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := k.people[user]
	if ok {
		s.marks, s.loaded = stored, true
		return
	}
	s.dirty, s.due = true, k.now().Add(time.Second)
}

func (m Marks) clone() Marks {
	m.Read, m.Keys, m.Named = maps.Clone(m.Read), maps.Clone(m.Keys), maps.Clone(m.Named)
	return m
}

// Merge is the further of both marks, field by field: marks never go back.
func (m Marks) Merge(o Marks) Marks {
	return Marks{
		Delivered: max(m.Delivered, o.Delivered), Seen: max(m.Seen, o.Seen),
		Read: further(m.Read, o.Read), Keys: latest(further(m.Keys, o.Keys)), Named: latest(further(m.Named, o.Named)),
	}
}

// latest keeps those of the keys that were used last: twice as many as anybody has
// at a time, for a key that is removed leaves its mark.
func latest(keys map[string]int64) map[string]int64 {
	if len(keys) <= 2*MaxKeys {
		return keys
	}
	order := slices.SortedFunc(maps.Keys(keys), func(a, b string) int { return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(a, b)) })
	for _, fingerprint := range order[:len(order)-2*MaxKeys] {
		delete(keys, fingerprint)
	}
	return keys
}

// of is a person's marks as they are known here: those that were put, and those
// that wait.
func (k *markKeeper) of(ctx context.Context, user UserID) (Marks, error) {
	var put Marks
	raw, err := k.reader.Value(ctx, user, MarksSlot)
	if err == nil && len(raw) > 0 {
		err = json.Unmarshal(raw, &put)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.people[user]; s != nil {
		put = put.Merge(s.moved)
	}
	return put, err
}

// further is the larger of both values under each key.
func further[K comparable, V cmp.Ordered](a, b map[K]V) map[K]V {
	out := make(map[K]V, max(len(a), len(b)))
	maps.Copy(out, a)
	for k, v := range b {
		out[k] = max(out[k], v)
	}
	return out
}
