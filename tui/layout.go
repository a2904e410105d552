package tui

// rect is a piece of the screen in cells.
type rect struct{ x, y, w, h int }

func (r rect) contains(x, y int) bool {
	return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h
}

// The smallest pane, sidebar and screen.
const (
	minPaneW, minPaneH     = 38, 7
	minScreenW, minScreenH = 24, 8
	wideW, mediumW         = 100, 60
	sidebarWide            = 28
	sidebarNarrow          = 21
)

// arrangement is where everything stands. Nothing overlaps, and all of it
// together covers the screen.
type arrangement struct {
	tiny    bool // there is room for the composer only
	sidebar rect // w is 0: not shown; the border stands right of it
	panes   []rect
	folded  []bool // a pane that is a title row only
	cross   []rect // borders between panes: one cell wide, or one high
	status  rect
}

// sidebarMode is what the person wants with the sidebar.
type sidebarMode string

const (
	sidebarAuto sidebarMode = ""
	sidebarShow sidebarMode = "show"
	sidebarHide sidebarMode = "hide"
)

// arrange places n windows of which the one at focus is in use. With zoom the
// others are not shown: their rects are empty.
func arrange(w, h, n, focus int, zoom bool, mode sidebarMode) arrangement {
	a := arrangement{panes: make([]rect, n), folded: make([]bool, n)}
	if w < minScreenW || h < minScreenH {
		a.tiny = true
		a.status = rect{0, max(h-1, 0), w, min(h, 1)}
		if n > 0 {
			a.panes[focus] = rect{0, 0, w, max(h-1, 0)}
		}
		return a
	}
	a.status = rect{0, h - 1, w, 1}
	area := rect{0, 0, w, h - 1}
	if sw := sidebarWidth(w, n, zoom, mode); sw > 0 {
		a.sidebar = rect{0, 0, sw, h - 1}
		area.x, area.w = sw+1, w-sw-1
	}
	switch {
	case n == 0:
	case zoom || n == 1:
		a.panes[focus] = area
	default:
		if columns := bestColumns(area, n); columns > 0 {
			a.tile(area, columns)
		} else {
			a.accordion(area, focus)
		}
	}
	return a
}

func sidebarWidth(w, n int, zoom bool, mode sidebarMode) int {
	width := sidebarNarrow
	if w >= wideW {
		width = sidebarWide
	}
	switch {
	case mode == sidebarHide || w < mediumW:
		return 0
	case mode == sidebarShow || w >= wideW || n <= 1 || zoom && n <= 1:
		return width
	}
	return 0
}

// bestColumns is how many columns give the most room to read, counting no more
// than 80 columns of a pane; 0 if the panes do not fit.
func bestColumns(area rect, n int) int {
	best, most := 0, 0
	for columns := 1; columns <= n; columns++ {
		rows := (n + columns - 1) / columns
		if (n+rows-1)/rows > columns {
			continue
		}
		pw, ph := (area.w-columns+1)/columns, (area.h-rows+1)/rows
		if pw < minPaneW || ph < minPaneH {
			continue
		}
		if room := min(pw, 80) * ph; room > most {
			best, most = columns, room
		}
	}
	return best
}

// tile lays the panes in rows from left to right; a last row that is not full
// is shared by the panes in it.
func (a *arrangement) tile(area rect, columns int) {
	rows := (len(a.panes) + columns - 1) / columns
	i := 0
	for r, y := range split(area.h, rows) {
		if r > 0 {
			a.cross = append(a.cross, rect{area.x, area.y + y.at - 1, area.w, 1})
		}
		inRow := min(columns, len(a.panes)-i)
		for c, x := range split(area.w, inRow) {
			if c > 0 {
				a.cross = append(a.cross, rect{area.x + x.at - 1, area.y + y.at, 1, y.size})
			}
			a.panes[i] = rect{area.x + x.at, area.y + y.at, x.size, y.size}
			i++
		}
	}
}

type part struct{ at, size int }

// split cuts a length into n parts with one cell between them; the first parts
// get what does not divide.
func split(length, n int) []part {
	parts := make([]part, n)
	size, rest := (length-n+1)/n, (length-n+1)%n
	at := 0
	for i := range parts {
		parts[i] = part{at, size}
		if i < rest {
			parts[i].size++
		}
		at += parts[i].size + 1
	}
	return parts
}

// accordion gives the pane in focus all the room that the title rows of the
// others leave. Where even those do not fit, the farthest are not shown.
func (a *arrangement) accordion(area rect, focus int) {
	n := len(a.panes)
	titles := min(n-1, max(area.h-minPaneH, 0))
	first := min(max(focus-titles/2, 0), n-1-titles)
	y := area.y
	for i := range a.panes {
		switch {
		case i == focus:
			a.panes[i] = rect{area.x, y, area.w, area.h - titles}
		case i >= first && i <= first+titles:
			a.panes[i], a.folded[i] = rect{area.x, y, area.w, 1}, true
		default:
			a.folded[i] = true
		}
		y += a.panes[i].h
	}
}

// widthClass names the layouts that are kept apart, so that a phone never
// rearranges a desktop.
func widthClass(w int) string {
	switch {
	case w < mediumW:
		return "narrow"
	case w < wideW:
		return "medium"
	}
	return "wide"
}
