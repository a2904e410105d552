package pane

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/tui/theme"
)

var (
	me    = chat.UserID{1}
	other = chat.UserID{2}
	start = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
)

func lookOf(m ansi.Method, ascii bool) *Look {
	t := theme.New(theme.Neutral, ascii)
	return &Look{
		Theme: t, Text: theme.Text{Method: m, Ellipsis: t.Glyphs.Ellipsis}, Words: &i18n.For(i18n.Spanish).Screen, Loc: time.UTC, Me: me, Nick: "ana",
		Order: func(m *chat.Message) string { return `sftp -P 2222 "ana@chat.lan:beto/` + m.File.Name + `"` },
	}
}

func messageN(n int, from chat.UserID, text string) *chat.Message {
	return &chat.Message{
		ID: chat.MessageID{byte(n >> 8), byte(n), 9}, Number: chat.Number(n), Position: chat.PositionAt(uint64(n), 0), From: from, Nick: "beto",
		At: start.Add(time.Duration(n) * time.Minute), Text: text,
	}
}

func history(from, to int) (p chat.Page) {
	for n := from; n <= to; n++ {
		p.Messages = append(p.Messages, *messageN(n, other, fmt.Sprint("mensaje ", n)))
	}
	p.More = from > 1
	return p
}

func newPane() *Pane { return &Pane{Me: me, Marks: &Marks{}} }

func text(p *Pane, l *Look, w, h int) string {
	return ansi.Strip(strings.Join(p.Rows(l, w, h, start), "\n"))
}

// Whatever happens to a pane in whatever order, it draws at most what fits, each
// row exactly as wide as asked.
func FuzzPane(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, 40, 10, "hola")
	f.Add([]byte{2, 2, 9, 9, 9, 0, 10, 11, 3, 3, 12, 14, 7, 7}, 3, 1, "👨‍👩‍👧‍👦 una línea\nlarga")
	f.Fuzz(func(t *testing.T, ops []byte, w, h int, said string) {
		if len(ops) > 200 || len(said) > 500 {
			t.Skip()
		}
		w, h = w&127+1, h&31
		for _, l := range []*Look{lookOf(ansi.WcWidth, false), lookOf(ansi.GraphemeWidth, true)} {
			p := newPane()
			next, first := 500, 500
			for _, op := range ops {
				next, first = apply(p, l, op, w, h, next, first, chat.CleanText(said))
				rows := p.Rows(l, w, h, start)
				if len(rows) > h {
					t.Fatalf("%d rows in %d", len(rows), h)
				}
				kept := slices.Clone(rows)
				if p.stale(); !slices.Equal(kept, p.Rows(l, w, h, start)) {
					t.Fatalf("after %d these rows were kept:\n%s\ninstead of:\n%s", op%20, strings.Join(kept, "\n"), strings.Join(p.Rows(l, w, h, start), "\n"))
				}
				standsFor(t, l, rows, w, h)
				for _, row := range rows {
					if got := l.Text.Width(row); got != w {
						t.Fatalf("%q is %d wide, not %d", row, got, w)
					}
				}
				if len(p.entries) > 2*maxEntries {
					t.Fatalf("%d entries are kept", len(p.entries))
				}
			}
		}
	})
}

// behindBar is what stands right behind the bar of somebody else's row: who they are,
// an answer, a file, that it was deleted; or a blank, and what they wrote.
var behindBar = regexp.MustCompile(`^[▌|](beto \d\d:\d\d|┊ |: |□ |# |mensaje borrado| )`)

// standsFor holds rows to say whose they are, by their signs alone.
func standsFor(t *testing.T, l *Look, rows []string, w, h int) {
	t.Helper()
	for y, row := range rows {
		row = ansi.Strip(row)
		if w < 20 || !strings.HasPrefix(row, "▌") && !strings.HasPrefix(row, "|") {
			continue
		}
		if m := behindBar.FindStringSubmatch(row); m == nil || y == 0 && h >= leastTop && !strings.HasPrefix(m[1], "beto") {
			t.Fatalf("row %d of these is nobody's:\n%s", y, ansi.Strip(strings.Join(rows, "\n")))
		}
	}
}

func apply(p *Pane, l *Look, op byte, w, h, next, first int, said string) (int, int) {
	switch op % 20 {
	case 0:
		p.Reset(history(next-20, next-1))
		first = next - 20
	case 1:
		p.Post(messageN(next, other, said))
		next++
	case 2:
		p.Post(messageN(next, me, said))
		next++
	case 3:
		p.Wait(messageN(next, me, said))
	case 4:
		p.Settle(messageN(next, me, said).ID, op > 100)
	case 5:
		if first > 100 {
			p.Prepend(history(first-50, first-1))
			first -= 50
		}
	case 6:
		p.Append(history(next-5, next-1))
	case 7:
		p.Say(Local{Topic: "t", Lines: []string{said}, Order: said})
	case 8:
		p.Unsay("t")
	case 9:
		p.Scroll(l, w, h, int(op)%40, start)
	case 10:
		p.Scroll(l, w, h, -int(op)%40, start)
	case 11:
		p.Select(l, w, h, -1, start)
	case 12:
		p.Select(l, w, h, 1, start)
	case 13:
		p.Unselect()
	case 14:
		p.Rule(chat.Number(next-int(op)%30), 3)
	case 15:
		m := messageN(next-int(op)%10, other, said)
		m.File, m.ReplyTo, m.Edited = &chat.File{Name: said, Size: int64(op) * 1e6}, messageN(next-1, me, "").ID, op > 128
		p.Change(m)
		p.Quote(*m)
	case 16:
		p.Top()
	case 17:
		p.At(l, w, h, int(op)%h1(h), start)
		p.End()
	case 18:
		for n := range int(op)%30 + 1 {
			m := messageN(next-1-n, other, "").Faded()
			p.Change(&m)
		}
	case 19:
		n := noticeBehind(next-1, said)
		p.Notice(&n)
	}
	return next, first
}

func h1(h int) int { return max(h, 1) }

// What has expired leaves no row, no day and no place to stop at; the rest stands
// as if it had never been.
func TestWhatHasExpiredLeavesNoRow(t *testing.T) {
	l, p, without := lookOf(ansi.WcWidth, false), newPane(), newPane()
	page := history(1, 30)
	p.Reset(page)
	p.Rule(20, 3)
	p.Select(l, 40, 12, -1, start) // the one that goes
	kept := chat.Page{}
	for _, m := range page.Messages {
		if m.Number <= 5 || m.Number >= 21 && m.Number <= 22 || m.Number >= 29 {
			faded := m.Faded()
			p.Change(&faded)
			continue
		}
		kept.Messages = append(kept.Messages, m)
	}
	without.Reset(kept)
	without.Rule(20, 3)
	for _, h := range []int{1, 7, 12, 60, 100} {
		if got, want := text(p, l, 40, h), text(without, l, 40, h); got != want {
			t.Errorf("of %d rows these are shown\n%s\ninstead of\n%s", h, got, want)
		}
	}
	if m, ok := p.Selected(); ok {
		t.Errorf("still selected is %+v", m)
	}
	for range 40 {
		if p.Select(l, 40, 12, -1, start); p.selected != nil && p.selected.msg.Expired {
			t.Fatal("selected is what is not shown")
		}
		p.Scroll(l, 40, 12, 3, start)
		without.Scroll(l, 40, 12, 3, start)
	}
	if n, _ := p.UnreadOf(20); n != 6 {
		t.Errorf("%d are unread, want 6", n)
	}
}

func TestAPaneOfNothingThatShowsStopsAsking(t *testing.T) {
	l, p := lookOf(ansi.WcWidth, false), newPane()
	asked := 0
	for first := 5000; p.Short(l, 40, 12, start) || asked == 0; first -= 50 {
		page := history(first-50, first-1)
		for i, m := range page.Messages {
			page.Messages[i] = m.Faded()
		}
		p.Prepend(page)
		if asked++; asked > 20 {
			t.Fatal("it asks without end")
		}
	}
	if p.Rows(l, 40, 12, start); len(p.entries) > 2*maxEntries {
		t.Errorf("it holds %d", len(p.entries))
	}
}

// Scrolling up and down again by the same way shows the same rows, and nothing
// is skipped.
func TestScrollingSkipsNothing(t *testing.T) {
	l, p := lookOf(ansi.WcWidth, false), newPane()
	p.Reset(history(1, 100))
	seen := map[string]bool{}
	for range 60 {
		for row := range strings.SplitSeq(text(p, l, 40, 7), "\n") {
			seen[strings.TrimSpace(row)] = true
		}
		p.Scroll(l, 40, 7, 5, start)
	}
	for n := 1; n <= 100; n++ {
		if !seen[fmt.Sprint("▌ mensaje ", n)] {
			t.Errorf("message %d was never in sight", n)
		}
	}
	if p.AtEnd() {
		t.Error("at the end after scrolling up")
	}
	p.Scroll(l, 40, 7, -1000, start)
	if !p.AtEnd() || !strings.HasSuffix(text(p, l, 40, 7), "▌ mensaje 100                           ") {
		t.Errorf("back at the end:\n%s", text(p, l, 40, 7))
	}
}

// What is read far above stays in place while messages come.
func TestNewsDoNotMoveWhatIsRead(t *testing.T) {
	l, p := lookOf(ansi.WcWidth, false), newPane()
	p.Reset(history(1, 100))
	p.Scroll(l, 40, 7, 50, start)
	before := text(p, l, 40, 7)
	for n := 101; n < 1000; n++ {
		p.Post(messageN(n, other, "nuevo"))
	}
	if after := text(p, l, 40, 7); after != before {
		t.Errorf("was\n%s\nis\n%s", before, after)
	}
	if len(p.entries) > maxEntries*5/4 || !p.Newer {
		t.Errorf("%d entries are kept", len(p.entries))
	}
	if p.Below() != 899 {
		t.Errorf("%d below", p.Below())
	}
}

// Messages of one person within five minutes stand together.
func TestGrouping(t *testing.T) {
	l, p := lookOf(ansi.WcWidth, false), newPane()
	for i, minute := range []int{0, 4, 20, 21} {
		m := messageN(i+1, other, fmt.Sprint("m", i))
		m.At = start.Add(time.Duration(minute) * time.Minute)
		p.Post(m)
	}
	if got := strings.Count(text(p, l, 40, 20), "beto 10:"); got != 2 {
		t.Errorf("%d headers:\n%s", got, text(p, l, 40, 20))
	}
}

// Ticks wait for those who were there, and for nobody else.
func TestTickOf(t *testing.T) {
	at := func(n int) chat.Position { return chat.PositionAt(uint64(n), 0) }
	group := chat.Conversation{Kind: chat.Group, Members: 4}
	member := func(id byte, since, delivered, read int) chat.Member {
		return chat.Member{User: chat.UserID{id}, Since: at(since), Delivered: at(delivered), Read: chat.Number(read)}
	}
	untold := func(id byte, delivered, read int) chat.Member {
		m := member(id, 1, delivered, read)
		m.Untold = true
		return m
	}
	tests := []struct {
		name    string
		members []chat.Member
		want    Tick
	}{
		{"nobody else", []chat.Member{{User: me}}, Tick{State: Stored}},
		{"one has not heard", []chat.Member{member(2, 1, 10, 10), member(3, 1, 9, 0)}, Tick{State: Stored}},
		{"all have heard", []chat.Member{member(2, 1, 10, 0), member(3, 1, 10, 0)}, Tick{State: Delivered, Of: 2}},
		{"one has read", []chat.Member{member(2, 1, 10, 10), member(3, 1, 10, 9)}, Tick{State: Delivered, Readers: 1, Of: 2}},
		{"all have read", []chat.Member{member(2, 1, 10, 10), member(3, 1, 12, 12)}, Tick{State: Read}},
		{"who came later does not count", []chat.Member{member(2, 1, 10, 10), member(3, 11, 0, 0)}, Tick{State: Read}},
		{"who is untold is not waited for", []chat.Member{untold(2, 0, 0), member(3, 1, 10, 0), untold(4, 0, 0)}, Tick{State: Delivered, Of: 3}},
		{"nor is it enough that it reached them once", []chat.Member{untold(2, 12, 0), member(3, 1, 9, 0)}, Tick{State: Stored}},
		{"they count among those who read", []chat.Member{member(3, 1, 10, 10), untold(2, 0, 9)}, Tick{State: Delivered, Readers: 1, Of: 2}},
		{"all are untold", []chat.Member{untold(2, 0, 0), untold(3, 0, 10)}, Tick{State: Stored}},
		{"all are, and read it", []chat.Member{untold(2, 0, 10), untold(3, 0, 10)}, Tick{State: Read}},
		{"all are, and it had reached them", []chat.Member{untold(2, 10, 0), untold(3, 11, 0)}, Tick{State: Delivered, Of: 2}},
		{"all are, and it had reached one", []chat.Member{untold(2, 10, 0), untold(3, 9, 0)}, Tick{State: Stored}},
	}
	for _, tt := range tests {
		var k Marks
		k.Set(group, tt.members, me)
		m := messageN(10, me, "")
		if got := k.Tick(m); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	var room Marks
	room.Set(chat.Conversation{Kind: chat.Room}, []chat.Member{member(2, 1, 10, 10)}, me)
	m := messageN(10, me, "")
	if got := room.Tick(m); got.State != Stored {
		t.Errorf("a room tells %+v", got)
	}
}

// The header in the first row stands in nobody's way: what is chosen is read whole.
func TestWhatIsChosenIsNotCovered(t *testing.T) {
	l, p := lookOf(ansi.WcWidth, false), newPane()
	p.Reset(history(1, 60))
	for n := 60; n > 0; n-- {
		if !p.Select(l, 40, 7, -1, start) {
			t.Fatalf("message %d cannot be chosen", n)
		}
		shown := p.Rows(l, 40, 7, start)
		if all := ansi.Strip(strings.Join(shown, "\n")); !strings.Contains(all+"\n", fmt.Sprintf("▌ mensaje %d ", n)) {
			t.Fatalf("message %d is chosen, and these are shown:\n%s", n, all)
		}
	}
}
