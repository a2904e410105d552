package sshd

import (
	"charla/server/chat"
)

// Expel ends sessions as a chat.Expelled says: those of e.User, only those that
// came in by e.Way if that is set, and not the one that e.Keep names. Each face is
// told by the end of its context, whose cause is a chat.Ended with e.Reason and what was said. Their
// connections take no other session; they are closed once the client had time to
// read why, unless the session that stays is on it.
//
// It waits for nobody, for the projector calls it. Of no User it ends what the bans
// now name.
func (s *Server) Expel(e chat.Change) {
	if e.User.IsZero() {
		s.expelBanned(e)
		return
	}
	cause := &chat.Error{Code: chat.Ended, Name: e.Reason, Hint: e.Said}
	if !e.Until.IsZero() {
		cause.Wait = e.Until.Sub(s.cfg.Now())
	}
	stays := map[*link]bool{}
	all := s.people.of(e.User)
	for _, sitting := range all {
		if e.Keep != "" && sitting.token == e.Keep {
			stays[sitting.link] = true
		}
	}
	for _, sitting := range all {
		if sitting.token == e.Keep || e.Way != "" && sitting.way != e.Way {
			continue
		}
		sitting.end(cause)
	}
	for _, l := range s.gate.of(e.User, e.Way) { // those without a session too, as a ControlMaster's
		if !stays[l] {
			l.expel(cause)
		}
	}
}

// of lists the connections that are somebody's, by a way if one is given.
func (g *gate) of(user chat.UserID, way string) (all []*link) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for l := range g.links {
		if who := l.inhabitant.Load(); who != nil && who.user == user && (way == "" || who.way == way) {
			all = append(all, l)
		}
	}
	return all
}

// inhabitant is whose a connection is, and how they came in.
type inhabitant struct {
	user chat.UserID
	way  string
}

// expel lets no session begin on l any more, and closes it soon.
func (l *link) expel(cause error) {
	l.ousted.CompareAndSwap(nil, &cause)
	l.s.after(l.s.cfg.Limits.Answer, "expelled", func() { _ = l.Close() })
}

// admits is an error once somebody has ended what is on l.
func (l *link) admits() error {
	if cause := l.ousted.Load(); cause != nil {
		return *cause
	}
	return nil
}
