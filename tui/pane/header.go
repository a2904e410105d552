package pane

import (
	"strings"

	"charla/server/chat"
	"charla/tui/theme"
)

// margin is what stands before the rows of a message: before what charla says of it,
// and before what its author wrote, which others wrote one cell further. What stands
// right behind a bar is charla's word, whatever it looks like, and no text is.
type margin struct {
	said, text piece
	room       int // cells behind it
}

func (b *builder) margin(m *chat.Message) margin {
	t := b.l.Theme
	bar := piece{t.Glyphs.Bar, t.Nick(b.nickOf(m))}
	g := margin{said: bar, text: piece{bar.text + " ", bar.style}, room: b.column - 2}
	if m.From == b.l.Me {
		blank := piece{theme.Blank(indent), ""}
		g = margin{said: blank, text: blank, room: b.column - indent - 4}
	}
	if b.l.Bare {
		g.said.text, g.text.text = "", ""
	}
	return g
}

func (b *builder) nickOf(m *chat.Message) string { return b.l.Text.Line(b.l.Words.Nick(m.Nick)) }

// header says who wrote a message and when.
func (b *builder) header(m *chat.Message) {
	t, g := b.l.Theme, b.margin(m)
	name := piece{b.nickOf(m), t.Nick(b.nickOf(m))}
	if m.From == b.l.Me {
		name = piece{b.l.Words.You, t.Self}
	}
	name.text = b.l.Text.Cut(name.text, g.room-7)
	b.ticked(b.closes([]piece{g.said, name, {" " + m.At.In(b.l.Loc).Format("15:04"), t.Muted}})...)
}

// headerRow is the header of an entry in a row that others may have made.
func (p *Pane) headerRow(l *Look, e *entry) string {
	b := builder{l: l, key: e.key, width: int(e.key.width), column: Column(int(e.key.width))}
	b.key.header = true
	build := func() []string { b.header(e.msg); return b.rows }
	if e.kind != message || e.msg.From == l.Me || e.key.selected {
		return build()[0]
	}
	return p.Shared.get(rowsKey{
		msg: e.msg, theme: l.Theme, words: l.Words, loc: l.Loc, text: l.Text, part: onTop, width: e.key.width, header: true, bare: l.Bare,
	}, build)[0]
}

// closes ends what charla itself says, where text has no mark before it, with a rule
// to the last cell, which no text reaches.
func (b *builder) closes(pieces []piece) []piece {
	rest := b.width
	for _, p := range pieces {
		rest -= b.l.Text.Width(p.text)
	}
	if !b.l.Bare || rest < 1 {
		return pieces
	}
	rule := strings.Repeat(b.l.Theme.Glyphs.H, rest)
	if rest > 1 {
		rule = " " + strings.Repeat(b.l.Theme.Glyphs.H, rest-1)
	}
	return append(pieces, piece{rule, b.l.Theme.Border})
}
