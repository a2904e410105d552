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
// bottom.
func (p *Pane) Rows(l *Look, width, height int, now time.Time) []string {
	d := &p.drawn
	key := drawnKey{gen: l.Gen, marks: p.Marks.gen, today: int32(dayOf(now, l.Loc)), width: width, height: height}
	if !d.fresh || d.key != key || d.more > len(p.entries) {
		d.rows = p.rowsInSight(l, width, height, now, d.rows[:0])
		d.fresh, d.key, d.more = p.anchor == nil && p.selected == nil, key, 0
		return d.rows
	}
	for i := len(p.entries) - d.more; i < len(p.entries); i++ {
		d.rows = append(d.rows, p.rowsOf(l, i, width, now)...)
	}
	d.more = 0
	if extra := len(d.rows) - height; extra > 0 {
		d.rows = append(d.rows[:0], d.rows[extra:]...)
	}
	return d.rows
}
