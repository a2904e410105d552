package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// appendText writes the text of a span and lets nothing through but
// characters and styles (SGR). Texts are cleaned where they
// come in; this is the last door before another person's terminal, and it costs
// only what a changed span costs. doubt: terminals do not agree on its width.
func appendText(b []byte, text string) (_ []byte, doubt bool) {
	kept := 0 // everything before it is written
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c < ansi.DEL {
			i++
			continue
		}
		n, ok := 1, false
		switch {
		case c == ansi.ESC:
			n, ok = sequence(text[i:])
		case c >= utf8.RuneSelf:
			n, ok = printable(text[i:])
			doubt = doubt || isDoubtful(text[i:i+n])
		}
		if !ok {
			b = append(b, text[kept:i]...)
			kept = i + n
		}
		i += n
	}
	return append(b, text[kept:]...), doubt
}

// isDoubtful tells characters whose cells terminals count in different ways:
// what combines or joins, the scripts that do, emoji, a font's own signs and
// what is newer than the terminal. Latin, Greek and Cyrillic letters, frames, our
// own signs, Chinese, Japanese and Korean are counted alike.
func isDoubtful(char string) bool {
	switch r, _ := utf8.DecodeRuneInString(char); {
	case r < 0x300, r >= 0x370 && r < 0x483, r > 0x489 && r < 0x590, r >= 0x1e00 && r < 0x2000:
		return false
	case r >= 0x2000 && r < 0x20d0:
		return r == 0x200d
	case r >= 0x2100 && r < 0x2600, r == '✓', r >= 0x2e80 && r < 0xd800, r >= 0xff00 && r < 0xfff0:
		return false
	}
	return true
}

// printable tells the length of the first character and whether it may stand
// on a screen.
func printable(text string) (n int, ok bool) {
	r, n := utf8.DecodeRuneInString(text)
	return n, !(r == utf8.RuneError && n == 1) && !unicode.IsControl(r) && !isBidi(r)
}

// sequence tells the length of the style that a text begins with.
func sequence(text string) (n int, ok bool) {
	if strings.HasPrefix(text, "\x1b[") {
		for n = 2; n < len(text) && (text[n] >= '0' && text[n] <= ';'); n++ {
		}
		if n < len(text) && text[n] == 'm' {
			return n + 1, true
		}
	}
	return 1, false
}
