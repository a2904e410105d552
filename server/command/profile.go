package command

import (
	"context"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

var privacyCommands = []Command{privacy, profile}

var privacy = Command{
	English: []string{"privacy"}, Spanish: []string{"privacidad"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Talks.Privacy },
	Min:   0, Max: 2,
	run: runPrivacy,
}

func runPrivacy(ctx context.Context, c *Call) error {
	var set func(*chat.Settings)
	switch len(c.Args) {
	case 0:
	case 1:
		return c.wrong("")
	default:
		if set = setPrivacy(fold(c.Args[0]), fold(c.Args[1])); set == nil {
			return c.wrong(chat.OneLine(strings.Join(c.Args, " "), 40))
		}
	}
	var s chat.Settings
	var err error
	if set == nil {
		s, err = c.Actor.Settings(ctx)
	} else {
		s, err = c.Actor.ChangeSettings(ctx, set)
	}
	if err != nil {
		return err
	}
	p := s.Privacy()
	if c.JSON {
		return c.object(struct {
			Seen     chat.Audience `json:"seen"`
			Receipts bool          `json:"receipts"`
			Adds     chat.Audience `json:"adds"`
		}{p.Seen, p.Receipts, p.Adds})
	}
	w := &c.Words.Command.Talks
	for _, line := range w.Shows(w.Audience(p.Seen), w.Audience(p.Adds), p.Receipts) {
		if err := c.printf("%s", line); err != nil {
			return err
		}
	}
	return nil
}

// setPrivacy is the change that two words ask for, nil if they ask for none.
func setPrivacy(what, value string) func(*chat.Settings) {
	to, known := i18n.Audiences[value]
	switch {
	case (what == "seen" || what == "visto") && known:
		return func(s *chat.Settings) { s.SeenBy = to }
	case (what == "adds" || what == "anadir") && known:
		return func(s *chat.Settings) { s.AddsBy = to }
	case (what == "receipts" || what == "marcas") && (value == "on" || value == "si"):
		return func(s *chat.Settings) { s.NoReceipts = false }
	case (what == "receipts" || what == "marcas") && (value == "off" || value == "no"):
		return func(s *chat.Settings) { s.NoReceipts = true }
	}
	return nil
}

var profile = Command{
	English: []string{"profile"}, Spanish: []string{"perfil"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.Talks.Profile },
	Flags: []Flag{{Name: "clear"}},
	Min:   0, Max: 1 + chat.MaxStatus,
	run: runProfile,
}

func runProfile(ctx context.Context, c *Call) error {
	if len(c.Args) > 0 {
		text := strings.Join(c.Args[1:], " ")
		if (chat.OneLine(text, 1) == "") != c.flag("clear") { // a text, or --clear
			return c.wrong("")
		}
		var p chat.Profile
		switch strings.ToLower(c.Args[0]) {
		case "name", "nombre":
			p.Name = &text
		case "status", "estado":
			p.Status = &text
		default:
			return c.wrong("")
		}
		if err := c.Actor.SetProfile(ctx, p); err != nil {
			return err
		}
	}
	s, err := c.Actor.Settings(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return c.object(struct {
			Nick   chat.Nick `json:"nick"`
			Name   string    `json:"name"`
			Status string    `json:"status"`
		}{c.Actor.Me().Nick, s.Name, s.Status})
	}
	w := &c.Words.Command.Talks
	if err := c.printf("%s", w.NameIs(clean(s.Name))); err != nil {
		return err
	}
	return c.printf("%s", w.StatusIs(clean(s.Status)))
}
