package terminal

import "testing"

func written(text string) string {
	b, _ := appendText(nil, text)
	return string(b)
}

func TestTextCannotMoveAnotherCursor(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "hola ñ ✓ 世", "hola ñ ✓ 世"},
		{"styles", "\x1b[1;38:5:3mx\x1b[m", "\x1b[1;38:5:3mx\x1b[m"},
		{"hyperlink", "\x1b]8;;http://x/\x1b\\x\x1b]8;;\a", "]8;;http://x/\\x]8;;"},
		{"clear the screen", "\x1b[2Jx", "[2Jx"},
		{"private mode that ends like a style", "\x1b[>4;2mx", "[>4;2mx"},
		{"return", "a\rb\nc\td", "abcd"},
		{"clipboard", "\x1b]52;c;eA==\ax", "]52;c;eA==x"},
		{"open hyperlink that swallows", "\x1b]8;;http://x", "]8;;http://x"},
		{"C1", "a\u009b2Jb\x9b2Jc", "a2Jb2Jc"},
		{"bidi", "a\u202eb\u2066c", "abc"},
		{"broken character", "a\xe2\a\x80\xaeb", "ab"},
		{"escape at the end", "a\x1b", "a"},
	} {
		if got := written(c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Nothing but characters and styles comes out.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"hola", "\x1b[1mx\x1b[m", "\x1b]8;;u\x1b\\x", "\x1b[2J\r\n\x9b\u0085\u202e", "\x1b\x1b[m\x1b]8;\x1b", "\xe2\x80\xae"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		out := written(in)
		if err := checkControls(out); err != nil {
			t.Fatalf("%q became %q: %v", in, out, err)
		}
		if again := written(out); again != out {
			t.Fatalf("%q became %q and then %q", in, out, again)
		}
	})
}
