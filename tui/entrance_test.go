package tui

import (
	"testing"
	"time"

	"charla/server/chat"
)

// The key that let somebody in is named while that says something: the first time,
// after a month without it, and when the same login offered others in vain.
func TestTheKeyIsNamedWhileItIsNew(t *testing.T) {
	story(t, func(s *stage) {
		ana := s.Person("ana")
		const said = "has entrado con tu llave SHA256:abc"
		come := func(used time.Time, refused ...chat.Key) *seat {
			p := s.sit(ana, 80, 24, func(c *Config) {
				c.Access.Fingerprint, c.Access.KeyUsed, c.Access.Refused = "SHA256:abc", used, refused
			})
			s.settle(p)
			return p
		}
		come(time.Time{}).sees(said)
		come(time.Now().Add(-time.Hour)).missing("has entrado")
		come(time.Now().Add(-31 * 24 * time.Hour)).sees(said)
		come(time.Now().Add(-time.Hour), chat.Key{Fingerprint: "SHA256:other"}).sees(said)
	})
}
