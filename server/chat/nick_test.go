package chat_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"charla/server/chat"
)

func TestFoldNick(t *testing.T) {
	for username, want := range map[string]chat.Nick{
		"ana":                   "ana",
		"Ana":                   "ana",
		"ANA MARÍA":             "ana.maria",
		"Peña":                  "pena",
		"Müller":                "muller",
		"Straße":                "strasse",
		"Łukasz":                "lukasz",
		"Þór":                   "thor",
		`CORP\ana.perez`:        "ana.perez",
		"ana@corp.example":      "ana",
		`CORP\ana@example`:      "ana",
		" ana ":                 "ana",
		"ana\n":                 "ana",
		"0x":                    "0x",
		"ａｎａ":                   "ana", // full width
		strings.Repeat("a", 32): chat.Nick(strings.Repeat("a", 32)),
	} {
		if got, err := chat.FoldNick(username); err != nil || got != want {
			t.Errorf("%q becomes %q, %v, want %q", username, got, err, want)
		}
	}
	for _, username := range []string{
		"", " ", "@corp", `CORP\`, "-ana", ".ana", "_ana", "ana!", "an\x00a", "an\x1b[31ma", "анна", "an\u200ba", "a/b", "a+b", "🎉",
		strings.Repeat("a", 33), strings.Repeat("a", 1<<20), "\xff", "\u0301", "á\u202e",
	} {
		got, err := chat.FoldNick(username)
		if chat.CodeOf(err) != chat.NickInvalid {
			t.Errorf("%.40q becomes %q, %v, want NickInvalid", username, got, err)
			continue
		}
		if name := chat.AsError(err).Name; utf8.RuneCountInString(name) > 40 {
			t.Errorf("the refusal quotes %d characters", utf8.RuneCountInString(name))
		}
	}
}

var nickForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,31}$`)

func FuzzFoldNick(f *testing.F) {
	for _, s := range append(hostile, "ana", `A\B@c`, "Æsir Þór", "Ⅷ", "ﬃ", "½") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		nick, err := chat.FoldNick(s)
		if err != nil {
			checkHarmless(t, chat.AsError(err).Name, false)
			return
		}
		if !nickForm.MatchString(string(nick)) {
			t.Errorf("%q becomes %q", s, nick)
		}
		if again, err := chat.FoldNick(string(nick)); again != nick || err != nil {
			t.Errorf("%q becomes %q and then %q, %v", s, nick, again, err)
		}
	})
}

func TestHandleOf(t *testing.T) {
	for title, want := range map[string]chat.Handle{
		"Familia Peña":            "familia-pena",
		"  ¡Fiesta!  2026 🎉 ":     "fiesta-2026",
		"a.b_c":                   "a-b-c",
		"Ærø & Straße":            "aero-strasse",
		"🎉":                       "grupo",
		"":                        "grupo",
		"---":                     "grupo",
		"System":                  "grupo-system", // which speaks as nobody does
		"Guest Ana":               "grupo-guest-ana",
		"Someone abc":             "someoneabc", // no talk with somebody who was forgotten
		strings.Repeat("ab ", 40): "ab-ab-ab-ab-ab-ab-ab-ab-ab-a",
	} {
		if got := chat.HandleOf(title); got != want {
			t.Errorf("%q is called %q, want %q", title, got, want)
		}
	}
}

func FuzzHandleOf(f *testing.F) {
	for _, s := range append(hostile, "Familia Peña", strings.Repeat("ß", 40), strings.Repeat("a ", 40)) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h := chat.HandleOf(s)
		if !regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`).MatchString(string(h)) || len(h)+len("-99") > 32 {
			t.Errorf("%q is called %q", s, h)
		}
		if again := chat.HandleOf(string(h)); again != h {
			t.Errorf("%q is called %q and then %q", s, h, again)
		}
	})
}

func TestNearest(t *testing.T) {
	names := []string{"ana", "beto", "carmen", "familia-pena", "lobby", "li"}
	for typed, want := range map[string]string{
		"anna": "ana", "bteo": "beto", "carmne": "carmen", "caremn": "carmen", "familia": "", "familia-pen": "familia-pena",
		"looby": "lobby", "l": "li", "xyz": "", "aan": "ana", "beto": "", "": "",
	} {
		if got := chat.Nearest(typed, names); got != want {
			t.Errorf("nearest to %q is %q, want %q", typed, got, want)
		}
	}
}
