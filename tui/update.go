package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"charla/tui/terminal"
	"charla/tui/theme"
)

// Update implements tea.Model. It is the only place where state changes.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if !m.terminal(msg) {
		m.answer(msg)
	}
	if m.renamed {
		m.relabel()
	}
	m.warn()
	m.tidy()
	m.arrangeIfDirty()
	m.markRead()
	cmds := m.cmds
	m.cmds = nil
	switch len(cmds) {
	case 0:
		return m, nil
	case 1:
		return m, cmds[0]
	}
	return m, tea.Batch(cmds...)
}

// terminal takes what the person and the terminal say.
func (m *Model) terminal(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if !m.hold(msg) {
			m.key(msg)
		}
	case tea.PasteMsg:
		if !m.hold(msg) {
			m.pasted(msg.Content)
		}
	case terminal.PasteCutMsg:
		m.say(m.screen().PasteCut(msg.Dropped))
	case tea.MouseMsg:
		m.mouse(msg)
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.dirty = true
		if !m.opening && m.width > 0 {
			m.open()
		}
	case tea.FocusMsg:
		m.focused = focusGained
	case tea.BlurMsg:
		m.focused = focusLost
		if w := m.current(); w != nil {
			m.saveDraft(w)
		}
	case terminal.NewsMsg:
		m.news()
	case terminal.WidthMsg:
		m.look.Text.Method = msg.Method
		m.restyle()
	case terminal.BackgroundMsg:
		m.palette = theme.Light
		if msg.Dark {
			m.palette = theme.Dark
		}
		m.restyle()
	case tea.EnvMsg:
		if !isUTF8(msg.Getenv) {
			m.cfg.ASCII = true
			m.restyle()
		}
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		m.restyle()
	default:
		return false
	}
	return true
}

// isUTF8 tells whether the client's locale, if it sent one, can show more than
// ASCII. The first that is set decides (POSIX, environment variables).
func isUTF8(get func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToUpper(get(name)); value != "" {
			return strings.Contains(value, "UTF-8") || strings.Contains(value, "UTF8")
		}
	}
	return true
}

// answer takes what the commands of before brought.
func (m *Model) answer(msg tea.Msg) {
	switch msg := msg.(type) {
	case openedMsg:
		m.onOpened(msg)
		m.news()
	case pageMsg:
		m.onPage(msg)
	case membersMsg:
		m.onMembers(msg)
	case quotesMsg:
		m.onQuotes(msg)
	case conversationMsg:
		m.onConversation(msg)
	case conversationsMsg:
		m.onConversations(msg)
	case namesMsg:
		m.onNames(msg)
	case sentMsg:
		m.onSent(msg)
	case resolvedMsg:
		m.onResolved(msg)
	case suggestMsg:
		m.onSuggest(msg)
	case outputMsg:
		m.onOutput(msg)
	case secretMsg:
		m.onSecret(msg)
	case untoldMsg:
		m.onUntold(msg)
	case savedMsg:
		m.onSaved(msg)
	case writeMsg:
		m.onWriting(msg)
	case infoMsg:
		m.onInfo(msg)
	case hereMsg:
		m.onHere(msg)
	case rankMsg:
		m.onRank(msg)
	case sightMsg:
		m.onSight(msg)
	case reportsMsg:
		m.onReports(msg)
	case linkedMsg:
		m.onLinked(msg)
	case decidedMsg:
		m.onDecided(msg)
	default:
		m.elapsed(msg)
	}
}

// elapsed is what the model wanted to be told after a while.
func (m *Model) elapsed(msg tea.Msg) {
	switch msg := msg.(type) {
	case retryMsg:
		m.open()
	case pageAgain:
		if m.windowOf(msg.window.talk.ID) == msg.window && !msg.window.loaded {
			m.load(msg.window, newest)
		}
	case sendAgain:
		msg.talk.sending = false
		m.sendNext(msg.talk)
	case letterMsg:
		m.onLetter(msg)
	case menuEndMsg:
		m.onMenuEnd(msg)
	case typesMsg:
		m.onTypes(msg.window)
	case typingMsg:
		m.typingArmed = false
		m.typing()
	case draftMsg:
		m.onDraftPause()
	case layoutMsg:
		m.saveLayout()
	case clockMsg:
		m.onClock()
	case flashMsg:
		if m.flash == string(msg) {
			m.flash = ""
		}
	}
}

// onSaved tells what could not be saved.
func (m *Model) onSaved(msg savedMsg) {
	if msg.err == nil {
		return
	}
	m.fail(msg.what, msg.err)
	if msg.failed != nil {
		msg.failed(m)
	}
}

// onClock is done each minute.
func (m *Model) onClock() {
	m.clockArmed = false
	m.armClock()
	m.lookAgain()
	m.askReports()
	m.askWritingAgain(false)
}

// arrangeIfDirty places everything anew if something of it changed.
func (m *Model) arrangeIfDirty() {
	if !m.dirty {
		return
	}
	m.dirty = false
	m.arranged = arrange(m.width, m.height, len(m.windows), m.focus, m.zoom || m.mode == bare, m.sidebarNow())
	m.drawBorders()
	m.fill()
}

// sidebarNow is what the person wants, or nothing while copying.
func (m *Model) sidebarNow() sidebarMode {
	if m.mode == bare {
		return sidebarHide
	}
	return m.sidebar
}
