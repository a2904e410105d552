package command_test

import (
	"testing"
	"time"

	"charla/server/command"
)

func TestTerms(t *testing.T) {
	for typed, want := range map[string]time.Duration{
		"1s": time.Second, "90s": 90 * time.Second, "30m": 30 * time.Minute, "12h": 12 * time.Hour, "7d": 7 * 24 * time.Hour,
		"4w": 28 * 24 * time.Hour, "9999w": 9999 * 7 * 24 * time.Hour,
		"": 0, "s": 0, "0s": 0, "1": 0, "1y": 0, "-1h": 0, "+1h": 0, "1.5h": 0, "1h30m": 0, "10000s": 0, "1 h": 0, "١h": 0,
	} {
		if got, ok := command.ParseTerm(typed); got != want || ok != (want > 0) {
			t.Errorf("%q is %s, %v, want %s", typed, got, ok, want)
		}
	}
}

func FuzzParseTerm(f *testing.F) {
	for _, typed := range []string{"30m", "4w", "1h30m", "9999w"} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if d, ok := command.ParseTerm(typed); ok != (d > 0) || d < 0 {
			t.Errorf("%q is %s, %v", typed, d, ok)
		}
	})
}
