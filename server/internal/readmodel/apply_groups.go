package readmodel

import "charla/server/chat"

// Kinds that are in the log's language and have no effect yet.
func (t *tx) roleGiven(chat.Event, chat.RoleGiven) error { return nil }

func (t *tx) memberRemoved(chat.Event, chat.MemberRemoved) error { return nil }

func (t *tx) conversationChanged(chat.Event, chat.ConversationChanged) error { return nil }

func (t *tx) roomJoined(chat.Event, chat.RoomJoined) error { return nil }

func (t *tx) groupJoined(chat.Event, chat.GroupJoined) error { return nil }

func (t *tx) messagesExpired(chat.Event, chat.MessagesExpired) error { return nil }
