package linear

import (
	"context"
	"errors"
	"fmt"

	"charla/server/chat"
	"charla/server/command"
)

// ask has the person type a line that is not shown. It runs inside of a command, so
// inside of the loop, whose part it does meanwhile: what comes is told above it.
func (f *face) ask(ctx context.Context, q command.Question) (string, error) {
	if q.Problem != nil {
		f.note(f.Sentence(q.Problem))
	}
	f.questioned, f.keys.asked = true, q.Prompt
	defer func() { f.keys.asked = "" }()
	f.print(q.Prompt)
	for {
		for len(f.rest) > 0 {
			switch s := f.stroke(); s.kind {
			case entered:
				return s.line, nil
			case left, ended:
				return "", command.Left()
			case tooLong:
				f.note(f.Sentence(&chat.Error{Code: chat.TextTooLong, Limit: chat.MaxText}))
				f.print(q.Prompt)
			}
		}
		if err := f.out.Flush(); err != nil {
			return "", fmt.Errorf("%w: %w", command.ErrOutput, err)
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-f.stream.Wake():
			if err := f.news(ctx); err != nil {
				return "", errors.Join(command.ErrOutput, err)
			}
		case chunk, ok := <-f.chunks:
			if !ok { // the loop finds the same
				return "", command.Left()
			}
			f.rest = chunk
		}
	}
}
