package verbs

import (
	"context"
	"errors"

	"charla/server/chat"
	"charla/server/command"
)

// The exit statuses. 75 is EX_TEMPFAIL of sysexits.h, which mail programs and
// job runners take as "try again"; 127 is what a shell says of a command that
// is not there.
const (
	Done    = 0 // a message is durable
	Refused = 1
	Misused = 2
	Again   = 75
	NoVerb  = 127
)

// statusOf is the one table from errors to exit statuses.
func statusOf(err error) int {
	var usage *command.Usage
	var unknown *command.Unknown
	var twice *command.TypeTwice
	switch {
	case err == nil:
		return Done
	case errors.As(err, &usage), errors.As(err, &twice):
		return Misused
	case errors.As(err, &unknown):
		return NoVerb
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Again // the server is stopping, or too busy
	case chat.CodeOf(err).Again():
		return Again
	}
	return Refused
}
