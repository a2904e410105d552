package chat

import (
	"context"
	"slices"
)

// GiveRole gives a member of a group or room another role. The last owner stays
// one: LastOwner.
func (a *Actor) GiveRole(ctx context.Context, ref Ref, nick string, role Role) (_ Conversation, err error) {
	defer wrap(&err, "give a role")
	if err := a.change(); err != nil {
		return Conversation{}, err
	}
	what, err := a.crowning(ctx, ref, role)
	if err != nil {
		return Conversation{}, err
	}
	return a.reviseMember(ctx, what, ref, nick, func(c Conversation, who UserID, has Role) (Body, error) {
		body := RoleGiven{Conversation: c.ID, User: who, Role: role}
		lets := c.LetsOn(body, has)
		if !lets && what == reads {
			members, err := a.s.Reader.Members(ctx, c.ID)
			if err != nil {
				return nil, err
			}
			lets = !ownedBesides(members, UserID{})
		}
		switch {
		case !lets:
			return nil, &Error{Code: NotAllowed, Name: string(c.Handle), Why: WhyOwners}
		case has == role:
			return nil, nil
		case has != RoleOwner:
			return body, nil
		}
		members, err := a.s.Reader.Members(ctx, c.ID)
		if err == nil && !ownedBesides(members, who) {
			err = &Error{Code: LastOwner, Name: string(c.Handle)}
		}
		return body, err
	})
}

// LetWrite lets a muted member write again; NothingPending if they are not muted.
func (a *Actor) LetWrite(ctx context.Context, ref Ref, nick string) (_ Conversation, err error) {
	defer wrap(&err, "let write")
	if err := a.change(); err != nil {
		return Conversation{}, err
	}
	return a.reviseMember(ctx, removes, ref, nick, func(c Conversation, who UserID, has Role) (Body, error) {
		if has != RoleMuted {
			return nil, &Error{Code: NothingPending, Name: OneLine(nick, maxNick), Why: WhyNotMuted}
		}
		return RoleGiven{Conversation: c.ID, User: who, Role: RoleMember}, nil
	})
}

// crowning is what one must be able to do to give a role: to read is enough for
// those who look after the server, where a room may have no owner.
func (a *Actor) crowning(ctx context.Context, ref Ref, role Role) (action, error) {
	if role != RoleOwner {
		return removes, nil
	}
	c, err := a.Conversation(ctx, ref)
	if err != nil || c.Kind != Room {
		return removes, err
	}
	if err := a.mayDo(ctx, moderates); CodeOf(err) == NotAllowed {
		return removes, nil
	} else if err != nil {
		return removes, err
	}
	return reads, nil
}

// HandOver makes a member owner and the person, who was, an admin. Interrupted in
// between it leaves two owners; asked again it ends.
func (a *Actor) HandOver(ctx context.Context, ref Ref, nick string) (_ Conversation, err error) {
	defer wrap(&err, "hand over")
	if c, err := a.GiveRole(ctx, ref, nick, RoleOwner); err != nil {
		return c, err
	}
	return a.GiveRole(ctx, ref, string(a.me.Nick), RoleAdmin)
}

// Remove puts a member out. They keep the history up to now, and come back when
// an owner or admin adds them.
func (a *Actor) Remove(ctx context.Context, ref Ref, nick string) (_ Conversation, err error) {
	defer wrap(&err, "remove from group")
	if err := a.change(); err != nil {
		return Conversation{}, err
	}
	return a.reviseMember(ctx, removes, ref, nick, func(c Conversation, who UserID, has Role) (Body, error) {
		body := MemberRemoved{Conversation: c.ID, User: who}
		switch {
		case who == a.me.ID: // oneself leaves
			return nil, &Error{Code: NotAllowed, Name: string(c.Handle), Why: WhySelf}
		case !c.LetsOn(body, has):
			return nil, &Error{Code: NotAllowed, Name: string(c.Handle), Why: WhyOwners}
		}
		return body, nil
	})
}

// reviseMember is revise for what is done to a member with a role.
func (a *Actor) reviseMember(ctx context.Context, what action, ref Ref, nick string, make func(c Conversation, who UserID, has Role) (Body, error)) (Conversation, error) {
	return a.revise(ctx, ref, what, func(c Conversation) (Body, error) {
		found, err := a.people(ctx, []string{nick})
		if err != nil {
			return nil, err
		}
		seat, err := a.s.Reader.Seat(ctx, found[0], c.ID)
		if CodeOf(err) == NoConversation || err == nil && !seat.Member {
			return nil, &Error{Code: NotMember, Name: string(c.Handle), Hint: OneLine(nick, maxNick)}
		}
		if err != nil {
			return nil, err
		}
		return make(c, found[0], seat.Role)
	})
}

// Leave takes the person out of a group or room; of a group they keep the history
// up to now. Its last owner says who follows, by nick, while others are in it:
// else LastOwner, with who could as its hint.
func (a *Actor) Leave(ctx context.Context, ref Ref, successor string) (err error) {
	defer wrap(&err, "leave")
	if err := a.change(); err != nil {
		return err
	}
	_, err = a.revise(ctx, ref, departs, func(c Conversation) (Body, error) {
		body := MemberLeft{Conversation: c.ID}
		if c.Role == RoleOwner {
			body.Successor, err = a.heir(ctx, c, successor)
		}
		return body, err
	})
	return err
}

// heir is who will own what its owner leaves; zero if somebody else does already,
// or nobody else is there.
func (a *Actor) heir(ctx context.Context, c Conversation, successor string) (UserID, error) {
	members, err := a.s.Reader.Members(ctx, c.ID)
	if err != nil || ownedBesides(members, a.me.ID) || len(members) == 1 {
		return UserID{}, err
	}
	if successor == "" {
		next := Heir(members, a.me.ID, UserID{})
		i := slices.IndexFunc(members, func(m Member) bool { return m.User == next })
		return UserID{}, &Error{Code: LastOwner, Name: string(c.Handle), Hint: string(members[i].Nick)}
	}
	nick := Nick(foldHandle(successor))
	var nicks []string
	for _, m := range members {
		if m.Nick == nick && m.User != a.me.ID {
			return m.User, nil
		}
		nicks = append(nicks, string(m.Nick))
	}
	if near := Nearest(string(nick), nicks); near != "" {
		return UserID{}, &Error{Code: NoPerson, Name: OneLine(successor, maxNick), Hint: near}
	}
	return UserID{}, &Error{Code: NotMember, Name: string(c.Handle), Hint: OneLine(successor, maxNick)}
}

func ownedBesides(members []Member, but UserID) bool {
	return slices.ContainsFunc(members, func(m Member) bool { return m.User != but && m.Role == RoleOwner })
}
