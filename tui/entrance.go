package tui

import (
	"time"

	"charla/server/command"
	"charla/server/i18n"
)

// keyForgotten is after how long without it a key is worth naming again.
const keyForgotten = 30 * 24 * time.Hour

// entrance says which key let this session in, where that is new to its person or
// others were refused; where none did, which others it offered, that may be the
// ones that were meant to. What is always the same nobody reads: whoami has it.
func (m *Model) entrance() []string {
	by, use := m.cfg.Access.Fingerprint, m.cfg.Access.KeyUse
	if by == "" {
		return command.RefusedLines(m.orders())
	}
	if len(m.cfg.Access.Refused) == 0 && m.now().Sub(use.Before) < keyForgotten && use.Named {
		return nil
	}
	m.actor.NamedKey(by)
	for _, k := range m.me.Keys {
		if k.Fingerprint == by && k.Name != "" {
			by = i18n.Quoted(k.Name) + " (" + by + ")"
		}
	}
	return []string{m.words.Command.Identity.CameBy(by)}
}
