package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"charla/server/chat"
	"charla/server/command"
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

// pageKey scrolls a page or closes it. Text that closes it is written: whoever types
// "/mute 1h" over a page would send "mute 1h" otherwise. A q is a reader's habit.
func (m *Model) pageKey(name string, k tea.KeyPressMsg) {
	h := m.height
	if m.infoKey(name) {
		return
	}
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
		if isText(k) && name != "q" {
			m.write(name, k)
		}
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
	m.page = &dialog.Page{Title: m.screen().HelpTitle, Hint: m.screen().HelpScroll, Lines: m.helpLines()}
	m.learn("dismiss")
	actor, page := m.actor, m.page
	m.io(func(ctx context.Context) tea.Msg {
		me, err := actor.Access(ctx)
		return rankMsg{page, me.Rank, err}
	})
}

// rankMsg is the person's rank now: it may have come since the session did.
type rankMsg struct {
	page *dialog.Page // the help that speaks of it
	rank chat.Rank
	err  error
}

func (m *Model) onRank(msg rankMsg) {
	if msg.err != nil {
		m.note("read the rank", msg.err)
		return
	}
	if m.ranked(msg.rank); m.page == msg.page { // the news may have been faster than the answer
		m.page.Lines = m.helpLines()
	}
}

func (m *Model) helpLines() (lines []dialog.Line) {
	s, g := m.screen(), m.look.Theme.Glyphs
	lines = append(lines, dialog.Line{Text: s.Onboarding.Hello(string(m.me.Nick))})
	for _, text := range s.Help(g.Stored, g.Delivered) {
		lines = append(lines, dialog.Line{Text: text})
	}
	lines = append(lines, dialog.Line{Head: true, Text: s.HelpKeys},
		dialog.Line{Key: "Enter", Text: s.Keys.Enter}, dialog.Line{Key: "^J  Alt+Enter", Text: s.Keys.NewLine},
		dialog.Line{Key: "Esc 1-9", Text: s.Keys.Nth}, dialog.Line{Key: "^A ^E ^U ^W", Text: s.Keys.Words})
	lines = append(lines, m.keyHelp()...)
	lines = append(lines, dialog.Line{Head: true, Text: s.HelpSlash}, dialog.Line{Text: m.ownUsage()}, dialog.Line{Text: s.HelpHere})
	lines = append(lines, m.slashHelp()...)
	return append(lines, dialog.Line{}, dialog.Line{Text: s.WhatCommand}, dialog.Line{Text: s.HelpEscape})
}

// keyHelp lists the keys. What cannot be done now is grey and starred, and why is
// said once below them.
func (m *Model) keyHelp() (lines []dialog.Line) {
	var reasons []string
	k := &m.screen().Keys
	keys := strings.NewReplacer("PgUp", k.PgUp, "Up ", k.Up+" ", "Shift+Tab", k.ShiftTab)
	for _, b := range bindings() {
		if b.help == nil || b.shown == "" {
			continue
		}
		line := dialog.Line{Key: keys.Replace(b.shown), Text: b.help(&m.screen().Keys)}
		if why := b.why(m); why != "" {
			i := slices.Index(reasons, why)
			if i < 0 {
				i, reasons = len(reasons), append(reasons, why)
			}
			line.Text, line.Dim = line.Text+" "+strings.Repeat("*", i+1), true
		}
		lines = append(lines, line)
	}
	for i, why := range reasons {
		lines = append(lines, dialog.Line{Text: strings.Repeat("*", i+1) + " " + why, Dim: true})
	}
	return lines
}

// slashHelp lists the commands that are of use to this person, by topic.
func (m *Model) slashHelp() (lines []dialog.Line) {
	for _, t := range command.ShownTo(m.me.Rank) {
		lines = append(lines, dialog.Line{Head: true, Text: t.Head(&m.words.Command)})
		for _, c := range t.Commands {
			if c.Endless {
				continue
			}
			u := c.Usage(&m.words.Command)
			if c.English[0] == "send" {
				u.Help = m.screen().SendSlash
			}
			lines = append(lines, dialog.Line{Key: "/" + withoutFlags(u.Line), Text: u.Help})
		}
	}
	return lines
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
	return "/" + strings.Join(m.ownCommands(), "  /")
}

// openFiles shows the lines that send and fetch files here, whole.
func (m *Model) openFiles() {
	w := m.current()
	if w == nil {
		return
	}
	if why := m.notForGuests(); why != "" {
		m.say(why)
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
