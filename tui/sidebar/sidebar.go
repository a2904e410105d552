// Package sidebar draws the list of conversations and who is here. It knows no
// pane and no server; it is told what to list and keeps the rows it made.
package sidebar

import (
	"strconv"
	"strings"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/tui/theme"
)

// Item is one conversation in the list. It is comparable: equal items look
// equal.
type Item struct {
	ID      chat.ConversationID
	Name    string
	Window  int // 1..9 if it is open, else 0
	Focused bool
	Here    Presence
	Members int // of a group or room: how it is told from a person
	Last    *chat.Message
	Today   int // the day that "today" is, for the time of Last
	Tick    string
	Read    bool // the tick is in colour
	Unread  int
}

// Presence is what is known of the other one of a talk.
type Presence uint8

// Unknown is for groups and rooms.
const (
	Unknown Presence = iota
	Away
	Here
)

// Look is what rows depend on besides items; whoever changes a field raises Gen.
type Look struct {
	Theme *theme.Theme
	Text  theme.Text
	Words *i18n.ScreenWords
	Last  func(Item) (line, when string) // the newest message in one line, and its time
	Gen   uint32
}

// Bar is the list. The zero value is empty.
type Bar struct {
	Items  []Item
	Online []string // nicks, when they are few
	Count  int      // of people here

	top   int // the first item shown
	cache map[chat.ConversationID]cached
}

type cached struct {
	item  Item
	gen   uint32
	width int
	rows  [2]string
}

// minForOnline is the height from which names of people here are shown.
const minForOnline = 24

// Rows draws the list: height rows, each exactly width cells wide.
func (b *Bar) Rows(l *Look, width, height int) []string {
	rows := make([]string, 0, height)
	key := "^K "
	rows = append(rows, l.Theme.Title.Paint(l.Text.Fit(" "+l.Words.Chats, width-len(key)))+l.Theme.Muted.Paint(key))
	tail := b.online(l, width, height)
	room := (height - 1 - len(tail)) / 2
	b.scroll(room)
	for i := b.top; i < len(b.Items) && i < b.top+room; i++ {
		two := b.rowsOf(l, b.Items[i], width)
		rows = append(rows, two[0], two[1])
	}
	for len(rows) < height-len(tail) {
		rows = append(rows, theme.Blank(width))
	}
	rows = append(rows, tail...)
	return rows[:height]
}

// At is the item in a row of the list as drawn last.
func (b *Bar) At(y int) (chat.ConversationID, bool) {
	i := b.top + (y-1)/2
	if y < 1 || i >= len(b.Items) {
		return chat.ConversationID{}, false
	}
	return b.Items[i].ID, true
}

// scroll keeps the item in focus in sight.
func (b *Bar) scroll(room int) {
	b.top = min(b.top, max(len(b.Items)-room, 0))
	for i, item := range b.Items {
		if !item.Focused {
			continue
		}
		if i < b.top {
			b.top = i
		}
		if i >= b.top+room {
			b.top = i - room + 1
		}
	}
}

func (b *Bar) rowsOf(l *Look, item Item, width int) [2]string {
	if c, ok := b.cache[item.ID]; ok && c.item == item && c.gen == l.Gen && c.width == width {
		return c.rows
	}
	if b.cache == nil || len(b.cache) > 4*len(b.Items)+64 {
		b.cache = map[chat.ConversationID]cached{}
	}
	line, when := "", ""
	if item.Last != nil {
		line, when = l.Last(item)
	}
	c := cached{item: item, gen: l.Gen, width: width, rows: [2]string{head(l, item, when, width), last(l, item, line, width)}}
	b.cache[item.ID] = c
	return c.rows
}

func head(l *Look, item Item, when string, width int) string {
	t := l.Theme
	mark, style := " ", theme.Style("")
	if item.Focused {
		mark, style = t.Glyphs.At, t.TitleFocus
	}
	if item.Window > 0 {
		mark += strconv.Itoa(item.Window)
	} else {
		mark += " "
	}
	presence, pStyle := "", theme.Style("")
	if item.Members > 0 {
		presence, pStyle = " ("+strconv.Itoa(item.Members)+")", t.Muted
	}
	switch item.Here {
	case Here:
		presence, pStyle = " "+t.Glyphs.Here, t.PresenceOn
	case Away:
		presence, pStyle = " "+t.Glyphs.Away, t.PresenceX
	}
	right, rStyle := when+" ", t.Muted
	if item.Unread > 0 {
		right, rStyle = t.Glyphs.Dot+strconv.Itoa(item.Unread)+" ", t.Badge
		if style == "" {
			style = t.Unread
		}
	}
	mark += " "
	room := width - l.Text.Width(mark) - l.Text.Width(presence) - l.Text.Width(right) - 1
	name := l.Text.Cut(l.Text.Line(item.Name), room)
	gap := width - l.Text.Width(mark+name+presence+right)
	return style.Paint(mark+name) + pStyle.Paint(presence) + theme.Blank(gap) + rStyle.Paint(right)
}

func last(l *Look, item Item, line string, width int) string {
	const lead = 4
	tick, style := item.Tick, l.Theme.Tick
	if item.Read {
		style = l.Theme.TickRead
	}
	if tick != "" {
		tick += " "
	}
	w := l.Text.Width(tick)
	return theme.Blank(lead) + l.Theme.Muted.Paint(l.Text.Fit(line, width-lead-1-w)) + " " + style.Paint(tick)
}

// online is who is here: names where there is room, else a number.
func (b *Bar) online(l *Look, width, height int) []string {
	g := l.Theme.Glyphs
	if b.Count == 0 {
		return nil
	}
	if height < minForOnline || len(b.Online) == 0 {
		return []string{l.Theme.PresenceOn.Paint(" "+g.Here) + l.Text.Fit(" "+l.Words.OnlineCount(b.Count), width-1-l.Text.Width(g.Here))}
	}
	title := " " + l.Words.OnlineTitle + " (" + strconv.Itoa(b.Count) + ") "
	rule := max(width-l.Text.Width(title)-1, 0)
	rows := []string{l.Theme.Muted.Paint(l.Text.Fit(title+strings.Repeat(g.H, rule), width))}
	const most = 4
	line := ""
	for _, nick := range b.Online {
		name := "  " + g.Here + " " + nick
		if line != "" && l.Text.Width(line+name) > width {
			rows = append(rows, l.Text.Fit(line, width))
			line = ""
		}
		if len(rows) > most {
			return rows
		}
		line += name
	}
	return append(rows, l.Text.Fit(line, width))
}
