package tui

import (
	"testing"
)

// The picture for a camera pushed the code that it goes with off the screen.
func TestTheCodeStandsBelowThePictureRegression(t *testing.T) {
	story(t, func(s *stage) {
		a := s.Person("ana")
		if err := a.SetPassphrase(s.Ctx, "hash of old secret", ""); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		ana := s.sit(a, 80, 24, keyed, func(c *Config) { c.HostKey = "SHA256:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG" })
		ana.Type("/enlazar\n")
		s.settle(ana)
		ana.Type("old secret\n")
		s.settle(ana)
		ana.sees("█▀", "código de un solo uso: ", "ssh -p 2222 ana@chat.lan", "pega:")
	})
}
