package sshd

import (
	"bytes"

	"github.com/pires/go-proxyproto"
)

// opening is what a client says first.
type opening struct {
	head [12]byte
	n    int
}

// proxies reports whether it is a header of the PROXY protocol.
func (o *opening) proxies(p []byte) bool {
	o.n += copy(o.head[o.n:], p)
	said := o.head[:o.n]
	return bytes.HasPrefix(said, []byte("PROXY ")) || bytes.HasPrefix(said, proxyproto.SIGV2)
}

// versionLine looks for the end of the client's version line, which may follow
// other lines (RFC 4253 4.2).
type versionLine struct {
	at    int  // in the line
	wrong bool // the line does not begin with SSH-
}

func (v *versionLine) complete(p []byte) bool {
	const prefix = "SSH-"
	for _, c := range p {
		if c == '\n' {
			if !v.wrong && v.at >= len(prefix) {
				return true
			}
			*v = versionLine{}
			continue
		}
		if v.at < len(prefix) && c != prefix[v.at] {
			v.wrong = true
		}
		v.at++
	}
	return false
}
