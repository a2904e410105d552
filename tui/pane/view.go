package pane

import (
	"time"

	"charla/server/chat"
)

// rowsInSight draws the rows in sight from top to bottom.
func (p *Pane) rowsInSight(l *Look, width, height int, now time.Time) {
	sight := p.sight(l, width, height, now)
	for i := sight.top; i <= sight.bottom; i++ {
		rows := p.rowsOf(l, i, width, now)
		from, to := 0, len(rows)
		if i == sight.top {
			from = sight.topRow
		}
		if i == sight.bottom {
			to = sight.bottomRow + 1
		}
		p.draw(p.entries[i], rows, from, to)
	}
}

// sight is what can be seen: from a row of one entry to a row of another.
type sight struct {
	top, topRow, bottom, bottomRow int
	rows                           int
}

// sight goes up from the anchor; if that does not fill the pane it goes down.
func (p *Pane) sight(l *Look, width, height int, now time.Time) sight {
	p.height = height
	if len(p.entries) == 0 || height < 1 {
		return sight{bottom: -1}
	}
	last := len(p.entries) - 1
	s := sight{bottom: last}
	if p.anchor != nil {
		s.bottom = p.index(p.anchor.entry)
	}
	if s.bottom < 0 || p.anchor == nil {
		p.anchor, s.bottom = nil, last
		s.bottomRow = len(p.rowsOf(l, last, width, now)) - 1
	} else {
		s.bottomRow = min(p.anchor.row, len(p.rowsOf(l, s.bottom, width, now))-1)
	}
	s.top, s.rows = s.bottom, s.bottomRow+1
	for s.rows < height && s.top > 0 {
		s.top--
		s.rows += len(p.rowsOf(l, s.top, width, now))
	}
	s.topRow = max(s.rows-height, 0)
	s.rows = min(s.rows, height)
	p.fillDown(l, &s, width, height, now)
	return s
}

// fillDown moves the lower end down while there is room below it.
func (p *Pane) fillDown(l *Look, s *sight, width, height int, now time.Time) {
	last := len(p.entries) - 1
	for s.rows < height {
		left := len(p.rowsOf(l, s.bottom, width, now)) - 1 - s.bottomRow
		if left == 0 && s.bottom == last {
			break
		}
		if left == 0 {
			s.bottom, s.bottomRow = s.bottom+1, -1 // nothing of it yet; it may have no rows
			continue
		}
		n := min(left, height-s.rows)
		s.bottomRow, s.rows = s.bottomRow+n, s.rows+n
	}
	atEnd := s.bottom == last && s.bottomRow == len(p.rowsOf(l, last, width, now))-1
	switch {
	case atEnd && !p.Newer:
		p.anchor, p.below = nil, 0
	case p.anchor != nil:
		p.anchor.entry, p.anchor.row = p.entries[s.bottom], s.bottomRow
	}
}

// Scroll moves the sight by rows, up if n is positive. It reports whether the
// oldest, or the newest, message held is in sight and there are more.
func (p *Pane) Scroll(l *Look, width, height, n int, now time.Time) (wantOlder, wantNewer bool) {
	p.stale()
	s := p.sight(l, width, height, now)
	if s.bottom < 0 {
		return p.Older, p.Newer
	}
	i, row := s.bottom, s.bottomRow-n
	for row < 0 && i > 0 {
		i--
		row += len(p.rowsOf(l, i, width, now))
	}
	for row >= len(p.rowsOf(l, i, width, now)) && i < len(p.entries)-1 {
		row -= len(p.rowsOf(l, i, width, now))
		i++
	}
	p.anchor = &anchor{p.entries[i], max(row, 0)}
	s = p.sight(l, width, height, now)
	return p.Older && s.top == 0, p.Newer && s.bottom == len(p.entries)-1
}

// Short tells that what is held does not fill the pane though there is more. Where
// so much is held that does not show any more, there is no end of asking.
func (p *Pane) Short(l *Look, width, height int, now time.Time) bool {
	return p.Older && len(p.entries) < maxEntries && p.sight(l, width, height, now).rows < height
}

// End goes to the end. If Newer is set, what is newest must be paged first.
func (p *Pane) End() {
	p.stale()
	p.anchor, p.below = nil, 0
}

// Top goes to the oldest message held.
func (p *Pane) Top() {
	p.stale()
	if len(p.entries) > 0 {
		p.anchor = &anchor{entry: p.entries[0]}
	}
}

// AtEnd tells whether the newest message is in sight.
func (p *Pane) AtEnd() bool { return p.anchor == nil && !p.Newer }

// Below counts what was posted by others since the end was left.
func (p *Pane) Below() int { return p.below }

// Select chooses the next older message (step -1) or newer one (step 1) and
// brings it into sight. It reports false when there is none.
func (p *Pane) Select(l *Look, width, height, step int, now time.Time) bool {
	p.stale()
	i := len(p.entries)
	if p.selected != nil {
		i = p.index(p.selected)
	}
	for i += step; i >= 0 && i < len(p.entries); i += step {
		if p.entries[i].kind == message && !p.entries[i].msg.Expired {
			p.selected = p.entries[i]
			p.reveal(l, i, width, height, now)
			return true
		}
	}
	return false
}

// reveal scrolls as little as needed to see the i-th entry. In the first row stands a
// header, if not the entry's own then instead of its first row.
func (p *Pane) reveal(l *Look, i, width, height int, now time.Time) {
	s := p.sight(l, width, height, now)
	rows := len(p.rowsOf(l, i, width, now))
	covered := 0
	if height >= leastTop && !p.entries[i].leads(0) {
		covered = 1
	}
	switch {
	case i < s.top || i == s.top && s.topRow+covered > 0:
		up := s.topRow + covered
		for j := i; j < s.top; j++ {
			up += len(p.rowsOf(l, j, width, now))
		}
		p.Scroll(l, width, height, up, now)
	case i > s.bottom || i == s.bottom && s.bottomRow < rows-1:
		p.anchor = &anchor{p.entries[i], rows - 1}
		p.sight(l, width, height, now)
	}
}

// Selected is the chosen message.
func (p *Pane) Selected() (chat.Message, bool) {
	if p.selected == nil {
		return chat.Message{}, false
	}
	return *p.selected.msg, true
}

// Unselect chooses nothing.
func (p *Pane) Unselect() {
	p.stale()
	p.selected = nil
}

// At is what stands in a row of the sight: a message, or the order of local
// lines; a notice is nothing that anything can be done with.
func (p *Pane) At(l *Look, width, height, y int, now time.Time) (m chat.Message, order string, ok bool) {
	s := p.sight(l, width, height, now)
	y -= height - s.rows
	for i := s.top; i <= s.bottom && y >= 0; i++ {
		n := len(p.rowsOf(l, i, width, now))
		if i == s.top {
			n -= s.topRow
		}
		if y < n {
			e := p.entries[i]
			switch e.kind {
			case local:
				return m, e.local.Order, true
			case notice:
				return m, "", false
			}
			if e.msg.File != nil && !e.msg.Retracted {
				order = l.Order(e.msg)
			}
			return *e.msg, order, true
		}
		y -= n
	}
	return m, "", false
}

// LastOrder is the newest line for a shell that the pane holds.
func (p *Pane) LastOrder(l *Look) string {
	for i := len(p.entries) - 1; i >= 0; i-- {
		e := p.entries[i]
		if e.kind == local && e.local.Order != "" {
			return e.local.Order
		}
		if e.kind == message && e.msg.File != nil && !e.msg.Retracted {
			return l.Order(e.msg)
		}
	}
	return ""
}
