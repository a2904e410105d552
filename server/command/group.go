package command

import (
	"context"
	"slices"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
)

var groupNew = Command{
	English: []string{"group new", "group create"}, Spanish: []string{"grupo nuevo", "grupo crear"}, For: gatherers,
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.GroupNew },
	Min:   1, Max: chat.MaxGroup,
	run: func(ctx context.Context, c *Call) error {
		title, nicks := titleAndNicks(ctx, c.Actor, c.Args)
		conv, err := c.Actor.NewGroup(ctx, title, nicks)
		if err != nil {
			return c.unquoted(ctx, err)
		}
		if c.JSON {
			return c.object(describe(conv))
		}
		return c.printf("%s", clean(conv.Handle))
	},
}

// titleAndNicks parts the words of "group new". The quotes around a title of
// several words are eaten by the shell at the client's side, so words before the
// last run of known nicks belong to the title. A word that looks like a mistyped
// nick does not: then the first word is the title and the mistake is named. Where the
// last word is nobody it is that one, and asked for first.
func titleAndNicks(ctx context.Context, a *chat.Actor, words []string) (title string, nicks []string) {
	if strings.Contains(words[0], " ") {
		return words[0], words[1:]
	}
	first := peopleUpTo(ctx, a, words, len(words))
	if first == len(words) {
		nicks = slices.Clone(words[1:])
		slices.Reverse(nicks)
		return words[0], nicks
	}
	for _, w := range words[1:first] {
		if _, err := a.Resolve(ctx, w); err == nil || chat.AsError(err).Hint != "" {
			return words[0], words[1:]
		}
	}
	return strings.Join(words[:first], " "), words[first:]
}

// Unquoted says that a word for a nick is nobody's, and may belong to a title of
// several words: how that is typed.
type Unquoted struct {
	Err   error
	Order string
}

func (u *Unquoted) Error() string { return u.Err.Error() }

// Unwrap is that nobody is called so.
func (u *Unquoted) Unwrap() error { return u.Err }

// unquoted is err, with how a title of several words is typed if that may have been
// meant: up to the people who stand last but for the word that is nobody.
func (c *Call) unquoted(ctx context.Context, err error) error {
	e, all := chat.AsError(err), len(c.Args)
	if e.Code != chat.NoPerson || e.Hint != "" || strings.ContainsAny(strings.Join(c.Args, ""), " \"'\\") {
		return err
	}
	first := peopleUpTo(ctx, c.Actor, c.Args, all)
	if first == all {
		if first = peopleUpTo(ctx, c.Actor, c.Args, all-1); first == all-1 {
			first = all // nobody was named at all
		}
	}
	if first < 2 {
		return err
	}
	title := `"` + clean(strings.Join(c.Args[:first], " ")) + `"`
	if c.Prefix == "" {
		title = "'" + title + "'" // of which a shell eats the outer ones
	}
	words := append([]string{c.Prefix + c.command.Name(c.Words.Lang), title}, c.Args[first:]...)
	return &Unquoted{err, strings.Join(words, " ")}
}

// peopleUpTo is where the run of known nicks begins that ends before words[end]; the
// first word is never one.
func peopleUpTo(ctx context.Context, a *chat.Actor, words []string, end int) int {
	for end > 1 && isPerson(ctx, a, words[end-1]) {
		end--
	}
	return end
}

func isPerson(ctx context.Context, a *chat.Actor, word string) bool {
	_, err := a.PersonByNick(ctx, chat.Nick(strings.TrimPrefix(word, "@")))
	return err == nil
}

var groupAdd = Command{
	English: []string{"group add"}, Spanish: []string{"grupo añadir"}, // and "invite CONV NICK…", as it was called first
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.GroupAdd },
	Min:   2, Max: chat.MaxGroup, Place: groupPlace,
	run: func(ctx context.Context, c *Call) error {
		conv, err := c.Actor.Resolve(ctx, c.Args[0])
		if err != nil {
			return err
		}
		if conv, err = c.Actor.Add(ctx, conv.Ref(), c.Args[1:]); err != nil {
			return err
		}
		if c.JSON {
			return c.object(describe(conv))
		}
		return c.printf("%s", c.Words.Command.GroupNow(clean(conv.Handle), c.nicks(c.Args[1:]), conv.Members))
	},
}

// mostNamed is how many people an answer names; of more the number is told.
const mostNamed = 8

// nicks are those typed, as they are shown.
func (c *Call) nicks(typed []string) []string {
	var nicks []string
	for _, t := range typed {
		if nick := clean(chat.Nick(foldNick(t))); !slices.Contains(nicks, nick) {
			nicks = append(nicks, nick)
		}
	}
	if more := len(nicks) - mostNamed; more > 0 {
		nicks = append(nicks[:mostNamed], c.Words.Command.More(more))
	}
	return nicks
}

var groupLeave = Command{
	English: []string{"group leave", "leave"}, Spanish: []string{"grupo salir", "grupo dejar", "dejar"},
	Usage: func(w *i18n.CommandWords) i18n.Usage { return w.GroupLeave },
	Min:   1, Max: 2, Place: barePlace,
	run: func(ctx context.Context, c *Call) error {
		conv, err := c.Actor.Resolve(ctx, c.Args[0])
		if err != nil {
			return err
		}
		if err := c.Actor.Leave(ctx, conv.Ref(), c.arg(1)); err != nil {
			return err
		}
		if c.JSON {
			return c.object(struct {
				Handle string `json:"handle"`
				Left   bool   `json:"left"`
			}{string(conv.Handle), true})
		}
		return c.printf("%s", c.Words.Command.GroupLeft(clean(conv.Handle)))
	},
}
