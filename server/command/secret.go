package command

import (
	"strings"
	"sync"
	"unicode"

	"charla/server/chat"
)

// Asks reports whether it may ask something that is not shown.
func (o Order) Asks() bool { return o.Command.asks }

// Asking reports whether a line is of a command that may ask for what is not shown, or
// was meant for one, but for a typing mistake or two: what is typed behind such a line
// may be the answer, and nobody is to read it where the question is not asked.
func Asking(line string) bool {
	_, _, ok := asker(firstOf(line))
	return ok
}

// Secretly reports whether a line, as far as it is typed, may hold what its command
// asks for, against all advice: nobody keeps it.
func Secretly(line string) bool {
	first := firstOf(line)
	c, behind, ok := asker(first)
	below := strings.TrimPrefix(strings.TrimLeft(line, blanks), first)
	return ok && (c.Max == 0 && strings.Trim(behind, blanks) != "" || strings.Trim(below, blanks) != "")
}

// firstOf is the first line of a text that has something in it.
func firstOf(text string) string {
	first, _, _ := strings.Cut(strings.TrimLeft(text, blanks), "\n")
	return first
}

// head is the first word of a name of a command that may ask, folded.
type head struct {
	word string
	of   Command
}

// heads are all of them. They are asked about each line of a paste, and each word behind
// a slash of a draft, so that the whole list of commands is looked at for few lines.
var heads = sync.OnceValue(func() (all []head) {
	for _, c := range All() {
		if !c.asks {
			continue
		}
		for _, name := range c.names() {
			word, _, _ := strings.Cut(fold(name), " ")
			all = append(all, head{word, c})
		}
	}
	return all
})

// asker is the command that may ask and that a line is of, or seems to be of, with what
// stands behind its name.
func asker(line string) (c Command, behind string, ok bool) {
	first, rest, _, err := nextWord(line)
	if err != nil {
		first = ""
	}
	typed, run := fold(first[:min(len(first), 64)]), squeezed(line)
	for _, h := range heads() {
		if behind, ok = rest, near(typed, h.word); !ok {
			behind, ok = runsOn(run, h.word)
		}
		if ok {
			c = h.of
			break
		}
	}
	if !ok {
		return Command{}, "", false
	}
	if known, after, err := find(line); err == nil { // no mistake, though it be of another
		return known, after, known.asks
	}
	return c, behind, true
}

// near reports whether a word is a name, but for typing mistakes.
func near(typed, name string) bool {
	return typed != "" && (typed == name || chat.Nearest(typed, []string{name}) != "")
}

// squeezed is what a line begins with, folded, with nothing but its letters and digits.
func squeezed(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, fold(line[:min(len(line), 64)]))
}

// leastRun is the length of a name that is known in what it runs into: a shorter one
// is the beginning of too much else.
const leastRun = 8

// runsOn looks for a name at the beginning of a line whose blank behind it was left
// out, or one put into it.
func runsOn(run, name string) (behind string, ok bool) {
	for n := len(name); n >= len(name)-2 && len(name) >= leastRun; n-- {
		if n <= len(run) && near(run[:n], name) {
			return run[n:], true
		}
	}
	return "", false
}
