// Package i18n holds every sentence that people read, in each language.
//
// It knows no screen and no SSH. A language is a value of Words; a sentence
// with something in it is a func field, so the compiler checks its arguments,
// and a test refuses a field that a language left empty. Each face has its own
// file: the struct first, then English, then Spanish.
package i18n

import (
	"strings"

	"golang.org/x/text/language"
)

// Lang is a language charla speaks.
type Lang string

// The languages.
const (
	English Lang = "en"
	Spanish Lang = "es"
)

// Words is everything charla says in one language.
type Words struct {
	Lang    Lang
	Errors  ErrorWords
	SignIn  SignInWords
	Screen  ScreenWords
	Command CommandWords
	Files   FileWords
	Server  ServerWords
}

// For returns the words of a language; English for one we do not have.
func For(l Lang) *Words {
	if l == Spanish {
		return &spanish
	}
	return &english
}

var (
	english = Words{English, errorsEN, signInEN, screenEN, commandEN, filesEN, serverEN}
	spanish = Words{Spanish, errorsES, signInES, screenES, commandES, filesES, serverES}
)

var matcher = language.NewMatcher([]language.Tag{language.English, language.Spanish})

// FromEnv chooses by the POSIX variables, LC_ALL before LC_MESSAGES before
// LANG, e.g. "es_MX.UTF-8"; "C", "POSIX", what is empty and what we do not
// speak fall to fallback.
func FromEnv(get func(string) string, fallback Lang) Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value := get(name)
		if value == "" {
			continue
		}
		if l, ok := Parse(value); ok {
			return l
		}
		return fallback
	}
	return fallback
}

// Parse takes a locale name ("es_ES.UTF-8") or a language tag ("es").
func Parse(locale string) (Lang, bool) {
	name, _, _ := strings.Cut(locale, ".")
	name, _, _ = strings.Cut(name, "@")
	if name == "" || name == "C" || name == "POSIX" || len(name) > 35 {
		return "", false
	}
	tag, err := language.Parse(strings.ReplaceAll(name, "_", "-"))
	if err != nil {
		return "", false
	}
	_, i, confidence := matcher.Match(tag)
	if confidence < language.High {
		return "", false
	}
	return []Lang{English, Spanish}[i], true
}
