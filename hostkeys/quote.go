package hostkeys

import "strings"

// shellQuote makes path one word of a POSIX shell, so that a hint can be
// pasted as it is.
func shellQuote(path string) string {
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
