package load

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestSuccessiveMarkersHaveNoLetterInTheSameCell(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var last []marker
	for n := range 1000 {
		m := newMarker(r, n)
		for i := 1; i < len(m); i++ {
			if m[i] == m[i-1] {
				t.Fatalf("%s repeats a letter, which a terminal can be told to do", m)
			}
		}
		for back, before := range last[max(0, len(last)-alphabets+1):] {
			if strings.ContainsAny(string(m[:]), string(before[:])) {
				t.Fatalf("%s and, %d before, %s share letters", m, back, before)
			}
		}
		last = append(last, m)
	}
}

// FuzzMatcher: a marker is found wherever it stands and however the bytes are
// cut, and what is not whole is not found.
func FuzzMatcher(f *testing.F) {
	f.Add([]byte("\x1b[5;30H"), []byte("\x1b[K\r\n"), uint8(3), uint64(7))
	f.Add([]byte("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), []byte("XXXX"), uint8(1), uint64(0))
	f.Add([]byte{}, []byte{0xff}, uint8(0), uint64(1<<63))
	f.Fuzz(func(t *testing.T, before, after []byte, cut uint8, seed uint64) {
		m := newMarker(rand.New(rand.NewPCG(seed, 1)), int(seed%100))
		if bytes.Contains(before, m[:]) || bytes.Contains(after, m[:]) {
			t.Skip()
		}
		whole := append(append(bytes.Clone(before), m[:]...), after...)
		if n := feedCut(whole, m, int(cut)); n != 1 {
			t.Errorf("found %d times in %q", n, whole)
		}
		broken := append(append(append(bytes.Clone(before), m[:markerLen/2]...), ' '), m[markerLen/2:]...)
		if n := feedCut(broken, m, int(cut)); n != 0 {
			t.Errorf("found in %q", broken)
		}
	})
}

// feedCut feeds p in pieces of growing size and counts m.
func feedCut(p []byte, m marker, piece int) (n int) {
	var match matcher
	for len(p) > 0 {
		cut := min(max(piece, 1), len(p))
		match.feed(p[:cut], func(found marker) {
			if found == m {
				n++
			}
		})
		p, piece = p[cut:], piece+1
	}
	return n
}

func TestTheFirstPrintableByte(t *testing.T) {
	tests := []struct {
		bytes string
		shows bool
	}{
		{"\x1b[?1049h\x1b[2J\x1b[1;1H\r\n  \x1b[?2026$p", false},
		{"\x1b]0;a title\x07", false},
		{"\x1b]11;?\x1b\\\x1b(B\x1b7", false},
		{"\x1bP+q544e\x1b\\", false},
		{"\x1b[1;1Ha", true},
		{"\x1b]0;a title\x1b\\b", true},
		{"\x1b(Bx", true},
		{"ñ", true},
	}
	for _, tt := range tests {
		for cut := range len(tt.bytes) {
			var s printable
			first := s.feed([]byte(tt.bytes[:cut]))
			if got := s.feed([]byte(tt.bytes[cut:])) || first; got != tt.shows {
				t.Errorf("%q cut at %d shows something: %t", tt.bytes, cut, got)
			}
		}
	}
}
