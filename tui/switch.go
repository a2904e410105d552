package tui

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/tui/dialog"
	"charla/tui/pane"
)

// openSwitcher offers conversations and people by name.
func (m *Model) openSwitcher(beside bool) {
	s := m.screen()
	m.switcher = &dialog.Switcher{Title: s.GoTitle, Hint: s.GoHint, Empty: s.GoEmpty, Beside: beside}
	if beside {
		m.switcher.Title = s.BesideTitle
	}
	m.mode = compose
	m.narrow()
}

// narrow offers what fits what was typed: at once what is on the screen, and
// soon what the server knows.
func (m *Model) narrow() {
	typed := m.switcher.Edit.Text()
	if m.picking() {
		m.switcher.Offer(m.picker.fitting(bareName(typed)))
		return
	}
	m.switcher.Offer(m.matches(typed))
	m.switcher.Empty, m.switcher.Note = m.screen().GoEmpty, ""
	if typed != "" {
		m.switcher.Empty = m.look.Theme.Glyphs.Ellipsis
	}
	m.suggest++
	if typed == "" {
		m.answered = m.suggest
		return
	}
	actor, asked := m.actor, m.suggest
	m.io(func(ctx context.Context) tea.Msg {
		var handles []chat.Handle
		var err error
		if isName(typed) {
			handles, err = actor.Suggest(ctx, typed, 20)
		}
		msg := suggestMsg{asked: asked, handles: handles, err: err}
		if err == nil && len(handles) == 0 {
			if c, err := actor.Resolve(ctx, typed); err == nil {
				msg.handles = []chat.Handle{c.Handle} // one's own notes, which nobody else is offered
			} else {
				msg.near = chat.AsError(err).Hint
			}
		}
		return msg
	})
}

// suggestMsg answers narrow; a late answer is for something else that was typed.
type suggestMsg struct {
	asked   uint32
	handles []chat.Handle
	near    string
	err     error
}

func (m *Model) onSuggest(msg suggestMsg) {
	if m.switcher == nil || m.picking() || msg.asked != m.suggest {
		return
	}
	m.answered = msg.asked
	if msg.err != nil {
		m.note("suggest", msg.err)
		return
	}
	choices := m.switcher.Choices
	listed := map[string]bool{}
	for _, c := range choices {
		listed[c.Key] = true
	}
	for _, h := range msg.handles {
		if !listed[string(h)] {
			choices = append(choices, m.choice(string(h), nil))
		}
	}
	if len(choices) == 0 && msg.near != "" {
		choices = append(choices, m.choice(msg.near, nil))
		m.switcher.Note = m.screen().GoNear(msg.near)
	} else if len(choices) == 0 {
		m.switcher.Empty, m.switcher.Note = "", m.screen().GoNone
	}
	at, chosen := m.switcher.Chosen()
	moved := m.switcher.Moved
	m.switcher.Offer(choices)
	if i := slices.IndexFunc(choices, func(c dialog.Choice) bool { return c.Key == at.Key }); chosen && i > 0 {
		m.switcher.Move(i)
	}
	m.switcher.Moved = moved
}

// matches are the conversations whose name fits, best first.
func (m *Model) matches(typed string) []dialog.Choice {
	blank := typed == ""
	typed = bareName(typed)
	if typed == "" && !blank {
		return nil
	}
	ranks := [4][]dialog.Choice{}
	for _, t := range m.order {
		if t.Handle == "" {
			continue
		}
		rank := max(fuzzy(typed, string(t.Handle)), fuzzy(typed, strings.ToLower(t.Title)))
		here := m.current() != nil && m.current().talk == t
		if rank == begins || rank > 0 && !here { // one is there: only by its name
			ranks[3-rank] = append(ranks[3-rank], m.choice(string(t.Handle), t))
		}
	}
	var all []dialog.Choice
	for _, r := range ranks {
		all = append(all, r...)
	}
	if typed == "" && len(all) > 1 && m.current() != nil && all[0].Key == string(m.current().talk.Handle) {
		all = append(all[1:], all[0]) // one is there already
	}
	if blank {
		all = m.withOnline(all)
	}
	return all[:min(len(all), 50)]
}

// withOnline adds people who are here and whom no conversation in the list is
// with, as many as can be seen.
func (m *Model) withOnline(all []dialog.Choice) []dialog.Choice {
	known := map[string]bool{}
	for _, t := range m.order {
		if t.Kind == chat.Talk {
			known[t.Title] = true
		}
	}
	for _, nick := range m.bar.Online {
		if len(all) >= dialog.Rows(m.height) {
			break
		}
		if !known[nick] {
			all = append(all, dialog.Choice{Key: nick, Name: nick + " " + m.look.Theme.Glyphs.Here})
		}
	}
	return all
}

// bareName is a name as it is compared: without sigil, in small letters.
func bareName(typed string) string {
	return strings.ToLower(strings.TrimLeft(strings.TrimSpace(typed), "@#"))
}

// isName tells whether a nick or handle can have been meant; titles may hold
// any sign.
func isName(typed string) bool {
	typed = bareName(typed)
	return typed != "" && !strings.ContainsFunc(typed, func(r rune) bool {
		return r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._- ", r)
	})
}

// begins is the best rank of fuzzy.
const begins = 3

// fuzzy ranks a name: 3 begins with what was typed, 2 holds it, 1 holds its
// letters in order, 0 does not.
func fuzzy(typed, name string) int {
	switch {
	case strings.HasPrefix(name, typed):
		return begins
	case strings.Contains(name, typed):
		return 2
	}
	for _, r := range typed {
		i := strings.IndexRune(name, r)
		if i < 0 {
			return 0
		}
		name = name[i+len(string(r)):]
	}
	return 1
}

// choice is a row of the switcher.
func (m *Model) choice(handle string, t *talk) dialog.Choice {
	c := dialog.Choice{Key: handle, Name: handle}
	if t == nil {
		return c
	}
	if t.Kind == chat.Group {
		c.Name += "  " + t.Title
	}
	if t.Kind == chat.Room || t.Kind == chat.Group && t.Member {
		c.Name += " (" + strconv.Itoa(t.Members) + ")"
	}
	if t.here {
		c.Name += " " + m.look.Theme.Glyphs.Here
	}
	if t.Last != nil && !t.Request {
		c.Note = m.look.Text.Cut(pane.Preview(&m.look, t.Last), 20)
	}
	if n := t.counts(); n > 0 {
		c.Note = m.look.Theme.Glyphs.Dot + strconv.Itoa(n)
	}
	return c
}

func (m *Model) switcherKey(name string, k tea.KeyPressMsg) {
	s := m.switcher
	switch name {
	case "esc", "ctrl+c", "ctrl+k":
		m.switcher = nil
	case "up", "shift+tab", "ctrl+p":
		s.Move(-1)
		s.Moved = true
	case "down", "tab", "ctrl+n":
		s.Move(1)
		s.Moved = true
	case "enter":
		m.choose(s.Beside)
	case "ctrl+o":
		m.choose(true)
	case "backspace", "ctrl+h":
		s.Edit.Backspace()
		m.narrow()
	case "ctrl+u", "ctrl+w":
		s.Edit.Clear()
		m.narrow()
	case "left":
		s.Edit.Left()
	case "right":
		s.Edit.Right()
	default:
		if isText(k) && len(s.Edit.Text()) < 64 {
			s.Edit.Insert(strings.ReplaceAll(k.Text, "\n", ""))
			m.narrow()
		}
	}
}

// choose goes to what is chosen. A name typed to its end wins over the list,
// and so does what the server knows by that name if its list has not come yet:
// of a list that nobody saw only a name that begins so is taken. The box stays
// until there is a conversation to go to.
func (m *Model) choose(beside bool) {
	if m.picking() {
		m.picked()
		return
	}
	s := m.switcher
	typed := bareName(s.Edit.Text())
	chosen, ok := s.Chosen()
	answered := m.answered == m.suggest
	if !ok && (typed == "" || answered) {
		return
	}
	if beside {
		m.learn("beside")
	}
	m.learn("go")
	exact := slices.ContainsFunc(s.Choices, func(c dialog.Choice) bool { return c.Key == typed })
	switch {
	case exact && !s.Moved:
		m.goTo(chat.Handle(typed), beside, origin{})
	case ok && (s.Moved || answered):
		m.goTo(chat.Handle(chosen.Key), beside, origin{})
	default:
		or := chat.Handle("")
		if ok && max(fuzzy(typed, chosen.Key), fuzzy(typed, strings.ToLower(m.titleBy(chosen.Key)))) == begins {
			or = chat.Handle(chosen.Key)
		}
		m.resolve(typed, beside, or, origin{})
	}
}

// titleBy is the title of a conversation on the screen, by its handle.
func (m *Model) titleBy(handle string) string {
	for _, t := range m.order {
		if string(t.Handle) == handle {
			return t.Title
		}
	}
	return ""
}
