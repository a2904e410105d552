package server

import (
	"sync/atomic"

	"charla/server/chat"
	"charla/server/internal/hub"
	"charla/server/internal/sshd"
)

// town is whom the projector tells: the hub, and after it the front door, which
// ends sessions. The door opens when there is something to be told to already.
type town struct {
	hub  *hub.Hub
	door atomic.Pointer[sshd.Server]
}

// Publish is projector.Publisher.
func (t *town) Publish(changes []chat.Change, asOf chat.Position) {
	t.hub.Publish(changes, asOf)
	door := t.door.Load()
	if door == nil {
		return // nobody is in
	}
	for _, c := range changes {
		if c.Kind == chat.Expelled {
			door.Expel(c)
		}
	}
}
