package sshd

import (
	"strings"

	gossh "golang.org/x/crypto/ssh"

	"charla/tui/terminal"
)

// Bounds of what a client may say about itself.
const (
	maxEnv      = 8
	maxEnvName  = 32
	maxEnvValue = 64
	maxTerm     = 64
	maxWidth    = 400
	maxHeight   = 150
)

// request takes one request of the channel (RFC 4254 6). Agent, X11, break,
// signal and what we do not know are refused.
func (c *channel) request(req *gossh.Request) (start *launch, ok bool) {
	if req.Type == "window-change" {
		return nil, c.windowChange(req.Payload)
	}
	if c.ended != nil {
		return nil, false
	}
	switch req.Type {
	case "env":
		return nil, c.setenv(req.Payload)
	case "pty-req":
		return nil, c.pty(req.Payload)
	case "shell":
		return &launch{register: shell}, true
	case "exec":
		var exec struct{ Line string }
		if gossh.Unmarshal(req.Payload, &exec) != nil {
			return nil, false
		}
		return &launch{register: verb, line: exec.Line}, true
	case "subsystem":
		var subsystem struct{ Name string }
		if gossh.Unmarshal(req.Payload, &subsystem) != nil || subsystem.Name != "sftp" {
			return nil, false
		}
		return &launch{register: files}, true
	}
	return nil, false
}

// setenv keeps the variables that name a language.
func (c *channel) setenv(payload []byte) bool {
	var v struct{ Name, Value string }
	if gossh.Unmarshal(payload, &v) != nil {
		return false
	}
	if v.Name != "LANG" && !strings.HasPrefix(v.Name, "LC_") || len(v.Name) > maxEnvName || !plain(v.Name) {
		return false
	}
	if _, again := c.env[v.Name]; !again && len(c.env) >= maxEnv {
		return false
	}
	if len(v.Value) > maxEnvValue || !plain(v.Value) {
		return false
	}
	c.env[v.Name] = v.Value
	return true
}

// pty notes that there is a terminal (RFC 4254 6.2).
func (c *channel) pty(payload []byte) bool {
	var p struct {
		Term                         string
		Columns, Rows, Width, Height uint32
		Modes                        string
	}
	if c.sizes != nil || gossh.Unmarshal(payload, &p) != nil {
		return false
	}
	if len(p.Term) <= maxTerm && plain(p.Term) {
		c.term = p.Term
	}
	c.size = clamp(p.Columns, p.Rows)
	c.sizes = terminal.NewSizes()
	return true
}

// windowChange keeps the latest size (RFC 4254 6.7). Before the face starts it
// is the size to start with.
func (c *channel) windowChange(payload []byte) bool {
	var w struct{ Columns, Rows, Width, Height uint32 }
	if c.sizes == nil || gossh.Unmarshal(payload, &w) != nil {
		return false
	}
	size := clamp(w.Columns, w.Rows)
	if c.ended == nil {
		c.size = size
	} else {
		c.sizes.Put(size)
	}
	return true
}

// clamp bounds a size: memory and the cost of a frame grow with it.
func clamp(columns, rows uint32) terminal.Size {
	return terminal.Size{Width: int(min(columns, maxWidth)), Height: int(min(rows, maxHeight))}
}

// plain reports whether s holds only what names of terminals and languages do.
func plain(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case strings.IndexByte("._-+@", c) >= 0:
		default:
			return false
		}
	}
	return true
}
