package chat

// Registration is who may claim a nick.
type Registration string

// With Open anybody may; with ByInvitation who has a code; with Closed nobody.
const (
	Open         Registration = "open"
	ByInvitation Registration = "invite"
	Closed       Registration = "closed"
)

// Policy is what the operator decided about everybody. It may change while the
// server runs.
type Policy struct {
	Registration  Registration
	Guests        bool // people may come in for one visit without claiming a nick
	RoomsByAdmins bool // only owners and admins open rooms
}

// SetPolicy takes effect for whatever is asked from now on.
func (s *Service) SetPolicy(p Policy) { s.policy.Store(&p) }

// Policy is the one in force; Open without any other.
func (s *Service) Policy() Policy {
	if p := s.policy.Load(); p != nil {
		return *p
	}
	return Policy{Registration: Open}
}

// Registration is who may come in new, now.
func (a *Actor) Registration() Registration { return a.s.Policy().Registration }

// Operator is the hands of whoever is on the server's own machine: it looks
// after the server and is in no conversation.
func (s *Service) Operator() *Actor {
	return &Actor{s: s, me: Person{Nick: "system", Rank: operator}}
}
