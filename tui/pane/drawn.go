package pane

import "time"

// drawn is the sight of the end of a history as it was drawn last. Most frames
// show the same with one message more, and then nothing else is looked at: the
// entries of a session that has slept lie in no cache of the processor.
type drawn struct {
	fresh bool // nothing but messages at the end has come since
	more  int  // so many
	key   drawnKey
	rows  []string
	whose []*entry // beside rows: the entry whose header a row needs when it stands first
}

// drawnKey is what all rows depend on.
type drawnKey struct {
	gen           uint32
	marks         uint32
	today         int32
	width, height int
}

// stale says that anything may have changed.
func (p *Pane) stale() { p.drawn.fresh = false }

// grew says that a message came, at the very end or not.
func (p *Pane) grew(atEnd bool) {
	p.drawn.more++
	p.drawn.fresh = p.drawn.fresh && atEnd
}

// Rows are the rows in sight from top to bottom: at most height, each exactly
// width cells wide, good until the next call. What the pane holds stands at the
// bottom. Where the header of what stands first is out of sight, the first row is
// that header: nobody can say so much that one does not see who says it.
func (p *Pane) Rows(l *Look, width, height int, now time.Time) []string {
	d := &p.drawn
	key := drawnKey{gen: l.Gen, marks: p.Marks.gen, today: int32(dayOf(now, l.Loc)), width: width, height: height}
	if !d.fresh || d.key != key || d.more > len(p.entries) {
		d.rows, d.whose = d.rows[:0], d.whose[:0]
		p.rowsInSight(l, width, height, now)
		d.fresh, d.key, d.more = p.anchor == nil && p.selected == nil, key, 0
		p.sayWhoFirst(l, height)
		return d.rows
	}
	for i := len(p.entries) - d.more; i < len(p.entries); i++ {
		rows := p.rowsOf(l, i, width, now)
		p.draw(p.entries[i], rows, 0, len(rows))
	}
	d.more = 0
	if extra := len(d.rows) - height; extra > 0 {
		d.rows = append(d.rows[:0], d.rows[extra:]...)
		d.whose = append(d.whose[:0], d.whose[extra:]...)
	}
	p.sayWhoFirst(l, height)
	return d.rows
}

// draw puts rows of an entry below what is drawn.
func (p *Pane) draw(e *entry, rows []string, from, to int) {
	d := &p.drawn
	d.rows = append(d.rows, rows[from:to]...)
	for row := from; row < to; row++ {
		if e.leads(row) {
			d.whose = append(d.whose, nil)
		} else {
			d.whose = append(d.whose, e)
		}
	}
}

// sayWhoFirst puts the header of what stands first into its row, if it needs one.
func (p *Pane) sayWhoFirst(l *Look, height int) {
	if d := &p.drawn; height >= leastTop && len(d.rows) > 0 && d.whose[0] != nil {
		d.rows[0] = p.headerRow(l, d.whose[0])
	}
}
