package readmodel

import "charla/server/chat"

// Kinds that are in the log's language and have no effect yet.
func (t *tx) keyAdded(chat.Event, chat.KeyAdded) error { return nil }

func (t *tx) keyRemoved(chat.Event, chat.KeyRemoved) error { return nil }

func (t *tx) passphraseSet(chat.Event, chat.PassphraseSet) error { return nil }

func (t *tx) codeIssued(chat.Event, chat.CodeIssued) error { return nil }

func (t *tx) codeRevoked(chat.Event, chat.CodeRevoked) error { return nil }

func (t *tx) signedOut(chat.Event, chat.SignedOut) error { return nil }

func (t *tx) guestLeft(chat.Event, chat.GuestLeft) error { return nil }
