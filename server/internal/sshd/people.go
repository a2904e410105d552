package sshd

import (
	"context"
	"sync"

	"charla/server/chat"
)

// people knows the sessions of each person, over all their connections and
// faces. They are bounded: every screen is painted again whenever somebody says
// something, so a thousand of one person would take the server from everybody.
type people struct {
	most int

	mu       sync.Mutex
	sessions map[chat.UserID]map[string]*sitting // by token; none of them empty
}

// sitting is a session that somebody has.
type sitting struct {
	token string
	way   string // how its connection came in: a key's fingerprint, or chat.ByPassphrase
	link  *link
	end   context.CancelCauseFunc
}

func newPeople(most int) *people {
	return &people{most: most, sessions: map[chat.UserID]map[string]*sitting{}}
}

// enter counts a session that starts; false when there are too many.
func (p *people) enter(id chat.UserID, s *sitting) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	of := p.sessions[id]
	if len(of) >= p.most {
		return false
	}
	if of == nil {
		of = map[string]*sitting{}
		p.sessions[id] = of
	}
	of[s.token] = s
	return true
}

// leave counts off a session that entered, and reports whether it was the
// person's last.
func (p *people) leave(id chat.UserID, s *sitting) (last bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sessions[id], s.token)
	if last = len(p.sessions[id]) == 0; last {
		delete(p.sessions, id)
	}
	return last
}

// of lists the sessions of a person now.
func (p *people) of(id chat.UserID) (all []*sitting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.sessions[id] {
		all = append(all, s)
	}
	return all
}
