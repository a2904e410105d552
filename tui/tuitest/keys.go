package tuitest

import (
	"fmt"
	"strings"
)

// keyBytes are what xterm sends.
var keyBytes = map[string]string{
	"enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "esc": "\x1b", "backspace": "\x7f", "space": " ",
	"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
	"home": "\x1b[H", "end": "\x1b[F", "pgup": "\x1b[5~", "pgdown": "\x1b[6~",
	"delete": "\x1b[3~", "insert": "\x1b[2~", "shift+enter": "\x1b[13;2u", "alt+enter": "\x1b\r",
	"ctrl+left": "\x1b[1;5D", "ctrl+right": "\x1b[1;5C", "ctrl+up": "\x1b[1;5A", "ctrl+down": "\x1b[1;5B",
	"ctrl+home": "\x1b[1;5H", "ctrl+end": "\x1b[1;5F", "ctrl+space": "\x00",
	"f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~",
	"focus": "\x1b[I", "blur": "\x1b[O",
}

// KeyBytes turns the name of a key, as Bubble Tea writes it, into what a
// terminal sends for it.
func KeyBytes(name string) (string, error) {
	if b, ok := keyBytes[name]; ok {
		return b, nil
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok && len(letter) == 1 && letter[0] >= '@' && letter[0] <= '~' {
		return string(rune(letter[0] & 0x1f)), nil
	}
	if rest, ok := strings.CutPrefix(name, "alt+"); ok {
		b, err := KeyBytes(rest)
		return "\x1b" + b, err
	}
	if len([]rune(name)) == 1 {
		return name, nil
	}
	return "", fmt.Errorf("no key is called %q", name)
}

// mouseReport is a report of mode 1006.
func mouseReport(button, x, y int, press bool) []byte {
	end := 'M'
	if !press {
		end = 'm'
	}
	return fmt.Appendf(nil, "\x1b[<%d;%d;%d%c", button, x+1, y+1, end)
}
