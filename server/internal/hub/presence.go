package hub

import (
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"charla/server/chat"
)

// How often presence and typing alone wake somebody. News of any other kind
// brings them along at once, so these bound nothing but the idle.
const (
	roundPause   = 2 * time.Second // between two rounds, and so between two wakes of one session
	roundWakes   = 500             // in one round: 250 a second. Who is left out has the next round
	typingWakes  = 300             // of them at most for typing; the rest is left to the next frame
	typingExpiry = 6 * time.Second
)

// presence knows who has a session and who types. One one-shot timer drives
// it, which stands still when nobody has anything to learn.
type presence struct {
	hub     *Hub
	logger  *slog.Logger
	version atomic.Uint64 // grows when somebody comes or goes
	typed   atomic.Uint64 // grows when somebody begins or ends to type

	estranged atomic.Uint64 // grows when who sees whose presence changes

	mu       sync.RWMutex
	sessions map[chat.UserID]int // of people who have any
	all      []*follower         // bounded, as sessions is, by how many sessions are let in
	typing   map[chat.UserID]typist
	news     map[chat.ConversationID]bool // where typing changed since the last round
	changed  uint64                       // the version of the last change of who is here
	unsaid   bool                         // somebody may not know of it
	sweep    int                          // where in all the next round begins
	last     time.Time                    // of the last round
	timer    *time.Timer                  // nil when still
	due      time.Time                    // when timer fires
	closed   bool
}

// typist is where somebody types; one conversation each, the newest, so there
// are no more than people.
type typist struct {
	where chat.ConversationID
	until time.Time
}

func (p *presence) init(h *Hub, logger *slog.Logger) {
	p.hub, p.logger = h, logger
	p.sessions = map[chat.UserID]int{}
	p.typing = map[chat.UserID]typist{}
	p.news = map[chat.ConversationID]bool{}
}

func (p *presence) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
}

func (p *presence) enter(f *follower) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f.at = len(p.all)
	p.all = append(p.all, f)
	p.sessions[f.user]++
	if p.sessions[f.user] == 1 {
		p.peopleChanged()
	}
}

func (p *presence) exit(f *follower) {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.all) - 1
	p.all[f.at] = p.all[last]
	p.all[f.at].at = f.at
	p.all[last] = nil
	p.all = p.all[:last]
	if p.sessions[f.user]--; p.sessions[f.user] > 0 {
		return
	}
	delete(p.sessions, f.user)
	p.endTyping(f.user)
	p.peopleChanged()
}

// peopleChanged notes that somebody came or went. p.mu must be held.
func (p *presence) peopleChanged() {
	p.changed, p.unsaid = p.version.Add(1), true
	p.arm()
}

// estrange: some see others come or go who did not. All look again.
func (p *presence) estrange() {
	p.estranged.Add(1)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.peopleChanged()
	p.typed.Add(1)
}

// Estranged is chat.Feed.
func (h *Hub) Estranged() uint64 { return h.here.estranged.Load() }

// Here is chat.Feed. The slice is the caller's own.
func (h *Hub) Here(limit int) (ids []chat.UserID, total int, version uint64) {
	p := &h.here
	p.mu.RLock()
	defer p.mu.RUnlock()
	if total = len(p.sessions); total <= limit {
		ids = slices.AppendSeq(make([]chat.UserID, 0, total), maps.Keys(p.sessions))
	}
	return ids, total, p.version.Load()
}

// IsHere is chat.Feed.
func (h *Hub) IsHere(user chat.UserID) bool {
	h.here.mu.RLock()
	defer h.here.mu.RUnlock()
	return h.here.sessions[user] > 0
}

// Typing is chat.Feed. Somebody without a session types nowhere.
func (h *Hub) Typing(id chat.ConversationID, user chat.UserID) {
	p := &h.here
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sessions[user] == 0 || p.closed {
		return
	}
	now := time.Now()
	was := p.typing[user]
	if was.where != id || !was.until.After(now) {
		p.endTyping(user)
		p.typingChanged(id)
	}
	p.typing[user] = typist{where: id, until: now.Add(typingExpiry)}
	p.arm()
}

// WhoTypes is chat.Feed.
func (h *Hub) WhoTypes(id chat.ConversationID) []chat.UserID {
	p := &h.here
	p.mu.RLock()
	defer p.mu.RUnlock()
	var users []chat.UserID
	now := time.Now()
	for user, t := range p.typing {
		if t.where == id && t.until.After(now) {
			users = append(users, user)
		}
	}
	slices.SortFunc(users, func(a, b chat.UserID) int { return slices.Compare(a[:], b[:]) })
	return users
}

// stopTyping: what user typed there has arrived.
func (p *presence) stopTyping(id chat.ConversationID, user chat.UserID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.typing[user].where == id {
		p.endTyping(user)
		p.arm()
	}
}

// endTyping forgets where user types. p.mu must be held.
func (p *presence) endTyping(user chat.UserID) {
	if t, ok := p.typing[user]; ok {
		delete(p.typing, user)
		p.typingChanged(t.where)
	}
}

// typingChanged notes that somebody began or ended. p.mu must be held.
func (p *presence) typingChanged(id chat.ConversationID) {
	p.typed.Add(1)
	p.news[id] = true // no more than people who typed in two seconds
}
