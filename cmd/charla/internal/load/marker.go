package load

import "math/rand/v2"

const (
	markerLen   = 24
	alphabet    = 4 // letters
	alphabets   = 6
	firstLetter = 'A'
	lastLetter  = firstLetter + alphabets*alphabet - 1
)

// marker is the text of one message. There are 4·3²³ in each alphabet.
type marker [markerLen]byte

// newMarker makes the nth marker of a run; see the package comment for why it
// looks as it does.
func newMarker(r *rand.Rand, n int) (m marker) {
	first := firstLetter + n%alphabets*alphabet
	letter := r.IntN(alphabet)
	for i := range m {
		m[i] = byte(first + letter)
		letter = (letter + 1 + r.IntN(alphabet-1)) % alphabet // another than this one
	}
	return m
}

// matcher finds what may be markers in a stream, however it is cut into reads.
// It holds one marker's worth of bytes.
type matcher struct {
	window marker
	n      int
}

// feed calls found with every run of markerLen letters. Runs overlap: the last
// byte of an escape sequence before a marker is a letter too.
func (m *matcher) feed(p []byte, found func(marker)) {
	for _, b := range p {
		if b < firstLetter || b > lastLetter {
			m.n = 0
			continue
		}
		if m.n == markerLen {
			copy(m.window[:], m.window[1:])
			m.n--
		}
		m.window[m.n] = b
		m.n++
		if m.n == markerLen {
			found(m.window)
		}
	}
}

// printable finds the first byte of a stream that a terminal would show: not a
// control character, a space, or inside an escape sequence (ECMA-48: CSI, and
// the strings of OSC, DCS, APC, PM and SOS, which end with BEL or ST).
type printable struct{ state byte }

// feed reports whether p shows anything.
func (s *printable) feed(p []byte) bool {
	for _, b := range p {
		switch s.state {
		case 0:
			if b == 0x1b {
				s.state = b
			} else if b > ' ' && b != 0x7f {
				return true
			}
		case 0x1b:
			switch {
			case b == '[' || b == ']':
				s.state = b
			case b == 'P' || b == '_' || b == '^' || b == 'X':
				s.state = ']'
			case b >= 0x20 && b <= 0x2f: // intermediate; a final byte follows
			default:
				s.state = 0
			}
		case '[':
			if b >= 0x40 && b <= 0x7e {
				s.state = 0
			}
		case ']':
			if b == 0x07 {
				s.state = 0
			} else if b == 0x1b {
				s.state = 0x1b // of ST, whose backslash ends it
			}
		}
	}
	return false
}
