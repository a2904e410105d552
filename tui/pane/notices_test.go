package pane

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"charla/server/chat"
)

// noticeBehind is what happened after the n-th message.
func noticeBehind(n int, topic string) chat.Notice {
	m := messageN(n, other, "")
	return chat.Notice{Serial: uint64(n), Position: m.Position + 1, At: m.At, Kind: chat.NoticeTopic, By: chat.Party{ID: other, Nick: "beto"}, Text: topic}
}

// pages is a history of so many messages in which something happened at the beginning
// and behind every third one, twice, as a server has it.
type pages int

func (h pages) notices() (all []chat.Notice) {
	for n := 0; n <= int(h); n += 3 {
		for i := range 2 {
			one := noticeBehind(n, fmt.Sprint("tema ", n))
			one.Serial, one.Position = uint64(len(all)+1), one.Position+chat.Position(i)
			all = append(all, one)
		}
	}
	return all
}

func (h pages) page(q chat.PageQuery) (p chat.Page) {
	first, last := 1, int(h)
	if q.Before > 0 {
		last = int(q.Before) - 1
	}
	if q.After > 0 {
		first, last = int(q.After)+1, min(last, int(q.After)+q.Limit)
	} else {
		first = max(first, last-q.Limit+1)
	}
	for n := first; n <= last; n++ {
		p.Messages = append(p.Messages, *messageN(n, other, fmt.Sprint("mensaje ", n)))
	}
	p.More = q.After > 0 && last < int(h) || q.After == 0 && first > 1
	p.AsOf = chat.PositionAt(uint64(h)+1, 0)
	q.Notices = true
	after, before, ok := q.NoticesAround(p)
	for _, n := range h.notices() {
		behind := chat.Number(n.Position.Seq())
		if ok && behind >= after && (before == 0 || behind < before) {
			p.Notices = append(p.Notices, n)
		}
	}
	return p
}

// However far somebody scrolls, up and down again: what happened between two messages
// stands between them, each thing once and all of it.
func TestWhatHappenedIsHeldWithTheMessagesAroundIt(t *testing.T) {
	l, h, p := lookOf(ansi.WcWidth, false), pages(900), newPane()
	whole := map[int][]uint64{}
	for _, n := range h.notices() {
		whole[int(n.Position.Seq())] = append(whole[int(n.Position.Seq())], n.Serial)
	}
	check := func() {
		t.Helper()
		var between []uint64
		last := 0
		for _, e := range p.entries {
			switch {
			case e.kind == notice:
				between = append(between, e.local.notice.Serial)
			case last == 0: // those before the first are held if there is nothing older
				if !p.Older && !slices.Equal(between, whole[0]) {
					t.Fatalf("at the beginning are held %v", between)
				}
				last, between = int(e.msg.Number), nil
			default:
				if !slices.Equal(between, whole[last]) || int(e.msg.Number) != last+1 {
					t.Fatalf("between %d and %d are held %v, not %v", last, e.msg.Number, between, whole[last])
				}
				last, between = int(e.msg.Number), nil
			}
		}
		if !p.Newer && !slices.Equal(between, whole[last]) {
			t.Fatalf("at the end, behind %d, are held %v, not %v", last, between, whole[last])
		}
	}
	live := func() {
		h++
		p.Post(messageN(int(h), other, "nuevo"))
		for _, n := range h.notices() {
			if int(n.Position.Seq()) == int(h) {
				p.Notice(&n)
				p.Notice(&n) // told again
				whole[int(h)] = append(whole[int(h)], n.Serial)
			}
		}
	}
	p.Reset(h.page(chat.PageQuery{Limit: 40}))
	check()
	for p.Older {
		if older, _ := p.Scroll(l, 60, 20, 15, start); older {
			p.Prepend(h.page(chat.PageQuery{Before: p.First(), Limit: 40}))
		}
		live()
		check()
	}
	for p.Newer || !p.AtEnd() {
		if _, newer := p.Scroll(l, 60, 20, -15, start); newer {
			p.Append(h.page(chat.PageQuery{After: p.Last(), Limit: 40}))
		}
		check()
	}
	for n := range 30 { // whatever is cut off at the end of a history comes back
		for range 40 + n {
			live()
			check()
		}
		for range 12 {
			if older, _ := p.Scroll(l, 60, 20, 15, start); older {
				p.Prepend(h.page(chat.PageQuery{Before: p.First(), Limit: 40}))
			}
			check()
		}
		p.Reset(h.page(chat.PageQuery{Limit: 40}))
	}
	p.Begin(h.page(chat.PageQuery{Before: 41, Limit: 40}), chat.Number(h))
	check()
	p.Reset(h.page(chat.PageQuery{Limit: 40}))
	check()
	if len(p.entries) > 2*maxEntries {
		t.Errorf("%d are held", len(p.entries))
	}
}

// An admin changes the topic all night and nobody writes: that has a bound too.
func TestWhatHappensWithoutAWordHasABound(t *testing.T) {
	l, p := lookOf(ansi.WcWidth, false), newPane()
	p.Reset(history(1, 3))
	for i := range 5000 {
		n := noticeBehind(3, "otro tema")
		n.Serial = uint64(i + 1)
		p.Notice(&n)
		p.Rows(l, 60, 20, start)
	}
	if len(p.entries) > 2*maxEntries {
		t.Errorf("%d are held", len(p.entries))
	}
}

// Beginning a day, they have its line above them, and the message behind them has a
// head again. A pane narrower than any layout makes cuts them.
func TestHowANoticeIsDrawn(t *testing.T) {
	l, p := lookOf(ansi.WcWidth, false), newPane()
	page := history(1, 2)
	page.Notices = []chat.Notice{noticeBehind(1, "cine")}
	page.Messages[0].At = page.Messages[0].At.AddDate(0, 0, -1)
	p.Reset(page)
	want := strings.Join([]string{
		"────────────────── ayer ───────────────────",
		"▌beto 10:01                                ",
		"▌ mensaje 1                                ",
		"─────────────────── hoy ───────────────────",
		"       · beto puso el tema \"cine\" ·        ",
		"▌beto 10:02                                ",
		"▌ mensaje 2                                ",
	}, "\n")
	if got := text(p, l, 43, 10); got != want {
		t.Errorf("it is\n%s\ninstead of\n%s", got, want)
	}
	for w := 1; w < 30; w++ {
		for _, row := range p.Rows(l, w, 10, start) {
			if got := l.Text.Width(row); got != w {
				t.Errorf("%q is %d wide, not %d", row, got, w)
			}
		}
	}
	l.Bare, l.Gen = true, l.Gen+1
	if got := text(p, l, 43, 10); strings.Contains(got, "cine") || !strings.Contains(got, " hoy ") {
		t.Errorf("to be copied is\n%s", got)
	}
}
