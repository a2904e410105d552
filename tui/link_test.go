package tui

import (
	"testing"
)

// The picture for a camera pushed the code that it goes with off the screen.
func TestTheCodeStandsBelowThePictureRegression(t *testing.T) {
	story(t, func(s *stage) {
		ana := s.sit(s.Person("ana"), 80, 24, func(c *Config) { c.HostKey = "SHA256:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG" })
		ana.Type("/enlazar\n")
		s.settle(ana)
		ana.sees("█▀", "código de un solo uso: ", "ssh -p 2222 ana@chat.lan", "pega:")
	})
}
