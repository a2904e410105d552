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
	"charla/server/command"
	"charla/server/i18n"
	"charla/tui/dialog"
	"charla/tui/pane"
)

// modeAfterPopup is where keys go when something was chosen.
func (m *Model) modeAfterPopup() mode {
	if m.mode == bare {
		m.mode = compose
		m.restyle()
	}
	return compose
}

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
	if m.switcher == nil || msg.asked != m.suggest {
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
			known[string(m.names[t.Peer])] = true
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
	if t.Kind != chat.Talk {
		c.Name += " (" + strconv.Itoa(t.Members) + ")"
	}
	if t.here {
		c.Name += " " + m.look.Theme.Glyphs.Here
	}
	if t.Last != nil {
		c.Note = m.look.Text.Cut(pane.Preview(&m.look, t.Last), 20)
	}
	if t.Unread > 0 {
		c.Note = m.look.Theme.Glyphs.Dot + strconv.Itoa(t.Unread)
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
		if k.Text != "" && k.Mod&^tea.ModShift == 0 && len(s.Edit.Text()) < 64 {
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

func (m *Model) pageKey(name string) {
	_, h := m.width, m.height
	switch name {
	case "up", "k":
		m.page.Scroll(-1)
	case "down", "j":
		m.page.Scroll(1)
	case "pgup", "u":
		m.page.Scroll(-h / 2)
	case "pgdown", "d", "space":
		m.page.Scroll(h / 2)
	case "home", "g":
		m.page.Scroll(-1 << 20)
	case "c":
		m.copy(m.pageOrder())
	default:
		m.page = nil
	}
}

// pageOrder is the last order on the page.
func (m *Model) pageOrder() string {
	order := ""
	for _, l := range m.page.Lines {
		if l.Bare {
			order = l.Text
		}
	}
	return order
}

// openHelp lists what can be done, and why something cannot be done now.
func (m *Model) openHelp() {
	s := m.screen()
	p := &dialog.Page{Title: s.HelpTitle, Hint: s.HelpScroll}
	g := m.look.Theme.Glyphs
	p.Lines = append(p.Lines, dialog.Line{Text: s.Onboarding.Hello(string(m.me.Nick))})
	for _, text := range s.Help(g.Stored, g.Delivered) {
		p.Lines = append(p.Lines, dialog.Line{Text: text})
	}
	p.Lines = append(p.Lines, dialog.Line{Head: true, Text: s.HelpKeys},
		dialog.Line{Key: "Enter", Text: s.Keys.Enter}, dialog.Line{Key: "^J  Alt+Enter", Text: s.Keys.NewLine},
		dialog.Line{Key: "Esc 1-9", Text: s.Keys.Nth}, dialog.Line{Key: "^A ^E ^U ^W", Text: s.Keys.Words})
	for _, b := range bindings() {
		if b.help != nil && b.shown != "" {
			text := b.help(&s.Keys)
			if why := b.why(m); why != "" {
				text += " (" + why + ")"
			}
			p.Lines = append(p.Lines, dialog.Line{Key: b.shown, Text: text})
		}
	}
	p.Lines = append(p.Lines, dialog.Line{Head: true, Text: s.HelpSlash}, dialog.Line{Text: m.ownUsage()})
	for _, c := range command.All() {
		if !c.Endless {
			u := c.Usage(&m.words.Command)
			if c.English[0] == "send" {
				u.Help = s.SendSlash
			}
			p.Lines = append(p.Lines, dialog.Line{Key: "/" + withoutFlags(u.Line), Text: u.Help})
		}
	}
	p.Lines = append(p.Lines, dialog.Line{}, dialog.Line{Text: s.WhatCommand}, dialog.Line{Text: s.HelpEscape})
	m.page = p
	m.learn("dismiss")
}

// withoutFlags leaves out of a usage what is for programs and pipes.
func withoutFlags(usage string) string {
	for _, flag := range []string{"[--json] ", "[--lines] ", "[--id KEY] ", "[--id CLAVE] "} {
		usage = strings.ReplaceAll(usage, flag, "")
	}
	return strings.ReplaceAll(usage, " [--json]", "")
}

// ownUsage is the screen's own commands in one line.
func (m *Model) ownUsage() string {
	var names []string
	for _, pair := range ownNames {
		name := pair[1]
		if m.words.Lang == i18n.Spanish {
			name = pair[0]
		}
		names = append(names, "/"+name)
	}
	return strings.Join(names, "  ")
}

// openFiles shows the lines that send and fetch files here, whole.
func (m *Model) openFiles() {
	w := m.current()
	if w == nil {
		return
	}
	s, t := m.screen(), w.talk
	p := &dialog.Page{Title: s.FileHow(string(t.Handle)), Hint: s.FileHint}
	p.Lines = append(p.Lines, dialog.Line{Text: s.FileSend}, dialog.Line{Bare: true, Text: m.addr.send(t.Handle, m.samplePath())},
		dialog.Line{Text: s.FileBrowse}, dialog.Line{Bare: true, Text: m.addr.program("sftp") + " " + m.addr.at()})
	file, ok := w.pane.Latest(func(msg *chat.Message) bool { return msg.File != nil })
	if chosen, selected := w.pane.Selected(); selected && chosen.File != nil {
		file, ok = chosen, true
	}
	if !ok {
		p.Lines = append(p.Lines, dialog.Line{}, dialog.Line{Text: s.FileNone})
	} else {
		p.Lines = append(p.Lines, dialog.Line{Head: true, Text: pane.Preview(&m.look, &file) + "  " + s.Size(file.File.Size)},
			dialog.Line{Text: s.FileFetch}, dialog.Line{Bare: true, Text: m.fetchOrder(&file)})
		if file.File.Hash != "" {
			p.Lines = append(p.Lines, dialog.Line{Text: s.FileHash + " " + file.File.Hash})
		}
	}
	m.page = p
	m.learn("file")
}

func (m *Model) toggleZoom() {
	m.zoom = !m.zoom
	m.windowsChanged()
}

// toggleSidebar shows or hides the list; where there is no room for it beside
// a conversation, the switcher is the list.
func (m *Model) toggleSidebar() {
	switch {
	case m.width < mediumW:
		m.openSwitcher(false)
		return
	case m.arranged.sidebar.w > 0:
		m.sidebar = sidebarHide
	default:
		m.sidebar = sidebarShow
	}
	m.windowsChanged()
}
