package tui

import (
	"slices"
	"strconv"
	"strings"

	"charla/server/chat"
	"charla/tui/dialog"
	"charla/tui/pane"
	"charla/tui/sidebar"
	"charla/tui/terminal"
	"charla/tui/theme"
)

// painted is what was drawn last and is drawn again while its key is the same.
type painted struct {
	borders []piece
	status  memo[statusKey]
	badge   memo[badgeKey]
	clock   memo[int64] // by the minute
	day     int         // when clock was made
}

// badgeKey is what the window's title is made of.
type badgeKey struct {
	gen    uint32
	unread int
}

// memo keeps a text for what it was made of.
type memo[K comparable] struct {
	key  K
	text string
	made bool
}

func (c *memo[K]) get(key K, build func() string) string {
	if !c.made || c.key != key {
		c.key, c.text, c.made = key, build(), true
	}
	return c.text
}

// piece is a text at a place.
type piece struct {
	x, y, w int
	text    string
}

// paneBox is how a pane's rows are shared out.
type paneBox struct {
	title, body, above, write rect
}

// boxOf shares out the rows of the i-th pane: title, messages, what is being
// answered or edited, composer.
func (m *Model) boxOf(i int) paneBox {
	r, w := m.arranged.panes[i], m.windows[i]
	var b paneBox
	write := 1
	if i == m.focus {
		if text := w.edit.Text(); text != "" {
			rows, _, _ := w.edit.Rows(m.look.Text, r.w-2)
			_, below := m.example(w, r.w-2)
			write = min(len(rows)+len(below), max(r.h/3, 1))
		} else if why := m.refuses(w); why != "" {
			write = min(len(m.look.Text.Wrap(why, max(r.w-promptW, 1))), max(r.h/3, 1))
		}
	}
	above := 0
	if (w.reply != nil || !w.editing.IsZero() || w.talk.Request) && r.h > 4 {
		above = 1
	}
	title := 1
	switch {
	case m.arranged.tiny:
		title = min(1, max(r.h-write, 0))
	case m.mode == bare:
		title, write, above = 0, 0, 0
	}
	b.title = rect{r.x, r.y, r.w, title}
	b.body = rect{r.x, r.y + title, r.w, max(r.h-title-above-write, 0)}
	b.above = rect{r.x, b.body.y + b.body.h, r.w, above}
	b.write = rect{r.x, b.above.y + above, r.w, write}
	return b
}

// Frame implements terminal.Model.
func (m *Model) Frame(f *terminal.Frame) {
	m.total = m.unread()
	f.SetTitle(m.paint.badge.get(badgeKey{m.look.Gen, m.total}, func() string { return m.screen().Badge(m.total) }))
	f.SetModes(terminal.Modes{Mouse: m.mode != bare && (m.settings.Mouse == nil || *m.settings.Mouse)})
	if m.width == 0 || m.height == 0 {
		return
	}
	if len(m.windows) == 0 && !m.arranged.tiny {
		x := m.arranged.sidebar.w + 1
		text := m.look.Text.Cut(m.screen().Loading+m.look.Theme.Glyphs.Ellipsis, m.width-x)
		f.Put(x, 0, m.look.Text.Width(text), m.look.Theme.Muted.Paint(text))
	}
	for i := range m.windows {
		if r := m.arranged.panes[i]; r.w > 0 && r.h > 0 {
			m.drawPane(f, i)
		}
	}
	m.drawSidebar(f)
	for _, p := range m.paint.borders {
		f.Put(p.x, p.y, p.w, p.text)
	}
	m.drawStatus(f)
	m.drawFront(f)
}

func (m *Model) drawPane(f *terminal.Frame, i int) {
	w := m.windows[i]
	b := m.boxOf(i)
	if b.title.h > 0 {
		f.Put(b.title.x, b.title.y, b.title.w, m.titleOf(i, b.title.w))
	}
	if m.arranged.folded[i] {
		return
	}
	if m.arranged.tiny {
		f.Put(b.body.x, b.body.y, b.body.w, m.look.Theme.Warn.Paint(m.look.Text.Fit(m.screen().TooSmall, b.body.w)))
	} else {
		m.drawBody(f, w, b.body)
	}
	if b.above.h > 0 {
		f.Put(b.above.x, b.above.y, b.above.w, m.aboveComposer(w, b.above.w))
	}
	if b.write.h > 0 {
		m.drawComposer(f, i, b.write)
	}
}

// drawBody draws the messages in sight, from the bottom.
func (m *Model) drawBody(f *terminal.Frame, w *window, r rect) {
	rows := w.pane.Rows(&m.look, r.w, r.h, m.now())
	top := r.y + r.h - len(rows)
	for y, row := range rows {
		f.Put(r.x, top+y, r.w, row)
	}
	if len(rows) == 0 && r.h > 0 {
		m.drawEmpty(f, w, r)
	}
	if n := w.pane.Below(); n > 0 && !w.pane.AtEnd() && r.h > 1 {
		text := m.look.Text.Cut(" "+m.look.Theme.Glyphs.More+" "+m.screen().MoreBelow(n)+" ", r.w)
		width := m.look.Text.Width(text)
		f.Put(r.x+r.w-width, r.y+r.h-1, width, m.look.Theme.Select.Paint(text))
	}
}

// drawEmpty says what to do where nothing is.
func (m *Model) drawEmpty(f *terminal.Frame, w *window, r rect) {
	s := m.screen()
	lines := []string{s.EmptyTalk}
	switch {
	case !w.loaded:
		lines = []string{s.Loading + m.look.Theme.Glyphs.Ellipsis}
	case m.whyNot(w.talk) != "": // the composer says so
		lines = nil
	case w.talk.Kind == chat.Room:
		lines = []string{s.EmptyRoom}
	case w.talk.Kind == chat.Talk && w.talk.Peer != m.me.ID && !w.talk.here:
		lines = append(lines, s.NobodyHere)
	}
	var rows []string
	for _, l := range lines {
		rows = append(rows, m.look.Text.Wrap(l, r.w-2)...)
	}
	rows = rows[:min(len(rows), r.h)]
	for y, row := range rows {
		f.Put(r.x, r.y+r.h-len(rows)+y, r.w, m.look.Theme.Muted.Paint(m.look.Text.Fit(" "+row, r.w)))
	}
}

// aboveComposer says what is being answered or edited, or that a stranger waits
// for an answer.
func (m *Model) aboveComposer(w *window, width int) string {
	t := m.look.Theme
	if w.talk.Request && w.reply == nil && w.editing.IsZero() {
		return t.Warn.Paint(m.look.Text.Fit(" "+m.requestBar(m.look.Text.Line(string(w.talk.Handle)), width), width))
	}
	text := t.Glyphs.Quote + " " + m.screen().Editing
	if w.reply != nil {
		text = t.Glyphs.Quote + " " + m.screen().Replying(m.look.Text.Line(m.screen().Nick(w.reply.Nick))) + pane.Preview(&m.look, w.reply)
	} else if msg, ok := w.pane.Find(w.editing); ok {
		text += pane.Preview(&m.look, &msg)
	}
	return t.Quote.Paint(m.look.Text.Fit(text, width))
}

func (m *Model) presenceOf(t *talk) sidebar.Presence {
	switch {
	case t.Kind != chat.Talk || t.Peer == m.me.ID:
		return sidebar.Unknown
	case t.here:
		return sidebar.Here
	}
	return sidebar.Away
}

// stateOf is what stands after a name: who types, who is here, how many.
func (m *Model) stateOf(t *talk, here sidebar.Presence) string {
	s := m.screen()
	ell := m.look.Theme.Glyphs.Ellipsis
	switch {
	case len(t.typing) > 0 && t.Kind == chat.Talk:
		return s.Typing + ell
	case len(t.typing) > 0:
		var names []string
		for _, id := range t.typing[:min(len(t.typing), 3)] {
			if nick := m.nickOf(id); nick != "" {
				names = append(names, string(nick))
			}
		}
		if len(names) > 0 {
			return s.SomeType(names) + ell
		}
		return s.Typing + ell
	case here == sidebar.Here:
		return s.Online
	case t.Kind == chat.Talk && t.Peer == m.me.ID:
		return s.Notes
	case t.Kind == chat.Talk:
		return t.sight.text
	}
	if out := m.outOf(t); out != "" && t.Kind == chat.Group { // how many are in it now is not told any more
		return out
	}
	return strings.TrimSpace("(" + strconv.Itoa(t.Members) + ") " + m.outOf(t))
}

// lastLine is a conversation's newest message in one line.
func (m *Model) lastLine(t *talk) string {
	line := pane.Preview(&m.look, t.Last)
	switch {
	case t.Last.From == m.me.ID:
		tick, _ := pane.TickText(m.look.Theme, t.marks.Tick(t.Last))
		return tick + " " + line
	case t.Kind != chat.Talk:
		return m.look.Text.Line(m.screen().Nick(t.Last.Nick)) + ": " + line
	}
	return line
}

// draftKey is what the composer row of a pane that is not in focus is made of.
type draftKey struct {
	gen   uint32
	width int
	text  string
}

func (m *Model) drawComposer(f *terminal.Frame, i int, r rect) {
	w, t := m.windows[i], m.look.Theme
	if i != m.focus {
		key := draftKey{m.look.Gen, r.w, w.edit.Text()}
		text := w.empty.get(key, func() string {
			if strings.TrimSpace(key.text) == "" {
				return theme.Blank(r.w)
			}
			return t.Muted.Paint(m.look.Text.Fit("  "+m.screen().Draft+m.look.Text.Line(key.text), r.w))
		})
		f.Put(r.x, r.y, r.w, text)
		return
	}
	sign := ">"
	if m.mode == menu {
		sign = "Esc>"
	}
	lead := len(sign) + 1
	prompt := t.Prompt.Paint(sign) + " "
	if w.edit.Text() == "" {
		m.drawPlaceholder(f, w, r, lead)
		f.Put(r.x, r.y, min(lead, r.w), prompt)
		m.cursor(f, r.x+lead, r.y)
		return
	}
	rows, row, col := w.edit.Rows(m.look.Text, r.w-2)
	beside, below := m.example(w, r.w-2)
	first := min(max(row-r.h+1, 0), max(len(rows)-r.h, 0))
	for y := 0; y < r.h && first+y < len(rows); y++ {
		at, before := 2, "  "
		if y == 0 && m.mode == menu || first+y == 0 {
			at, before = lead, prompt
		}
		f.Put(r.x, r.y+y, at, before)
		f.Put(r.x+at, r.y+y, r.w-at, m.look.Text.Fit(rows[first+y], r.w-at))
		if first+y == row {
			m.cursor(f, r.x+min(at+col, r.w-1), r.y+y)
		}
	}
	last := len(rows) - 1
	m.drawExample(f, r, beside, below, last-first, lead+m.look.Text.Width(rows[last]))
}

// promptW is the width of the prompt, with the blank behind it.
const promptW = 2

// refuses is why nothing can be written in a window; "" if it can, or is not known.
func (m *Model) refuses(w *window) string {
	if w.loaded && (!w.talk.Member || w.talk.unfit != nil) {
		return m.whyNot(w.talk)
	}
	return ""
}

// drawPlaceholder draws what stands where nothing is written yet, behind the prompt:
// why nothing can be is told whole.
func (m *Model) drawPlaceholder(f frame, w *window, r rect, lead int) {
	room, muted := max(r.w-lead, 0), m.look.Theme.Muted
	rows := []string{m.screen().Placeholder + m.look.Theme.Glyphs.Ellipsis}
	if why := m.refuses(w); why != "" && r.h > 1 {
		rows = m.look.Text.Wrap(why, max(r.w-promptW, 1))
	} else if why != "" {
		rows[0] = why
	}
	f.Put(r.x+lead, r.y, room, w.empty.get(draftKey{m.look.Gen, room, rows[0]}, func() string {
		return muted.Paint(m.look.Text.Fit(rows[0], room))
	}))
	for y := 1; y < min(len(rows), r.h); y++ {
		f.Put(r.x, r.y+y, r.w, theme.Blank(promptW)+muted.Paint(m.look.Text.Fit(rows[y], max(r.w-promptW, 0))))
	}
}

// cursor shows the cursor in the composer unless it is somewhere else.
func (m *Model) cursor(f *terminal.Frame, x, y int) {
	if m.mode == selecting || m.mode == bare || m.page != nil || m.ask != nil || m.secret != nil {
		return
	}
	f.SetCursor(x, y)
}

// maxListed bounds the list; the switcher finds the others.
const maxListed = 500

// drawSidebar lists the conversations.
func (m *Model) drawSidebar(f *terminal.Frame) {
	r := m.arranged.sidebar
	if r.w == 0 {
		return
	}
	listed := m.list()
	list := sidebar.List{Len: len(listed), Focus: -1, Item: func(i int) sidebar.Item { return m.item(listed[i]) }}
	if w := m.current(); w != nil {
		list.Focus = slices.Index(listed, w.talk)
	}
	for y, row := range m.bar.Rows(&m.barLook, r.w, r.h, list) {
		f.Put(r.x, r.y+y, r.w, row)
	}
}

// list is what the list shows, made again only when the order changed: a name is
// known from the first answer of the server. What this person is not in, or not any
// more, is not listed. Strangers who ask stand at the end, behind nil, their head.
func (m *Model) list() []*talk {
	if !m.reordered {
		return m.listed
	}
	m.reordered = false
	m.listed = m.listed[:0]
	var asking []*talk
	for _, t := range m.order {
		switch {
		case t.Handle == "" || !t.Member || m.idle(t) || len(m.listed)+len(asking) >= maxListed:
		case t.Request:
			asking = append(asking, t)
		default:
			m.listed = append(m.listed, t)
		}
	}
	if len(asking) > 0 {
		m.listed = append(append(m.listed, nil), asking...)
	}
	return m.listed
}

// sharedRow is the row of a conversation's newest message, if it is one that
// looks the same to others.
func (m *Model) sharedRow(item sidebar.Item, width int, build func() string) string {
	t := m.talks[item.ID]
	if item.Tick != "" || t == nil {
		return build()
	}
	return m.cfg.Shared.Line(&m.look, item.Last, width, t.Kind != chat.Talk && item.Last.From != m.me.ID, build)
}

// item is a conversation as the list shows it.
func (m *Model) item(t *talk) sidebar.Item {
	if t == nil {
		return sidebar.Item{Head: true, Name: m.screen().Talks.Requests}
	}
	item := sidebar.Item{ID: t.ID, Name: t.name(), Unread: t.counts(), Here: m.presenceOf(t), Asks: t.Request, Muted: m.muted(t)}
	if t.Kind != chat.Talk {
		item.Members = t.Members
	}
	if len(m.windows) > 0 && m.windows[m.focus].talk == t {
		item.Focused = true
	}
	if len(m.windows) > 1 {
		for i, w := range m.windows {
			if w.talk == t {
				item.Window = i + 1
			}
		}
	}
	if t.Last == nil || t.Request {
		return item
	}
	item.Last, item.Today = t.Last, m.today()
	if t.Last.From == m.me.ID {
		tick := t.marks.Tick(t.Last)
		item.Tick, _ = pane.TickText(m.look.Theme, tick)
		item.Read = tick.State == pane.Read
	}
	return item
}

// lineOf is an item's newest message in one line.
func (m *Model) lineOf(item sidebar.Item) string {
	line := pane.Preview(&m.look, item.Last)
	if t := m.talks[item.ID]; t != nil && t.Kind != chat.Talk && item.Last.From != m.me.ID {
		return m.look.Text.Line(m.screen().Nick(item.Last.Nick)) + ": " + line
	}
	return line
}

// whenOf is when that was.
func (m *Model) whenOf(item sidebar.Item) string {
	at := item.Last.At.In(m.cfg.Loc)
	switch pane.DayNumber(&m.look, at) {
	case item.Today:
		return at.Format("15:04")
	case item.Today - 1:
		return m.screen().Yesterday
	}
	return at.Format("02.01.")
}

// drawFront draws what stands above the panes.
func (m *Model) drawFront(f *terminal.Frame) {
	box, at, ok := m.front()
	if !ok {
		return
	}
	for y, row := range box.Rows {
		f.Put(at.x, at.y+y, at.w, row)
	}
	if box.CursorX >= 0 {
		f.SetCursor(at.x+box.CursorX, at.y+box.CursorY)
	} else {
		f.HideCursor()
	}
}

// dialogLook is how boxes are drawn.
func (m *Model) dialogLook() dialog.Look { return dialog.Look{Theme: m.look.Theme, Text: m.look.Text} }

// front is the box above the panes and where it stands.
func (m *Model) front() (dialog.Box, rect, bool) {
	l := m.dialogLook()
	var box dialog.Box
	switch {
	case m.secret != nil:
		box = m.secret.box.Box(l, m.width, m.height)
	case m.ask != nil:
		box = m.ask.Box(l, m.width, m.height)
	case m.page != nil:
		box = m.page.Box(l, m.width, m.height)
	case m.switcher != nil:
		box = m.switcher.Box(l, m.width, m.height)
	default:
		return box, rect{}, false
	}
	at := rect{max((m.width-box.Width)/2, 0), max((m.height-1-box.Height)/3, 0), box.Width, box.Height}
	return box, at, true
}
