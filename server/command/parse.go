package command

import (
	"bufio"
	"context"
	"strings"

	"charla/server/chat"
)

// Order is a line that was understood: a command and what it was given.
type Order struct {
	Command Command
	args    []string
	text    string
	flags   map[string]string
	here    chat.Handle // where it was typed, if that may be meant
}

// Parse understands a line, without a slash: "send --json beto don't  wait". It
// fails with *Usage or *Unknown and does nothing else.
func Parse(line string) (Order, error) { return parse(line, "") }

// parse is Parse in a conversation, "" outside of any.
func parse(line string, here chat.Handle) (Order, error) {
	c, rest, err := find(line)
	if err != nil {
		return Order{}, err
	}
	o := Order{Command: c, flags: map[string]string{}}
	if c.Text {
		err = o.takeText(rest)
	} else {
		err = o.takeWords(rest)
	}
	if err != nil {
		return Order{}, err
	}
	o.begins(here)
	return o.complete()
}

// complete is the order, or help if that was asked for, unless it has too few or
// too many arguments.
func (o Order) complete() (Order, error) {
	c := o.Command
	if _, help := o.flags["help"]; help {
		return Order{Command: helpCommand(), args: []string{c.English[0]}}, nil
	}
	if n := len(o.args); n < c.Min || n > c.Max {
		u := &Usage{Commands: []Command{c}}
		if n > 0 && n < c.Min {
			u.Lacks = n + 1
		}
		return Order{}, u
	}
	return o, nil
}

// Run does it. Errors are *Usage, *LineError, chat's, the context's, or those
// of Out, which wrap ErrOutput.
func (o Order) Run(ctx context.Context, s Session) error {
	o = o.placed(ctx, s.Actor)
	c := &Call{
		Session: s, Args: o.args, Text: o.text, Flags: o.flags,
		command: o.Command, out: bufio.NewWriterSize(s.Out, 8<<10),
	}
	c.JSON = c.flag("json")
	err := o.Command.run(ctx, c)
	if flushed := c.flush(); err == nil {
		err = flushed
	}
	return err
}

// IsHelp reports whether the order asks for the whole help, to which a face
// adds what only it has.
func (o Order) IsHelp() bool {
	return o.Command.English[0] == helpCommand().English[0] && len(o.args) == 0
}

// find takes the command's name off a line: of two words, where there is one of both,
// else of one.
func find(line string) (Command, string, error) {
	first, rest, ok, err := nextWord(line)
	if err != nil || !ok {
		return Command{}, "", &Usage{Commands: []Command{helpCommand()}, Quote: err != nil}
	}
	family := familyOf(first)
	c, one := Lookup(first)
	switch {
	case one && family == nil:
		return c, rest, nil
	case family == nil:
		return Command{}, "", &Unknown{Name: chat.OneLine(first, 40), Near: nearest(first)}
	}
	second, behind, ok, err := nextWord(rest)
	if err == nil && ok {
		if two, ok := Lookup(first + " " + second); ok {
			return two, behind, nil
		}
	}
	if one && (!ok || isFlag(second) || c.Max > 0) {
		return c, rest, nil
	}
	if fold(first) == operators {
		switch {
		case err != nil:
			return Command{}, "", &Usage{Commands: []Command{adminHelp()}, Quote: true}
		case !ok:
			return adminHelp(), "", nil
		}
		return Command{}, "", unknownOperator(second)
	}
	return Command{}, "", &Usage{Commands: family, Quote: err != nil}
}

// familyOf lists the commands with a name of two words that starts with name.
func familyOf(name string) []Command {
	if len(name) > 64 {
		return nil
	}
	var family []Command
	for _, c := range All() {
		for _, n := range c.names() {
			if head, _, two := strings.Cut(fold(n), " "); two && head == fold(name) {
				family = append(family, c)
				break
			}
		}
	}
	return family
}

// nearest is the name that was probably meant, "" if none is near. Typing
// mistakes rarely hit the first letter.
func nearest(typed string) string {
	folded := fold(typed[:min(len(typed), 64)])
	if folded == "" || len(folded) > 32 {
		return ""
	}
	var names []string
	for _, c := range All() {
		for _, n := range c.names() {
			if n[0] == folded[0] {
				names = append(names, n)
			}
		}
	}
	return chat.Nearest(folded, names)
}

// takeWords takes flags and arguments, in any order; after "--" all are
// arguments.
func (o *Order) takeWords(line string) error {
	words, err := split(line)
	if err != nil {
		return &Usage{Commands: []Command{o.Command}, Quote: true}
	}
	return o.takeList(words)
}

// takeList is takeWords for words that somebody else has split.
func (o *Order) takeList(words []string) error {
	for i := 0; i < len(words); i++ {
		if words[i] == "--" {
			o.args = append(o.args, words[i+1:]...)
			return nil
		}
		if !isFlag(words[i]) {
			o.args = append(o.args, words[i])
			continue
		}
		used, err := o.takeFlag(words[i], after(words, i))
		if err != nil {
			return err
		}
		if used {
			i++
		}
	}
	return nil
}

// takeText takes flags, one argument, and the rest of the line as it is, less
// the one blank that ends the argument. A rest of nothing but blanks is none.
func (o *Order) takeText(line string) error {
	for ended := false; ; {
		word, rest, ok, err := nextWord(line)
		if err != nil {
			return &Usage{Commands: []Command{o.Command}, Quote: true}
		}
		if !ok {
			return nil
		}
		line = rest
		switch {
		case ended || !isFlag(word):
			o.args = []string{word}
			return o.takeRest(rest)
		case word == "--":
			ended = true
		default:
			value, after, some, err := nextWord(rest)
			next := &value
			if err != nil || !some {
				next = nil
			}
			used, err := o.takeFlag(word, next)
			if err != nil {
				return err
			}
			if used {
				line = after
			}
		}
	}
}

// takeRest takes what stands after the first argument. What is said is left as it
// is; of a title or topic, flags before it and flags of the command behind it are
// taken, and nothing after "--" is one.
func (o *Order) takeRest(line string) error {
	for !o.Command.Said {
		word, rest, ok, err := nextWord(line)
		if err != nil || !ok || !isFlag(word) {
			break // a quote in a text need not be closed
		}
		if line = rest; word == "--" {
			o.text = strings.TrimLeft(line, blanks)
			return nil
		}
		if _, err := o.takeFlag(word, nil); err != nil {
			return err
		}
	}
	for !o.Command.Said {
		trimmed := strings.TrimRight(line, blanks)
		last := strings.LastIndexAny(trimmed, blanks) + 1
		flag, known := o.Command.flagNamed(strings.TrimPrefix(trimmed[last:], "--"))
		if !strings.HasPrefix(trimmed[last:], "--") || !known || flag.Value {
			break
		}
		o.flags[flag.Name] = ""
		line = trimmed[:last]
	}
	if strings.Trim(line, blanks) != "" {
		o.text = line[1:]
	}
	return nil
}

// after is the word that follows, nil if none does.
func after(words []string, i int) *string {
	if i+1 < len(words) {
		return &words[i+1]
	}
	return nil
}

func isFlag(word string) bool { return len(word) > 1 && word[0] == '-' }

// takeFlag notes a flag; used reports whether next was its value.
func (o *Order) takeFlag(word string, next *string) (used bool, err error) {
	name, value, with := strings.Cut(strings.TrimPrefix(word, "--"), "=")
	bad := &Usage{Commands: []Command{o.Command}, Flag: chat.OneLine(word, 40)}
	flag, known := o.Command.flagNamed(name)
	switch {
	case !strings.HasPrefix(word, "--") || !known || !flag.Value && with:
		return false, bad
	case !flag.Value || with:
		o.flags[name] = value
		return false, nil
	case next == nil:
		return false, bad
	}
	o.flags[name] = *next
	return true, nil
}

func (c Command) flagNamed(name string) (Flag, bool) {
	for _, f := range append([]Flag{{Name: "json"}, {Name: "help"}}, c.Flags...) {
		if f.Name == name {
			return f, true
		}
	}
	return Flag{}, false
}
