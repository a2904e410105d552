package chat

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Nick is how people type a person: `[a-z0-9][a-z0-9._-]{0,31}`.
type Nick string

// Handle is what one person types for a conversation: a nick for a talk, a
// room's name, their own word for a group, or "notes".
type Handle string

// Notes is the handle of the talk with oneself.
const Notes Handle = "notes"

// LeftPrefix begins the handles of talks with people who were forgotten, and no nick
// and no group's handle.
const LeftPrefix = "someone-"

// LeftHandle is what everybody types for their talk with somebody who was forgotten,
// who has no nick: their own side of it stays theirs to read. It follows from the ID,
// so it stays the same.
func LeftHandle(id UserID) Handle {
	s := strings.ToLower(id.String())
	return Handle(LeftPrefix + s[len(s)-6:])
}

// Left reports whether h may be of a talk with somebody who was forgotten.
func (h Handle) Left() bool { return strings.HasPrefix(string(h), LeftPrefix) }

// maxNick is the longest nick, in bytes (all ASCII).
const maxNick = 32

// FoldNick makes a nick of an SSH username: `DOMAIN\` and `@domain` dropped,
// accents folded, spaces to dots, lower case. It fails with NickInvalid when
// nothing usable is left or anything else is in it; nothing is guessed beyond
// that.
func FoldNick(username string) (Nick, error) {
	s := username
	if i := strings.LastIndexByte(s, '\\'); i >= 0 {
		s = s[i+1:]
	}
	if i := strings.IndexByte(s, '@'); i > 0 {
		s = s[:i]
	}
	if len(s) > 256 {
		return "", &Error{Code: NickInvalid, Name: OneLine(username, 40)}
	}
	folded, ok := foldName(s)
	if !ok || len(folded) > maxNick || !isAlnum(folded[0]) {
		return "", &Error{Code: NickInvalid, Name: OneLine(username, 40)}
	}
	return Nick(folded), nil
}

// foldName folds to the nick alphabet; ok is false for an empty result or a
// character that does not fold.
func foldName(s string) (string, bool) {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.TrimSpace(s)) {
		switch r = unicode.ToLower(r); {
		case unicode.Is(unicode.Mn, r): // an accent, folded away
		case r == ' ':
			b.WriteByte('.')
		case r < unicode.MaxASCII && (isAlnum(byte(r)) || strings.IndexByte("._-", byte(r)) >= 0):
			b.WriteByte(byte(r))
		case asciiOf[r] != "":
			b.WriteString(asciiOf[r])
		default:
			return "", false
		}
	}
	return b.String(), b.Len() > 0
}

// asciiOf holds the Latin letters that Unicode does not decompose.
var asciiOf = map[rune]string{'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'þ': "th", 'ı': "i"}

func isAlnum(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// Reserved reports whether nobody can claim n.
func (n Nick) Reserved() bool { return reservedNicks[n] || n.Guest() || Handle(n).Left() }

// Guest reports whether n is for guests only.
func (n Nick) Guest() bool { return strings.HasPrefix(string(n), GuestPrefix) }

// reservedNicks are never free: words of the product, and the accounts that
// scanners try and would answer any prompt for.
var reservedNicks = set(
	"system", "charla", "admin", "administrator", "owner", "root", "everyone", "here", "all", "notes", "lobby",
	"git", "ubuntu", "debian", "pi", "test", "tester", "guest", "user", "ftp", "ftpuser", "sftp", "ssh", "sshd", "www",
	"www-data", "nobody", "daemon", "bin", "sys", "mail", "postgres", "mysql", "oracle", "nagios", "hadoop", "jenkins",
	"docker", "ec2-user", "centos", "support", "supervisor", "operator", "backup", "info", "default", "service",
	"localhost", "me", "yo", "help", "ayuda", "todos", "aqui",
)

func set(names ...Nick) map[Nick]bool {
	m := make(map[Nick]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

// HandleOf makes a group's handle of its title: "Familia Peña" → "familia-pena".
// What does not fold is dropped; an empty result is "grupo". None looks like that of a
// talk with somebody who was forgotten, and what nobody may be called no group is
// either: "Admin" → "grupo-admin".
func HandleOf(title string) Handle {
	var b strings.Builder
	dash := false
	for _, r := range norm.NFKD.String(strings.ToLower(title)) {
		s := asciiOf[r]
		if r < unicode.MaxASCII && isAlnum(byte(r)) {
			s = string(r)
		}
		switch {
		case unicode.Is(unicode.Mn, r):
		case s == "":
			dash = b.Len() > 0
		default:
			if dash {
				b.WriteByte('-')
			}
			dash = false
			b.WriteString(s)
		}
		if b.Len() >= maxNick-4 { // room for "-999"
			break
		}
	}
	if b.Len() == 0 {
		return "grupo"
	}
	h := Handle(strings.TrimRight(b.String(), "-"))
	if h.Left() {
		h = Handle(strings.Replace(string(h), "-", "", 1))
	}
	if Nick(h).Reserved() {
		h = "grupo-" + h
		h = Handle(strings.TrimRight(string(h[:min(len(h), maxNick-4)]), "-"))
	}
	return h
}
