package server

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"charla/server/chat/chattest"
	"charla/tui/tuitest"
)

// emitted are the control sequences that charla itself writes to a terminal,
// each as a whole. Whatever else comes out of a screen is somebody else's.
var emitted = regexp.MustCompile(`^(?:` + strings.Join([]string{
	`\x1b\[[0-9;:]*m`,                     // SGR
	`\x1b\[\d+;\d+H`,                      // CUP
	`\x1b\[\d+X`, `\x1b\[2J`, `\x1b\[0?K`, // ECH, ED, EL
	`\x1b\[\?(?:1049|25|7|2004|1004|2031|2026|2027|1002|1006)[hl]`, // DECSET, DECRST
	`\x1b\[\?(?:2026|2027)\$p`, `\x1b\[>0?q`, `\x1b\]11;\?\x07`,    // DECRQM, XTVERSION, OSC 11
	`\x1b\[22;2t`, `\x1b\[23;2t`, // XTWINOPS: the title's stack
	`\x1b\[>4;2m`, `\x1b\[>4m`, `\x1b\[>1u`, `\x1b\[<1u`, `\x1b\[\?u`, // modifyOtherKeys, kitty keyboard
	`\x1b\]2;(?:charla|\(\d+\) charla)?\x07`,         // the title: never a word of somebody's
	`\x1b\]777;notify;charla;[^\x00-\x1f\x7f;]*\x07`, // a notification
}, `|`) + `)`)

// screenBytes shows the bytes of a session on an emulated terminal and holds
// them against what charla writes.
type screenBytes struct {
	*tuitest.Screen

	mu      sync.Mutex
	rest    []byte // an unfinished sequence or character
	problem error  // the first
	notices int
	bell    bool // of a terminal that has no notifications: it is rung for them
}

func (b *screenBytes) Write(p []byte) (int, error) {
	b.mu.Lock()
	b.rest = append(b.rest, p...)
	for len(b.rest) > 0 && b.problem == nil {
		n, err := b.next(b.rest)
		if n == 0 && err == nil {
			break
		}
		b.problem = err
		b.rest = b.rest[n:]
	}
	b.mu.Unlock()
	return b.Screen.Write(p)
}

// next is the length of what p begins with; 0 if more bytes are needed.
func (b *screenBytes) next(p []byte) (int, error) {
	if p[0] == 0x1b {
		if m := emitted.Find(p); m != nil {
			if strings.HasPrefix(string(m), "\x1b]777") {
				b.notices++
			}
			return len(m), chattest.Harmless(strings.Trim(string(m[1:]), "\x07"))
		}
		if len(p) < 2 || len(p) < 300 && !finished(p) {
			return 0, nil
		}
		return 0, fmt.Errorf("a sequence that charla does not write: %+q", p[:min(len(p), 80)])
	}
	if p[0] == 0x07 && b.bell {
		b.notices++
		return 1, nil
	}
	end := strings.IndexAny(string(p), "\x1b\x07")
	if end == 0 {
		end = 1 // a bell where there should be none
	}
	if end < 0 {
		end = len(p)
		for end > 0 && !utf8.RuneStart(p[end-1]) {
			end--
		}
		if end > 0 && !utf8.FullRune(p[end-1:]) {
			end--
		} else {
			end = len(p)
		}
	}
	if end == 0 {
		return 0, nil
	}
	text := string(p[:end])
	if strings.Contains(text, "\n") {
		return 0, fmt.Errorf("a newline in %+q", text)
	}
	return end, chattest.Harmless(text)
}

// finished tells that a sequence has its final byte, so that no more is needed
// to see that it is unknown.
func finished(p []byte) bool {
	switch p[1] {
	case '[':
		for _, c := range p[2:] {
			if c < 0x20 || c >= 0x40 {
				return true
			}
		}
		return false
	case ']':
		return strings.ContainsAny(string(p[2:]), "\x07\x1b")
	}
	return true
}

// check is the first thing that charla should not have written.
func (b *screenBytes) check() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.problem
}
