package command

import (
	"errors"
	"fmt"
	"strings"

	"charla/server/i18n"
)

// ErrOutput wraps what went wrong in writing to Session.Out: whoever was
// reading has gone.
var ErrOutput = errors.New("output")

// Usage says that a line was typed wrongly. Nothing was done.
type Usage struct {
	Commands []Command // what may have been meant, at least one
	Quote    bool      // a quote was not closed
	Flag     string    // the flag, or the flag's value, that is wrong
}

func (u *Usage) Error() string { return "wrong usage of " + u.Commands[0].English[0] }

// Unknown says that there is no command of that name. Nothing was done.
type Unknown struct {
	Name string // on one line
	Near string // the name that was probably meant, or ""
}

func (u *Unknown) Error() string { return fmt.Sprintf("no command %q", u.Name) }

// LineError says at which line of the input a stream of messages stopped; those
// before it were sent.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap is why.
func (e *LineError) Unwrap() error { return e.Err }

// Sentence is what a person reads about an error of Parse or Run, on one line.
func Sentence(w *i18n.Words, err error) string {
	var usage *Usage
	var unknown *Unknown
	var line *LineError
	switch {
	case errors.As(err, &usage):
		return usage.sentence(w)
	case errors.As(err, &unknown):
		return w.Command.Unknown(unknown.Name, unknown.Near)
	case errors.As(err, &line):
		return w.Command.AtLine(line.Line, w.Error(line.Err))
	}
	return w.Error(err)
}

func (u *Usage) sentence(w *i18n.Words) string {
	var lines []string
	for _, c := range u.Commands {
		lines = append(lines, c.Usage(&w.Command).Line)
	}
	usage := strings.Join(lines, " | ")
	switch {
	case u.Quote:
		return w.Command.BadQuote(usage)
	case u.Flag != "":
		return w.Command.BadFlag(u.Flag, usage)
	}
	return w.Command.BadUsage(usage)
}
