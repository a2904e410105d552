package files

import (
	"io"
	"sync"

	"charla/server/chat"
)

// maxLines bounds what a session writes on stderr; a client can cause a line
// with each packet.
const maxLines = 200

// teller writes lines for the person at the client. OpenSSH shows them, and
// shows nothing else: it prints the code of a status and drops its words.
type teller struct {
	w io.Writer

	mu    sync.Mutex
	left  int
	last  string
	lines []string
}

// say queues a line; the same line twice in a row is one.
func (t *teller) say(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if line == "" || line == t.last || t.left == 0 {
		return
	}
	t.left--
	t.last = line
	t.lines = append(t.lines, line)
}

// flush writes what was said, without any lock: the client may be slow to read.
func (t *teller) flush() {
	t.mu.Lock()
	lines := t.lines
	t.lines = nil
	t.mu.Unlock()
	defer func() { _ = recover() }() // a channel that is gone must not end the server
	for _, line := range lines {
		_, _ = io.WriteString(t.w, line+"\n") // nobody is left to be told
	}
}

// shown is a name from outside as it may stand in a line.
func shown(name string) string { return chat.OneLine(name, 60) }
