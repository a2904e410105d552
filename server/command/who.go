package command

import (
	"context"
	"math"
	"slices"

	"charla/server/chat"
	"charla/server/i18n"
)

var who = Command{
	English: []string{"who"}, Spanish: []string{"quien", "quién", "quienes"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Who },
	Min:   0, Max: 1,
	run: runWho,
}

func runWho(ctx context.Context, c *Call) error {
	if len(c.Args) > 0 {
		return c.whoIs(ctx, c.Args[0])
	}
	here, _, _ := c.Actor.Here(math.MaxInt32)
	nicks := make([]chat.Nick, 0, len(here))
	for _, id := range here {
		p, err := c.Actor.Person(ctx, id)
		if err != nil {
			return err
		}
		nicks = append(nicks, p.Nick)
	}
	slices.Sort(nicks)
	for _, nick := range nicks {
		var err error
		if c.JSON {
			err = c.object(struct {
				Nick chat.Nick `json:"nick"`
			}{nick})
		} else {
			err = c.printf("%s", clean(nick))
		}
		if err != nil {
			return err
		}
	}
	return c.orNone(len(nicks), nil, c.Words.Command.None.Present)
}

// asPerson is a name where only a person can be meant: that a group was called
// so once is no question then.
func asPerson(typed string) string { return "@" + typed }

type sightJSON struct {
	Nick   chat.Nick `json:"nick"`
	Name   string    `json:"name,omitempty"`
	Status string    `json:"status,omitempty"`
	Here   bool      `json:"here"`
	Seen   string    `json:"seen,omitempty"` // absent: not told, or not known
}

// whoIs tells of one person: what they say of themselves, and as much as they show
// of when they were here.
func (c *Call) whoIs(ctx context.Context, typed string) error {
	conv, err := c.Actor.Resolve(ctx, asPerson(typed))
	if err == nil && conv.Kind != chat.Talk {
		err = &chat.Error{Code: chat.NoPerson, Name: string(conv.Handle)}
	}
	if err != nil {
		return err
	}
	p, err := c.Actor.Person(ctx, conv.Peer)
	if err != nil {
		return err
	}
	sight, err := c.Actor.Sight(ctx, p.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		return c.object(sightJSON{p.Nick, p.Name, p.Status, sight.Here, stamp(sight.Seen)})
	}
	if err := c.printf("%s: %s", Called(c.Words, p), c.SeenNow(sight)); err != nil || p.Status == "" {
		return err
	}
	return c.printf("    %s", clean(p.Status))
}

// SeenNow is what may be known of whether somebody is here, in words.
func (s Session) SeenNow(sight chat.Sight) string {
	w := &s.Words.Command.Talks
	switch {
	case sight.Here:
		return w.Here
	case !sight.Seen.IsZero():
		return w.SeenAt(w.When(s.Time(sight.Seen), s.Time(s.Actor.Now())))
	}
	return w.SeenNever
}
