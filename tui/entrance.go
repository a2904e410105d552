package tui

import (
	"strings"
	"time"

	"charla/server/chat"
	"charla/server/command"
	"charla/server/i18n"
)

// keyTopic begins what was learned of a key: that it was named on a screen.
const keyTopic = "key:"

// keyForgotten is after how long without it a key is worth naming again.
const keyForgotten = 30 * 24 * time.Hour

// entrance says which key let this session in, where that is new to its person or
// others were refused; where none did, which others it offered, that may be the
// ones that were meant to. What is always the same nobody reads: whoami has it.
func (m *Model) entrance() []string {
	by, used := m.cfg.Access.Fingerprint, m.cfg.Access.KeyUsed
	if by == "" {
		return command.RefusedLines(m.orders())
	}
	if len(m.cfg.Access.Refused) == 0 && m.now().Sub(used) < keyForgotten && m.hintsDone[keyTopic+by] {
		return nil
	}
	m.keySeen(by)
	for _, k := range m.me.Keys {
		if k.Fingerprint == by && k.Name != "" {
			by = i18n.Quoted(k.Name) + " (" + by + ")"
		}
	}
	return []string{m.words.Command.Identity.CameBy(by)}
}

// keySeen notes that a key was named on a screen. When it was used does not tell:
// commands and transfers use it too, and say nothing.
func (m *Model) keySeen(fingerprint string) {
	topic := keyTopic + fingerprint
	if m.hintsDone[topic] {
		return
	}
	m.hintsDone[topic] = true
	m.change(func(s *chat.Settings) {
		var keys, others []string
		for _, done := range s.Learned {
			switch {
			case done == topic:
			case strings.HasPrefix(done, keyTopic):
				keys = append(keys, done)
			default:
				others = append(others, done)
			}
		}
		keys = append(keys[max(len(keys)-chat.MaxKeys+1, 0):], topic) // of those that came and went the oldest are named again
		s.Learned = append(others, keys...)
	})
}
