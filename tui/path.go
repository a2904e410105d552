package tui

import (
	"net/url"
	"path"
	"strings"
	"unicode"

	"charla/server/chat"
)

// maxPath bounds what is looked at as a path.
const maxPath = 4096

// pathOf recognises what a terminal pastes when a file is dragged onto it: one
// absolute path, bare, quoted, with backslashes before what is special, or as
// file:// address.
func pathOf(pasted string) (string, bool) {
	s := strings.TrimSpace(pasted)
	if s == "" || len(s) > maxPath || strings.ContainsFunc(s, unicode.IsControl) || chat.CleanText(s) != s {
		return "", false
	}
	switch {
	case strings.HasPrefix(s, "file://"):
		return fileAddress(s)
	case s[0] == '\'' || s[0] == '"':
		return quotedPath(s)
	case isDrive(s), strings.HasPrefix(s, `\\`) && strings.Count(s, `\`) > 3:
		return s, strings.Count(s, ":") < 2 // no name has one: these are several
	case s[0] == '/':
		return barePath(s)
	}
	return "", false
}

// pathsOf recognises several files dragged at once, each as pathOf takes it,
// with blanks between; or one. What is bare must end like a file: a sentence may
// name two folders.
func pathsOf(pasted string) []string {
	if one, ok := pathOf(pasted); ok {
		return []string{one}
	}
	if len(pasted) > maxPath {
		return nil
	}
	var paths []string
	for _, word := range shellWords(strings.TrimSpace(pasted)) {
		p, ok := pathOf(word)
		if bare := word[0] != '\'' && word[0] != '"'; !ok || bare && !looksLikeFile(p) {
			return nil
		}
		paths = append(paths, p)
	}
	return paths
}

// shellWords parts a line at blanks that are not quoted, and leaves the quotes.
func shellWords(s string) []string {
	var words []string
	quote, start := byte(0), 0
	for i := 0; i <= len(s); i++ {
		switch {
		case i == len(s) || s[i] == ' ' && quote == 0:
			if i > start {
				words = append(words, s[start:i])
			}
			start = i + 1
		case quote != 0:
			if s[i] == quote {
				quote = 0
			}
		case s[i] == '\\' && i+1 < len(s):
			i++
		case s[i] == '\'' || s[i] == '"':
			quote = s[i]
		}
	}
	return words
}

// isDrive tells C:\ and C:/.
func isDrive(s string) bool {
	return len(s) > 3 && unicode.IsLetter(rune(s[0])) && s[1] == ':' && (s[2] == '\\' || s[2] == '/') && !strings.HasPrefix(s[2:], "//")
}

func fileAddress(s string) (string, bool) {
	u, err := url.Parse(s)
	if err != nil || strings.Contains(s, " file:") || u.Host != "" && u.Host != "localhost" || len(u.Path) < 2 || strings.ContainsFunc(u.Path, unicode.IsControl) || chat.CleanText(u.Path) != u.Path {
		return "", false
	}
	if isDrive(u.Path[1:]) {
		return u.Path[1:], true
	}
	return u.Path, true
}

func quotedPath(s string) (string, bool) {
	quote := s[:1]
	if len(s) < 4 || !strings.HasSuffix(s, quote) {
		return "", false
	}
	inner := s[1 : len(s)-1]
	if quote == "'" {
		inner = strings.ReplaceAll(inner, `'\''`, "\x00")
	}
	if strings.Contains(inner, quote) {
		return "", false
	}
	inner = strings.ReplaceAll(inner, "\x00", "'")
	if inner[0] == '/' && len(inner) > 1 || isDrive(inner) || strings.HasPrefix(inner, `\\`) {
		return inner, true
	}
	return "", false
}

// barePath takes /a/b.jpg and /a/b\ c.jpg. A command ("/ir beto") or a sentence
// that starts with a path is text: a path with blanks in it must end like a
// file, and one of a single part must have a dot.
func barePath(s string) (string, bool) {
	var b strings.Builder
	blank := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
		case s[i] == ' ':
			blank = true
		}
		b.WriteByte(s[i])
	}
	p := b.String()
	switch {
	case len(p) < 2 || strings.HasPrefix(p, "//") || blank && strings.Contains(p, " /"):
		return "", false
	case strings.Count(strings.TrimSuffix(p, "/"), "/") == 1:
		return p, looksLikeFile(p)
	}
	return p, !blank || looksLikeFile(p)
}

// looksLikeFile tells a name with a short ending: "foto 1.jpg".
func looksLikeFile(p string) bool {
	ext := path.Ext(p)
	return len(ext) > 1 && len(ext) <= 6 && !strings.ContainsFunc(ext[1:], func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}
