package chat

import (
	"context"
	"crypto/subtle"
	"time"
)

// How long codes hold. A login code is for a device at hand; an invitation is for
// somebody who reads it when they do.
const (
	LoginTerm     = 30 * time.Minute
	DeskTerm      = 24 * time.Hour // of a login code from the operator, which travels
	InviteTerm    = 7 * 24 * time.Hour
	MaxInviteTerm = 90 * 24 * time.Hour
	MaxInviteUses = 100
)

// LoginCode makes a code with which the person comes in from another device, once.
func (a *Actor) LoginCode(ctx context.Context) (plain string, c AccessCode, err error) {
	defer wrap(&err, "login code")
	me, err := a.Access(ctx)
	if err != nil {
		return "", AccessCode{}, err
	}
	if me.Rank == operator {
		return "", AccessCode{}, &Error{Code: NotAllowed, Why: WhyNobody, Name: "charla admin code NICK"}
	}
	if me.Rank == RankGuest {
		return "", AccessCode{}, &Error{Code: NotAllowed, Why: WhyGuest}
	}
	return a.issue(ctx, AccessCode{Purpose: LoginCode, For: me.ID, Uses: 1}, LoginTerm)
}

// LoginCodeFor makes one for somebody who has lost their key or passphrase. It is
// the operator's: with it anybody could come in as anybody.
func (a *Actor) LoginCodeFor(ctx context.Context, typed string) (plain string, c AccessCode, err error) {
	defer wrap(&err, "login code")
	if a.me.Rank != operator {
		return "", AccessCode{}, &Error{Code: NotAllowed, Why: WhyMachine, Name: "charla admin code " + OneLine(typed, maxNick)}
	}
	people, err := a.people(ctx, []string{typed})
	if err != nil {
		return "", AccessCode{}, err
	}
	return a.issue(ctx, AccessCode{Purpose: LoginCode, For: people[0], Uses: 1}, DeskTerm)
}

// Invite makes a code with which newcomers come in, into where too unless that is
// the zero Ref. Where nobody new is asked for a code there is none to come in by
// (plain is ""), and into where leads a JoinCode, for once they are in.
func (a *Actor) Invite(ctx context.Context, uses int, term time.Duration, where Ref) (plain string, c AccessCode, err error) {
	defer wrap(&err, "invite")
	if err := a.mayDo(ctx, bids); err != nil {
		return "", AccessCode{}, err
	}
	if where != (Ref{}) {
		if _, err := a.allowed(ctx, invites, where); err != nil {
			return "", AccessCode{}, err
		}
	}
	if err := codeBounds(uses, term); err != nil {
		return "", AccessCode{}, err
	}
	c = AccessCode{Purpose: Invitation, Conversation: where.ID, Uses: uses}
	switch r := a.s.Policy().Registration; {
	case r == Closed:
		return "", AccessCode{}, &Error{Code: NotRegistering}
	case r == Open && where == (Ref{}):
		return "", AccessCode{}, nil
	case r == Open:
		c.Purpose = JoinCode
	}
	return a.issue(ctx, c, term)
}

// issue gives out a code and looks whether it holds.
func (a *Actor) issue(ctx context.Context, c AccessCode, term time.Duration) (string, AccessCode, error) {
	if a.me.Rank != operator {
		if wait, ok := a.s.Limiter.Take(a.me.ID, Codes, 1); !ok {
			return "", AccessCode{}, tooFast(wait)
		}
		open, err := a.Codes(ctx)
		if err != nil {
			return "", AccessCode{}, err
		}
		if len(open) >= MaxCodes {
			return "", AccessCode{}, &Error{Code: TooMany, Name: "codes", Limit: MaxCodes}
		}
	}
	var plain string
	plain, c.Hash = NewCode()
	c.Until = a.s.Now().UTC().Add(term).Truncate(time.Second)
	if err := a.s.happen(ctx, a.me.ID, CodeIssued{Code: c}); err != nil {
		return "", AccessCode{}, err
	}
	issued, err := a.s.Reader.AccessCode(ctx, c.Hash)
	if CodeOf(err) == CodeWrong {
		err = &Error{Code: Conflict} // what was asked first holds no more
	}
	return plain, issued, err
}

// Codes lists the codes of the person's that hold, the oldest first.
func (a *Actor) Codes(ctx context.Context) ([]AccessCode, error) {
	return a.s.Reader.CodesBy(ctx, a.me.ID, a.s.Now())
}

// Revoke takes back one of them: by its ID, or the code itself. It has no number: that
// of one code would be another's once one before it is used up.
func (a *Actor) Revoke(ctx context.Context, typed string) (c AccessCode, err error) {
	defer wrap(&err, "revoke a code")
	open, err := a.Codes(ctx)
	if err != nil {
		return c, err
	}
	for _, c := range open {
		if c.Hash.called(typed) || c.Hash == HashCode(typed) {
			return c, a.s.happen(ctx, a.me.ID, CodeRevoked{Hash: c.Hash})
		}
	}
	return c, &Error{Code: CodeWrong}
}

// CheckInvitation is the hash of what a newcomer typed, if that lets somebody in
// now; else CodeWrong. Claim says whether it still does.
func (s *Service) CheckInvitation(ctx context.Context, typed string) (CodeHash, error) {
	return s.check(ctx, typed, Invitation, UserID{})
}

// CheckLoginCode is the same of a login code of user's.
func (s *Service) CheckLoginCode(ctx context.Context, user UserID, typed string) (CodeHash, error) {
	return s.check(ctx, typed, LoginCode, user)
}

func (s *Service) check(ctx context.Context, typed string, purpose Purpose, user UserID) (CodeHash, error) {
	hash := HashCode(typed)
	if hash == "" {
		return "", &Error{Code: CodeWrong}
	}
	c, err := s.Reader.AccessCode(ctx, hash)
	if err != nil {
		return "", err
	}
	same := subtle.ConstantTimeCompare([]byte(c.Hash), []byte(hash)) == 1
	if !same || c.Purpose != purpose || c.For != user || !c.Open(s.Now()) {
		return "", &Error{Code: CodeWrong}
	}
	return hash, nil
}

// LoginCodeOpen reports whether a code would let user in now.
func (s *Service) LoginCodeOpen(ctx context.Context, user UserID) (bool, error) {
	return s.Reader.LoginCodeOpen(ctx, user, s.Now())
}

// AddProvenKey lets somebody in with a key that they have proven and a code of
// theirs; CodeWrong if that does not hold any more.
func (s *Service) AddProvenKey(ctx context.Context, user UserID, k Key, code CodeHash) (Person, error) {
	p, err := s.Reader.Person(ctx, user)
	if err != nil {
		return p, err
	}
	k.Name, k.Proven = p.keyName(k.Name), true
	return s.redeem(ctx, user, KeyAdded{Key: k, Code: code}, func(p Person) bool { return p.HasProven(k.Fingerprint) })
}

// ResetPassphrase gives somebody with a code of theirs another passphrase (a PHC
// string); CodeWrong if the code does not hold any more.
func (s *Service) ResetPassphrase(ctx context.Context, user UserID, phc string, code CodeHash) (Person, error) {
	return s.redeem(ctx, user, PassphraseSet{Passphrase: phc, Code: code}, func(p Person) bool { return p.Passphrase == phc })
}

func (s *Service) redeem(ctx context.Context, user UserID, body Body, done func(Person) bool) (_ Person, err error) {
	defer wrap(&err, "redeem a login code")
	if err := s.happen(ctx, user, body); err != nil {
		return Person{}, err
	}
	p, err := s.Reader.Person(ctx, user)
	if err == nil && !done(p) {
		err = &Error{Code: CodeWrong}
	}
	return p, err
}
