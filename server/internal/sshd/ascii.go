package sshd

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ascii writes s with ASCII letters only. Before sign-in the client's language
// and terminal are unknown, and OpenSSH prints what is not ASCII in prompts and
// banners as \303\261, even in a UTF-8 terminal: all that goes over the sign-in itself
// is without accents, all that goes over a session has them. The words are the same in
// both, so that who reads "contrasena" finds it again. Controls are dropped.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch {
		case r >= ' ' && r < unicode.MaxASCII:
			b.WriteRune(r)
		case r < ' ', r == unicode.MaxASCII, unicode.Is(unicode.Mn, r), r == '¿', r == '¡':
		case r == '‘', r == '’':
			b.WriteByte('\'')
		case r == '“', r == '”', r == '«', r == '»':
			b.WriteByte('"')
		case r == '–', r == '—':
			b.WriteByte('-')
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}
