package command

import (
	"context"

	"charla/server/chat"
	"charla/server/i18n"
)

// Warned is a decision about the person, as they are told it.
type Warned struct {
	Sentence string
	At       chat.Position
}

// Untold is what the person is to be told of what was decided about them, the
// oldest first. Whoever shows it says so by Actor.Warned once it was seen.
func (s Session) Untold(ctx context.Context) ([]Warned, error) {
	all, err := s.Actor.Warnings(ctx)
	var untold []Warned
	for _, w := range all {
		until := ""
		if !w.Until.IsZero() {
			until = i18n.Until(s.Time(w.Until))
		}
		untold = append(untold, Warned{s.Words.Command.Admin.Told(w.Kind, until, clean(w.Reason)), w.Position})
	}
	return untold, err
}

// Warnings is what the person is to be told of what was decided about them, a
// sentence each, and notes that it was told: no other session and no other day tells
// it again. after is up to where this session has told already, for the note may not
// be read yet; upto is that of the next time.
func (s Session) Warnings(ctx context.Context, after chat.Position) (sentences []string, upto chat.Position, err error) {
	all, err := s.Untold(ctx)
	upto = after
	for _, w := range all {
		if w.At > after {
			sentences, upto = append(sentences, w.Sentence), w.At
		}
	}
	if err != nil || upto == after {
		return nil, after, err
	}
	return sentences, upto, s.Actor.Warned(ctx, upto)
}
