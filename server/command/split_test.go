package command

import (
	"slices"
	"strings"
	"testing"
)

func TestSplitAsAShellWould(t *testing.T) {
	tests := []struct {
		line string
		want []string
	}{
		{``, nil},
		{"  \t\n ", nil},
		{`group new "Familia Peña" beto`, []string{"group", "new", "Familia Peña", "beto"}},
		{`a 'b  c' "d  e" f\ g`, []string{"a", "b  c", "d  e", "f g"}},
		{`'it'\''s'`, []string{"it's"}},
		{`"a\"b\\c\$d\e"`, []string{`a"b\c$d\e`}},
		{`'' "" x`, []string{"", "", "x"}},
		{`a"b"'c'd`, []string{"abcd"}},
		{`ñ\ñ`, []string{"ññ"}},
		{`${ShellId}%x%;|&><*`, []string{`${ShellId}%x%;|&><*`}},
	}
	for _, tt := range tests {
		got, err := split(tt.line)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%q: %q, %v; want %q", tt.line, got, err, tt.want)
		}
	}
	for _, line := range []string{`'a`, `"a`, `a\`, `"a\"`, `x 'it''s`} {
		if got, err := split(line); err == nil {
			t.Errorf("%q is taken as %q", line, got)
		}
	}
}

// quote is a word that split takes as it is.
func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// FuzzParse: whatever an exec line holds, Parse answers with an order or with
// one of its own errors, and what split takes apart can be put together again.
func FuzzParse(f *testing.F) {
	for _, line := range []string{
		"", "send beto don't  wait", `send --id "a b" beto 'x`, "echo ${ShellId}%ComSpec%", "md5sum 'x y'",
		"scp -t /tmp", "group new 'a b' beto", "grupo añadir x y", "read --last=5 lobby", "tail --after 99 -- --json",
		"send -- --lines x", "send\x00beto", "\x1b[2Jsend", "help group", "group", "read lobby \\",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		order, err := Parse(line)
		if err == nil && order.Command.run == nil {
			t.Fatal("an order without a command")
		}
		if err == nil && order.Command.Text && order.text != "" && !strings.HasSuffix(line, order.text) {
			t.Fatalf("the text %q was touched", order.text)
		}
		words, err := split(line)
		if err != nil {
			return
		}
		var quoted []string
		for _, w := range words {
			quoted = append(quoted, quote(w))
		}
		again, err := split(strings.Join(quoted, " "))
		if err != nil || !slices.Equal(again, words) {
			t.Fatalf("%q: %q then %q, %v", line, words, again, err)
		}
	})
}
