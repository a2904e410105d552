package files

import (
	"sync"

	"charla/files/blob"
	"charla/server/chat"
)

// maxParked bounds what one person may have parked; what is over is refused.
const maxParked = 32

// Parking holds uploads that are closed and not announced, because their name
// is a temporary one or nothing is in them. All sessions of a person share it:
// rclone puts on one connection and renames on another. What a session parked
// goes when that session ends. It also counts what a person's sessions have open
// together (see share). Safe for concurrent use.
type Parking struct {
	mu     sync.Mutex
	by     map[chat.UserID]map[key]parked
	shares map[chat.UserID]share
}

type parked struct {
	item
	from *session
}

// NewParking makes the one Parking of a server.
func NewParking() *Parking {
	return &Parking{by: map[chat.UserID]map[key]parked{}, shares: map[chat.UserID]share{}}
}

// peek is a copy of what is parked at a key, nil if nothing is.
func (p *Parking) peek(user chat.UserID, k key) *item {
	p.mu.Lock()
	defer p.mu.Unlock()
	if there, ok := p.by[user][k]; ok {
		return &there.item
	}
	return nil
}

// take is peek for whoever owns it from now on.
func (p *Parking) take(user chat.UserID, k key) *item {
	p.mu.Lock()
	defer p.mu.Unlock()
	there, ok := p.by[user][k]
	if !ok {
		return nil
	}
	p.remove(user, k)
	return &there.item
}

// put parks an item and returns what it displaces; false if there is no room.
func (p *Parking) put(user chat.UserID, from *session, it item) (old *blob.Upload, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := it.at.key()
	there, taken := p.by[user][k]
	if !taken && len(p.by[user]) >= maxParked {
		return nil, false
	}
	if p.by[user] == nil {
		p.by[user] = map[key]parked{}
	}
	p.by[user][k] = parked{it, from}
	if taken {
		old = there.upload.bytes
	}
	return old, true
}

// in lists what a person has parked in a conversation.
func (p *Parking) in(user chat.UserID, conv chat.ConversationID) (items []*item) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k, there := range p.by[user] {
		if k.conv == conv {
			items = append(items, &there.item)
		}
	}
	return items
}

// leave takes out what a session parked.
func (p *Parking) leave(user chat.UserID, from *session) (items []*item) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for k, there := range p.by[user] {
		if there.from == from {
			items = append(items, &there.item)
			p.remove(user, k)
		}
	}
	return items
}

// remove forgets an entry; p.mu must be held.
func (p *Parking) remove(user chat.UserID, k key) {
	delete(p.by[user], k)
	if len(p.by[user]) == 0 {
		delete(p.by, user)
	}
}

// park gives an upload that is closed to the person's other sessions too.
func (s *session) park(it *item) error {
	s.forget(it)
	old, ok := s.parking.put(s.actor.Me().ID, s, *it)
	if !ok {
		s.drop(it)
		return failure(s.words.Files.TooManyUploads)
	}
	it.upload = nil
	s.dropUpload()
	s.discard(old)
	return nil
}

// unpark makes what lookup found this session's own, before it is changed.
func (s *session) unpark(f *found) error {
	if !f.parked {
		return nil
	}
	if err := s.takeUpload(); err != nil {
		return err
	}
	it := s.parking.take(s.actor.Me().ID, f.item.at.key())
	if it == nil { // another session was faster
		s.dropUpload()
		return &chat.Error{Code: chat.NoFile}
	}
	s.items[it.at.key()] = it
	f.item, f.parked = it, false
	return nil
}
