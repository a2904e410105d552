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
	lines := []string{line}
	if did.Guests > 0 {
		lines = append(lines, w.GuestsOut(did.Guests))
	}
	if len(did.Waiting) > 0 {
		lines = append(lines, w.Waiting(strings.Join(did.Waiting, ", ")))
	}
	return c.printf("%s", strings.Join(lines, "\n"))
}
