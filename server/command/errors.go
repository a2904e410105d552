package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"charla/server/chat"
)

// ErrOutput wraps what went wrong in writing to Session.Out: whoever was
// reading has gone.
var ErrOutput = errors.New("output")

// Usage says that a line was typed wrongly. Nothing was done.
type Usage struct {
	Commands []Command // what may have been meant, at least one
	Quote    bool      // a quote was not closed
	Flag     string    // the flag, or the flag's value, that is wrong
	Lacks    int       // which argument is missing behind those that were given; 0: it is not that
	Term     bool      // it was to be a term
	Err      error     // what is wrong besides, and has a sentence of its own; or nil
}

func (u *Usage) Error() string { return "wrong usage of " + u.Commands[0].English[0] }

// Unwrap is what is wrong.
func (u *Usage) Unwrap() error { return u.Err }

// Unknown says that there is no command of that name. Nothing was done.
type Unknown struct {
	Name string // on one line
	Near string // the name that was probably meant, or ""

	Operators bool   // it would be one of those who look after the server
	Program   string // before what is to be typed in a shell of the server's own machine
}

func (u *Unknown) Error() string { return fmt.Sprintf("no command %q", u.Name) }

// KeyUsed says that the key of --id already is a message in another conversation.
// Nothing was sent.
type KeyUsed struct {
	Where chat.Handle // "" if that cannot be said
}

func (k *KeyUsed) Error() string { return fmt.Sprintf("key used in %q", k.Where) }

// SettingsError says why the settings were not read again. Nothing has changed.
type SettingsError struct{ Err error }

func (e *SettingsError) Error() string { return "settings: " + e.Err.Error() }

// Unwrap is why.
func (e *SettingsError) Unwrap() error { return e.Err }

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
func (s Session) Sentence(err error) string {
	var usage *Usage
	var unknown *Unknown
	var key *KeyUsed
	var line *LineError
	var settings *SettingsError
	var twice *TypeTwice
	var nobody *NobodyYet
	var unquoted *Unquoted
	var which *Which
	var other *OtherNick
	if sentence := s.ofAccess(err); sentence != "" {
		return sentence
	}
	switch w := s.Words; {
	case errors.As(err, &usage):
		return s.usage(usage)
	case errors.As(err, &unknown):
		near := unknown.Near
		if near != "" {
			near = unknown.Program + s.Prefix + near
		}
		help := helpCommand()
		if unknown.Operators {
			help = adminHelp()
		}
		return w.Command.Unknown(s.Prefix+unknown.Name, near, unknown.Program+s.Prefix+help.Name(w.Lang))
	case errors.As(err, &line):
		return w.Command.AtLine(line.Line, s.Sentence(line.Err))
	case errors.As(err, &settings):
		return w.Command.Operator.Kept(settings.Err.Error())
	case errors.As(err, &twice):
		return w.Command.Admin.TypeTwice(twice.Order)
	case errors.As(err, &other):
		return w.Command.OtherNick(other.Asked, other.Nick)
	case errors.As(err, &unquoted):
		return w.Command.Unquoted(w.ErrorBehind(s.Prefix, unquoted.Err), unquoted.Order)
	case errors.As(err, &which):
		return w.Command.Which(w.ErrorBehind(s.Prefix, which.Err), which.Order)
	case errors.As(err, &nobody):
		return w.Command.Admin.NobodyYet(w.ErrorBehind(s.Prefix, nobody.Err), nobody.Invite, nobody.Come)
	case errors.As(err, &key):
		return w.Command.KeyUsed(string(key.Where))
	case errors.Is(err, context.Canceled):
		return w.Errors.Stopping
	case errors.Is(err, context.DeadlineExceeded):
		return w.Errors.Unavailable
	}
	return s.Words.ErrorBehind(s.Prefix, err)
}

func (s Session) usage(u *Usage) string {
	w := &s.Words.Command
	var lines []string
	for _, c := range u.Commands {
		lines = append(lines, s.typed(c.Usage(w)))
	}
	usage := strings.Join(lines, " | ")
	switch lacks := s.lacks(u); {
	case lacks != "":
		return w.Lacks(lacks, usage)
	case u.Quote:
		return w.BadQuote(usage)
	case u.Term:
		return w.BadTerm(u.Flag, usage)
	case u.Flag != "":
		return w.BadFlag(u.Flag, usage)
	}
	return w.BadUsage(usage)
}

// lacks is what the usage calls the argument that is missing, "" if none is.
func (s Session) lacks(u *Usage) string {
	if u.Lacks == 0 || len(u.Commands) != 1 {
		return ""
	}
	c := u.Commands[0]
	words, optional := []string{}, false
	for _, word := range strings.Fields(c.Usage(&s.Words.Command).Line) {
		optional = optional || strings.HasPrefix(word, "[")
		if !optional {
			words = append(words, word)
		}
		optional = optional && !strings.HasSuffix(word, "]")
	}
	if i := len(strings.Fields(c.Name(s.Words.Lang))) + u.Lacks - 1; i < len(words) {
		return words[i]
	}
	return ""
}
