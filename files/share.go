package files

import "charla/server/chat"

// What one person may have at once, in all their sessions together: each open
// file and each upload is a file descriptor of the server, which everybody needs.
const (
	maxSessions    = 32
	maxOpen        = 256 // handles
	maxOpenUploads = 64  // not parked
)

// share is what sessions have open. A share of one thing asks for that one.
type share struct{ sessions, handles, uploads int }

// grant counts more for a person; false, and nothing is counted, beyond the most.
func (p *Parking) grant(user chat.UserID, more share) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	has := p.shares[user]
	has.sessions += more.sessions
	has.handles += more.handles
	has.uploads += more.uploads
	if has.sessions > maxSessions || has.handles > maxOpen || has.uploads > maxOpenUploads {
		return false
	}
	p.shares[user] = has
	return true
}

// giveBack counts off what was granted.
func (p *Parking) giveBack(user chat.UserID, less share) {
	p.mu.Lock()
	defer p.mu.Unlock()
	has := p.shares[user]
	has.sessions -= less.sessions
	has.handles -= less.handles
	has.uploads -= less.uploads
	p.shares[user] = has
	if has == (share{}) {
		delete(p.shares, user)
	}
}

// takeHandle counts a handle that is about to be given out; dropHandle takes it back.
func (s *session) takeHandle() error {
	if s.handles >= maxHandles || !s.parking.grant(s.actor.Me().ID, share{handles: 1}) {
		return failure(s.words.Files.TooManyOpen)
	}
	s.handles++
	return nil
}

func (s *session) dropHandle() {
	s.handles--
	s.parking.giveBack(s.actor.Me().ID, share{handles: 1})
}

// takeUpload counts an upload that begins or is taken out of the parking;
// dropUpload counts off one that ended or was parked.
func (s *session) takeUpload() error {
	if s.uploads >= maxUploads || !s.parking.grant(s.actor.Me().ID, share{uploads: 1}) {
		return failure(s.words.Files.TooManyUploads)
	}
	s.uploads++
	return nil
}

func (s *session) dropUpload() {
	s.uploads--
	s.parking.giveBack(s.actor.Me().ID, share{uploads: 1})
}
