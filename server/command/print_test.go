package command

import (
	"encoding/json"
	"testing"
	"unicode"
)

// FuzzJSONLine: what a reader decodes is what was said, and the line itself is
// one line of printing characters.
func FuzzJSONLine(f *testing.F) {
	for _, s := range []string{"hola <&> ñ", "\x1b[2J\x07\x7f\u009b\u202e\u2028\u00a0", "👩‍👩‍👧 \U000e0001\U0010ffff", "a\nb\t\"\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		line, err := jsonLine(map[string]string{"text": s})
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range string(line) {
			if !unicode.IsPrint(r) && (r != '\n' || i != len(line)-1) {
				t.Fatalf("%U stands in %q", r, line)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(line, &back); err != nil {
			t.Fatal(err)
		}
		if want := string([]rune(s)); back["text"] != want {
			t.Fatalf("%q comes back as %q", want, back["text"])
		}
	})
}

func TestJSONLineHoldsNoSpaces(t *testing.T) {
	line, err := jsonLine(messageJSON{ID: "x", Text: "a\u202e<b>👩‍👧", File: &fileJSON{Name: "f"}})
	want := `{"id":"x","conversation":"","from":"","kind":"","text":"a\u202e<b>👩\u200d👧","file":{"name":"f","size":0,"sha256":"","path":""}}` + "\n"
	if err != nil || string(line) != want {
		t.Errorf("got %s, %v; want %s", line, err, want)
	}
}
