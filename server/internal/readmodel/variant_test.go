package readmodel

import (
	"strings"
	"testing"
	"unicode/utf8"

	"charla/server/chat"
)

func TestVariants(t *testing.T) {
	for _, c := range []struct {
		name string
		n    int
		want string
	}{
		{"carta.pdf", 2, "carta (2).pdf"},
		{"a.tar.gz", 3, "a.tar (3).gz"},
		{".profile", 2, ".profile (2)"},
		{"Makefile", 10, "Makefile (10)"},
		{"carta (2).pdf", 2, "carta (2) (2).pdf"},
		{strings.Repeat("ñ", 127), 2, strings.Repeat("ñ", 125) + " (2)"},
		{"a." + strings.Repeat("x", 253), 2, "a." + strings.Repeat("x", 249) + " (2)"},
	} {
		if got := variant(c.name, c.n); got != c.want {
			t.Errorf("the variant %d of %q is %q, want %q", c.n, c.name, got, c.want)
		}
	}
}

// A variant fits, is found by its prefix, and tells its number.
func FuzzVariant(f *testing.F) {
	f.Add("carta.pdf", 2)
	f.Add(".profile", 17)
	f.Add(strings.Repeat("ñ", 127), 99)
	f.Add("a."+strings.Repeat("x", 253), 9999999)
	f.Add("a (2) (3)", 2)
	f.Fuzz(func(t *testing.T, name string, n int) {
		if !utf8.ValidString(name) || len(name) == 0 || len(name) > chat.MaxFileName || n < 2 || n > 9999999 {
			return
		}
		v := variant(name, n)
		if len(v) > chat.MaxFileName || !utf8.ValidString(v) || v == name {
			t.Errorf("the variant %d of %q is %q", n, name, v)
		}
		if !strings.HasPrefix(v, variantPrefix(name)) {
			t.Errorf("%q does not begin with %q", v, variantPrefix(name))
		}
		if got, ok := variantOf(name, v); !ok || got != n {
			t.Errorf("%q is the variant %d, %v of %q, want %d", v, got, ok, name, n)
		}
	})
}
