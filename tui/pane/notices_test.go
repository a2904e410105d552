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

// walk is somebody who scrolls through a history that goes on meanwhile.
type walk struct {
	t     *testing.T
	l     *Look
	p     *Pane
	h     pages
	whole map[int][]uint64 // the serials of what happened behind each message
}

// check holds what the pane holds to the history: between two messages stands what
// happened between them, each thing once and all of it.
func (w *walk) check() {
	w.t.Helper()
	var between []uint64
	last := 0
	for _, e := range w.p.entries {
		switch {
		case e.kind == notice:
			between = append(between, e.local.notice.Serial)
			continue
		case last == 0: // those before the first are held if there is nothing older
			if !w.p.Older && !slices.Equal(between, w.whole[0]) {
				w.t.Fatalf("at the beginning are held %v", between)
			}
		case !slices.Equal(between, w.whole[last]) || int(e.msg.Number) != last+1:
			w.t.Fatalf("between %d and %d are held %v, not %v", last, e.msg.Number, between, w.whole[last])
		}
		last, between = int(e.msg.Number), nil
	}
	if !w.p.Newer && !slices.Equal(between, w.whole[last]) {
		w.t.Fatalf("at the end, behind %d, are held %v, not %v", last, between, w.whole[last])
	}
}

// goesOn is one more message, and what happens behind it, told twice.
func (w *walk) goesOn() {
	w.t.Helper()
	w.h++
	w.p.Post(messageN(int(w.h), other, "nuevo"))
	for _, n := range w.h.notices() {
		if int(n.Position.Seq()) == int(w.h) {
			w.p.Notice(&n)
			w.p.Notice(&n)
			w.whole[int(w.h)] = append(w.whole[int(w.h)], n.Serial)
		}
	}
	w.check()
}

func (w *walk) scroll(rows int) {
	w.t.Helper()
	older, newer := w.p.Scroll(w.l, 60, 20, rows, start)
	switch {
	case rows > 0 && older:
		w.p.Prepend(w.h.page(chat.PageQuery{Before: w.p.First(), Limit: 40}))
	case rows < 0 && newer:
		w.p.Append(w.h.page(chat.PageQuery{After: w.p.Last(), Limit: 40}))
	}
	w.check()
}

func (w *walk) newest() {
	w.t.Helper()
	w.p.Reset(w.h.page(chat.PageQuery{Limit: 40}))
	w.check()
}

// However far somebody scrolls, up and down again.
func TestWhatHappenedIsHeldWithTheMessagesAroundIt(t *testing.T) {
	w := &walk{t: t, l: lookOf(ansi.WcWidth, false), p: newPane(), h: 900, whole: map[int][]uint64{}}
	for _, n := range w.h.notices() {
		w.whole[int(n.Position.Seq())] = append(w.whole[int(n.Position.Seq())], n.Serial)
	}
	w.newest()
	for w.p.Older {
		w.scroll(15)
		w.goesOn()
	}
	for w.p.Newer || !w.p.AtEnd() {
		w.scroll(-15)
	}
	for n := range 30 { // whatever is cut off at the end of a history comes back
		for range 40 + n {
			w.goesOn()
		}
		for range 12 {
			w.scroll(15)
		}
		w.newest()
	}
	w.p.Begin(w.h.page(chat.PageQuery{Before: 41, Limit: 40}), chat.Number(w.h))
	w.check()
	w.newest()
	if len(w.p.entries) > 2*maxEntries {
		t.Errorf("%d are held", len(w.p.entries))
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
// head again. What people typed is cut, names go on in another row. A pane narrower than
// any layout makes cuts all.
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
	added := noticeBehind(2, "")
	added.Serial, added.Kind = 9, chat.NoticeAdded
	added.Whom = []chat.Party{{ID: chat.NewID[chat.Person](), Nick: "la-del-nombre-largo"}, {ID: chat.NewID[chat.Person](), Nick: "eva"}}
	p.Notice(&added)
	want = strings.Join([]string{
		"      · beto añadió a ·       ",
		"  · la-del-nombre-largo y ·   ",
		"           · eva ·            ",
	}, "\n")
	if got := text(p, l, 30, 3); got != want {
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
