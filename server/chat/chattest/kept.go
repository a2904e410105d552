package chattest

import (
	"slices"

	"charla/server/chat"
)

// kept reports whether an event's author may not do it because they are banned or
// silenced.
func (v *View) kept(e chat.Event) bool {
	out := slices.ContainsFunc(v.bans, func(b chat.Ban) bool { return !e.By.IsZero() && b.User == e.By && b.In(e.At) })
	if out && !chat.OpenToBanned(e.Body) {
		return true
	}
	return v.isSilenced(e) && !chat.OpenToSilenced(e.Body)
}

// isSilenced reports whether an event's author is silenced at its time.
func (v *View) isSilenced(e chat.Event) bool {
	p := v.person(e.By)
	return p != nil && p.Silenced.After(e.At)
}

// passed moves the subject of an event that has no effect.
func (v *View) passed(at chat.Position, e chat.Event) {
	name, in := chat.Decides(e.Body)
	if b, ok := e.Body.(chat.NickFreed); ok {
		v.nickFreed(at, e, "", b)
		return
	}
	if name != "" {
		v.decide(at, name)
	}
	if !in.IsZero() {
		v.decides(at, e.By, in)
	}
}
