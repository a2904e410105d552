package dialog

import (
	"strings"
	"unicode"
)

// maxSecret bounds what is typed, in characters: more is no passphrase of anybody's.
const maxSecret = 1024

// Secret is a question whose answer is not shown.
type Secret struct {
	Title   string
	Prompt  string
	Problem string // what was wrong with what was typed before
	Hint    string
	typed   []rune
}

// Insert types what is printable of the first line of s.
func (s *Secret) Insert(text string) {
	text, _, _ = strings.Cut(text, "\n")
	for _, r := range text {
		if len(s.typed) < maxSecret && !unicode.IsControl(r) && r != unicode.ReplacementChar {
			s.typed = append(s.typed, r)
		}
	}
}

// Backspace takes the last character back.
func (s *Secret) Backspace() { s.typed = s.typed[:max(len(s.typed)-1, 0)] }

// Clear takes all back.
func (s *Secret) Clear() {
	clear(s.typed)
	s.typed = s.typed[:0]
}

// Take is what was typed, which is not there any more.
func (s *Secret) Take() string {
	defer s.Clear()
	return string(s.typed)
}

// Box draws the question with a sign for each character, as far as there is room.
func (s *Secret) Box(l Look, width, _ int) Box {
	in := inner(width, 48)
	var lines []line
	for _, part := range l.Text.Wrap(l.Text.Line(s.Prompt), in) {
		lines = append(lines, line{text: part})
	}
	shown := min(len(s.typed), in-3)
	lines = append(lines, line{text: "> " + strings.Repeat(l.Theme.Glyphs.Dot, shown)})
	row := len(lines)
	if s.Problem != "" {
		for _, part := range l.Text.Wrap(l.Text.Line(s.Problem), in) {
			lines = append(lines, line{text: part, style: l.Theme.Error})
		}
	}
	b := box(l, s.Title, lines, s.Hint, in)
	b.CursorX, b.CursorY = 4+shown, row
	return b
}
