package chat

import (
	"strings"
	"testing"
)

func TestACodeIsTypedAsPeopleType(t *testing.T) {
	want := HashCode("0123-4567-89AB")
	if !want.Valid() {
		t.Fatalf("the hash is %q", want)
	}
	for _, typed := range []string{"0123456789ab", " 0123 4567 89ab\r\n", "oI2345-6789AB", "O L 2 3 – 4 5 6 7 — 8 9 A B", "0i234567-89aB"} {
		if got := HashCode(typed); got != want {
			t.Errorf("%q is %q", typed, got)
		}
	}
	for _, typed := range []string{"", "0123-4567-89A", "0123-4567-89ABC", "0123-4567-89AU", "0123-4567-89A.", "0123-4567-89Añ", strings.Repeat("-", 300), strings.Repeat(" ", 300) + "0123456789AB"} {
		if got := HashCode(typed); got != "" {
			t.Errorf("%q is a code: %q", typed, got)
		}
	}
}

func TestNoTwoCodesAreAlike(t *testing.T) {
	seen := map[CodeHash]bool{}
	letters := map[rune]int{}
	for range 2000 {
		plain, hash := NewCode()
		if len(plain) != 14 || plain[4] != '-' || plain[9] != '-' || HashCode(plain) != hash || seen[hash] {
			t.Fatalf("%q with the hash %q", plain, hash)
		}
		seen[hash] = true
		for _, r := range plain {
			letters[r]++
		}
	}
	for _, r := range codeLetters {
		if letters[r] < 500 || letters[r] > 1000 { // 750 are due
			t.Errorf("%c came %d times", r, letters[r])
		}
	}
}

// FuzzHashCode: whatever is typed is a code or nothing, and what is one is the
// same however it is written.
func FuzzHashCode(f *testing.F) {
	for _, s := range []string{"", "0123-4567-89AB", "oooo-iiii-llll", "ĸ", "\xff", "İ123-4567-89AB"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		hash := HashCode(typed)
		if hash == "" {
			return
		}
		if !hash.Valid() {
			t.Fatalf("%q has the hash %q", typed, hash)
		}
		if again := HashCode(" " + strings.ToLower(typed) + "-"); len(typed) < 200 && again != hash {
			t.Fatalf("%q in small letters has the hash %q", typed, again)
		}
	})
}
