package command

import (
	"context"
	"strings"
	"unicode/utf8"

	"charla/server/chat"
	"charla/server/i18n"
)

var adminPeople = Command{
	English: []string{"admin people"}, Spanish: []string{"admin gente"}, For: lookers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Admin.People },
	Min:   0, Max: 1,
	run: runPeople,
}

// runPeople prints everybody, a page at a time however many they are.
func runPeople(ctx context.Context, c *Call) error {
	var after chat.Nick
	for n := 0; ; {
		page, err := c.Actor.People(ctx, c.reasonWord(0), after, pageSize)
		if err != nil {
			return err
		}
		for _, s := range page {
			if err := c.standing(s); err != nil {
				return err
			}
			after = s.Nick
		}
		if n += len(page); len(page) < pageSize {
			return c.orNone(n, nil, c.Words.Command.None.Nicks)
		}
	}
}

// standingJSON is somebody as --json prints them for those who look after the server.
type standingJSON struct {
	Nick     string   `json:"nick"`
	Name     string   `json:"name,omitempty"`
	Rank     string   `json:"rank"`
	Since    string   `json:"since"`
	Here     bool     `json:"here,omitempty"`
	Seen     string   `json:"seen,omitempty"`
	Silenced string   `json:"silenced,omitempty"` // until then
	Banned   *banJSON `json:"banned,omitempty"`
}

// rankWord is a rank as wide as the widest.
func (c *Call) rankWord(rank chat.Rank) string {
	width := 0
	for _, word := range c.Words.Command.Admin.Ranks {
		width = max(width, utf8.RuneCountInString(word))
	}
	word := c.Words.Command.Admin.Ranks[rank]
	return word + strings.Repeat(" ", width-utf8.RuneCountInString(word))
}

func (c *Call) standing(s chat.Standing) error {
	silent := s.Silenced.After(c.Actor.Now())
	if c.JSON {
		out := standingJSON{
			Nick: string(s.Nick), Name: s.Name, Rank: string(s.Rank), Since: stamp(s.Since), Here: s.Here, Seen: stamp(s.Seen),
		}
		if silent {
			out.Silenced = stamp(s.Silenced)
		}
		if s.Banned != nil {
			b := c.banJSON(*s.Banned, string(s.Nick))
			out.Banned = &b
		}
		return c.object(out)
	}
	w := &c.Words.Command.Admin
	parts := []string{pad(clean(s.Nick), 20), c.rankWord(s.Rank), w.Since(c.Time(s.Since).Format("2006-01-02"))}
	switch {
	case s.Here:
		parts = append(parts, w.Here)
	case !s.Seen.IsZero():
		parts = append(parts, w.Seen(c.until(s.Seen)))
	}
	if silent {
		parts = append(parts, w.SilentUntil(c.until(s.Silenced)))
	}
	if s.Banned != nil {
		parts = append(parts, w.BannedUntil(c.until(s.Banned.Until)))
	}
	return c.columns(parts...)
}
