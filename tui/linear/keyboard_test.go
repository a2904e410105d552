package linear

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"charla/server/chat/chattest"
)

// FuzzKeyboard: whatever is typed, the keyboard gets on, keeps its bound and
// echoes nothing that could move a cursor further than back over a character.
func FuzzKeyboard(f *testing.F) {
	f.Add("hola\rñ\x7f\x1b[A\x03\x04\xff\xc3\x1b", true)
	f.Add("hola\r\nñ\x00\x1b[A\n"+strings.Repeat("x", 99), false)
	for _, h := range chattest.HostileTexts() {
		if len(h.Text) < 1000 {
			f.Add(h.Text+"\r", true)
		}
	}
	f.Fuzz(func(t *testing.T, typed string, pty bool) {
		whole, wholeEcho := strokesOf(t, pty, typed)
		if single, echo := strokesOf(t, pty, bytesOf(typed)...); !slices.Equal(single, whole) || echo != wholeEcho {
			t.Fatalf("%q: byte by byte %q %q, at once %q %q", typed, single, echo, whole, wholeEcho)
		}
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
				if r != '\n' && r != '\b' && !unicode.IsPrint(r) {
					t.Fatalf("%U is echoed", r)
				}
			}
		}
	})
}

func bytesOf(s string) (all []string) {
	for i := range len(s) {
		all = append(all, s[i:i+1])
	}
	return all
}

// strokesOf are the lines and what else mattered, and all that is echoed,
// however the bytes come.
func strokesOf(t *testing.T, pty bool, reads ...string) (strokes []string, echo string) {
	t.Helper()
	k := keyboard{pty: pty}
	for _, read := range reads {
		for p := []byte(read); len(p) > 0; {
			n, s := k.feed(p)
			p, echo = p[max(n, 1):], echo+s.echo
			if s.kind != typing {
				strokes = append(strokes, fmt.Sprint(s.kind, " ", s.line))
			}
		}
	}
	return strokes, echo
}
