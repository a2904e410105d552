// Package sidebar draws the list of conversations and who is here. It knows no
// pane and no server; it is told what to list and keeps the rows it made.
package sidebar

import (
	"slices"
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
	Muted   bool
	Asks    bool // a stranger who wants to write: of what they say nothing is shown
	Head    bool // no conversation: Name stands above those that follow
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
	Line  func(Item) string // the newest message in one line
	When  func(Item) string // and its time
	// Row is where the row of the newest message may be had from, if another
	// screen made it; nil makes it here.
	Row func(item Item, width int, build func() string) string
	Gen uint32
}

// List is what there is to list. Only what is in sight is asked for.
type List struct {
	Len   int
	Focus int // the one in focus; -1: none
	Item  func(i int) Item
}

// Bar is the list. The zero value is empty.
type Bar struct {
	Online []string // nicks, when they are few
	Count  int      // of people here

	top   int // the first item shown
	shown []chat.ConversationID
	kept  []cached // of the items drawn last, in their order, and what scrolled out
	ends  ends
	rows  []string // as drawn last; reused
}

type cached struct {
	made  bool
	item  Item
	when  string
	gen   uint32
	width int
	rows  [2]string
}

// ends are the rows above and below the items, kept while they stay the same.
type ends struct {
	made          bool
	gen           uint32
	width, height int
	count         int
	online        []string
	title         string
	tail          []string
}

// maxKept bounds the items whose rows are kept: those of the tallest screen.
const maxKept = 80

// minForOnline is the height from which names of people here are shown.
const minForOnline = 24

// Rows draws the list: height rows, each exactly width cells wide. They are good
// until the next call.
func (b *Bar) Rows(l *Look, width, height int, list List) []string {
	b.drawEnds(l, width, height)
	tail := b.ends.tail
	room := (height - 1 - len(tail)) / 2
	b.scroll(room, list)
	rows := append(b.rows[:0], b.ends.title)
	b.shown = b.shown[:0]
	for i := b.top; i < list.Len && i < b.top+room; i++ {
		item := list.Item(i)
		b.shown = append(b.shown, item.ID)
		c := b.rowsOf(l, item, len(b.shown)-1, width)
		rows = append(rows, c.rows[0], c.rows[1])
	}
	for len(rows) < height-len(tail) {
		rows = append(rows, theme.Blank(width))
	}
	b.rows = append(rows, tail...)
	return b.rows[:height]
}

// drawEnds makes the title and who is here, if they changed.
func (b *Bar) drawEnds(l *Look, width, height int) {
	e := &b.ends
	if e.made && e.gen == l.Gen && e.width == width && e.height == height && e.count == b.Count && slices.Equal(e.online, b.Online) {
		return
	}
	const key = "^K "
	*e = ends{made: true, gen: l.Gen, width: width, height: height, count: b.Count, online: b.Online, tail: b.online(l, width, height)}
	e.title = l.Theme.Title.Paint(l.Text.Fit(" "+l.Words.Chats, width-len(key))) + l.Theme.Muted.Paint(key)
}

// At is the item in a row of the list as drawn last.
func (b *Bar) At(y int) (chat.ConversationID, bool) {
	i := (y - 1) / 2
	if y < 1 || i >= len(b.shown) || b.shown[i].IsZero() {
		return chat.ConversationID{}, false
	}
	return b.shown[i], true
}

// scroll keeps the item in focus in sight.
func (b *Bar) scroll(room int, list List) {
	b.top = min(b.top, max(list.Len-room, 0))
	switch {
	case list.Focus < 0:
	case list.Focus < b.top:
		b.top = list.Focus
	case list.Focus >= b.top+room:
		b.top = list.Focus - room + 1
	}
}

// rowsOf are the rows of the item in a place. Of what was drawn there, or of the
// same item elsewhere, only what changed is made: a message moves nothing in the
// first row but the time.
func (b *Bar) rowsOf(l *Look, item Item, place, width int) *cached {
	c := b.keptOf(item.ID, place)
	same := c.gen == l.Gen && c.width == width && c.item.ID == item.ID && c.made
	if same && c.item == item {
		return c
	}
	if item.Head {
		c.rows = above(l, item.Name, width)
		c.made, c.item, c.when, c.gen, c.width = true, item, "", l.Gen, width
		return c
	}
	when := ""
	if item.Last != nil {
		when = l.When(item)
	}
	if !same || c.when != when || !c.item.sameHead(item) {
		c.rows[0] = head(l, item, when, width)
	}
	if l.Row == nil || item.Last == nil {
		c.rows[1] = last(l, item, width)
	} else {
		c.rows[1] = l.Row(item, width, func() string { return last(l, item, width) })
	}
	c.made, c.item, c.when, c.gen, c.width = true, item, when, l.Gen, width
	return c
}

// keptOf brings what is kept of an item to its place; the others stay in their
// order, as a message moves one item to the top of all.
func (b *Bar) keptOf(id chat.ConversationID, place int) *cached {
	for i := place; i < len(b.kept); i++ {
		if b.kept[i].item.ID == id {
			if i > place {
				c := b.kept[i]
				copy(b.kept[place+1:i+1], b.kept[place:i])
				b.kept[place] = c
			}
			return &b.kept[place]
		}
	}
	b.kept = slices.Insert(b.kept, place, cached{})
	if len(b.kept) > maxKept {
		b.kept = slices.Delete(b.kept, maxKept, len(b.kept))
	}
	return &b.kept[place]
}

// sameHead reports whether the first rows of two items look the same, but for
// the time.
func (i Item) sameHead(o Item) bool {
	i.Last, i.Today, i.Tick, i.Read = o.Last, o.Today, o.Tick, o.Read
	return i == o
}

// above are the rows of a head: a blank one, and a rule with its name.
func above(l *Look, name string, width int) [2]string {
	title := " " + l.Text.Line(name) + " "
	rule := max(width-l.Text.Width(title)-1, 0)
	return [2]string{theme.Blank(width), l.Theme.Muted.Paint(l.Text.Fit(title+strings.Repeat(l.Theme.Glyphs.H, rule), width))}
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
	muted := ""
	if item.Muted {
		muted = " " + t.Glyphs.Muted
	}
	right, rStyle := when+" ", t.Muted
	if item.Unread > 0 {
		right, rStyle = t.Glyphs.Dot+strconv.Itoa(item.Unread)+" ", t.Badge
		if style == "" {
			style = t.Unread
		}
	}
	mark += " "
	room := width - l.Text.Width(mark) - l.Text.Width(presence+muted) - l.Text.Width(right) - 1
	name := l.Text.Cut(l.Text.Line(item.Name), room)
	gap := width - l.Text.Width(mark+name+presence+muted+right)
	return style.Paint(mark+name) + pStyle.Paint(presence) + t.Muted.Paint(muted) + theme.Blank(gap) + rStyle.Paint(right)
}

func last(l *Look, item Item, width int) string {
	const lead = 4
	line := ""
	switch {
	case item.Asks:
		line = l.Words.Talks.Wants
	case item.Last != nil:
		line = l.Line(item)
	}
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
