package command

import (
	"context"
	"strings"

	"charla/server/chat"
)

// ParseArgs is Parse for words that a shell has split already: no quote means
// anything any more.
func ParseArgs(args []string) (Order, error) {
	for _, n := range []int{2, 1} {
		if len(args) < n {
			continue
		}
		if c, ok := Lookup(strings.Join(args[:n], " ")); ok {
			o := Order{Command: c, flags: map[string]string{}}
			take := o.takeList
			if c.Text {
				take = o.takeTextList
			}
			if err := take(args[n:]); err != nil {
				return Order{}, err
			}
			return o.complete()
		}
	}
	if len(args) == 0 {
		return Order{}, &Usage{Commands: []Command{helpCommand()}}
	}
	if fold(args[0]) == operators {
		if len(args) == 1 {
			return Order{Command: adminHelp(), flags: map[string]string{}}, nil
		}
		return Order{}, unknownOperator(args[1])
	}
	if family := familyOf(args[0]); family != nil {
		return Order{}, &Usage{Commands: family}
	}
	return Order{}, &Unknown{Name: chat.OneLine(args[0], 40), Near: nearest(args[0])}
}

// takeTextList is takeText for words: the rest is joined by spaces.
func (o *Order) takeTextList(words []string) error {
	for i := 0; i < len(words); i++ {
		switch {
		case words[i] == "--" && i+1 < len(words):
			i++
			fallthrough
		case !isFlag(words[i]):
			o.args, o.text = []string{words[i]}, strings.Join(words[i+1:], " ")
			return nil
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

// operators starts the names of the commands of those who look after the server.
const operators = "admin"

// ParseOperator is ParseArgs for the server's own machine, where "admin" goes
// without saying.
func ParseOperator(args []string) (Order, error) {
	if len(args) == 0 {
		return ParseArgs([]string{operators})
	}
	if _, ours := Lookup(operators + " " + args[0]); ours {
		return ParseArgs(append([]string{operators}, args...))
	}
	o, err := ParseArgs(args)
	if unknown, ok := err.(*Unknown); ok {
		unknown.Near, unknown.Program, unknown.Operators = nearestOperator(args[0]), "charla ", true
		if unknown.Near != "" {
			unknown.Near = operators + " " + unknown.Near
		}
	}
	return o, err
}

// Operator lists the commands that ParseOperator adds, without "admin".
func Operator() []Command { return familyOf(operators) }

// unknownOperator says that "admin" has no such command.
func unknownOperator(typed string) *Unknown {
	near := nearestOperator(typed)
	if near != "" {
		near = operators + " " + near
	}
	return &Unknown{Name: operators + " " + chat.OneLine(typed, 40), Near: near, Operators: true}
}

func nearestOperator(typed string) string {
	var names []string
	for _, c := range Operator() {
		for _, name := range c.names() {
			names = append(names, strings.TrimPrefix(fold(name), operators+" "))
		}
	}
	return chat.Nearest(fold(typed[:min(len(typed), 64)]), names)
}

// Program is what those who look after the server ask of the program that runs.
type Program interface {
	// Status is how it is doing now.
	Status(ctx context.Context) (Status, error)
	// Reload reads the settings again: all of them, or none and a *SettingsError.
	Reload() (Reloaded, error)
}

// Reloaded is what reading the settings again has done.
type Reloaded struct {
	File    string   `json:"file"`    // that was read; "" if there is none
	Changed []string `json:"changed"` // settings with another value from now on
	Waiting []string `json:"waiting"` // settings with another value after a restart

	Guests int `json:"guests_out,omitempty"` // whose visits it has ended
}

// program is what may be asked, if the person may.
func (c *Call) program(ctx context.Context) (Program, error) {
	if err := c.Actor.MayReload(ctx); err != nil {
		return nil, err
	}
	if c.Server.Program == nil {
		return nil, &chat.Error{Code: chat.Unavailable}
	}
	return c.Server.Program, nil
}
