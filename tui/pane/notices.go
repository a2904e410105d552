package pane

import (
	"slices"
	"time"

	"charla/server/chat"
	"charla/tui/theme"
)

// at is when a message was posted, or what a notice tells happened.
func (e *entry) at() time.Time {
	if e.kind == notice {
		return e.local.notice.At
	}
	return e.msg.At
}

// entriesOf appends what a page holds, in its order.
func (p *Pane) entriesOf(page chat.Page, into []*entry) []*entry {
	notices := page.Notices
	for i := range page.Messages {
		for len(notices) > 0 && notices[0].Position < page.Messages[i].Position {
			into, notices = append(into, newNotice(&notices[0])), notices[1:]
		}
		into = append(into, p.entry(&page.Messages[i]))
	}
	for i := range notices {
		into = append(into, newNotice(&notices[i]))
	}
	return into
}

func newNotice(n *chat.Notice) *entry {
	own := *n // nothing else of what it came with is kept
	return &entry{kind: notice, local: &Local{notice: &own}}
}

// Notice takes what happened now.
func (p *Pane) Notice(n *chat.Notice) {
	if p.Newer {
		return
	}
	p.happened(n)
	p.bound()
}

// happened puts a notice behind the last entry, unless it is there.
func (p *Pane) happened(n *chat.Notice) {
	if n.Serial > p.lastNotice() {
		p.put(newNotice(n))
	}
}

// happenedBefore puts those of a page's notices that stand before a position, 0: all
// of them, and returns the others.
func (p *Pane) happenedBefore(at chat.Position, notices []chat.Notice) []chat.Notice {
	for len(notices) > 0 && (at == 0 || notices[0].Position < at) {
		p.happened(&notices[0])
		notices = notices[1:]
	}
	return notices
}

// Unname takes the name of somebody who was forgotten out of what happened, and what
// they typed.
func (p *Pane) Unname(user chat.UserID) {
	p.stale()
	for _, e := range p.entries {
		if e.kind != notice || !names(e.local.notice, user) {
			continue
		}
		own := *e.local.notice
		own.Whom = slices.Clone(own.Whom) // others have it too
		for i := range own.Whom {
			own.Whom[i] = unnamed(own.Whom[i], user)
		}
		own.By = unnamed(own.By, user)
		own = own.Unsaid()
		e.local, e.rows = &Local{notice: &own}, nil
	}
}

// names tells whether a notice has somebody's name in it.
func names(n *chat.Notice, user chat.UserID) bool {
	is := func(p chat.Party) bool { return p.ID == user && p.Nick != "" }
	return is(n.By) || slices.ContainsFunc(n.Whom, is)
}

func unnamed(p chat.Party, user chat.UserID) chat.Party {
	if p.ID == user {
		p.Nick = ""
	}
	return p
}

// firstNotice and lastNotice are the serials of the notices held at both ends, 0 if
// none.
func (p *Pane) firstNotice() uint64 {
	for _, e := range p.entries {
		if e.kind == notice {
			return e.local.notice.Serial
		}
	}
	return 0
}

func (p *Pane) lastNotice() uint64 {
	for i := len(p.entries) - 1; i >= 0; i-- {
		if e := p.entries[i]; e.kind == notice {
			return e.local.notice.Serial
		}
	}
	return 0
}

// between moves a cut of the oldest entries up, so that it does not part notices from
// the message behind them, for the page before that message does not have them. Of a
// long row of notices it takes some all the same, or that would have no bound.
func (p *Pane) between(cut int) int {
	for n := cut; n > 0 && cut-n < endEntries; n-- {
		if p.entries[n-1].kind != notice {
			return n
		}
	}
	return cut
}

// notice is in the middle of the pane, each row between two signs, all in one muted
// look. Nothing that anybody writes looks so: the rows of others begin with their
// bar, one's own far to the left, and neither is ever in the middle. What does not
// fit goes on in a row of its own, but for what somebody typed, which is cut: that row
// would be their title or topic alone. While text is copied, where the bars are not
// drawn, it is left out.
func (b *builder) notice(n chat.Notice) {
	if b.l.Bare {
		return
	}
	sep, room := b.l.Theme.Glyphs.Sep, b.width-2*noticeMargin-4
	line := b.l.Text.Line(b.l.Words.Happened(n, b.l.Me))
	rows := []string{b.l.Text.Cut(line, room)}
	if room > 0 && !typed(n.Kind) {
		rows = b.l.Text.Words(line, room)
	}
	for _, row := range rows {
		text := sep + " " + row + " " + sep
		b.add(piece{theme.Blank((b.width - b.l.Text.Width(text)) / 2), ""}, piece{text, b.l.Theme.Muted})
	}
}

// typed tells whether there is something in a notice that people type as they like.
func typed(k chat.NoticeKind) bool { return k == chat.NoticeTitle || k == chat.NoticeTopic }

// noticeMargin is the least that is left blank on both sides of a notice.
const noticeMargin = 2
