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
	run:   runWho,
}

func runWho(ctx context.Context, c *Call) error {
	here, _, _ := c.Actor.Here(math.MaxInt)
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
	return nil
}
