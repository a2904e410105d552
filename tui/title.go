package tui

import (
	"strconv"
	"strings"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/tui/pane"
	"charla/tui/sidebar"
	"charla/tui/theme"
)

// titleKey is what a pane's title is made of.
type titleKey struct {
	gen             uint32
	number, width   int
	focused, folded bool
	name, state     string
	here            sidebar.Presence
	unread          int
	right           string
	hint            titleHint
	topic           string
	expiry          time.Duration
}

// titleHint is which keys the right end of a title names.
type titleHint uint8

const (
	hintNone titleHint = iota
	hintInfo
	hintFiles
	hintBoth
)

func (m *Model) titleOf(i, width int) string {
	w := m.windows[i]
	k := titleKey{gen: m.look.Gen, number: i + 1, width: width, focused: i == m.focus, folded: m.arranged.folded[i], name: w.talk.title(), here: m.presenceOf(w.talk)}
	k.state = m.stateOf(w.talk, k.here)
	if !k.folded {
		k.topic, k.expiry = w.talk.Topic, w.talk.Expiry
	}
	if !k.focused {
		k.unread = w.talk.Unread
	}
	switch {
	case k.folded && w.talk.Request:
		k.state = m.screen().Talks.Wants
	case k.folded && w.talk.Last != nil:
		k.state = m.lastLine(w.talk)
	}
	if k.focused && m.arranged.sidebar.w == 0 {
		if others := m.total - w.talk.counts(); others > 0 {
			k.unread = others
		}
		if len(m.windows) == 1 {
			k.right = m.look.Theme.Glyphs.Menu
		}
	}
	if k.focused && k.unread == 0 && width > 2*menuZone+minPaneW {
		wide := width >= wideW-sidebarNarrow
		switch {
		case wide && m.visits():
			k.hint = hintInfo
		case wide:
			k.hint = hintBoth
		case !m.visits():
			k.hint = hintFiles
		}
	}
	return w.title.get(k, func() string { return buildTitle(&m.look, k, len(m.windows) > 1) })
}

func buildTitle(l *pane.Look, k titleKey, several bool) string {
	t := l.Theme
	style := t.Title
	lead := ""
	if k.focused {
		style = t.TitleFocus
	}
	if k.focused && several {
		lead = t.Glyphs.At
	}
	right := k.right
	if k.unread > 0 {
		right += " " + t.Glyphs.Dot + strconv.Itoa(k.unread)
	}
	if right != "" {
		right = " " + strings.TrimSpace(right)
	}
	switch {
	case right != "":
	case k.hint == hintInfo:
		right = " Esc i " + l.Words.Keys.InfoShort
	case k.hint == hintFiles:
		right = " Esc f " + l.Words.Keys.FileShort
	case k.hint == hintBoth:
		right = " Esc i " + l.Words.Keys.InfoShort + "  Esc f " + l.Words.Keys.FileShort
	}
	name := lead + strconv.Itoa(k.number) + " " + l.Text.Line(k.name)
	sign, signStyle := "", theme.Style("")
	switch k.here {
	case sidebar.Here:
		sign, signStyle = " "+t.Glyphs.Here, t.PresenceOn
	case sidebar.Away:
		sign, signStyle = " "+t.Glyphs.Away, t.PresenceX
	}
	room := k.width - l.Text.Width(right) - l.Text.Width(sign)
	name = l.Text.Cut(name, room)
	room -= l.Text.Width(name)
	state := ""
	if k.state != "" && room > 3 {
		state = " " + l.Text.Cut(k.state, room-1)
	}
	room -= l.Text.Width(state)
	if about := aboutTitle(l, k, room); about != "" {
		state += about
		room -= l.Text.Width(about)
	}
	return style.Paint(name) + signStyle.Paint(sign) + t.Muted.Paint(state) + theme.Blank(room) + rightStyle(t, k).Paint(right)
}

// minTopic is the least room in which a topic says something.
const minTopic = 8

// aboutTitle is what stands behind a name where there is room: that messages
// disappear, and after which time, and the topic: in quotes, for somebody wrote it
// and it is no state of the conversation.
func aboutTitle(l *pane.Look, k titleKey, room int) string {
	about := ""
	if k.expiry > 0 {
		if about = " " + l.Theme.Glyphs.Clock + i18n.ShortTerm(k.expiry); l.Text.Width(about) >= room {
			return ""
		}
	}
	if room -= l.Text.Width(about); k.topic != "" && room > minTopic {
		about += "  " + l.Text.Cut(l.Text.Line(i18n.Quoted(chat.OneLine(k.topic, chat.MaxReason))), room-3)
	}
	return about
}

func rightStyle(t *theme.Theme, k titleKey) theme.Style {
	if k.unread == 0 {
		return t.Muted
	}
	return t.Badge
}
