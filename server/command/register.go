package command

import (
	"context"

	"charla/server/chat"
	"charla/server/i18n"
)

var register = Command{
	English: []string{"register"}, Spanish: []string{"registrar", "registrarse"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Register },
	run:   runRegister,
}

// OtherNick says that a nick was not taken, because the key is somebody's already.
// Nothing was done.
type OtherNick struct{ Asked, Nick string }

func (o *OtherNick) Error() string { return "the key is that of " + o.Nick }

// runRegister has nothing left to do: whoever gets here signed in, and signing
// in under a free nick claims it. It is what a script runs first, as often as
// it likes; under another nick than the key's it took none, and a script has to know.
func runRegister(_ context.Context, c *Call) error {
	me := c.Actor.Me()
	if asked, err := chat.FoldNick(c.User); err == nil && asked != me.Nick {
		return refused(&OtherNick{string(asked), clean(me.Nick)})
	}
	if c.JSON {
		return c.object(identity(me))
	}
	return c.printf("%s", c.Words.Command.Registered(clean(me.Nick)))
}
