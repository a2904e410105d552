package command

import (
	"context"

	"charla/server/i18n"
)

var files = Command{
	English: []string{"files"}, Spanish: []string{"archivos"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Files },
	Min:   1, Max: 1, Place: barePlace,
	run: runFiles,
}

// runFiles prints what can be fetched: as the messages that brought the files,
// whose path is what follows "host:" in scp and sftp.
func runFiles(ctx context.Context, c *Call) error {
	conv, err := c.Actor.Resolve(ctx, c.Args[0])
	if err != nil {
		return err
	}
	messages, err := c.Actor.Files(ctx, conv.Ref())
	if err != nil {
		return err
	}
	for _, m := range messages {
		if err := c.message(m, conv.Handle); err != nil {
			return err
		}
	}
	return c.orNone(len(messages), nil, c.Words.Command.None.Files(clean(conv.Handle)))
}
