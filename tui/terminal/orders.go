package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

const (
	maxTitle  = 256       // bytes of a title or a notification's title
	maxNotice = 1024      // bytes of a notification's body
	maxCopy   = 64 * 1024 // bytes that Copy hands to the clipboard
)

// Orders of a model, carried out by the painter with the next frame.
type (
	bellOrder    struct{}
	copyOrder    struct{ text string }
	noticeOrder  struct{ title, body string }
	repaintOrder struct{}
)

// Bell rings the terminal's bell; return it as a command, like tea.Quit.
func Bell() tea.Msg { return bellOrder{} }

// Repaint, a command too, clears the screen and paints everything again (Ctrl+L).
func Repaint() tea.Msg { return repaintOrder{} }

// Copy puts text on the clipboard of the person's own computer (OSC 52). Some
// terminals ignore it, so there must be another way to copy. Beyond 64 KiB the
// text is cut.
func Copy(text string) tea.Cmd {
	return func() tea.Msg { return copyOrder{text} }
}

// Notify shows a desktop notification where the terminal is known to have
// them, and rings the bell elsewhere.
func Notify(title, body string) tea.Cmd {
	return func() tea.Msg { return noticeOrder{title, body} }
}

// clean makes a text safe inside a control string: no control characters, no
// C1, no invalid bytes, no format characters but the joiner of emoji, no lines,
// at most limit bytes.
func clean(text string, limit int) string {
	var b strings.Builder
	for _, r := range text {
		if r == utf8.RuneError || r != '\u200d' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			continue
		}
		if b.Len()+utf8.RuneLen(r) > limit {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isBidi tells the characters that reorder what stands around them.
func isBidi(r rune) bool {
	return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x061c
}

// noticeKind is the way a terminal takes notifications.
type noticeKind uint8

const (
	noticeBell noticeKind = iota
	noticeOSC9
	noticeOSC777
)

// noticeKindOf decides by the name a terminal gives itself (XTVERSION) or by
// TERM. An unknown one gets the bell: it might print the text.
func noticeKindOf(name string) noticeKind {
	name = strings.ToLower(name)
	if strings.Contains(name, "iterm") {
		return noticeOSC9
	}
	for _, known := range []string{"kitty", "ghostty", "wezterm", "foot", "konsole"} {
		if strings.Contains(name, known) {
			return noticeOSC777
		}
	}
	return noticeBell
}

func appendNotice(b []byte, kind noticeKind, o noticeOrder) []byte {
	title, body := clean(o.title, maxTitle), clean(o.body, maxNotice)
	switch kind {
	case noticeOSC9:
		// A number and a semicolon in front would be another command (OSC 9;4
		// is progress).
		return append(b, ansi.Notify(strings.ReplaceAll(title+": "+body, ";", ","))...)
	case noticeOSC777:
		// The fields are parted by semicolons.
		return append(b, ansi.URxvtExt("notify", strings.ReplaceAll(title, ";", ","), body)...)
	default:
		return append(b, ansi.BEL)
	}
}

func appendCopy(b []byte, text string) []byte {
	if len(text) > maxCopy {
		text = strings.ToValidUTF8(text[:maxCopy], "")
	}
	return append(b, ansi.SetSystemClipboard(text)...)
}
