package tui

import (
	"strconv"
	"strings"

	"charla/tui/pane"
	"charla/tui/theme"
)

// statusKey is what the bottom row is made of.
type statusKey struct {
	gen         uint32
	width, left int
	mode        mode
	windows     int
	front       bool
	failed      bool
	own         bool // the chosen message is this person's
	flash       string
	clock       string
	unread      int
	zoomed      string
}

// drawStatus draws the bottom row: who and when under the list, then what can
// be done now or what was just said, and what is unread elsewhere.
func (m *Model) drawStatus(f frame) {
	r := m.arranged.status
	if r.h == 0 {
		return
	}
	w := m.current()
	k := statusKey{
		gen: m.look.Gen, width: r.w, left: m.arranged.sidebar.w, mode: m.mode, windows: len(m.windows), flash: m.flash,
		clock: m.clock(), unread: m.total, front: m.page != nil || m.ask != nil || m.switcher != nil,
		failed: w != nil && w.pane.HasFailed(),
	}
	if w != nil {
		k.unread -= w.talk.counts()
	}
	if m.mode == selecting && w != nil {
		msg, _ := w.pane.Selected()
		k.own = msg.From == m.me.ID
	}
	if n := len(m.windows); m.zoom && n > 1 {
		k.zoomed = "zoom " + strconv.Itoa(m.focus+1) + "/" + strconv.Itoa(n) + " "
	}
	f.Put(r.x, r.y, r.w, m.paint.status.get(k, func() string { return m.buildStatus(k) }))
}

// clock is the time to the minute.
func (m *Model) clock() string {
	now := m.now()
	return m.paint.clock.get(now.Unix()/60, func() string {
		m.paint.day = pane.DayNumber(&m.look, now)
		return now.In(m.cfg.Loc).Format("15:04")
	})
}

// today is the number of the day that clock was read on last.
func (m *Model) today() int {
	m.clock()
	return m.paint.day
}

// frame is the part of terminal.Frame that is needed here.
type frame interface {
	Put(x, y, width int, text string)
}

func (m *Model) buildStatus(k statusKey) string {
	t, text := m.look.Theme, m.look.Text
	left := ""
	if k.left > 0 && k.mode != menu { // the menu takes the whole row
		left = text.Fit(" "+string(m.me.Nick)+" "+t.Glyphs.Sep+" "+k.clock, k.left+1)
	}
	right := k.zoomed
	if k.unread > 0 {
		right += t.Glyphs.Dot + strconv.Itoa(k.unread) + " "
	}
	if k.left == 0 || k.mode == menu {
		right += k.clock
	}
	room := k.width - text.Width(left) - text.Width(right) - 1
	if room < 0 {
		return t.Status.Paint(text.Fit(right, k.width))
	}
	if k.flash != "" {
		shown := text.Cut(k.flash, room)
		return t.Status.Paint(left) + t.Warn.Paint(shown) + theme.Blank(room-text.Width(shown)+1) + t.Badge.Paint(right)
	}
	if k.mode == menu {
		left, room = " ", room-1
	}
	hints, used := m.hintRow(k, room)
	return t.Status.Paint(left) + hints + theme.Blank(room-used+1) + t.Badge.Paint(right)
}

// hintRow is as many hints as fit.
func (m *Model) hintRow(k statusKey, room int) (string, int) {
	t, text := m.look.Theme, m.look.Text
	var b strings.Builder
	used := 0
	for _, h := range m.hints(k) {
		width := text.Width(h.key) + 1 + text.Width(h.what)
		if used > 0 {
			width += 2
		}
		if used+width > room {
			break
		}
		if used > 0 {
			b.WriteString("  ")
		}
		b.WriteString(t.Key.Paint(h.key) + " " + t.Status.Paint(h.what))
		used += width
	}
	return b.String(), used
}

// hint is a key and what it does.
type hint struct{ key, what string }

// hints are the keys worth naming now.
func (m *Model) hints(k statusKey) []hint {
	w := &m.screen().Keys
	switch {
	case k.front:
		return []hint{{"Enter", w.Send}, {"Esc", w.Cancel}}[1:]
	case k.mode == bare:
		return []hint{{"Esc", w.Cancel}, {w.PgUp, w.Move}, {"c", w.Copy}}
	case k.mode == selecting:
		if k.own {
			return []hint{{"r", w.Reply}, {"c", w.Copy}, {"e", w.Edit}, {"d", w.Delete}, {"Esc", w.Cancel}}
		}
		return []hint{{"r", w.Reply}, {"c", w.Copy}, {"!", w.ReportShort}, {"Esc", w.Cancel}}
	case k.failed:
		return []hint{{"Enter", w.Retry}, {"Esc", w.Menu}}
	}
	if k.mode == menu {
		return m.menuHints()
	}
	list := []hint{{"Esc", w.Menu}}
	if several := len(m.windows) > 1; several {
		list = append(list, hint{"Tab", w.Window})
	}
	list = append(list, hint{"^K", w.Go}, hint{"F1", w.Help}, hint{w.PgUp, w.History}, hint{m.look.Theme.Glyphs.Up, w.SelectShort})
	for _, b := range bindings() { // then what the menu teaches too
		if b.hint != nil && b.letter != "" && !b.inMenu && b.keys == nil && b.why(m) == "" {
			list = append(list, hint{b.shown, b.hint(w)})
		}
	}
	return append(list, hint{"^J", w.Line})
}

// menuHints teach the letters.
func (m *Model) menuHints() []hint {
	var list []hint
	for _, b := range bindings() {
		if b.hint != nil && b.letter != "" && b.why(m) == "" {
			list = append(list, hint{b.letter, b.hint(&m.screen().Keys)})
		}
	}
	return list
}

// drawBorders makes the lines between the list and the panes, with crossings
// where they meet.
func (m *Model) drawBorders() {
	a, g := &m.arranged, m.look.Theme.Glyphs
	m.paint.borders = m.paint.borders[:0]
	if a.tiny || m.width == 0 {
		return
	}
	grid := map[[2]int]bool{}
	mark := func(r rect) {
		for y := r.y; y < r.y+r.h; y++ {
			for x := r.x; x < r.x+r.w; x++ {
				grid[[2]int{x, y}] = true
			}
		}
	}
	lines := a.cross
	if a.sidebar.w > 0 {
		lines = append([]rect{{a.sidebar.w, 0, 1, a.sidebar.h}}, lines...)
	}
	for _, r := range lines {
		mark(r)
	}
	border := m.look.Theme.Border
	for _, r := range lines {
		if r.h > 1 || r.w == 1 {
			for y := r.y; y < r.y+r.h; y++ {
				m.paint.borders = append(m.paint.borders, piece{r.x, y, 1, border.Paint(junction(g, grid, r.x, y))})
			}
			continue
		}
		var b strings.Builder
		for x := r.x; x < r.x+r.w; x++ {
			b.WriteString(junction(g, grid, x, r.y))
		}
		m.paint.borders = append(m.paint.borders, piece{r.x, r.y, r.w, border.Paint(b.String())})
	}
}

// junction is the sign for a border cell by which of its neighbours are border.
func junction(g theme.Glyphs, grid map[[2]int]bool, x, y int) string {
	up, down := grid[[2]int{x, y - 1}], grid[[2]int{x, y + 1}]
	left, right := grid[[2]int{x - 1, y}], grid[[2]int{x + 1, y}]
	switch {
	case up && down && left && right:
		return g.Cross
	case up && down && left:
		return g.TeeLeft
	case up && down && right:
		return g.TeeRight
	case left && right && down:
		return g.TeeDown
	case left && right && up:
		return g.TeeUp
	case left || right:
		return g.H
	}
	return g.V
}
