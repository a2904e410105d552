// Package pane shows the messages of one conversation: a piece of its history
// as rows that are made once and kept. It knows no key, no server and no other
// window; it is told what happened and draws what fits.
package pane

import (
	"slices"
	"time"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/tui/theme"
)

// Look is everything that rows depend on besides what they show. Whoever
// changes a field raises Gen.
type Look struct {
	Theme *theme.Theme
	Text  theme.Text
	Words *i18n.ScreenWords
	Loc   *time.Location
	Me    chat.UserID
	Nick  string
	Order func(m *chat.Message) string // the line that fetches its file
	Bare  bool                         // for copying: text from the first cell on, no marks
	Gen   uint32
}

// maxEntries bounds what a pane holds; what is far from what is shown is
// dropped and can be paged again.
const maxEntries = 400

// At the end of a history, where people are most of the time, less is held: what
// is in sight, and about a screen more.
const endEntries = 32

// Pane is a window on a conversation's history.
type Pane struct {
	// Me and Marks must be set before anything else; Shared may be nil.
	Me     chat.UserID
	Marks  *Marks
	Shared *Shared
	// Older and Newer tell that the history goes on beyond what is held.
	Older, Newer bool

	entries  []*entry
	anchor   *anchor // the row at the bottom; nil: the end
	selected *entry
	ruler    ruler
	quotes   map[chat.MessageID]*chat.Message // what replies answer and is not held
	below    int                              // posted since the anchor was set
	failed   int                              // pending entries that failed
	height   int                              // rows that are in sight
	drawn    drawn
}

// anchor is a row: the row-th of an entry.
type anchor struct {
	entry *entry
	row   int
}

// ruler is the line before the first new message.
type ruler struct {
	after chat.Number // drawn before the first message of others behind it
	count int
	on    bool
}

// Reset shows the newest page. What came after it and what no page holds stays.
func (p *Pane) Reset(page chat.Page) {
	p.stale()
	keep := p.beyond(page)
	p.entries = p.entriesOf(page, make([]*entry, 0, len(page.Messages)+len(keep)+endEntries/4))
	p.entries = append(p.entries, keep...)
	p.Older, p.Newer, p.below = page.More, false, 0
	p.anchor, p.selected = nil, nil
	p.recount()
}

// Begin shows the first page of a history whose newest message is last. What
// waits stays at the end; local lines and messages are paged or said again.
func (p *Pane) Begin(page chat.Page, last chat.Number) {
	p.stale()
	entries := p.entriesOf(page, make([]*entry, 0, len(page.Messages)+4))
	p.Older, p.Newer = page.More, len(page.Messages) > 0 && page.Messages[len(page.Messages)-1].Number < last
	for _, e := range p.entries {
		if e.kind == pending || !p.Newer && (e.kind == local || e.kind == notice && e.local.notice.Position > page.AsOf) {
			entries = append(entries, e)
		}
	}
	p.entries, p.selected = entries, nil
	p.recount()
	p.Top()
}

// beyond are the entries that a page does not hold: what waits, local lines,
// and what was posted and happened since.
func (p *Pane) beyond(page chat.Page) []*entry {
	var last chat.Number
	here := map[chat.MessageID]bool{}
	for i := range page.Messages {
		last = page.Messages[i].Number
		here[page.Messages[i].ID] = true
	}
	var keep []*entry
	for _, e := range p.entries {
		if e.kind == local || e.kind == pending && !here[e.msg.ID] || !p.Newer && (e.kind == message && e.msg.Number > last || e.kind == notice && e.local.notice.Position > page.AsOf) {
			keep = append(keep, e)
		}
	}
	return keep
}

// Prepend shows an older page before what is held.
func (p *Pane) Prepend(page chat.Page) {
	p.stale()
	first, noticed := p.First(), p.firstNotice()
	older := slices.DeleteFunc(p.entriesOf(page, make([]*entry, 0, len(page.Messages)+len(p.entries))), func(e *entry) bool {
		return e.kind == message && first != 0 && e.msg.Number >= first || e.kind == notice && noticed != 0 && e.local.notice.Serial >= noticed
	})
	p.entries = append(older, p.entries...)
	p.Older = page.More
	if extra := len(p.entries) - maxEntries; extra > 0 && p.anchor != nil {
		p.dropNewest(extra)
	}
}

// dropNewest forgets messages at the end that are not in sight.
func (p *Pane) dropNewest(extra int) {
	at := p.index(p.anchor.entry)
	keep := max(len(p.entries)-extra, at+1)
	var kept []*entry
	for i, e := range p.entries {
		if i < keep || e.kind == pending {
			kept = append(kept, e)
		} else if e.kind == message || e.kind == notice {
			p.Newer = true
		}
	}
	p.entries = kept
}

// Append shows a newer page behind what is held.
func (p *Pane) Append(page chat.Page) {
	p.stale()
	p.Newer = page.More
	for i := range page.Messages {
		page.Notices = p.happenedBefore(page.Messages[i].Position, page.Notices)
		p.insert(&page.Messages[i])
	}
	p.happenedBefore(0, page.Notices)
	p.trim()
}

// Post takes a message that was posted now; a pending line of that ID becomes it.
func (p *Pane) Post(m *chat.Message) {
	if m.From == p.Me {
		if e := p.find(m.ID); e != nil && e.kind == pending {
			p.remove(e)
		}
	} else if p.anchor != nil {
		p.below++
	}
	if p.Newer {
		return
	}
	p.insert(m)
	p.bound()
}

// bound drops what is farther from what is in sight, at either end.
func (p *Pane) bound() {
	if extra := len(p.entries) - maxEntries; extra > maxEntries/8 && p.anchor != nil && p.index(p.anchor.entry) < len(p.entries)/2 {
		p.dropNewest(extra)
		return
	}
	p.trim()
}

// insert puts a message behind the last one, before what still waits.
func (p *Pane) insert(m *chat.Message) {
	if m.Number > p.Last() {
		p.put(p.entry(m))
	}
}

// put puts an entry behind the last one, before what still waits.
func (p *Pane) put(e *entry) {
	at := p.before(func(*entry) bool { return true })
	p.entries = slices.Insert(p.entries, at, e)
	p.grew(at == len(p.entries)-1)
}

// before is where the first of what waits stands that is so, and with it what was said
// of it: the end if none is.
func (p *Pane) before(is func(*entry) bool) int {
	at := len(p.entries)
	for i := len(p.entries) - 1; i >= 0 && p.entries[i].kind != message; i-- {
		if e := p.entries[i]; e.kind == pending && is(e) {
			at = i
		}
	}
	return at
}

// refused tells what was not taken: it stands behind all that was, or still may be.
func refused(e *entry) bool { return e.failed }

// entry of a message that was read or posted.
func (p *Pane) entry(m *chat.Message) *entry { return newEntry(p.Shared.message(m)) }

// trim forgets the oldest entries beyond the bound.
func (p *Pane) trim() {
	most := max(endEntries, 2*p.height)
	if p.anchor != nil {
		most = maxEntries
	}
	extra := len(p.entries) - most
	if extra <= most/4 { // not one by one
		return
	}
	if p.anchor != nil {
		extra = min(extra, max(p.index(p.anchor.entry)-maxEntries/4, 0))
	}
	extra = p.between(extra)
	for _, e := range p.entries[:extra] {
		p.Older = p.Older || e.kind == message || e.kind == notice
		if e == p.selected {
			p.selected = nil
		}
	}
	p.entries = append(make([]*entry, 0, len(p.entries)), p.entries[extra:]...)
	p.recount()
}

// recount counts what failed after entries were dropped.
func (p *Pane) recount() {
	p.failed = 0
	for _, e := range p.entries {
		if e.failed {
			p.failed++
		}
	}
}

// Change takes a message that was edited or retracted.
func (p *Pane) Change(m *chat.Message) {
	p.stale()
	if e := p.find(m.ID); e != nil && e.kind == message {
		e.msg = m
		e.rows = nil
		if e == p.selected && m.Expired {
			p.selected = nil
		}
	}
	for _, e := range p.entries {
		if e.msg != nil && e.msg.ReplyTo == m.ID {
			e.rows = nil
		}
	}
	if _, ok := p.quotes[m.ID]; ok {
		p.quotes[m.ID] = m
	}
}

// Wait shows a message that is on its way.
func (p *Pane) Wait(m *chat.Message) {
	p.stale()
	e := newEntry(m)
	e.kind = pending
	p.entries = slices.Insert(p.entries, p.before(refused), e)
	p.End()
}

// Settle tells that a pending message is stored, or failed: what waited behind that
// one is said without it.
func (p *Pane) Settle(id chat.MessageID, ok bool) {
	p.stale()
	e := p.find(id)
	if e == nil || e.kind != pending {
		return
	}
	p.fails(e, !ok)
	e.stored = ok
	if i := p.index(e); !ok {
		p.entries = append(slices.Delete(p.entries, i, i+1), e)
	}
}

// fails notes whether a pending message failed.
func (p *Pane) fails(e *entry, failed bool) {
	switch {
	case failed && !e.failed:
		p.failed++
	case !failed && e.failed:
		p.failed--
	}
	e.failed = failed
}

// Failed takes the failed messages back as pending, to be sent again.
func (p *Pane) Failed() []chat.Message {
	p.stale()
	var again []chat.Message
	for _, e := range p.entries {
		if e.kind == pending && e.failed {
			e.failed = false
			p.failed--
			again = append(again, *e.msg)
		}
	}
	return again
}

// HasFailed tells whether Failed would return anything.
func (p *Pane) HasFailed() bool { return p.failed > 0 }

// Say shows local lines: only here, never stored. Lines of a topic replace
// those of the same topic.
func (p *Pane) Say(l Local) {
	p.stale()
	if l.Topic != "" {
		p.Unsay(l.Topic)
	}
	p.entries = append(p.entries, &entry{kind: local, local: &l})
	p.bound()
}

// Unsay removes the local lines of a topic; "" is all of them.
func (p *Pane) Unsay(topic string) {
	for i := len(p.entries) - 1; i >= 0; i-- {
		if e := p.entries[i]; e.kind == local && (topic == "" || e.local.Topic == topic) {
			p.remove(e)
		}
	}
}

// Quote takes a message that a reply answers.
func (p *Pane) Quote(m chat.Message) {
	p.stale()
	if p.quotes == nil || len(p.quotes) > maxEntries {
		p.quotes = map[chat.MessageID]*chat.Message{}
	}
	p.quotes[m.ID] = &m
	for _, e := range p.entries {
		if e.msg != nil && e.msg.ReplyTo == m.ID {
			e.rows = nil
		}
	}
}

// Unquoted are the messages that replies answer and that are not known here,
// at most ten.
func (p *Pane) Unquoted() []chat.MessageID {
	var ids []chat.MessageID
	for _, e := range p.entries {
		if e.msg == nil {
			continue
		}
		if id := e.msg.ReplyTo; !id.IsZero() && len(ids) < 10 && p.quoted(id) == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func (p *Pane) quoted(id chat.MessageID) *chat.Message {
	if m := p.quotes[id]; m != nil {
		return m
	}
	if e := p.find(id); e != nil {
		return e.msg
	}
	return nil
}

// Rule draws the line of new messages behind a number; count 0 takes it away.
func (p *Pane) Rule(after chat.Number, count int) {
	p.stale()
	p.ruler = ruler{after: after, count: count, on: count > 0}
}

// Ruled tells whether there is a line, and behind which number.
func (p *Pane) Ruled() (chat.Number, bool) { return p.ruler.after, p.ruler.on }

// Authors are the nicks of who wrote what the pane holds.
func (p *Pane) Authors() []string {
	var nicks []string
	for _, e := range p.entries {
		if e.kind == message {
			nicks = append(nicks, string(e.msg.Nick))
		}
	}
	return nicks
}

// First and Last are the numbers of the messages held at both ends, 0 if none.
func (p *Pane) First() chat.Number {
	for _, e := range p.entries {
		if e.kind == message {
			return e.msg.Number
		}
	}
	return 0
}

// Last is described at First.
func (p *Pane) Last() chat.Number {
	for i := len(p.entries) - 1; i >= 0; i-- {
		if p.entries[i].kind == message {
			return p.entries[i].msg.Number
		}
	}
	return 0
}

// Empty tells that there is nothing to see, not even local lines.
func (p *Pane) Empty() bool { return len(p.entries) == 0 }

// UnreadOf counts the messages of others behind a number that are held, and
// tells whether all of them are.
func (p *Pane) UnreadOf(read chat.Number) (n int, all bool) {
	for _, e := range p.entries {
		if e.kind == message && e.msg.Number > read && e.msg.From != p.Me && !e.msg.Expired {
			n++
		}
	}
	first := p.First()
	return n, !p.Newer && (first != 0 && first <= read+1 || !p.Older)
}

// Latest is the newest own message that can still be changed.
func (p *Pane) Latest(match func(*chat.Message) bool) (chat.Message, bool) {
	for i := len(p.entries) - 1; i >= 0; i-- {
		if e := p.entries[i]; e.kind == message && !e.msg.Retracted && match(e.msg) {
			return *e.msg, true
		}
	}
	return chat.Message{}, false
}

// Find is a message that is held.
func (p *Pane) Find(id chat.MessageID) (chat.Message, bool) {
	if e := p.find(id); e != nil && e.kind == message {
		return *e.msg, true
	}
	return chat.Message{}, false
}

func (p *Pane) find(id chat.MessageID) *entry {
	if id.IsZero() {
		return nil
	}
	for i := len(p.entries) - 1; i >= 0; i-- {
		if e := p.entries[i]; e.msg != nil && e.msg.ID == id {
			return e
		}
	}
	return nil
}

func (p *Pane) index(e *entry) int {
	for i := len(p.entries) - 1; i >= 0; i-- {
		if p.entries[i] == e {
			return i
		}
	}
	return -1
}

func (p *Pane) remove(e *entry) {
	p.stale()
	i := p.index(e)
	if i < 0 {
		return
	}
	if p.anchor != nil && p.anchor.entry == e {
		p.anchor = nil
		if i > 0 {
			p.anchor = &anchor{entry: p.entries[i-1]}
		}
	}
	if p.selected == e {
		p.selected = nil
	}
	p.fails(e, false)
	p.entries = append(p.entries[:i], p.entries[i+1:]...)
}
