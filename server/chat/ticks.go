package chat

import (
	"context"
	"slices"
)

// HearsOtherwise reports whether the person is told now what reached somebody of
// members who is Untold, or is not told any more of another one: then they are to be
// read again. It is asked in memory.
func (a *Actor) HearsOtherwise(members []Member) bool {
	l := a.s.sights.look(a.me.ID)
	return l.ok && slices.ContainsFunc(members, func(m Member) bool { return m.Untold == l.sees(m.User) })
}

// told takes from members what the person is not told of their marks: all of it
// where there are no ticks, and the delivered mark of whoever does not show them that
// they are here, for it tells that. What others have read is told whether or not they
// show that they are here, for to read is their own deed; across a block in a group it
// is as if they had read nothing since. They still count for "read by everybody":
// else the blocked would see it of their messages at the moment of the block.
func (a *Actor) told(ctx context.Context, c Conversation, members []Member) ([]Member, error) {
	l := a.s.sights.look(a.me.ID)
	var apart map[UserID]Number
	for i := range members {
		m := &members[i]
		switch {
		case m.User == a.me.ID:
		case !c.Ticks():
			m.Delivered, m.Read, m.Untold = 0, 0, true
		case l.sees(m.User):
		case c.Kind == Group && l.apart(m.User) && m.Read > 0:
			if apart == nil {
				var err error
				if apart, err = a.s.Reader.ReadApart(ctx, a.me.ID, c.ID); err != nil {
					return nil, err
				}
			}
			m.Delivered, m.Read, m.Untold = 0, min(m.Read, apart[m.User]), true
		default: // of a talk that a block stands in Reader.Members tells no more than of before
			m.Delivered, m.Untold = 0, true
		}
	}
	return members, nil
}

// apart reports whether a block stands between the viewer and other, or may.
func (l look) apart(other UserID) bool { return !l.ok || l.estranged[other] }

// told is a member as news tell the viewer of them, itself not changed.
func (l look) told(m *Member) *Member {
	if l.sees(m.User) {
		return m
	}
	less := *m
	less.Delivered, less.Untold = 0, true
	if l.apart(m.User) {
		less.Read = 0
	}
	return &less
}

// discreetFollower is a person's follower: in news of others' marks stands what they are
// told. Where the view does not answer that is nothing, and the next mark tells it.
type discreetFollower struct {
	Follower
	sights *sights
	me     UserID
}

// Next is Follower.
func (f *discreetFollower) Next() News {
	news := f.Follower.Next()
	var l look
	for i := range news.Changes {
		if c := &news.Changes[i]; c.Member != nil {
			if l.s == nil {
				l = f.sights.look(f.me)
			}
			c.Member = l.told(c.Member)
		}
	}
	return news
}
