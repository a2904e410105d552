package chat

import (
	"context"
	"net/netip"
	"slices"
)

// Arrival is what the door knows of somebody by now; what it does not know is zero.
type Arrival struct {
	User    UserID
	Key     string     // the fingerprint of a key that they offered
	Proven  bool       // and signed with
	Address netip.Addr // the client's own, not that of a proxy
}

// Admits is nil if whoever arrives is not banned, else KeptOut with reason and term.
// Who signs with a key of somebody banned is that somebody, whatever nick they give;
// a key that was only offered says nothing about whose it is.
func (s *Service) Admits(ctx context.Context, who Arrival) (err error) {
	defer wrap(&err, "admit")
	bans, err := s.Reader.Bans(ctx)
	if err != nil || len(bans) == 0 {
		return err
	}
	users := []UserID{who.User}
	if who.Proven {
		holders, err := s.Reader.PeopleByKey(ctx, who.Key)
		if err != nil {
			return err
		}
		for _, p := range holders {
			if p.HasProven(who.Key) {
				users = append(users, p.ID)
			}
		}
	}
	address := who.Address.Unmap().WithZone("")
	now := s.Now()
	b := inForce(bans, now, func(b Ban) bool {
		return !b.User.IsZero() && slices.Contains(users, b.User) || b.Key != "" && b.Key == who.Key || b.Network.IsValid() && b.Network.Contains(address)
	})
	if b == nil {
		return nil
	}
	kept := &Error{Code: KeptOut, Hint: b.Reason}
	if !b.Until.IsZero() {
		kept.Wait = b.Until.Sub(now)
	}
	return kept
}
