package command

import (
	"context"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

// roles is what they are called, in both languages and without accents.
var roles = map[string]chat.Role{
	"owner": chat.RoleOwner, "admin": chat.RoleAdmin, "member": chat.RoleMember, "muted": chat.RoleMuted,
	"propiedad": chat.RoleOwner, "dueno": chat.RoleOwner, "duena": chat.RoleOwner, "administracion": chat.RoleAdmin,
	"miembro": chat.RoleMember, "silencio": chat.RoleMuted, "silenciado": chat.RoleMuted, "silenciada": chat.RoleMuted,
}

var groupRole = Command{
	English: []string{"group role"}, Spanish: []string{"grupo rol"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Role },
	Min:   3, Max: 3, Place: groupPlace,
	run: func(ctx context.Context, c *Call) error {
		role, known := roles[fold(c.Args[2])]
		if !known {
			return c.wrong(clean(c.Args[2]))
		}
		return c.giveRole(ctx, role)
	},
}

var groupMute = Command{
	English: []string{"group mute"}, Spanish: []string{"grupo silenciar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Mute },
	Min:   2, Max: 2, Place: groupPlace,
	run: func(ctx context.Context, c *Call) error { return c.giveRole(ctx, chat.RoleMuted) },
}

var groupUnmute = Command{
	English: []string{"group unmute"}, Spanish: []string{"grupo voz"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Unmute },
	Min:   2, Max: 2, Place: groupPlace,
	run: func(ctx context.Context, c *Call) error {
		return c.toMember(ctx, func(ref chat.Ref, nick string) (chat.Conversation, error) {
			return c.Actor.LetWrite(ctx, ref, nick)
		}, c.Words.Command.Groups.Heard)
	},
}

func (c *Call) giveRole(ctx context.Context, role chat.Role) error {
	return c.toMember(ctx, func(ref chat.Ref, nick string) (chat.Conversation, error) {
		return c.Actor.GiveRole(ctx, ref, nick, role)
	}, func(handle, nick string) string { return c.Words.Command.Groups.IsNow(handle, nick, role) })
}

var groupHandOver = Command{
	English: []string{"group handover"}, Spanish: []string{"grupo ceder"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.HandOver },
	Min:   2, Max: 2, Place: groupPlace,
	run: func(ctx context.Context, c *Call) error {
		return c.toMember(ctx, func(ref chat.Ref, nick string) (chat.Conversation, error) {
			return c.Actor.HandOver(ctx, ref, nick)
		}, func(handle, nick string) string { return c.Words.Command.Groups.IsNow(handle, nick, chat.RoleOwner) })
	},
}

var groupRemove = Command{
	English: []string{"group remove", "group kick"}, Spanish: []string{"grupo sacar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Groups.Remove },
	Min:   2, Max: 2, Place: groupPlace,
	run: func(ctx context.Context, c *Call) error {
		return c.toMember(ctx, func(ref chat.Ref, nick string) (chat.Conversation, error) {
			return c.Actor.Remove(ctx, ref, nick)
		}, c.Words.Command.Groups.Removed)
	},
}

// toMember does something to a member, CONV NICK, and says what came of it.
func (c *Call) toMember(ctx context.Context, do func(chat.Ref, string) (chat.Conversation, error), says func(handle, nick string) string) error {
	conv, err := c.Actor.Resolve(ctx, c.Args[0])
	if err != nil {
		return err
	}
	if conv, err = do(conv.Ref(), c.Args[1]); err != nil {
		return err
	}
	if c.JSON {
		return c.object(describe(conv))
	}
	return c.printf("%s", says(clean(conv.Handle), clean(chat.Nick(foldNick(c.Args[1])))))
}

// foldNick is a nick as it is shown, without an "@".
func foldNick(typed string) string {
	folded, err := chat.FoldNick(strings.TrimLeft(typed, "@"))
	if err != nil {
		return typed
	}
	return string(folded)
}
