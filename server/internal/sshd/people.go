package sshd

import (
	"sync"

	"charla/server/chat"
)

// people counts the sessions of each person, over all their connections and
// faces: every screen is painted again whenever somebody says something, so a
// thousand of one person would take the server from everybody.
type people struct {
	most int

	mu       sync.Mutex
	sessions map[chat.UserID]int // none of them zero
}

func newPeople(most int) *people { return &people{most: most, sessions: map[chat.UserID]int{}} }

// enter counts a session that starts; false when there are too many.
func (p *people) enter(id chat.UserID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sessions[id] >= p.most {
		return false
	}
	p.sessions[id]++
	return true
}

// leave counts off a session that entered.
func (p *people) leave(id chat.UserID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sessions[id]--; p.sessions[id] == 0 {
		delete(p.sessions, id)
	}
}
