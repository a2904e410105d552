package chat

import (
	"context"
	"errors"
	"fmt"
)

// Credential is what a newcomer will be known by: a proven key, or the hash of
// a passphrase (a PHC string), or both.
type Credential struct {
	Key        *Key
	Passphrase string
}

// PersonByNick is who has the nick; NoPerson if nobody has.
func (s *Service) PersonByNick(ctx context.Context, nick Nick) (Person, error) {
	return s.Reader.PersonByNick(ctx, nick)
}

// OnlyOwner is the one person the key belongs to; NoPerson if it is nobody's or
// several people's.
func (s *Service) OnlyOwner(ctx context.Context, fingerprint string) (Person, error) {
	people, err := s.Reader.PeopleByKey(ctx, fingerprint)
	if err != nil {
		return Person{}, err
	}
	if len(people) != 1 {
		return Person{}, &Error{Code: NoPerson}
	}
	return people[0], nil
}

// Claimable is nil if nick can be claimed, else NickReserved or NickTaken with
// a free variant as hint.
func (s *Service) Claimable(ctx context.Context, nick Nick) error {
	if nick.Reserved() {
		return &Error{Code: NickReserved, Name: string(nick), Hint: s.freeVariant(ctx, nick)}
	}
	version, err := s.Reader.NameVersion(ctx, nick)
	if err != nil {
		return err
	}
	if version != 0 {
		return &Error{Code: NickTaken, Name: string(nick), Hint: s.freeVariant(ctx, nick)}
	}
	return nil
}

// Claim gives nick to a newcomer, for ever. It is decided on the name's subject
// in the log: of two who claim at once exactly one wins, and the other gets
// NickTaken. When it returns the person is durable and can be found.
func (s *Service) Claim(ctx context.Context, nick Nick, c Credential) (_ Person, err error) {
	defer wrap(&err, "claim %s", nick)
	if c.Key == nil && c.Passphrase == "" {
		return Person{}, &Error{Code: NotAllowed, Name: string(nick)}
	}
	if err := s.Claimable(ctx, nick); err != nil {
		return Person{}, err
	}
	event := s.event(NewID[Person](), PersonClaimed{Nick: nick, Key: c.Key, Passphrase: c.Passphrase})
	at, err := s.Log.AppendIf(ctx, NameSubject(nick), 0, event)
	if errors.Is(err, ErrConflict) {
		return Person{}, &Error{Code: NickTaken, Name: string(nick), Hint: s.freeVariant(ctx, nick)}
	}
	if err != nil {
		return Person{}, err
	}
	if err := s.Awaiter.Await(ctx, at); err != nil {
		return Person{}, err
	}
	return s.Reader.Person(ctx, event.By)
}

// freeVariant is nick2, nick3, … whichever is free first; "" if none up to 99.
func (s *Service) freeVariant(ctx context.Context, nick Nick) string {
	base := string(nick[:min(len(nick), maxNick-2)])
	for i := 2; i < 100; i++ {
		variant := Nick(fmt.Sprintf("%s%d", base, i))
		if version, err := s.Reader.NameVersion(ctx, variant); err == nil && version == 0 && !variant.Reserved() {
			return string(variant)
		}
	}
	return ""
}
