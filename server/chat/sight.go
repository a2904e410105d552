package chat

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Sight is what somebody may know of whether another one is here.
type Sight struct {
	Here bool
	Seen time.Time // when they last were; zero: not told, or not known
}

// Sight tells whether somebody is here, as far as they show it to the person.
func (a *Actor) Sight(ctx context.Context, id UserID) (Sight, error) {
	if !a.s.sights.sees(a.me.ID, id) {
		return Sight{}, nil
	}
	_, seen, err := a.s.Reader.Privacy(ctx, id)
	return Sight{Here: a.s.Feed.IsHere(id), Seen: seen}, err
}

// Here counts who has a session now, lists them if they are limit or fewer, and
// tells a version that grows with each change. Who does not show it to the person
// is neither listed nor counted.
func (a *Actor) Here(limit int) (ids []UserID, total int, version uint64) {
	_, _, version = a.s.Feed.Here(0)
	concealed := a.s.sights.concealed(a.me.ID, version)
	ids, total, version = a.s.Feed.Here(limit + len(concealed))
	if ids == nil {
		return nil, max(total-len(concealed), 0), version
	}
	ids = slices.DeleteFunc(ids, func(id UserID) bool { return !a.s.sights.sees(a.me.ID, id) })
	if total = len(ids); total > limit {
		ids = nil
	}
	return ids, total, version
}

// IsHere reports whether somebody has a session now and shows it to the person.
func (a *Actor) IsHere(id UserID) bool { return a.s.Feed.IsHere(id) && a.s.sights.sees(a.me.ID, id) }

// WhoTypes lists who types in a conversation of the person, without them and
// without those whom a block stands between.
func (a *Actor) WhoTypes(ref Ref) []UserID {
	others := a.s.Feed.WhoTypes(ref.ID)
	if len(others) == 0 {
		return others
	}
	if !a.isIn(ref.ID) {
		return nil
	}
	estranged, ok := a.s.sights.estrangedFrom(a.me.ID)
	if !ok {
		return nil
	}
	return slices.DeleteFunc(others, func(id UserID) bool { return id == a.me.ID || estranged[id] })
}

// isIn reports whether the person reads what goes on in a conversation now; its seat
// is kept.
func (a *Actor) isIn(id ConversationID) (is bool) {
	a.s.sights.read("seat", func(ctx context.Context) error {
		seat, err := a.s.Reader.Seat(ctx, a.me.ID, id)
		is = err == nil && may(reads, seat) == nil && standingIn(seat) != former
		if CodeOf(err) == NoConversation {
			return nil
		}
		return err
	})
	return is
}

// Bounds of sights. When there are so many, all are forgotten and read again.
const (
	mostSights = 1 << 14 // people whose estrangements are kept
	mostKnown  = 1 << 16 // pairs of whom is kept whether the one knows the other
)

// knownFor is how long it is kept whether somebody knows another one: they may
// leave the group that they share.
const knownFor = time.Minute

// sightWait bounds a look at the view: screens look while they draw nothing.
const sightWait = 250 * time.Millisecond

// sights keeps who does not show to whom that they are here, which every screen
// asks at each change of that. What it read is forgotten when Feed.Estranged grows.
// Where the view does not answer nobody is shown.
type sights struct {
	reader Reader
	feed   Feed
	now    func() time.Time
	log    *slog.Logger

	mu        sync.Mutex
	epoch     uint64 // of Feed.Estranged, when the rest was read
	reserved  map[UserID]Audience
	estranged map[UserID]map[UserID]bool
	known     map[[2]UserID]acquaintance
	here      []reserve // of the reserved those who have a session, at hereAt
	hereAt    uint64
	counted   bool
}

type acquaintance struct {
	is    bool
	until time.Time
}

type reserve struct {
	user  UserID
	shows Audience
}

func newSights(p Ports) *sights {
	return &sights{reader: p.Reader, feed: p.Feed, now: p.Now, log: p.Logger}
}

// lock forgets what may not hold any more, and returns what the rest is as of.
// s.mu is held afterwards.
func (s *sights) lock() (epoch uint64) {
	now := s.feed.Estranged()
	s.mu.Lock()
	if now > s.epoch {
		s.epoch, s.reserved, s.estranged, s.known, s.counted = now, nil, nil, nil, false
	}
	return s.epoch
}

// read asks the view, with s.mu free. What fails is said.
func (s *sights) read(what string, ask func(ctx context.Context) error) bool {
	ctx, cancel := context.WithTimeout(context.Background(), sightWait)
	defer cancel()
	if err := ask(ctx); err != nil {
		s.log.Warn("sights", "of", what, "err", err)
		return false
	}
	return true
}

// sees reports whether other shows viewer that they are here.
func (s *sights) sees(viewer, other UserID) bool {
	return viewer == other || s.look(viewer).sees(other)
}

// look is what sees asks, read once for all that are asked about at a time.
type look struct {
	s         *sights
	viewer    UserID
	estranged map[UserID]bool
	reserved  map[UserID]Audience
	ok        bool // else the view did not answer
}

func (s *sights) look(viewer UserID) look {
	l := look{s: s, viewer: viewer}
	if l.estranged, l.ok = s.estrangedFrom(viewer); l.ok {
		l.reserved, l.ok = s.allReserved()
	}
	return l
}

func (l look) sees(other UserID) bool {
	return other == l.viewer || l.ok && !l.estranged[other] && l.s.shows(l.viewer, other, l.reserved[other])
}

func (s *sights) shows(viewer, other UserID, to Audience) bool {
	switch to {
	case Nobody:
		return false
	case Known:
		return s.acquainted(other, viewer)
	}
	return true
}

// concealed is who has a session and does not show it to viewer.
func (s *sights) concealed(viewer UserID, version uint64) (all []UserID) {
	estranged, ok := s.estrangedFrom(viewer)
	if !ok {
		return nil
	}
	for id := range estranged {
		if s.feed.IsHere(id) {
			all = append(all, id)
		}
	}
	for _, r := range s.reservedHere(version) {
		if r.user != viewer && !estranged[r.user] && !s.shows(viewer, r.user, r.shows) {
			all = append(all, r.user)
		}
	}
	return all
}

// estrangedFrom is whom a block stands between viewer and; not to be changed.
func (s *sights) estrangedFrom(viewer UserID) (map[UserID]bool, bool) {
	epoch := s.lock()
	set, ok := s.estranged[viewer]
	s.mu.Unlock()
	if ok {
		return set, true
	}
	var ids []UserID
	if !s.read("estranged", func(ctx context.Context) (err error) { ids, err = s.reader.Estranged(ctx, viewer); return err }) {
		return nil, false
	}
	for _, id := range ids {
		if set == nil {
			set = map[UserID]bool{}
		}
		set[id] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch == epoch {
		if s.estranged == nil || len(s.estranged) >= mostSights {
			s.estranged = map[UserID]map[UserID]bool{}
		}
		s.estranged[viewer] = set
	}
	return set, true
}

// allReserved is who does not show to everybody that they are here; not to be
// changed.
func (s *sights) allReserved() (map[UserID]Audience, bool) {
	epoch := s.lock()
	all := s.reserved
	s.mu.Unlock()
	if all != nil {
		return all, true
	}
	if !s.read("reserved", func(ctx context.Context) (err error) { all, err = s.reader.Reserved(ctx); return err }) {
		return nil, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch == epoch {
		s.reserved = all
	}
	return all, true
}

// reservedHere is who of the reserved has a session, found once for each version
// of who is here.
func (s *sights) reservedHere(version uint64) []reserve {
	epoch := s.lock()
	here, fresh := s.here, s.counted && s.hereAt >= version
	s.mu.Unlock()
	if fresh {
		return here
	}
	reserved, ok := s.allReserved()
	if !ok {
		return nil
	}
	here = nil
	for id, to := range reserved {
		if s.feed.IsHere(id) {
			here = append(here, reserve{id, to})
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch == epoch {
		s.here, s.hereAt, s.counted = here, version, true
	}
	return here
}

// acquainted reports whether user knows other.
func (s *sights) acquainted(user, other UserID) bool {
	pair := [2]UserID{user, other}
	now, epoch := s.now(), s.lock()
	is, kept := s.known[pair]
	s.mu.Unlock()
	if kept && now.Before(is.until) {
		return is.is
	}
	is.until = now.Add(knownFor)
	if !s.read("acquainted", func(ctx context.Context) (err error) { is.is, err = s.reader.Acquainted(ctx, user, other); return err }) {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch == epoch {
		if s.known == nil || len(s.known) >= mostKnown {
			s.known = map[[2]UserID]acquaintance{}
		}
		s.known[pair] = is
	}
	return is.is
}
