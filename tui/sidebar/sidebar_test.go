package sidebar

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/tui/theme"
)

// Whatever things are called, every row is as wide as the list and there are as
// many as asked.
func FuzzRows(f *testing.F) {
	f.Add("ana", 3, 28, 40, 5)
	f.Add("👨‍👩‍👧‍👦 日本語日本語日本語日本語", 0, 21, 10, 999999)
	f.Fuzz(func(t *testing.T, name string, focus, w, h, unread int) {
		if len(name) > 300 {
			t.Skip()
		}
		w, h = w&31+21, h&63+3
		for _, m := range []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth} {
			l := &Look{Theme: theme.New(theme.Dark, false), Text: theme.Text{Method: m, Ellipsis: "…"}, Words: &i18n.For(i18n.English).Screen}
			l.Line = func(Item) string { return l.Text.Line(name) }
			l.When = func(Item) string { return "10:33" }
			b := &Bar{Count: 3, Online: []string{l.Text.Line(name), "b", "c", "d"}}
			var items []Item
			for i := range 30 {
				items = append(items, Item{ID: chat.ConversationID{byte(i)}, Name: name, Window: i % 10, Focused: i == focus&31, Here: Presence(i % 3), Last: &chat.Message{}, Tick: "✓✓", Unread: max(unread, 0) % 100000 * (i % 2)})
			}
			rows := b.Rows(l, w, h, listOf(items))
			if len(rows) != h {
				t.Fatalf("%d rows, not %d", len(rows), h)
			}
			for _, row := range rows {
				if got := l.Text.Width(row); got != w {
					t.Fatalf("%q is %d wide, not %d", row, got, w)
				}
			}
		}
	})
}

func listOf(items []Item) List {
	return List{Len: len(items), Focus: slices.IndexFunc(items, func(i Item) bool { return i.Focused }), Item: func(i int) Item { return items[i] }}
}

// The conversation in focus is in sight however long the list is, and a click
// finds what is drawn.
func TestFocusIsInSight(t *testing.T) {
	l := &Look{Theme: theme.New(theme.Mono, true), Words: &i18n.For(i18n.English).Screen}
	b := &Bar{}
	var items []Item
	for i := range 50 {
		items = append(items, Item{ID: chat.ConversationID{byte(i)}, Name: strings.Repeat("x", i+1), Focused: i == 40})
	}
	rows := b.Rows(l, 60, 21, listOf(items))
	for y := range rows {
		if strings.HasPrefix(ansi.Strip(rows[y]), ">") {
			if id, ok := b.At(y); !ok || id != items[40].ID {
				t.Errorf("row %d is %v", y, id)
			}
			return
		}
	}
	t.Errorf("the focus is not in sight:\n%s", strings.Join(rows, "\n"))
}
