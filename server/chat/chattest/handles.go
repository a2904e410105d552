package chattest

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"charla/server/chat"
)

// moveHandles moves the group handles that are in the way of a new name, and
// tells who is in those groups, one after another.
func (v *View) moveHandles(at chat.Position, name chat.Nick) {
	var told []chat.Change
	for _, c := range v.convs {
		for _, p := range c.parts {
			if p.handle != chat.Handle(name) {
				continue
			}
			p.moved = append(p.moved, p.handle)
			p.handle = "" // not in its own way
			p.handle = v.nextHandle(p.user, chat.Handle(name), 2)
			if !p.gone {
				told = append(told, chat.Change{Kind: chat.Entered, Position: at, Conversation: c.id, User: p.user})
			}
		}
	}
	slices.SortFunc(told, func(a, b chat.Change) int { return bytes.Compare(a.User[:], b.User[:]) })
	v.changes = append(v.changes, told...)
}

// Moved is chat.Reader.
func (v *View) Moved(_ context.Context, user chat.UserID, was chat.Handle) (chat.Handle, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var now []chat.Handle
	for _, c := range v.convs {
		if p := c.part(user); p != nil && !p.gone && slices.Contains(p.moved, was) {
			now = append(now, p.handle)
		}
	}
	if len(now) == 0 {
		return "", nil
	}
	return slices.Min(now), nil
}

func (v *View) freeHandle(user chat.UserID, wanted chat.Handle) chat.Handle {
	return v.nextHandle(user, wanted, 1)
}

// nextHandle is wanted (n = 1), wanted-2, wanted-3, … from n on: the first that
// is no name, not "notes" and none of the person's other handles.
func (v *View) nextHandle(user chat.UserID, wanted chat.Handle, n int) chat.Handle {
	for ; ; n++ {
		h := numberedHandle(wanted, n)
		if h == chat.Notes || v.names[chat.Nick(h)].taken || v.hasHandle(user, h) {
			continue
		}
		return h
	}
}

func (v *View) hasHandle(user chat.UserID, h chat.Handle) bool {
	return slices.ContainsFunc(v.convs, func(c *conversation) bool {
		p := c.part(user)
		return p != nil && p.handle == h
	})
}

// numberedHandle is handle for n = 1, else "handle-n".
func numberedHandle(h chat.Handle, n int) chat.Handle {
	if n == 1 {
		return h
	}
	return chat.Handle(fmt.Sprintf("%s-%d", h, n))
}
