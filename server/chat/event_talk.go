package chat

// What can happen between two people. None of these is ever told to the other.
type (
	// TalkAccepted: By, to whom a stranger had written, lets the talk in.
	// Writing in it does the same.
	TalkAccepted struct {
		Conversation ConversationID `json:"conv"`
	}
	// PersonBlocked: By wants nothing of User. By leaves their talk as one
	// leaves a group, and what User writes there is Hidden from By for good. User
	// brings By into no group any more.
	PersonBlocked struct {
		User UserID `json:"user"`
	}
	// PersonUnblocked: By takes that back, and is in the talk again if there is one.
	PersonUnblocked struct {
		User UserID `json:"user"`
	}
)

func (TalkAccepted) kind() string    { return "talk.accepted" }
func (PersonBlocked) kind() string   { return "person.blocked" }
func (PersonUnblocked) kind() string { return "person.unblocked" }

// MaxAsked is how many messages somebody may write to a stranger, files among
// them, before the stranger lets them in.
const MaxAsked = 5
