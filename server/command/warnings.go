package command

import (
	"context"

	"charla/server/i18n"
)

// Warnings is what the person is to be told of what was decided about them, a
// sentence each, and notes that it was told: no other session and no other day tells
// it again.
func (s Session) Warnings(ctx context.Context) (sentences []string, err error) {
	all, err := s.Actor.Warnings(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	for _, w := range all {
		until := ""
		if !w.Until.IsZero() {
			until = i18n.Until(s.Time(w.Until))
		}
		sentences = append(sentences, s.Words.Command.Admin.Told(w.Kind, until, clean(w.Reason)))
	}
	return sentences, s.Actor.Warned(ctx, all[len(all)-1].Position)
}
