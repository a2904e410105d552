package command

import (
	"context"
	"strings"

	"charla/server/i18n"
)

var adminReload = Command{
	English: []string{operators + " reload"}, Spanish: []string{operators + " recargar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Operator.Reload },
	For:   owners,
	run:   runAdminReload,
}

func runAdminReload(ctx context.Context, c *Call) error {
	program, err := c.program(ctx)
	if err != nil {
		return err
	}
	did, err := program.Reload()
	if err != nil {
		return err
	}
	if c.JSON {
		did.Changed, did.Waiting = append([]string{}, did.Changed...), append([]string{}, did.Waiting...)
		return c.object(did)
	}
	w := c.Words.Command.Operator
	line := w.Same
	if len(did.Changed) > 0 {
		line = w.Changed(strings.Join(did.Changed, ", "))
	}
	if err := c.printf("%s", line); err != nil || len(did.Waiting) == 0 {
		return err
	}
	return c.printf("%s", w.Waiting(strings.Join(did.Waiting, ", ")))
}
