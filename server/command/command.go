package command

import (
	"bufio"
	"context"
	"io"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"charla/server/chat"
	"charla/server/i18n"
)

// Command is one thing a person can ask for.
type Command struct {
	// English and Spanish are its names; the first of each is the one shown. A
	// name of two words ("group new") is typed as two words. Accents and case do
	// not matter, and every name works whatever the language.
	English, Spanish []string
	// Usage is how to type it and what it does, in a language.
	Usage func(*i18n.CommandWords) i18n.Usage
	// Flags it takes besides --json and --help, which all take.
	Flags []Flag
	// Min and Max bound the arguments: each may cost a look-up.
	Min, Max int
	// Place is which conversation the first argument names, where it may be left out.
	Place place
	// Text: after the first argument the rest of the line is taken as it is,
	// quotes and spaces included. Said: it is a message, where nothing is a flag; of
	// any other text flags may stand before and behind it, too.
	Text, Said bool
	// For tells whether it is any use to somebody of a rank: the help of others does
	// not list it. nil: to everybody. It permits nothing.
	For func(chat.Rank) bool
	// Endless: it runs until its session ends, so a face that has to go on
	// (a screen, linear mode) does not offer it.
	Endless bool

	asks bool // it may ask something that is not shown

	run func(ctx context.Context, c *Call) error
}

// Flag is written --Name, or --Name VALUE or --Name=VALUE if it takes one.
type Flag struct {
	Name  string
	Value bool
}

// Session is what a command has to work with, the same for every command of
// one session.
type Session struct {
	Actor  *chat.Actor
	Words  *i18n.Words
	In     io.Reader // what is piped in; nil where there is nothing to read
	Out    io.Writer // a write may block; it holds up this session only
	Server Server
	Zone   *time.Location   // of times in text; nil: UTC. JSON is always UTC
	Here   chat.Handle      // the conversation that the person is in; "" where there is none
	Prefix string           // before a command's name in what is printed: "/" where people type a slash
	Aside  func(string)     // tells, beside Out, what no program waits for; nil: nobody
	Ask    Ask              // nil: there is no terminal to ask at
	Width  int              // of what Out is shown on, in cells; 0: unknown
	Height int              // of what can be seen of it at once, in rows; 0: all that was printed
	Rows   func(string) int // a line of Out takes there; nil: one
	ASCII  bool             // what Out is shown on shows nothing else
	Spoken bool             // what Out is shown on may be read aloud: no pictures
	Access
}

// Time is t as the session's text shows it.
func (s Session) Time(t time.Time) time.Time {
	if s.Zone == nil {
		return t.UTC()
	}
	return t.In(s.Zone)
}

// Server is how people reach this server.
type Server struct {
	Host        string
	Port        int
	HostKeys    []string // "ssh-ed25519 AAAA…", without a host or a comment
	Fingerprint string   // of the first, "SHA256:…"

	Program Program // nil: it cannot be asked for from here
}

// Call is one run of a command.
type Call struct {
	Session
	Args  []string
	Text  string            // of a command with Text: the untouched rest
	Flags map[string]string // those given; "" for one without value
	JSON  bool              // one object a line

	command Command
	out     *bufio.Writer // of Out; what a command prints on its way it flushes
}

// wrong says that the call was typed wrongly: a flag or its value, or "".
func (c *Call) wrong(flag string) error { return &Usage{Commands: []Command{c.command}, Flag: flag} }

// arg is the i-th argument, "" where there are fewer.
func (c *Call) arg(i int) string {
	if i >= len(c.Args) {
		return ""
	}
	return c.Args[i]
}

// flag reports whether --name was given.
func (c *Call) flag(name string) bool {
	_, ok := c.Flags[name]
	return ok
}

// All lists the commands in the order of the help.
func All() []Command {
	var all []Command
	for _, t := range topics() {
		all = append(all, t.Commands...)
	}
	return all
}

// Lookup finds a command by any of its names.
func Lookup(name string) (Command, bool) {
	if len(name) > 64 {
		return Command{}, false
	}
	folded := fold(name)
	for _, c := range All() {
		for _, n := range c.names() {
			if fold(n) == folded {
				return c, true
			}
		}
	}
	return Command{}, false
}

// Name is what the command is called in a language.
func (c Command) Name(l i18n.Lang) string {
	if l == i18n.Spanish {
		return c.Spanish[0]
	}
	return c.English[0]
}

func (c Command) names() []string {
	return append(append([]string{}, c.English...), c.Spanish...)
}

// fold drops case and accents: "Añadir" is "anadir".
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}
