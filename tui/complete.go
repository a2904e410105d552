package tui

import (
	"slices"
	"strings"
	"unicode"

	"charla/server/command"
)

// completion is a token that Tab goes through the possible words of.
type completion struct {
	words []string
	at    int
	size  int // bytes put before the cursor for words[at]
}

// completeToken completes @nick, /command or the name after one. It reports
// false when there is nothing to complete: Tab then means the next window, though
// never within a command.
func (m *Model) completeToken() bool {
	w := m.current()
	if w == nil {
		return false
	}
	if c := &m.complete; len(c.words) > 1 {
		c.at = (c.at + 1) % len(c.words)
		m.putWord(w)
		return true
	}
	before := w.edit.Before()
	token := before[strings.LastIndexFunc(before, unicode.IsSpace)+1:]
	size, slash := len(token), strings.HasPrefix(before, "/") && !strings.HasPrefix(before, "//")
	var words []string
	switch {
	case strings.HasPrefix(token, "@"):
		words = prefixed("@", token[1:], m.people(w))
	case slash:
		if words = prefixed("/", before[1:], m.commands()); len(words) > 0 { // of two words, perhaps
			size = len(before)
		} else if token != before && token != "" {
			words = prefixed("", token, m.handles())
		}
	}
	if len(words) == 0 {
		return slash || strings.HasPrefix(token, "@") && len(token) > 1
	}
	m.complete = completion{words: words, size: size}
	m.putWord(w)
	if len(words) > 1 {
		m.flash = m.look.Text.Line(strings.Join(words[:min(len(words), 8)], "  "))
	}
	return true
}

func (m *Model) putWord(w *window) {
	c := &m.complete
	word := c.words[c.at] + " "
	w.edit.Replace(c.size, word)
	c.size = len(word)
	m.typed(w)
}

// prefixed are the names that start as typed, in order, each once.
func prefixed(sigil, typed string, names []string) []string {
	var words []string
	typed = strings.ToLower(typed)
	for _, n := range names {
		if strings.HasPrefix(n, typed) {
			words = append(words, sigil+n)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// people are the nicks one might mean: members, or who wrote there and whoever is known here.
func (m *Model) people(w *window) []string {
	var nicks []string
	for _, one := range w.talk.members {
		nicks = append(nicks, string(one.Nick))
	}
	if len(nicks) == 0 {
		nicks = w.pane.Authors()
		for _, nick := range m.names {
			nicks = append(nicks, string(nick))
		}
	}
	return slices.DeleteFunc(nicks, func(n string) bool { return n == string(m.me.Nick) })
}

func (m *Model) handles() []string {
	var names []string
	for _, t := range m.order {
		names = append(names, string(t.Handle))
	}
	return names
}

// commands are all names; first those of the person's language.
func (m *Model) commands() []string {
	names := m.ownCommands()
	for _, t := range command.ShownTo(m.me.Rank) {
		for _, c := range t.Commands {
			if !c.Endless {
				names = append(names, c.Name(m.words.Lang))
			}
		}
	}
	return names
}
