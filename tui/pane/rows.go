package pane

import (
	"strconv"
	"strings"
	"time"

	"charla/server/chat"
	"charla/tui/theme"
)

// Bounds of a row.
const (
	maxColumn = 96 // cells of text, however wide the pane is
	indent    = 4  // before one's own messages
	leastTop  = 2  // rows of a pane whose first one says who speaks
	hang      = 2  // before the further rows of a line that charla says
	together  = 5 * time.Minute
)

// Column is how many cells of a pane text takes at most.
func Column(width int) int { return min(width, maxColumn) }

// Room is what a line of what charla says has of that.
func Room(width int) int { return Column(width) - 3 }

// Rows is how many rows such a line takes there.
func Rows(text theme.Text, line string, room int) int { return len(said(text, line, room)) }

// said are the rows of such a line.
func said(text theme.Text, line string, room int) []string {
	return text.Hang(text.Clean(line), room, hang)
}

// rowsOf are the rows of the i-th entry, each exactly width cells wide.
func (p *Pane) rowsOf(l *Look, i, width int, now time.Time) []string {
	e := p.entries[i]
	key := p.keyOf(l, i, width, now)
	if e.rows == nil || e.key != key {
		e.key = key
		e.rows = p.make(l, e, now)
	}
	return e.rows
}

// make takes the rows that others made, if they look the same to this person. A
// message that has expired has none.
func (p *Pane) make(l *Look, e *entry, now time.Time) []string {
	k := e.key
	if e.msg != nil && e.msg.Expired {
		return []string{}
	}
	if e.kind != message || e.msg.From == l.Me || e.msg.File != nil || !e.msg.ReplyTo.IsZero() || k.selected || k.ruler > 0 || calls(l, e.msg.Text) {
		return p.build(l, e, now)
	}
	return p.Shared.get(rowsKey{
		msg: e.msg, theme: l.Theme, words: l.Words, loc: l.Loc, text: l.Text, part: inPane, width: k.width, today: k.today,
		day: k.day, header: k.header, bare: l.Bare,
	}, func() []string { return p.build(l, e, now) })
}

// calls tells whether a text calls this person, which only they see.
func calls(l *Look, text string) bool {
	return strings.IndexByte(text, '@') >= 0 && strings.Contains(l.Text.Clean(text), "@"+l.Nick)
}

// keyOf is cheap: it runs for everything in sight, each frame.
func (p *Pane) keyOf(l *Look, i, width int, now time.Time) rowKey {
	e := p.entries[i]
	key := rowKey{gen: l.Gen, width: int16(width), selected: e == p.selected}
	if e.kind == local {
		return key
	}
	prev := p.previous(i)
	key.day = prev == nil || prev.dayIn(l) != e.dayIn(l)
	if key.day {
		key.today = int32(dayOf(now, l.Loc))
	}
	if e.kind == notice {
		return key
	}
	key.tick = p.tickOf(e, l.Me)
	if p.ruler.on && e.msg.From != l.Me && e.msg.Number > p.ruler.after && p.onlyOwnSince(i, l.Me) {
		key.ruler = int32(p.ruler.count)
	}
	key.header = key.day || key.ruler > 0 || i > 0 && p.entries[i-1].msg == nil || prev.kind == notice ||
		prev.msg.From != e.msg.From || e.msg.At.Sub(prev.msg.At) > together
	return key
}

// previous is the message or notice before the i-th entry, local lines passed over,
// and what is not shown.
func (p *Pane) previous(i int) *entry {
	for i--; i >= 0; i-- {
		if e := p.entries[i]; e.kind == notice || e.msg != nil && !e.msg.Expired {
			return p.entries[i]
		}
	}
	return nil
}

// onlyOwnSince tells that all between the ruler and the i-th entry is one's
// own. Where the ruler is older than what is held, nothing is known.
func (p *Pane) onlyOwnSince(i int, me chat.UserID) bool {
	for i--; i >= 0; i-- {
		e := p.entries[i]
		if e.kind != message {
			continue
		}
		if e.msg.Number <= p.ruler.after {
			return true
		}
		if e.msg.From != me && !e.msg.Expired {
			return false
		}
	}
	return !p.Older
}

// dayIn numbers the day of a message or notice, remembered: a frame asks it of all in sight.
func (e *entry) dayIn(l *Look) int32 {
	if e.dGen != l.Gen+1 {
		e.day, e.dGen = int32(dayOf(e.at(), l.Loc)), l.Gen+1
	}
	return e.day
}

// DayNumber numbers the days of a look's place.
func DayNumber(l *Look, t time.Time) int { return dayOf(t, l.Loc) }

// dayOf numbers days in a place.
func dayOf(t time.Time, loc *time.Location) int {
	_, offset := t.In(loc).Zone()
	return int((t.Unix() + int64(offset)) / 86400)
}

// build makes the rows of an entry.
func (p *Pane) build(l *Look, e *entry, now time.Time) []string {
	b := builder{l: l, key: e.key, width: int(e.key.width), column: Column(int(e.key.width))}
	if e.kind == local {
		b.local(*e.local)
		return b.rows
	}
	if e.key.day {
		b.line(DayName(l, e.at(), now), l.Theme.Day)
	}
	if e.kind == notice {
		b.notice(*e.local.notice)
		return append([]string{}, b.rows...) // none are rows too
	}
	if e.key.ruler > 0 {
		b.line(l.Words.NewMessages(int(e.key.ruler)), l.Theme.Newline)
	}
	b.message(p, e.msg)
	if len(b.rows) == 0 { // narrower than any text
		b.add()
	}
	return b.rows
}

// DayName is "today", "yesterday" or the date.
func DayName(l *Look, t, now time.Time) string {
	t, now = t.In(l.Loc), now.In(l.Loc)
	switch dayOf(now, l.Loc) - dayOf(t, l.Loc) {
	case 0:
		return l.Words.Today
	case 1:
		return l.Words.Yesterday
	}
	return l.Words.Day(t, t.Year() != now.Year())
}

// builder collects the rows of one entry.
type builder struct {
	l      *Look
	key    rowKey
	width  int
	column int
	rows   []string
	tick   bool // the tick is drawn
}

// piece is text in one look.
type piece struct {
	text  string
	style theme.Style
}

// add puts pieces into a row and fills it with blanks. A selected row has one
// look only.
func (b *builder) add(pieces ...piece) {
	used := 0
	var s strings.Builder
	for _, p := range pieces {
		used += b.l.Text.Width(p.text)
		if b.key.selected {
			s.WriteString(p.text)
		} else {
			s.WriteString(p.style.Paint(p.text))
		}
	}
	s.WriteString(theme.Blank(b.width - used))
	row := s.String()
	if used > b.width { // a pane narrower than any layout makes
		row = b.l.Text.Fit(plain(pieces), b.width)
	}
	if b.key.selected {
		row = b.l.Theme.Select.Paint(row)
	}
	b.rows = append(b.rows, row)
}

func plain(pieces []piece) string {
	var s strings.Builder
	for _, p := range pieces {
		s.WriteString(p.text)
	}
	return s.String()
}

// line is a label in the middle of a rule across the pane.
func (b *builder) line(label string, style theme.Style) {
	label = " " + b.l.Text.Cut(b.l.Text.Line(label), b.width-4) + " "
	rest := b.width - b.l.Text.Width(label)
	h := b.l.Theme.Glyphs.H
	selected := b.key.selected
	b.key.selected = false
	b.add(piece{strings.Repeat(h, max(rest/2, 0)) + label + strings.Repeat(h, max(rest-rest/2, 0)), style})
	b.key.selected = selected
}

func (b *builder) local(l Local) {
	style := l.Style
	if style == "" {
		style = b.l.Theme.Local
	}
	mark := piece{b.l.Theme.Glyphs.Quote + " ", b.l.Theme.Muted}
	for _, line := range l.Lines {
		for _, row := range said(b.l.Text, line, Room(b.column)) {
			b.add(b.closes([]piece{mark, {row, style}})...)
		}
	}
	if l.Order == "" {
		return
	}
	b.order(mark, l.Order)
	if !b.l.Bare && !b.fits(mark, l.Order) {
		click := b.l.Words.Copy
		b.add(piece{theme.Blank(b.column - len(click)), ""}, piece{click, b.l.Theme.Key})
	}
}

// order is a line for a shell. Where the pane is too narrow it takes more rows,
// broken at words to be read, or, for copying, such that nothing but the line itself
// is selected. There is a name in it that somebody chose: each row has the mark.
func (b *builder) order(mark piece, order string) {
	order = b.l.Text.Line(order)
	used := b.l.Text.Width(mark.text) + b.l.Text.Width(order)
	click := b.l.Words.Copy
	if b.l.Bare {
		mark.text, click = "", ""
		used = b.l.Text.Width(order)
	}
	switch {
	case click != "" && b.fits(mark, order):
		b.add(mark, piece{order, b.l.Theme.Order}, piece{theme.Blank(b.column - used - len(click)), ""}, piece{click, b.l.Theme.Key})
	case used < b.width:
		b.add(mark, piece{order, b.l.Theme.Order})
	default:
		room := b.width - b.l.Text.Width(mark.text)
		rows := b.l.Text.Words(order, room)
		if b.l.Bare {
			rows = b.l.Text.Hard(order, room-1)
		}
		for _, row := range rows {
			b.add(mark, piece{row, b.l.Theme.Order})
		}
	}
}

func (b *builder) message(p *Pane, m *chat.Message) {
	t, g := b.l.Theme, b.margin(m)
	if b.key.header {
		b.header(m)
	}
	if !m.ReplyTo.IsZero() && !m.Retracted {
		b.ticked(b.closes([]piece{g.said, {b.l.Text.Cut(quoteOf(b.l, p.quoted(m.ReplyTo)), g.room), t.Quote}})...)
	}
	switch {
	case m.Retracted:
		b.ticked(b.closes([]piece{g.said, {b.l.Text.Cut(b.l.Words.Deleted, g.room), t.Muted}})...)
		return
	case m.File != nil:
		b.file(g, m)
	}
	if m.Text != "" {
		b.text(g, m)
	}
}

func quoteOf(l *Look, m *chat.Message) string {
	switch {
	case m == nil:
		return l.Theme.Glyphs.Quote + " " + l.Theme.Glyphs.Ellipsis
	case m.Retracted:
		return l.Theme.Glyphs.Quote + " " + l.Words.Deleted
	}
	return l.Theme.Glyphs.Quote + " " + l.Text.Line(l.Words.Nick(m.Nick)) + ": " + Preview(l, m)
}

// Preview is a message in one line.
func Preview(l *Look, m *chat.Message) string {
	switch {
	case m.Retracted:
		return l.Words.Deleted
	case m.File != nil:
		return l.Theme.Glyphs.File + " " + l.Text.Line(m.File.Name)
	}
	text := m.Text
	if len(text) > 400 {
		text = text[:400]
	}
	return l.Text.Line(text)
}

func (b *builder) file(g margin, m *chat.Message) {
	size, room := "  "+b.l.Words.Size(m.File.Size), g.room
	order := b.l.Order(m)
	pieces := []piece{g.said, {"", b.l.Theme.File}, {size, b.l.Theme.Muted}}
	if click := b.l.Words.Copy; order != "" && !b.l.Bare && !b.fits(g.text, order) {
		room -= len(click) + 1 // where the order takes rows of its own, the click is up here
		pieces = append(pieces, piece{"", ""}, piece{click, b.l.Theme.Key})
	}
	name := b.l.Theme.Glyphs.File + " " + b.l.Text.Line(m.File.Name)
	pieces[1].text = b.l.Text.Cut(name, room-len(size))
	if len(pieces) > 3 {
		pieces[3].text = theme.Blank(room - b.l.Text.Width(pieces[1].text+size) + 1)
	}
	b.ticked(b.closes(pieces)...)
	if order != "" {
		b.order(g.text, order)
	}
}

// fits tells whether an order stands in one row with its click.
func (b *builder) fits(mark piece, order string) bool {
	return b.l.Text.Width(mark.text)+b.l.Text.Width(b.l.Text.Line(order))+1+len(b.l.Words.Copy) <= b.column
}

func (b *builder) text(g margin, m *chat.Message) {
	text := b.l.Text.Clean(m.Text)
	if m.Edited {
		text += " " + b.l.Words.Edited
	}
	rows := b.l.Text.Wrap(text, g.room)
	for i, row := range rows {
		edited := ""
		if m.Edited && i == len(rows)-1 && strings.HasSuffix(row, b.l.Words.Edited) {
			row, edited = strings.TrimSuffix(row, b.l.Words.Edited), b.l.Words.Edited
		}
		pieces := append([]piece{g.text}, b.mentions(row)...)
		b.ticked(append(pieces, piece{edited, b.l.Theme.Muted})...)
	}
}

// mentions parts a row where the person's own name is called.
func (b *builder) mentions(row string) []piece {
	name := "@" + b.l.Nick
	if strings.IndexByte(row, '@') < 0 {
		return []piece{{row, ""}}
	}
	var pieces []piece
	for {
		i := strings.Index(row, name)
		if i < 0 || i+len(name) < len(row) && isNickByte(row[i+len(name)]) {
			return append(pieces, piece{row, ""})
		}
		pieces = append(pieces, piece{row[:i], ""}, piece{name, b.l.Theme.Mention})
		row = row[i+len(name):]
	}
}

func isNickByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// ticked adds a row; the first one carries the tick at the right edge. For copying
// there is none.
func (b *builder) ticked(pieces ...piece) {
	if b.tick || b.key.tick.State == NoTick || b.l.Bare {
		b.add(pieces...)
		return
	}
	b.tick = true
	text, style := TickText(b.l.Theme, b.key.tick)
	used := 0
	for _, p := range pieces {
		used += b.l.Text.Width(p.text)
	}
	if full := text + b.readers(); b.key.header && used+len(full)+1 <= b.column {
		text = full
	}
	gap := b.column - used - b.l.Text.Width(text)
	if gap < 1 {
		b.add(pieces...)
		return
	}
	b.add(append(pieces, piece{theme.Blank(gap), ""}, piece{text, style})...)
}

func (b *builder) readers() string {
	if b.key.tick.Readers == 0 {
		return ""
	}
	return " " + strconv.Itoa(int(b.key.tick.Readers)) + "/" + strconv.Itoa(int(b.key.tick.Of))
}

// TickText is how a tick looks.
func TickText(t *theme.Theme, tick Tick) (string, theme.Style) {
	switch tick.State {
	case Pending:
		return t.Glyphs.Pending, t.Tick
	case Failed:
		return t.Glyphs.Fail, t.Error
	case Stored:
		return t.Glyphs.Stored, t.Tick
	case Delivered:
		return t.Glyphs.Delivered, t.Tick
	case Read:
		return t.Glyphs.Read, t.TickRead
	}
	return "", ""
}
