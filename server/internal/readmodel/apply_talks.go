package readmodel

import "charla/server/chat"

// Kinds that are in the log's language and have no effect yet.
func (t *tx) talkAccepted(chat.Event, chat.TalkAccepted) error { return nil }

func (t *tx) personBlocked(chat.Event, chat.PersonBlocked) error { return nil }

func (t *tx) personUnblocked(chat.Event, chat.PersonUnblocked) error { return nil }
