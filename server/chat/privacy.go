package chat

import (
	"context"
	"time"
)

// Privacy is what the person lets others know and do.
func (a *Actor) Privacy(ctx context.Context) (Privacy, error) {
	s, err := a.Settings(ctx)
	return s.Privacy(), err
}

// Mute makes a conversation soundless for a time, 0 for good, or makes it sound
// again. TooMany beyond MaxMuted.
func (a *Actor) Mute(ctx context.Context, ref Ref, mute bool, term time.Duration) (err error) {
	defer wrap(&err, "mute")
	c, err := a.allowed(ctx, reads, ref)
	if err != nil {
		return err
	}
	now := a.s.Now()
	full := false
	_, err = a.ChangeSettings(ctx, func(s *Settings) {
		muted := map[ConversationID]int64{}
		for id := range s.Muted {
			if id != c.ID && s.IsMuted(id, now) {
				muted[id] = s.Muted[id]
			}
		}
		if full = mute && len(muted) >= MaxMuted; full {
			return
		}
		if mute {
			muted[c.ID] = 0
		}
		if mute && term > 0 {
			muted[c.ID] = now.Add(term).Unix()
		}
		s.Muted = muted
	})
	if err == nil && full {
		err = &Error{Code: TooMany, Name: string(c.Handle), Limit: MaxMuted}
	}
	return err
}

// Profile is how the person is shown besides their nick: never instead of it.
type Profile struct {
	Name   *string // display name; nil stays as it is
	Status *string
}

// SetProfile changes it; what is too long is refused, not cut. Who is silenced only
// takes back what they said of themselves.
func (a *Actor) SetProfile(ctx context.Context, p Profile) (err error) {
	defer wrap(&err, "profile")
	name, err := oneLineOf(p.Name, MaxName)
	if err != nil {
		return err
	}
	status, err := oneLineOf(p.Status, MaxStatus)
	if err != nil {
		return err
	}
	if name != nil && *name != "" || status != nil && *status != "" {
		if err := a.maySpeak(ctx); err != nil {
			return err
		}
	}
	_, err = a.ChangeSettings(ctx, func(s *Settings) {
		if name != nil {
			s.Name = *name
		}
		if status != nil {
			s.Status = *status
		}
	})
	return err
}

// oneLineOf cleans a text of at most so many characters.
func oneLineOf(text *string, most int) (*string, error) {
	if text == nil {
		return nil, nil
	}
	whole := OneLine(*text, MaxText)
	cut := OneLine(whole, most)
	if cut != whole {
		return nil, &Error{Code: LongReason, Limit: most}
	}
	return &cut, nil
}

// mostShared is how many groups Shared lists.
const mostShared = 20

// Shared lists groups that somebody and the person are in together.
func (a *Actor) Shared(ctx context.Context, id UserID) ([]ConversationID, error) {
	return a.s.Reader.Shared(ctx, a.me.ID, id, mostShared)
}

// addable is NotAddable for the first of some people who does not let the person
// bring them into groups. It is not told whether that is by a block.
func (a *Actor) addable(ctx context.Context, group Handle, ids []UserID) error {
	for _, id := range ids {
		if id == a.me.ID {
			continue
		}
		ok, err := a.mayBring(ctx, id)
		if err != nil {
			return err
		}
		if !ok {
			p, err := a.s.Reader.Person(ctx, id)
			if err != nil {
				return err
			}
			return &Error{Code: NotAddable, Name: string(p.Nick), Hint: string(group)}
		}
	}
	return nil
}

// mayBring reports whether somebody lets the person bring them into groups. A
// guest is in rooms only, and gone tomorrow.
func (a *Actor) mayBring(ctx context.Context, id UserID) (bool, error) {
	if who, err := a.s.Reader.Person(ctx, id); err != nil || who.Rank == RankGuest {
		return false, err
	}
	if blocked, err := a.s.Reader.Blocks(ctx, id, a.me.ID); err != nil || blocked {
		return false, err
	}
	p, _, err := a.s.Reader.Privacy(ctx, id)
	if err != nil || p.Adds != Known {
		return p.Adds == Everyone, err
	}
	return a.s.Reader.Acquainted(ctx, id, a.me.ID)
}
