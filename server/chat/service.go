package chat

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Ports is what the service needs of the world.
type Ports struct {
	Log     Log
	Shelf   Shelf
	Reader  Reader
	Feed    Feed
	Awaiter Awaiter
	Limiter Limiter
	Now     func() time.Time
	Logger  *slog.Logger
}

// Service is one node's chat. It makes actors; see door.go for who gets one.
type Service struct {
	Ports
	marks   *markKeeper
	pacer   pacer
	policy  atomic.Pointer[Policy]
	sights  *sights
	turns   [64]chan struct{} // of changes of settings: a person's are all in one
	forgets chan struct{}     // holds one: the forgetKeeper is to look
}

// New makes a service of its ports. Run must run for marks to be kept, and for
// messages to go whose time is over.
func New(p Ports) *Service {
	s := &Service{Ports: p, marks: newMarkKeeper(p.Shelf, p.Reader, p.Now, p.Logger), sights: newSights(p), forgets: make(chan struct{}, 1)}
	for i := range s.turns {
		s.turns[i] = make(chan struct{}, 1)
	}
	return s
}

// Start makes sure that the lobby exists, and that no guest is left who has not
// come. Call it once the projector runs.
func (s *Service) Start(ctx context.Context) error {
	if err := s.openLobby(ctx); err != nil {
		return err
	}
	return s.clearGuests(ctx)
}

func (s *Service) openLobby(ctx context.Context) (err error) {
	defer wrap(&err, "open the lobby")
	version, taken, err := s.Reader.Name(ctx, Lobby)
	if err != nil || taken {
		return err
	}
	at, err := s.Log.AppendIf(ctx, NameSubject(Lobby), version, s.event(UserID{}, RoomOpened{Conversation: LobbyID, Name: Lobby, Everyone: true}))
	if errors.Is(err, ErrConflict) { // another node was first
		return nil
	}
	if err != nil {
		return err
	}
	return s.Awaiter.Await(ctx, at)
}

// Run keeps marks (delivered, read) moving to the shelf until ctx ends, and
// then puts what is left; it takes out messages whose time is over, and those of
// whoever is forgotten.
func (s *Service) Run(ctx context.Context) {
	var keepers sync.WaitGroup
	keepers.Go(func() { expiryKeeper{s, s.Logger}.run(ctx) })
	keepers.Go(func() { forgetKeeper{s}.run(ctx) })
	s.marks.run(ctx)
	keepers.Wait()
}

// Actor is the hands of a person who has proven to be that person.
func (s *Service) Actor(p Person) *Actor { return &Actor{s: s, me: p} }

// From is the same hands at an address, which they do not shut out.
func (a *Actor) From(at netip.Addr) *Actor {
	there := *a
	there.from = at.Unmap().WithZone("")
	return &there
}

func (s *Service) event(by UserID, body Body) Event {
	return Event{ID: NewID[Event](), At: s.Now().UTC().Truncate(time.Millisecond), By: by, Body: body}
}
