package chat

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Credential is what a newcomer will be known by: a proven key, or the hash of
// a passphrase (a PHC string), or both.
type Credential struct {
	Key        *Key
	Passphrase string
	Code       CodeHash // of an invitation, where registration asks for one
}

// PersonByNick is who has the nick; NoPerson if nobody has.
func (s *Service) PersonByNick(ctx context.Context, nick Nick) (Person, error) {
	return s.Reader.PersonByNick(ctx, nick)
}

// ProvenBy lists who has signed with a key that is theirs. Those who only pasted it
// are not among them: anybody may paste the public key of somebody who is not here
// yet, and would else be who comes with it.
func (s *Service) ProvenBy(ctx context.Context, fingerprint string) ([]Person, error) {
	people, err := s.Reader.PeopleByKey(ctx, fingerprint)
	return slices.DeleteFunc(people, func(p Person) bool { return !p.HasProven(fingerprint) }), err
}

// ProveKey notes that somebody has signed with a key of theirs that they had only
// pasted, and returns them as they are then: it may have been removed meanwhile. From
// then on it says who they are, also once they are banned.
func (s *Service) ProveKey(ctx context.Context, p Person, fingerprint string) (_ Person, err error) {
	defer wrap(&err, "prove a key")
	for _, k := range p.Keys {
		if k.Fingerprint == fingerprint && !k.Proven {
			k.Proven = true
			if err := s.happen(ctx, p.ID, KeyAdded{Key: k, Had: true}); err != nil {
				return p, err
			}
			return s.Reader.Person(ctx, p.ID)
		}
	}
	return p, nil
}

// Claimable is nil if nick can be claimed, else NickReserved or NickTaken with
// a free variant as hint.
func (s *Service) Claimable(ctx context.Context, nick Nick) error {
	if nick.Reserved() {
		return &Error{Code: NickReserved, Name: string(nick), Hint: s.freeVariant(ctx, nick)}
	}
	_, taken, err := s.Reader.Name(ctx, nick)
	if err != nil {
		return err
	}
	if taken {
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
	switch r := s.Policy().Registration; {
	case r == Closed:
		return Person{}, &Error{Code: NotRegistering}
	case r == ByInvitation && c.Code == "":
		return Person{}, &Error{Code: CodeWrong}
	}
	if err := s.Claimable(ctx, nick); err != nil {
		return Person{}, err
	}
	return s.claim(ctx, PersonClaimed{Nick: nick, Key: c.Key, Passphrase: c.Passphrase, Code: c.Code})
}

// claim appends a claim and looks whether it had its effect. It is tried again
// where somebody else's claim of the same nick had none: a wrong code moves the
// name's subject on and takes nothing.
func (s *Service) claim(ctx context.Context, claim PersonClaimed) (Person, error) {
	for range maxClaims {
		version, held, err := s.Reader.Name(ctx, claim.Nick)
		if err != nil {
			return Person{}, err
		}
		if held {
			break
		}
		event := s.event(NewID[Person](), claim)
		at, err := s.Log.AppendIf(ctx, NameSubject(claim.Nick), version, event)
		if errors.Is(err, ErrConflict) {
			if err := s.catchUp(ctx); err != nil {
				return Person{}, err
			}
			continue
		}
		if err == nil {
			err = s.Awaiter.Await(ctx, at)
		}
		if err != nil {
			return Person{}, err
		}
		p, err := s.Reader.Person(ctx, event.By)
		if CodeOf(err) == NoPerson && claim.Code != "" {
			return Person{}, &Error{Code: CodeWrong}
		}
		return p, err
	}
	return Person{}, &Error{Code: NickTaken, Name: string(claim.Nick), Hint: s.freeVariant(ctx, claim.Nick)}
}

// maxClaims bounds the tries of one claim.
const maxClaims = 4

// catchUp waits until the view holds all that the log holds now.
func (s *Service) catchUp(ctx context.Context) error {
	identity, err := s.Log.Identity(ctx)
	if err != nil {
		return err
	}
	return s.Awaiter.Await(ctx, PositionAt(identity.Last, 0))
}

// freeVariant is a nick that nobody has, to be named beside one that cannot be had:
// nick2, nick3, … or, of a guest's nick, what follows its prefix; "" if none is.
func (s *Service) freeVariant(ctx context.Context, nick Nick) string {
	if plain := nick[min(len(nick), len(GuestPrefix)):]; nick.Guest() && plain != "" && isAlnum(plain[0]) {
		if _, taken, err := s.Reader.Name(ctx, plain); err == nil && !taken && !plain.Reserved() {
			return string(plain)
		}
		nick = plain
	}
	if variant := Nick(s.numberedNick(ctx, nick)); !variant.Reserved() {
		return string(variant)
	}
	return ""
}

// numberedNick is nick2, nick3, … whichever is free first; "" if none up to 99.
func (s *Service) numberedNick(ctx context.Context, nick Nick) string {
	base := string(nick[:min(len(nick), maxNick-2)])
	for i := 2; i < 100; i++ {
		variant := Nick(fmt.Sprintf("%s%d", base, i))
		if _, taken, err := s.Reader.Name(ctx, variant); err == nil && !taken && !reservedNicks[variant] {
			return string(variant)
		}
	}
	return ""
}
