package server

import (
	"context"
	"errors"

	"charla/server/chat"
	"charla/server/internal/sshd/passphrase"
)

// phrases is the bounded hasher as commands ask it: what is wrong with a
// passphrase, or with the moment, is a chat.Error.
type phrases struct{ hasher *passphrase.Hasher }

func (p phrases) Hash(ctx context.Context, phrase string) (string, error) {
	hash, err := p.hasher.Hash(ctx, phrase)
	return hash, told(err)
}

func (p phrases) Matches(ctx context.Context, hash, phrase string) (bool, error) {
	ok, err := p.hasher.Matches(ctx, hash, phrase)
	return ok, told(err)
}

func told(err error) error {
	switch {
	case errors.Is(err, passphrase.ErrShort), errors.Is(err, passphrase.ErrLong): // a longer one is no passphrase that anybody types
		return &chat.Error{Code: chat.PassphraseShort, Limit: passphrase.MinLength}
	case errors.Is(err, passphrase.ErrBusy):
		return &chat.Error{Code: chat.Unavailable, Err: err}
	}
	return err
}
