package sshd

import (
	"time"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/server/internal/limit"
)

// matches is Hasher.Matches within what may be guessed (limit.Guesses): whoever
// is held up gets a heldUp without any comparing, or guessing would have no end,
// as each connection counts its own tries only. A turn ends after its wrong try is
// counted, so no more than perAddress tries of an address slip by. Nothing that
// is not guessed comes here: a key, or a code.
func (in *signIn) matches(person chat.Person, phrase string) (bool, error) {
	if phrase == "" {
		return false, nil
	}
	end, err := in.s.turns.wait(in.l.ctx, in.l.prefix)
	if err != nil {
		return false, err
	}
	defer end()
	if wait, by := in.s.guesses.Look(person.ID, in.l.counts()); by != limit.Free {
		return false, &heldUp{by, wait, person.Nick}
	}
	ok, err := in.s.cfg.Hasher.Matches(in.l.ctx, person.Passphrase, phrase)
	if err == nil && !ok {
		in.s.guesses.Wrong(person.ID, in.l.counts())
	}
	return ok, err
}

// heldUp is that too many passphrases were wrong to compare another now.
type heldUp struct {
	by   limit.Held
	wait time.Duration
	nick chat.Nick
}

func (h *heldUp) Error() string { return "too many wrong passphrases for " + string(h.nick) }

func (h *heldUp) sentence(w *i18n.SignInWords) string {
	if h.by == limit.ByOthers {
		return w.GuessesElsewhere(string(h.nick), h.wait)
	}
	return w.GuessesHere(h.wait)
}
