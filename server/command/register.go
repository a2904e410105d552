package command

import (
	"context"

	"charla/server/i18n"
)

var register = Command{
	English: []string{"register"}, Spanish: []string{"registrar", "registrarse"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Register },
	run:   runRegister,
}

// runRegister has nothing left to do: whoever gets here signed in, and signing
// in under a free nick claims it. It is what a script runs first, as often as
// it likes.
func runRegister(_ context.Context, c *Call) error {
	me := c.Actor.Me()
	if c.JSON {
		return c.object(identity(me))
	}
	return c.printf("%s", c.Words.Command.Registered(clean(me.Nick)))
}
