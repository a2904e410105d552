package tui

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"charla/server/i18n"
	"charla/tui/terminal"
)

// binding is one thing a key does. The letter works in the menu (after Esc) and
// with Alt, which are the same bytes on most terminals.
type binding struct {
	keys   []string // while composing
	letter string   // after Esc
	shown  string   // how help writes the keys
	help   func(*i18n.KeyWords) string
	hint   func(*i18n.KeyWords) string // in the bottom row; nil: not there
	inMenu bool                        // there only after Esc
	no     func(*Model) string         // why it cannot be done now; "": it can; nil: always
	do     func(*Model)
}

// bindings is every key that means the same wherever it is pressed: a table that
// is made once for all screens, for each key is looked up in it.
func bindings() []binding {
	madeBindings.once.Do(func() { madeBindings.table = makeBindings() })
	return madeBindings.table
}

var madeBindings struct {
	once  sync.Once
	table []binding
}

func makeBindings() []binding {
	several := func(m *Model) string {
		if len(m.windows) < 2 {
			return m.screen().OneWindow
		}
		return ""
	}
	open := func(m *Model) string {
		if m.current() == nil {
			return m.screen().Loading
		}
		return ""
	}
	files := func(m *Model) string { return cmp.Or(open(m), m.notForGuests()) }
	return []binding{
		{keys: []string{"ctrl+k"}, letter: "k", shown: "^K  Esc k", do: func(m *Model) { m.openSwitcher(false) },
			help: func(k *i18n.KeyWords) string { return k.Switcher }, hint: func(k *i18n.KeyWords) string { return k.Go }, no: open},
		{letter: "o", shown: "Esc o", do: func(m *Model) { m.openSwitcher(true) }, no: open,
			help: func(k *i18n.KeyWords) string { return k.Beside }, hint: func(k *i18n.KeyWords) string { return k.BesideShort }},
		{letter: "i", shown: "Esc i", do: (*Model).openInfo, help: func(k *i18n.KeyWords) string { return k.Info }, hint: func(k *i18n.KeyWords) string { return k.InfoShort }, no: open},
		{keys: []string{"tab"}, shown: "Tab", do: func(m *Model) { m.nextFocus(1) }, no: several,
			help: func(k *i18n.KeyWords) string { return k.Next }},
		{keys: []string{"shift+tab"}, shown: "Shift+Tab", do: func(m *Model) { m.nextFocus(-1) }, no: several,
			help: func(k *i18n.KeyWords) string { return k.Previous }},
		{letter: "x", shown: "Esc x", do: (*Model).closeWindow, help: func(k *i18n.KeyWords) string { return k.Close }, inMenu: true, hint: func(k *i18n.KeyWords) string { return k.CloseShort }, no: open},
		{letter: "z", shown: "Esc z", do: (*Model).toggleZoom, no: several,
			help: func(k *i18n.KeyWords) string { return k.ZoomLong }, hint: func(k *i18n.KeyWords) string { return k.Zoom }},
		{letter: "s", shown: "Esc s", do: (*Model).toggleSidebar, help: func(k *i18n.KeyWords) string { return k.Sidebar }, no: open},
		{letter: "a", shown: "Esc a", do: (*Model).nextUnread, help: func(k *i18n.KeyWords) string { return k.Unread }, inMenu: true, hint: func(k *i18n.KeyWords) string { return k.UnreadShort }},
		{keys: []string{"pgup"}, letter: "u", shown: "PgUp  Esc u", do: func(m *Model) { m.scrollPage(1) }, no: open,
			help: func(k *i18n.KeyWords) string { return k.Scroll }},
		{keys: []string{"pgdown"}, letter: "d", do: func(m *Model) { m.scrollPage(-1) }, no: open},
		{letter: "g", shown: "Esc g G", do: (*Model).scrollTop, help: func(k *i18n.KeyWords) string { return k.Ends }, no: open},
		{letter: "G", do: (*Model).scrollEnd, no: open},
		{letter: "v", shown: "Up  Esc v", do: (*Model).selectMode, help: func(k *i18n.KeyWords) string { return k.Select }, inMenu: true, hint: func(k *i18n.KeyWords) string { return k.SelectShort }, no: open},
		{letter: "f", shown: "Esc f", do: (*Model).openFiles, help: func(k *i18n.KeyWords) string { return k.File }, inMenu: true, hint: func(k *i18n.KeyWords) string { return k.FileShort }, no: files},
		{letter: "b", shown: "Esc b", do: (*Model).copyMode, help: func(k *i18n.KeyWords) string { return k.Bare }, inMenu: true, hint: func(k *i18n.KeyWords) string { return k.CopyShort }, no: open},
		{letter: "h", shown: "Esc h", do: (*Model).dismissHints, help: func(k *i18n.KeyWords) string { return k.Dismiss }},
		{keys: []string{"f1"}, letter: "?", shown: "F1  Esc ?", do: (*Model).openHelp,
			help: func(k *i18n.KeyWords) string { return k.HelpLong }, hint: func(k *i18n.KeyWords) string { return k.Help }},
		{keys: []string{"ctrl+l"}, shown: "^L", do: func(m *Model) { m.do(terminal.Repaint) }, help: func(k *i18n.KeyWords) string { return k.Redraw }},
		{keys: []string{"ctrl+c"}, shown: "^C", do: (*Model).interrupt, help: func(k *i18n.KeyWords) string { return k.Clear }},
		{keys: []string{"ctrl+q"}, shown: "^Q  ^D", do: (*Model).quit, help: func(k *i18n.KeyWords) string { return k.Quit }},
	}
}

// why it cannot be done now, "" if it can.
func (b binding) why(m *Model) string {
	if b.no == nil {
		return ""
	}
	return b.no(m)
}

// key takes a key: what stands in front gets it first.
func (m *Model) key(k tea.KeyPressMsg) {
	m.lastKey = m.now()
	m.flash = ""
	name := k.String()
	if name != "tab" {
		m.complete = completion{}
	}
	if m.frontKey(name, k) {
		return
	}
	if m.modeKey(name, k) {
		return
	}
	for _, b := range bindings() {
		if slices.Contains(b.keys, name) || b.letter != "" && isAlt(name, k, b.letter) {
			m.run(b, name)
			return
		}
	}
	if n, ok := strings.CutPrefix(name, "alt+"); ok && len(n) == 1 && n[0] >= '1' && n[0] <= '9' {
		m.setFocus(int(n[0] - '1'))
		return
	}
	m.write(name, k)
}

// isAlt tells Alt and a letter, whichever way a terminal writes it.
func isAlt(name string, k tea.KeyPressMsg, letter string) bool {
	return name == "alt+"+letter || k.Mod == tea.ModAlt|tea.ModShift && (k.ShiftedCode == rune(letter[0]) || strings.ToUpper(string(k.Code)) == letter)
}

// isText tells a key that writes.
func isText(k tea.KeyPressMsg) bool { return k.Text != "" && k.Mod&^tea.ModShift == 0 }

// run does what a binding says, if it can be done now.
func (m *Model) run(b binding, name string) {
	if name == "tab" && m.completeToken() {
		return
	}
	if why := b.why(m); why != "" {
		m.say(why)
		return
	}
	b.do(m)
}

// frontKey gives a key to what stands above the panes.
func (m *Model) frontKey(name string, k tea.KeyPressMsg) bool {
	switch {
	case name == "ctrl+q":
		m.quit()
	case m.secret != nil: // before all else: what is typed for it is shown nowhere
		m.secretKey(name, k)
	case m.ask != nil:
		m.askKey(name, k)
	case m.page != nil:
		m.pageKey(name, k)
	case m.switcher != nil:
		m.switcherKey(name, k)
	default:
		return false
	}
	return true
}

// modeKey takes a key in the menu, while selecting and in copy mode.
func (m *Model) modeKey(name string, k tea.KeyPressMsg) bool {
	switch m.mode {
	case menu:
		return m.menuKey(name, k)
	case selecting:
		return m.selectKey(name)
	case bare:
		return m.bareKey(name)
	}
	if name == "esc" {
		m.escape()
		return true
	}
	return false
}

// escape goes one step outwards: from what is begun, then to the menu.
func (m *Model) escape() {
	w := m.current()
	switch {
	case w != nil && w.reply != nil:
		w.reply = nil
	case w != nil && !w.editing.IsZero():
		m.endEdit(w)
	case w != nil && w.exitWord != "":
		w.exitWord = ""
		w.pane.Unsay(exitTopic)
	default:
		m.openMenu()
	}
}

// write gives a key to the composer.
func (m *Model) write(name string, k tea.KeyPressMsg) {
	w := m.current()
	if w == nil {
		if name == "ctrl+d" {
			m.quit()
		}
		return
	}
	before := w.edit.Text()
	if !m.editKey(w, name) {
		m.textKey(w, name, k)
	}
	if w.exitWord != "" && w.edit.Text() != w.exitWord {
		w.exitWord = ""
		w.pane.Unsay(exitTopic)
	}
	if w.edit.Text() != before {
		m.typed(w)
	}
}

// editKey moves and deletes; it reports whether the key did.
func (m *Model) editKey(w *window, name string) bool {
	switch name {
	case "left":
		w.edit.Left()
	case "right":
		w.edit.Right()
	case "ctrl+left", "alt+left", "alt+b":
		w.edit.WordLeft()
	case "ctrl+right", "alt+right", "alt+f":
		w.edit.WordRight()
	case "home", "ctrl+a":
		w.edit.Home()
	case "end", "ctrl+e":
		w.edit.End()
	case "backspace", "ctrl+h":
		w.edit.Backspace()
	case "delete":
		w.edit.Delete()
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		w.edit.DeleteWord()
	case "ctrl+u":
		w.edit.DeleteToStart()
	case "ctrl+home":
		m.scrollTop()
	case "ctrl+end":
		m.scrollEnd()
	default:
		return false
	}
	return true
}

// textKey writes, sends, selects and leaves.
func (m *Model) textKey(w *window, name string, k tea.KeyPressMsg) {
	switch name {
	case "enter", "kpenter":
		m.enter(w)
	case "ctrl+j", "alt+enter", "shift+enter", "ctrl+enter":
		w.edit.Insert("\n")
	case "up":
		if !w.edit.Up() && w.edit.Text() == "" {
			m.selectMode()
		}
	case "down":
		if !w.edit.Down() && w.edit.Text() == "" {
			m.scrollRows(-1)
		}
	case "ctrl+d":
		m.hangUp(w)
	default:
		switch {
		case isText(k) && utf8.ValidString(k.Text):
			m.insert(w, k.Text)
		case k.Mod == tea.ModAlt && (unicode.IsPunct(k.Code) || unicode.IsSymbol(k.Code)):
			m.insert(w, string(k.Code)) // an Esc by habit, and a "/" at once
		}
	}
}

// How often the others are told that somebody types, and how long after the
// key: what is sent at once was never being typed.
const (
	typingEvery = 3 * time.Second
	typingAfter = 300 * time.Millisecond
)

// typesMsg tells that somebody types in a window, if there is something still.
type typesMsg struct{ window *window }

func (m *Model) onTypes(w *window) {
	if _, orders := ordered(w.edit.Text()); orders || w.edit.Empty() || m.windowOf(w.talk.ID) != w {
		return
	}
	actor, ref, ctx := m.actor, w.talk.Ref(), m.ctx
	m.do(func() tea.Msg { actor.Typing(ctx, ref); return nil })
}

// insert writes text into a composer.
func (m *Model) insert(w *window, text string) {
	if w.another(text) {
		w.edit.Clear()
	}
	if why := m.whyNot(w.talk); why != "" && w.talk.Handle != "" && !strings.HasPrefix(w.edit.Text()+text, "/") {
		if w.edit.Text() != "" { // else it stands there, whole
			m.say(why)
		}
		return
	}
	if w.talk.Exists && (w != m.toldIn || m.now().Sub(m.toldTyping) > typingEvery) {
		m.toldTyping, m.toldIn = m.now(), w
		m.after(typingAfter, typesMsg{w})
	}
	if !w.edit.Insert(text) {
		m.say(cmp.Or(m.fullForGuests(), m.screen().Full))
	}
}

// interrupt clears what is written; on an empty composer twice within two
// seconds it leaves.
func (m *Model) interrupt() {
	w := m.current()
	if w != nil && w.edit.Text() != "" {
		w.edit.Clear()
		m.typed(w)
		return
	}
	if m.again(&m.ctrlC) {
		m.quit()
		return
	}
	m.say(m.screen().CtrlCAgain)
}

// twice is how soon a key must come again to mean more.
const twice = 2 * time.Second

// again tells whether a key comes for the second time.
func (m *Model) again(last *time.Time) bool {
	now := m.now()
	if !last.IsZero() && now.Sub(*last) < twice {
		return true
	}
	*last = now
	return false
}

// hangUp leaves; what is written asks for it twice, and stays as a draft.
func (m *Model) hangUp(w *window) {
	switch {
	case w.exitWord != "":
		w.edit.Clear()
	case w.edit.Text() != "" && !m.again(&m.ctrlD):
		m.say(m.screen().CtrlDAgain)
		return
	}
	m.quit()
}

// quit ends the session; Close saves what is left.
func (m *Model) quit() {
	m.quitting = true
	m.do(tea.Quit)
}
