package chat

import (
	"path"
	"strconv"
	"strings"
)

// maxNumbered is the last number a file name is found again by: seven digits.
const maxNumbered = 9_999_999

// NumberedName is the n-th name for a file that is called name: name itself,
// "carta (2).pdf", "carta (3).pdf", …. What would be over MaxFileName bytes
// loses the end of its stem, whole characters only.
func NumberedName(name string, n int) string {
	if n < 2 {
		return name
	}
	stem, ext := splitFileName(name)
	suffix := " (" + strconv.Itoa(n) + ")" + ext
	return cutBytes(stem, MaxFileName-len(suffix)) + suffix
}

// NumberedPrefix is how all the names for a file from the second to the last
// begin: where to look for them. Others may begin so too.
func NumberedPrefix(name string) string {
	stem, ext := splitFileName(name)
	longest := " (" + strconv.Itoa(maxNumbered) + ")" + ext
	if prefix := cutBytes(stem, MaxFileName-len(longest)); prefix != stem {
		return prefix
	}
	return stem + " ("
}

// NumberOf is the smallest n of which candidate is the NumberedName; ok is false
// if it is none, or of a number beyond seven digits.
func NumberOf(name, candidate string) (n int, ok bool) {
	if candidate == name {
		return 1, true
	}
	_, ext := splitFileName(name)
	rest, _ := strings.CutSuffix(candidate, ")"+ext)
	n, err := strconv.Atoi(rest[strings.LastIndexByte(rest, '(')+1:])
	return n, err == nil && n >= 2 && n <= maxNumbered && NumberedName(name, n) == candidate
}

// splitFileName parts a name before its extension; ".profile" is all stem, and
// an extension of more than 32 bytes is none.
func splitFileName(name string) (stem, ext string) {
	ext = path.Ext(name)
	if len(ext) == len(name) || len(ext) > 32 {
		ext = ""
	}
	return strings.TrimSuffix(name, ext), ext
}
