package command

import (
	"cmp"
	"context"
	"slices"

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
		untold = append(untold, s.warned(w))
	}
	return untold, err
}

func (s Session) warned(w chat.Warning) Warned {
	return Warned{s.Words.Command.Admin.Told(w.Kind, s.untilOf(w), clean(w.Reason)), w.Position}
}

func (s Session) untilOf(w chat.Warning) string {
	if w.Until.IsZero() {
		return ""
	}
	return i18n.Until(s.Time(w.Until))
}

// Recap is Untold for somebody who was away: what was decided after a position, the
// newest first, and in one sentence the silences that are over, which tell nothing of
// what holds now.
func (s Session) Recap(ctx context.Context, after chat.Position) ([]Warned, error) {
	all, err := s.Actor.Warnings(ctx)
	all = slices.DeleteFunc(all, func(w chat.Warning) bool { return w.Position <= after })
	lifted, silent := chat.Position(0), false // the last time, and whether it was not since
	for _, w := range all {
		switch {
		case w.Kind != silencing:
		case w.Until.IsZero():
			lifted, silent = w.Position, false
		default:
			silent = w.Until.After(s.Actor.Now())
		}
	}
	var recap []Warned
	var over []string
	var last chat.Position
	for _, w := range all {
		switch {
		case w.Kind != silencing || w.Position > lifted && w.Until.After(s.Actor.Now()):
			recap = append(recap, s.warned(w))
			continue
		case !w.Until.IsZero():
			over = append(over, s.Words.Command.Admin.OverUntil(s.untilOf(w), clean(w.Reason)))
		}
		last = w.Position
	}
	switch {
	case len(over) > 0:
		recap = append(recap, Warned{s.Words.Command.Admin.Over(over, !silent), last})
	case last > 0: // what was told before is over
		recap = append(recap, Warned{s.Words.Command.Admin.YouMayWrite, last})
	}
	slices.SortFunc(recap, func(a, b Warned) int { return cmp.Compare(b.At, a.At) })
	return recap, err
}

// silencing is the kind of a silence, and of the end of one.
const silencing = "person.silenced"

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
