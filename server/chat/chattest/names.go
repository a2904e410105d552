package chattest

import (
	"fmt"
	"path"
	"unicode/utf8"

	"charla/server/chat"
)

// numberedHandle is handle for n = 1, else "handle-n".
func numberedHandle(h chat.Handle, n int) chat.Handle {
	if n == 1 {
		return h
	}
	return chat.Handle(fmt.Sprintf("%s-%d", h, n))
}

// numberedName is name for n = 1, else "stem (n).ext". The stem is cut between
// characters when the name would be too long. A name that is nothing but an
// extension (".profile") has none.
func numberedName(name string, n int) string {
	if n == 1 {
		return name
	}
	ext := path.Ext(name)
	if ext == name {
		ext = ""
	}
	stem, suffix := name[:len(name)-len(ext)], fmt.Sprintf(" (%d)%s", n, ext)
	for len(stem) > 1 && len(stem)+len(suffix) > chat.MaxFileName {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	return stem + suffix
}
