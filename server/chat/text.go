package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks may sit on one character.
const maxMarks = 8

// CleanText makes a message's text of what somebody typed or pasted: valid
// UTF-8 in NFC; escape sequences, controls but newline, and all that is not seen
// dropped (see invisible); tabs to four spaces; at most 8 combining marks on a
// character; no blank lines at either end, no spaces at the end of lines.
// It never fails and is idempotent; limits are checked by checkText.
func CleanText(s string) string {
	s = dropSequences(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	b.Grow(len(s))
	marks, last := 0, ' '
	for _, r := range norm.NFC.String(s) {
		if invisible(r) && r != '\n' && r != '\t' || binds(r) && !binding(last) {
			continue
		}
		last = r
		switch {
		case r == '\n':
			marks = 0
			b.WriteByte('\n')
		case r == '\t':
			marks = 0
			b.WriteString("    ")
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks <= maxMarks {
				b.WriteRune(r)
			}
		default:
			marks = 0
			b.WriteRune(r)
		}
	}
	return trimLines(norm.NFC.String(b.String()))
}

// invisible reports the characters that may deceive or move a cursor: C0, DEL,
// C1, line and paragraph separators, format characters (bidi controls,
// zero-width marks, tags, annotation, music), and all else that Unicode says is
// not to be seen (blank letters, joiners of graphemes). The signs before
// numbers, which are seen, stay, and what binds says.
func invisible(r rune) bool {
	switch {
	case r < 0x300:
		return r < 0x20 || r >= 0x7f && r <= 0x9f || r == 0xad
	case r == 0x2028, r == 0x2029:
		return true
	case binds(r):
		return false
	}
	return unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) ||
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// binds reports the zero-width joiner and the variation selectors: not seen by
// themselves, but emoji and some scripts need them.
func binds(r rune) bool { return r == 0x200d || unicode.Is(unicode.Variation_Selector, r) }

// binding reports whether a character may be bound. After a blank or a letter
// of Europe a joiner changes nothing but whether two words are the same.
func binding(r rune) bool {
	return r > ' ' && !unicode.IsSpace(r) && !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic)
}

// seen reports whether any of a text shows.
func seen(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !binds(r) && r != brailleBlank })
}

// brailleBlank is a blank that Unicode does not call one.
const brailleBlank = 0x2800

// dropSequences removes whole escape sequences (ECMA-48 5.4 and 5.6), so that
// the letters of a stripped "ESC[31m" do not stay behind as text. An
// unterminated string sequence ends at the next newline.
func dropSequences(s string) string {
	if !strings.ContainsAny(s, "\x1b\u0090\u0098\u009b\u009d\u009e\u009f") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		n := sequenceLen(s[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(s[i:])
			b.WriteString(s[i : i+size])
			i += size
			continue
		}
		i += n
	}
	return b.String()
}

// sequenceLen is the length in bytes of the escape sequence s starts with, or 0.
func sequenceLen(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	intro := r
	switch {
	case r == 0x1b && len(s) > 1:
		intro, size = rune(s[1])+0x40, 2 // ESC [ is the 7-bit form of U+009B, and so on
		if s[1] < 0x40 || s[1] > 0x5f {
			return escapeLen(s)
		}
	case r == 0x1b:
		return 1
	}
	switch intro {
	case 0x9b: // CSI: parameters and intermediates up to a final byte
		for i := size; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return i + 1
			}
			if s[i] < 0x20 || s[i] > 0x7e {
				return i
			}
		}
		return len(s)
	case 0x90, 0x98, 0x9d, 0x9e, 0x9f: // DCS, SOS, OSC, PM, APC: up to ST or BEL
		return stringLen(s, size)
	}
	if r == 0x1b {
		return size
	}
	return 0
}

// escapeLen is the length of ESC, intermediates and a final byte (nF, Fp, Fs).
func escapeLen(s string) int {
	i := 1
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x2f {
		i++
	}
	if i < len(s) && s[i] >= 0x30 && s[i] <= 0x7e {
		i++
	}
	return i
}

func stringLen(s string, from int) int {
	for i := from; i < len(s); i++ {
		switch {
		case s[i] == 0x07:
			return i + 1
		case s[i] == 0x1b && i+1 < len(s) && s[i+1] == '\\':
			return i + 2
		case strings.HasPrefix(s[i:], "\u009c"):
			return i + len("\u009c")
		case s[i] == '\n':
			return i
		}
	}
	return len(s)
}

func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRightFunc(l, unicode.IsSpace)
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	return strings.Join(lines, "\n")
}

// checkText refuses text that is empty or over the limits.
func checkText(s string) error {
	switch {
	case !seen(s):
		return &Error{Code: TextEmpty}
	case len(s) > MaxText:
		return &Error{Code: TextTooLong, Limit: MaxText}
	case strings.Count(s, "\n") >= MaxLines:
		return &Error{Code: TextTooManyLines, Limit: MaxLines}
	}
	return nil
}

// OneLine is CleanText on one line, cut to at most max characters; for titles,
// nicks in refusals, and everything from outside that a log or prompt shows.
func OneLine(s string, max int) string {
	if len(s) > 16*max+64 {
		s = s[:16*max+64] // bound the work; what follows would be cut anyway
	}
	s = strings.Join(strings.Fields(CleanText(s)), " ")
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	return strings.TrimRight(string([]rune(s)[:max]), " ")
}

// CleanTitle is a group's title, or TitleInvalid.
func CleanTitle(s string) (string, error) {
	t := OneLine(s, MaxTitle+1)
	if !seen(t) || utf8.RuneCountInString(t) > MaxTitle {
		return "", &Error{Code: TitleInvalid, Limit: MaxTitle}
	}
	return t, nil
}

// CleanFileName is the name a file gets here: one line of clean text in NFC,
// without the characters Windows refuses, without a path and without lines and
// blocks, which could draw a row of the screen; "" never, because names of
// nothing but junk are FileNameInvalid, as is anything over 255 bytes.
func CleanFileName(s string) (string, error) {
	bad := &Error{Code: FileNameInvalid, Name: OneLine(s, 60)}
	if len(s) > 4*MaxFileName {
		return "", bad
	}
	name := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"|?*\/`, r), r >= 0x2500 && r <= 0x259f:
			return '_'
		case r == brailleBlank:
			return ' '
		}
		return r
	}, CleanText(s))
	name = strings.TrimRight(strings.Join(strings.Fields(name), " "), ". ")
	if reserved(name) {
		name = "_" + name
	}
	if !seen(name) || len(name) > MaxFileName {
		return "", bad
	}
	return name, nil
}

// reserved reports the names of devices: a file so called cannot be saved on
// Windows, whatever its ending, and with superscript digits neither ("Naming
// Files, Paths, and Namespaces" of its documentation).
func reserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	stem = strings.TrimRight(stem, " ")
	port := strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	return port && utf8.RuneCountInString(stem) == 4 && strings.ContainsAny(stem[3:], "123456789¹²³")
}
