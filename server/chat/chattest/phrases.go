package chattest

import (
	"context"

	"charla/server/chat"
)

// PlainPhrases check and keep passphrases as those of a server do, and hash nothing:
// for stories in which nobody guesses.
type PlainPhrases struct{}

// Hash is PassphraseShort for fewer than 8 bytes.
func (PlainPhrases) Hash(_ context.Context, phrase string) (string, error) {
	if len(phrase) < 8 {
		return "", &chat.Error{Code: chat.PassphraseShort, Limit: 8}
	}
	return "hash of " + phrase, nil
}

// Matches reports whether hash was made of phrase.
func (PlainPhrases) Matches(_ context.Context, hash, phrase string) (bool, error) {
	return hash == "hash of "+phrase, nil
}
