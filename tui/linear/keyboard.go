package linear

import (
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"charla/server/chat"
)

// maxLine bounds a line as typed, in bytes: a message and the longest command
// before it. What is longer is dropped to its end.
const maxLine = chat.MaxText + 512

// keyboard makes lines of bytes. Without a pty the client sends whole lines as
// they are. With one (TERM=dumb) its terminal is raw: then the keyboard echoes,
// rubs out and ends lines as a terminal driver would.
type keyboard struct {
	pty    bool
	line   []byte
	over   bool   // this line is too long already
	cr     bool   // the last byte was CR: a LF that follows is the same Enter
	escape int    // within an escape sequence of the keyboard (arrows): see skip
	asked  string // with a pty: what was asked for what is not shown; "": nothing was
	begun  bool   // something was typed in answer
}

// stroke is what some bytes amounted to.
type stroke struct {
	kind strokeKind
	line string // of entered
	echo string // to be shown; no escapes in it
}

type strokeKind int

const (
	typing  strokeKind = iota // nothing yet
	entered                   // a line
	tooLong                   // a line that was dropped
	ended                     // end of input was typed
	left                      // what was asked is not answered
)

// feed takes bytes up to the first stroke that matters and says how many.
func (k *keyboard) feed(p []byte) (int, stroke) {
	if k.pty {
		return k.feedKeys(p)
	}
	for i, c := range p {
		if c == '\n' {
			return i + 1, k.enter("")
		}
		k.add(c)
	}
	return len(p), stroke{}
}

func (k *keyboard) add(c ...byte) {
	k.begun = k.begun || k.asked != ""
	if k.over || len(k.line)+len(c) > maxLine {
		k.line, k.over = nil, true
		return
	}
	k.line = append(k.line, c...)
}

// enter ends the line.
func (k *keyboard) enter(echo string) stroke {
	s := stroke{kind: entered, line: string(k.line), echo: echo}
	if k.over {
		s.kind = tooLong
	}
	k.line, k.over = nil, false
	return s
}

// pending is the part of a line that was typed and echoed so far, or what was asked.
func (k *keyboard) pending() string {
	switch {
	case !k.pty:
		return ""
	case k.asked != "":
		return k.asked
	}
	return shown(string(k.line))
}

// The keys of a terminal driver (termios(3)).
const (
	ctrlC = 0x03
	ctrlD = 0x04
	bs    = 0x08
	ctrlU = 0x15
	esc   = 0x1b
	del   = 0x7f
)

func (k *keyboard) feedKeys(p []byte) (int, stroke) {
	var echo []byte
	for i := 0; i < len(p); i++ {
		c := p[i]
		after := k.cr
		k.cr = c == '\r'
		switch {
		case k.skip(c), c == '\n' && after:
		case c == '\r', c == '\n':
			return i + 1, k.enter(string(echo) + "\n")
		case c == ctrlD && len(k.line) == 0 && !k.over:
			return i + 1, stroke{kind: ended, echo: string(echo) + "\n"}
		case c == ctrlC && k.asked != "":
			k.line, k.over = nil, false
			return i + 1, stroke{kind: left, echo: "\n"}
		case c == ctrlU && k.asked != "":
			k.line, k.over = nil, false
		case c == ctrlC, c == ctrlU:
			k.line, k.over = nil, false
			echo = append(echo, '\n')
		case c == del, c == bs:
			echo = append(echo, k.hidden(k.rub())...)
		case c == '\t':
			k.add(' ')
			echo = append(echo, k.hidden(" ")...)
		case c < 0x20:
		default:
			echo = append(echo, k.hidden(k.key(c))...)
		}
	}
	return len(p), stroke{echo: string(echo)}
}

// hidden is an echo, or nothing of it while what is typed is not shown.
func (k *keyboard) hidden(echo string) string {
	if k.asked != "" {
		return ""
	}
	return echo
}

// key takes one byte of a character and returns the character to be shown once
// it is whole.
func (k *keyboard) key(c byte) string {
	k.add(c)
	n := len(k.line)
	for size := 1; size <= min(utf8.UTFMax, n); size++ {
		if tail := k.line[n-size:]; utf8.RuneStart(tail[0]) {
			if r, full := utf8.DecodeRune(tail); full == size && r != utf8.RuneError {
				return shown(string(r))
			}
			return ""
		}
	}
	return ""
}

// rub takes the last character back and wipes it off with backspaces.
func (k *keyboard) rub() string {
	if len(k.line) == 0 {
		return ""
	}
	_, size := utf8.DecodeLastRune(k.line)
	gone := string(k.line[len(k.line)-size:])
	k.line = k.line[:len(k.line)-size]
	var wipe string
	for range ansi.StringWidth(shown(gone)) {
		wipe += "\b \b"
	}
	return wipe
}

// shown is s without what does not print.
func shown(s string) string {
	var out []rune
	for _, r := range s {
		if unicode.IsPrint(r) && r != utf8.RuneError {
			out = append(out, r)
		}
	}
	return string(out)
}

// skip reports whether c belongs to an escape sequence that a key sent: ESC and
// a letter, ESC O and a letter, or ESC [ up to a final byte (ECMA-48 5.4).
func (k *keyboard) skip(c byte) bool {
	const none, began, csi, ss3 = 0, 1, 2, 3
	switch {
	case c == esc:
		k.escape = began
	case k.escape == none:
		return false
	case c < 0x20: // a control ends a sequence that was cut
		k.escape = none
		return false
	case k.escape == began && c == '[':
		k.escape = csi
	case k.escape == began && c == 'O':
		k.escape = ss3
	case k.escape == csi && c < 0x40:
	default:
		k.escape = none
	}
	return true
}
