package command

import (
	"io"
	"strings"
)

// Raw writes to a terminal that is raw, where a line feed alone goes on below, not at
// the edge: CR LF for LF.
func Raw(to io.Writer) io.Writer { return raw{to} }

type raw struct{ to io.Writer }

func (r raw) Write(p []byte) (int, error) {
	if _, err := io.WriteString(r.to, strings.ReplaceAll(string(p), "\n", "\r\n")); err != nil {
		return 0, err
	}
	return len(p), nil
}
