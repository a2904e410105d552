package theme

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

var methods = []ansi.Method{ansi.WcWidth, ansi.GraphemeWidth}

// Whatever somebody wrote, a row is never wider than asked and holds nothing
// that moves a cursor.
func FuzzRowsFit(f *testing.F) {
	for _, s := range []string{
		"", "hola", "una línea que es bastante más larga que la otra", "日本語テキスト", "👨‍👩‍👧‍👦 ❤️ 👍🏽 1️⃣ 🇪🇸", "नमस्ते", "a\x1b[31mb\rc\u202ed",
		"e\u0301\u0301\u0301", "\u200d\ufe0f", "https://example.com/" + strings.Repeat("x", 300), "a  b   c\n\n  d", "\u0600\u0600a",
	} {
		f.Add(s, 10)
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		if len(s) > 2000 {
			t.Skip("longer than what is worth a fuzzer's time")
		}
		width = width&63 + 1
		for _, m := range methods {
			text := Text{Method: m, Ellipsis: "…"}
			clean := text.Clean(s)
			for _, row := range slices.Concat(text.Wrap(clean, width), text.Hard(clean, width), text.Words(text.Line(s), width)) {
				if w := text.Width(row); w > width {
					t.Fatalf("method %v: %q is %d wide, not %d", m, row, w, width)
				}
			}
			if fit := text.Fit(text.Line(s), width); text.Width(fit) != width {
				t.Fatalf("method %v: %q is not %d wide", m, fit, width)
			}
			for _, r := range text.Line(s) {
				if r < 0x20 || r >= 0x7f && r < 0xa0 {
					t.Fatalf("%q holds a control", text.Line(s))
				}
			}
		}
	})
}

// A terminal that does not know clusters would draw a family as four people;
// charla then shows the first of them and both count the same.
func TestClustersAreSimpleWhereTheTerminalIs(t *testing.T) {
	tests := map[string]string{"👨‍👩‍👧": "👨", "❤️": "❤", "👍🏽!": "👍!", "1️⃣": "1\u20e3", "abc": "abc", "ñ": "ñ"}
	for in, want := range tests {
		if got := (Text{}).Clean(in); got != want {
			t.Errorf("%q became %q, not %q", in, got, want)
		}
		if got := (Text{Method: ansi.GraphemeWidth}).Clean(in); got != in {
			t.Errorf("%q became %q where clusters are known", in, got)
		}
	}
}

// An order cut into rows is the order again when the rows are joined.
func TestOrdersStayWhole(t *testing.T) {
	order := `sftp -P 2222 "beto@chat.lan:ana/foto\ de\ la\ playa.jpg"`
	for width := 5; width < 70; width++ {
		if got := strings.Join((Text{}).Hard(order, width), ""); got != order {
			t.Fatalf("width %d: %q", width, got)
		}
	}
}

func TestEveryThemeIsWhole(t *testing.T) {
	for _, p := range []Palette{Neutral, Dark, Light, Mono} {
		theme := New(p, true)
		if theme.Select == "" || theme.Nick("ana") == "" || theme.Glyphs.Bar != "|" {
			t.Errorf("palette %d lacks something", p)
		}
		if got := theme.Select.Paint("x"); got != string(theme.Select)+"x\x1b[m" {
			t.Errorf("painted %q", got)
		}
	}
}
