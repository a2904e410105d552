package chat_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"charla/server/chat"
)

func TestNumberedName(t *testing.T) {
	for _, c := range []struct {
		name string
		n    int
		want string
	}{
		{"carta.pdf", 1, "carta.pdf"},
		{"carta.pdf", 2, "carta (2).pdf"},
		{"a.tar.gz", 3, "a.tar (3).gz"},
		{".profile", 2, ".profile (2)"},
		{"Makefile", 10, "Makefile (10)"},
		{"carta (2).pdf", 2, "carta (2) (2).pdf"},
		{strings.Repeat("ñ", 127), 2, strings.Repeat("ñ", 125) + " (2)"},
		{"a." + strings.Repeat("x", 253), 2, "a." + strings.Repeat("x", 249) + " (2)"},
		{strings.Repeat("x", 251) + " (2)", 2, strings.Repeat("x", 251) + " (2)"}, // is the same: whoever counts goes on
		{strings.Repeat("x", 251) + " (2)", 3, strings.Repeat("x", 251) + " (3)"},
	} {
		if got := chat.NumberedName(c.name, c.n); got != c.want {
			t.Errorf("the name %d of %q is %q, want %q", c.n, c.name, got, c.want)
		}
	}
}

func TestNumberOf(t *testing.T) {
	for _, c := range []struct {
		name, candidate string
		want            int // 0: none
	}{
		{"carta.pdf", "carta.pdf", 1},
		{"carta.pdf", "carta (17).pdf", 17},
		{"carta.pdf", "carta (1).pdf", 0},
		{"carta.pdf", "carta (02).pdf", 0},
		{"carta.pdf", "carta (+2).pdf", 0},
		{"carta.pdf", "carta (2).txt", 0},
		{"carta.pdf", "carta (2) (3).pdf", 0},
		{"carta.pdf", "carta (9999999).pdf", 9999999},
		{"carta.pdf", "carta (10000000).pdf", 0},
		{"a.x(2)", "a (3).x(2)", 3},
		{strings.Repeat("x", 251) + " (2)", strings.Repeat("x", 251) + " (2)", 1},
	} {
		if got, ok := chat.NumberOf(c.name, c.candidate); got != c.want && ok || ok != (c.want > 0) {
			t.Errorf("%q is the name %d, %t of %q, want %d", c.candidate, got, ok, c.name, c.want)
		}
	}
}

// A numbered name fits, is found by its prefix, and tells its number.
func FuzzNumberedName(f *testing.F) {
	f.Add("carta.pdf", 2)
	f.Add(".profile", 17)
	f.Add(strings.Repeat("ñ", 127), 99)
	f.Add("a."+strings.Repeat("x", 253), 9999999)
	f.Add("a (2) (3)", 2)
	f.Add(strings.Repeat("x", 251)+" (2)", 2)
	f.Add("a.x(2)", 1<<62)
	f.Add("a", -1)
	f.Fuzz(func(t *testing.T, name string, n int) {
		if !utf8.ValidString(name) || len(name) == 0 || len(name) > chat.MaxFileName {
			return
		}
		v := chat.NumberedName(name, n)
		if len(v) > chat.MaxFileName || !utf8.ValidString(v) || n < 2 && v != name {
			t.Errorf("the name %d of %q is %q", n, name, v)
		}
		if n >= 2 && chat.NumberedName(name, n+1) == v {
			t.Errorf("the names %d and the next of %q are both %q", n, name, v)
		}
		if v == name || n > 9999999 {
			return
		}
		if !strings.HasPrefix(v, chat.NumberedPrefix(name)) {
			t.Errorf("%q does not begin with %q", v, chat.NumberedPrefix(name))
		}
		if got, ok := chat.NumberOf(name, v); !ok || got != n {
			t.Errorf("%q is the name %d, %v of %q, want %d", v, got, ok, name, n)
		}
	})
}
