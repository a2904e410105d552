package chat_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

// hostile is what somebody may send to move another's cursor, hide a name or
// break a screen.
var hostile = []string{
	"", " ", "\n", "\x00", "\x07\x07", "a\rb", "a\r\nb", "\x1b", "\x1b[", "\x1b[31mred\x1b[0m", "\x1b[2J\x1b[H", "\x1b[?1049h", "\x1b[1;31",
	"\x1b]0;title\x07x", "\x1b]52;c;aGFjaw==\x1b\\x", "\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\", "\x1b]unterminated\nnext",
	"\x1bP1$q\x1b\\x", "\x1b_apc\x1b\\", "\x1b^pm\x1b\\", "\x1bXsos\x1b\\", "\x1bc", "\x1b(0", "\x1b#8", "\x1b7\x1b8", "\x1bN", "\x1b\x1b[31m", "\x1b[3\x1b[31m1m",
	"\u009b31mred", "\u009d0;title\u009c", "\u0090x\u009c", "\u0085", "\u0084", "\x9b31m", "\xc2", "\xc2\x9b31m", "\xff\xfe", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xc0\xafb",
	"\u202eevil\u202c", "\u2066x\u2069", "\u200e\u200f\u061c", "a\u200bb\u200cc\u200dd", "\ufeffbom", "\u2028\u2029", "\u2060\u2063\u206a", "\u00ad",
	"\U000e0041\U000e007f", "\ufff9a\ufffab\ufffb", "\u3164", "\u115f\u1160", "\uffa0",
	"e" + strings.Repeat("\u0301", 200), strings.Repeat("\u0301", 20), "Z" + strings.Repeat("\u0310\u0323", 50), "e\u200b\u0301" + strings.Repeat("\u0302", 9), "\u20dd\u20de",
	"👨‍👩‍👧‍👦", "❤️", "🇪🇸", "ñandú", "n\u0303andu\u0301", "\u1112\u1161\u11ab", "\u2126", "你好", "שלום", "مرحبا", "\t\tx", "x \t ", "\u00a0x\u00a0",
	"a\n\n\nb", "\n\n a \n\n", "\x1b[\n31m", "a\u0338\u20d2=", "\u0958", "\u0f73\u0f75", "\u0344",
}

// allHostile is that and the corpus.
func allHostile() []string {
	all := slices.Clone(hostile)
	for _, h := range chattest.HostileTexts() {
		all = append(all, h.Text)
	}
	return all
}

func TestCleanText(t *testing.T) {
	for typed, want := range map[string]string{
		"hola":                             "hola",
		"  hola  ":                         "  hola",
		"a\r\nb\rc":                        "a\nb\nc",
		"\n\n uno \n\ndos\n\n":             " uno\n\ndos",
		"\tx":                              "    x",
		"\x1b[31mred\x1b[0m":               "red",
		"\x1b]0;title\x07x":                "x",
		"\x1b]52;c;aGFjaw==\x1b\\x":        "x",
		"\x1b]unterminated\nnext":          "next",
		"\u009b31mred\u009d0;t\u009cx":     "redx",
		"a\x9b31mb":                        "a\uFFFD31mb",
		"\x1b(0lqk\x1b#8":                  "lqk",
		"\x1bPq\x1b\\x\x1b_y\x1b\\z":       "xz",
		"a\x00\x07\x08\x7fb":               "ab",
		"\u202eevil\u202c":                 "evil",
		"\ufeffa\u200bb\u2060c":            "abc",
		"👨‍👩‍👧 ❤️":                         "👨‍👩‍👧 ❤️",
		"n\u0303":                          "ñ",
		"a\u200db\ufe0fc \u200dd":          "abc d",
		"1\ufe0f\u20e3\u2764\ufe0f":        "1\ufe0f\u20e3\u2764\ufe0f",
		"\u0915\u094d\u200d\u0937":         "\u0915\u094d\u200d\u0937",
		"a\u180eb\u034fc\u17b4d\U0001d173": "abcd",
		"e" + strings.Repeat("\u0301", 20): "é" + strings.Repeat("\u0301", 8),
	} {
		if got := chat.CleanText(typed); got != want {
			t.Errorf("%q becomes %q, want %q", typed, got, want)
		}
	}
}

func FuzzCleanText(f *testing.F) {
	for _, s := range allHostile() {
		f.Add(s)
		f.Add("a" + s + s + "b\n")
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := chat.CleanText(s)
		checkHarmless(t, got, true)
		if again := chat.CleanText(got); again != got {
			t.Errorf("%q becomes %q and then %q", s, got, again)
		}
		if got != strings.Trim(got, "\n") {
			t.Errorf("%q has blank ends", got)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if line != strings.TrimRightFunc(line, unicode.IsSpace) {
				t.Errorf("%q ends in space", line)
			}
		}
	})
}

// checkHarmless checks that s can move nobody's cursor and hide nothing.
func checkHarmless(t *testing.T, s string, newlines bool) {
	t.Helper()
	if err := chattest.Harmless(s); err != nil {
		t.Error(err)
	}
	if !norm.NFC.IsNormalString(s) {
		t.Errorf("%q is not in NFC", s)
	}
	if !newlines && strings.Contains(s, "\n") {
		t.Errorf("%q is not one line", s)
	}
}

func TestOneLine(t *testing.T) {
	for _, c := range []struct {
		typed string
		max   int
		want  string
	}{
		{"  a \n b\t c  ", 10, "a b c"}, {"ñandú", 3, "ñan"}, {"abc", 0, ""}, {"ana y beto", 4, "ana"}, {"\x1b[2Jx\ny", 9, "x y"}, {strings.Repeat("x", 1<<20), 4, "xxxx"},
	} {
		if got := chat.OneLine(c.typed, c.max); got != c.want {
			t.Errorf("%.40q in %d becomes %q, want %q", c.typed, c.max, got, c.want)
		}
	}
}

func FuzzOneLine(f *testing.F) {
	for _, s := range allHostile() {
		f.Add(s, 5)
		f.Add("a\n"+s+s+s, 40)
	}
	f.Fuzz(func(t *testing.T, s string, most int) {
		most = int(uint16(most))
		got := chat.OneLine(s, most)
		checkHarmless(t, got, false)
		if utf8.RuneCountInString(got) > most {
			t.Errorf("%q is longer than %d", got, most)
		}
		if again := chat.OneLine(got, most); again != got {
			t.Errorf("%q becomes %q and then %q", s, got, again)
		}
	})
}

func TestCleanFileName(t *testing.T) {
	for typed, want := range map[string]string{
		"foto.jpg":                        "foto.jpg",
		" mi  foto .jpg ":                 "mi foto .jpg",
		"../../etc/passwd":                ".._.._etc_passwd",
		`C:\x<y>.txt`:                     "C__x_y_.txt",
		"a\nb\x1b[31m.txt":                "a b.txt",
		"con":                             "_con",
		"NUL.tar.gz":                      "_NUL.tar.gz",
		"Com1.txt":                        "_Com1.txt",
		strings.Repeat("x", 251) + ".txt": strings.Repeat("x", 251) + ".txt",
		"console.txt":                     "console.txt",
		".profile":                        ".profile",
		"name. . .":                       "name",
		"evil\u202etxt.exe":               "eviltxt.exe",
		"n\u0303.txt":                     "ñ.txt",
		"a\u200d.txt":                     "a.txt",
		"a \u258cbeto\u280010:00.txt":     "a _beto 10_00.txt",
		"Com\u00b9.txt":                   "_Com\u00b9.txt",
		"con .txt":                        "_con .txt",
		"com10.txt":                       "com10.txt",
		strings.Repeat("x", 255):          strings.Repeat("x", 255),
	} {
		if got, err := chat.CleanFileName(typed); err != nil || got != want {
			t.Errorf("%q becomes %q, %v, want %q", typed, got, err, want)
		}
	}
	for _, typed := range []string{"", " ", ".", "..", "...", ". .", "\x1b[31m", "\u200b", "\u200d\ufe0f", "\u2800", strings.Repeat("x", 256), "con." + strings.Repeat("x", 251), strings.Repeat("x", 1<<20)} {
		if got, err := chat.CleanFileName(typed); chat.CodeOf(err) != chat.FileNameInvalid {
			t.Errorf("%.40q becomes %q, %v, want FileNameInvalid", typed, got, err)
		}
	}
}

func FuzzCleanFileName(f *testing.F) {
	for _, s := range allHostile() {
		f.Add(s)
		f.Add(s + "a" + s + ".txt")
	}
	for _, s := range []string{"con", "con .txt", "nul.", "LPT9", "a/b\\c", "_con", strings.Repeat("ñ", 127), "aux" + strings.Repeat(".", 252), "con." + strings.Repeat("x", 251)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := chat.CleanFileName(s)
		if err != nil {
			return
		}
		checkHarmless(t, got, false)
		if got == "" || len(got) > chat.MaxFileName || strings.ContainsAny(got, `<>:"|?*\/`) || strings.Trim(got, ".") == "" {
			t.Errorf("%q becomes %q", s, got)
		}
		if again, err := chat.CleanFileName(got); err != nil || again != got {
			t.Errorf("%q becomes %q and then %q, %v", s, got, again, err)
		}
	})
}

func TestCleanTitle(t *testing.T) {
	if got, err := chat.CleanTitle(" Familia\n Peña "); got != "Familia Peña" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := chat.CleanTitle(strings.Repeat("ñ", 64)); utf8.RuneCountInString(got) != 64 || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	for _, typed := range []string{"", "\u200b", "\u2800", "\U0001f3fb\u200d"[4:], strings.Repeat("x", 65)} {
		if got, err := chat.CleanTitle(typed); chat.CodeOf(err) != chat.TitleInvalid {
			t.Errorf("%q becomes %q, %v, want TitleInvalid", typed, got, err)
		}
	}
}
