package tui

import (
	"strings"
	"testing"

	"charla/server/chat"
	"charla/server/i18n"
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
		ana.sees("██ ▄▄▄▄▄ ██", "lee la imagen o escribe", "código de un solo uso: ", "2222 ana@chat.lan", "pega:")
	})
}

// Of the picture nine rows of fifteen were to be seen on a phone, never all of it and
// without a word; on light themes it was drawn the wrong way round.
func TestAPictureIsShownWholeAndInItsOwnColoursRegression(t *testing.T) {
	for _, size := range []struct {
		width, height int
		shown         bool
	}{{80, 24, true}, {40, 12, false}, {40, 20, false}, {40, 24, true}, {30, 24, false}} {
		story(t, func(s *stage) {
			a := s.Person("ana")
			if err := a.SetPassphrase(s.Ctx, "hash of old secret", ""); err != nil {
				t.Fatal(err)
			}
			s.Settle()
			ana := s.sit(a, size.width, size.height, keyed)
			ana.Type("/enlazar\n")
			s.settle(ana)
			ana.Type("old secret\n")
			s.settle(ana)
			ana.sees("código de un solo uso")
			if ana.Contains("█▀") != size.shown || ana.Contains("no cabe la imagen") == size.shown {
				t.Fatalf("at %dx%d:\n%s", size.width, size.height, ana.Text())
			}
			if drawn := strings.Contains(ana.model.View().Content, string(ana.model.look.Theme.Picture)); drawn != size.shown {
				t.Errorf("at %dx%d black on white is %v", size.width, size.height, drawn)
			}
		})
	}
}

// In English the lines below the picture took a row more and pushed its first one out
// of sight, with a long nick three, and no camera reads what is left: it is whole in
// sight, or it is left out and said so.
func TestWhatStandsBelowAPictureIsCountedRegression(t *testing.T) {
	shown := map[bool]int{}
	for _, nick := range []chat.Nick{"ana", "maria-de-los-angeles"} {
		for height := 16; height <= 32; height++ {
			story(t, func(s *stage) {
				a := s.Person(nick)
				if err := a.SetPassphrase(s.Ctx, "hash of old secret", ""); err != nil {
					t.Fatal(err)
				}
				s.Settle()
				one := s.sit(a, 80, height, keyed, func(c *Config) {
					c.Words = i18n.For(i18n.English)
					c.HostKey = "SHA256:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
				})
				one.Type("/link\n")
				s.settle(one)
				one.Type("old secret\n")
				s.settle(one)
				one.sees("one-time code")
				some, whole := one.Contains("█▀"), one.Contains(strings.Repeat("█", 29))
				if some != whole || some == one.Contains("no picture fits") {
					t.Errorf("%s at 80x%d:\n%s", nick, height, one.Text())
				}
				shown[whole]++
			})
		}
	}
	if shown[true] == 0 || shown[false] == 0 {
		t.Errorf("it is shown at %d sizes and left out at %d", shown[true], shown[false])
	}
}
