package chat

// Between the question of the actor and the log somebody may have been banned or
// silenced. So a projection judges an event by what its author is at its position and
// time, and these say what of theirs has its effect all the same. Where who is
// silenced may write, it asks the conversation.

// OpenToBanned reports whether somebody who is banned, as a person, may do what an
// event says: only what takes from what is theirs.
func OpenToBanned(b Body) bool {
	switch b.(type) {
	case MessageRetracted, MemberLeft, SignedOut, GuestLeft:
		return true
	}
	return false
}

// OpenToSilenced reports whether somebody who is silenced may do what an event says:
// nothing that says something to others in another way than by writing, and nothing that
// decides about them. Of a CodeRevoked the projection asks whose code it is: one's own
// one takes back.
func OpenToSilenced(b Body) bool {
	switch b := b.(type) {
	case GroupCreated, GroupJoined, RoomOpened, MembersAdded, MemberRemoved, RoleGiven, ConversationChanged,
		RankGiven, PersonWarned, PersonSilenced, PersonKicked, Banned, BanLifted, ReportClosed, PersonForgotten, NickFreed:
		return false
	case CodeIssued:
		return b.Code.Purpose == LoginCode
	}
	return true
}

// Decides is the name or the group or room on whose subject an event stands, if on any:
// that moves on also when the event has no effect.
func Decides(b Body) (name Nick, in ConversationID) {
	switch b := b.(type) {
	case PersonClaimed:
		name = b.Nick
	case RoomOpened:
		name = b.Name
	case NickFreed:
		name = b.Nick
	case MembersAdded:
		in = b.Conversation
	case MemberLeft:
		in = b.Conversation
	case MemberRemoved:
		in = b.Conversation
	case RoleGiven:
		in = b.Conversation
	case ConversationChanged:
		in = b.Conversation
	case GroupJoined:
		in = b.Conversation
	}
	return name, in
}
