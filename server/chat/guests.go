package chat

import (
	"context"
	"errors"
)

// Visit gives a newcomer a nick for one visit: guest-NICK, or the next that is
// free. It is NotAllowed where there are no guests.
func (s *Service) Visit(ctx context.Context, nick Nick) (_ Person, err error) {
	defer wrap(&err, "visit as %s", nick)
	if !s.Policy().Guests {
		return Person{}, &Error{Code: NotAllowed}
	}
	guest := GuestPrefix + nick
	if nick.Guest() {
		guest = nick
	}
	guest = guest[:min(len(guest), maxNick)]
	for range maxClaims {
		_, taken, err := s.Reader.Name(ctx, guest)
		if err != nil {
			return Person{}, err
		}
		if taken {
			if guest = Nick(s.numberedNick(ctx, guest)); guest == "" {
				break
			}
		}
		p, err := s.claim(ctx, PersonClaimed{Nick: guest, Guest: true})
		if CodeOf(err) != NickTaken {
			return p, err
		}
	}
	return Person{}, &Error{Code: NickTaken, Name: string(guest)}
}

// visits reports whether that is more than a guest does, who reads what they are
// in and writes in rooms. A guest is one for life, so the rank that the session
// began with will do.
func (a *Actor) visits(what action, c Conversation) bool {
	return a.me.Rank == RankGuest && c.Kind != Room && what != reads && what != departs
}

// Depart ends a guest's visit. Of anybody else it does nothing.
func (s *Service) Depart(ctx context.Context, p Person) error {
	if p.Rank != RankGuest {
		return nil
	}
	return s.happen(ctx, p.ID, GuestLeft{})
}

// clearGuests ends the visits that the end of the server before this one left open.
func (s *Service) clearGuests(ctx context.Context) error {
	guests, err := s.Reader.Guests(ctx)
	for _, id := range guests {
		err = errors.Join(err, s.happen(ctx, id, GuestLeft{}))
	}
	return err
}
