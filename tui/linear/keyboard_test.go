package linear

import (
	"strings"
	"testing"
)

// FuzzKeyboard: whatever is typed, the keyboard gets on, keeps its bound and
// echoes nothing that could move a cursor further than back over a character.
func FuzzKeyboard(f *testing.F) {
	f.Add("hola\rñ\x7f\x1b[A\x03\x04\xff\xc3\x1b", true)
	f.Add("hola\r\nñ\x00\x1b[A\n"+strings.Repeat("x", 99), false)
	f.Fuzz(func(t *testing.T, typed string, pty bool) {
		k := keyboard{pty: pty}
		for p := []byte(typed); len(p) > 0; {
			n, s := k.feed(p)
			if n <= 0 || n > len(p) {
				t.Fatalf("took %d of %d bytes", n, len(p))
			}
			p = p[n:]
			if len(k.line) > maxLine || len(s.line) > maxLine {
				t.Fatal("a line over the bound")
			}
			for _, r := range s.echo + k.pending() {
				if r != '\n' && r != '\b' && (r < 0x20 || r >= 0x7f && r <= 0x9f) {
					t.Fatalf("%U is echoed", r)
				}
			}
		}
	})
}
