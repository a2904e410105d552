package command

import (
	"errors"
	"strings"
)

// errQuote says that a quote was opened and not closed, or that nothing
// follows the last backslash.
var errQuote = errors.New("a quote is not closed")

const blanks = " \t\r\n"

// nextWord takes the first word off a line as a POSIX shell would (XCU 2.2):
// blanks separate, '…' is literal, "…" knows \" \\ \$ and \`, a backslash
// outside quotes makes the next character ordinary, and pieces that touch are
// one word. Nothing is expanded. rest starts right after the word; ok is false
// when the line holds no word.
func nextWord(line string) (word, rest string, ok bool, err error) {
	s := strings.TrimLeft(line, blanks)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case strings.IndexByte(blanks, c) >= 0:
			return b.String(), s[i:], true, nil
		case c == '\'':
			end := strings.IndexByte(s[i+1:], '\'')
			if end < 0 {
				return "", "", true, errQuote
			}
			b.WriteString(s[i+1 : i+1+end])
			i += end + 1
		case c == '"':
			n, closed := doubleQuoted(&b, s[i+1:])
			if !closed {
				return "", "", true, errQuote
			}
			i += n
		case c == '\\':
			if i++; i == len(s) {
				return "", "", true, errQuote
			}
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", s != "", nil
}

// doubleQuoted writes what stands before the closing quote and returns the
// length up to and with it.
func doubleQuoted(b *strings.Builder, s string) (n int, closed bool) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return i + 1, true
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte("\"\\$`", s[i+1]) >= 0:
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return 0, false
}

// split takes all the words off a line.
func split(line string) ([]string, error) {
	var words []string
	for {
		word, rest, ok, err := nextWord(line)
		if err != nil || !ok {
			return words, err
		}
		words, line = append(words, word), rest
	}
}
