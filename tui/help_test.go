package tui

import (
	"strings"
	"testing"
)

// The help said the same reason behind each key that could not be used, and twice in
// a row how to write.
func TestTheHelpSaysThingsOnceRegression(t *testing.T) {
	story(t, func(s *stage) {
		ana := s.sit(s.Person("ana"), 80, 60)
		ana.Key("f1")
		for _, once := range []string{"solo hay una ventana; Esc o abre otra", "pulsa Enter", "✓✓ 1/2 en un grupo", "CONV puede faltar"} {
			if n := strings.Count(ana.Text(), once); n != 1 {
				t.Errorf("%q stands there %d times:\n%s", once, n, ana.Text())
			}
		}
		ana.sees("ventana anterior *", "* solo hay una ventana")
	})
}
