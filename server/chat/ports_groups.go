package chat

import (
	"context"
	"time"
)

// GroupReader answers about groups and rooms. It is part of Reader.
type GroupReader interface {
	// Rooms lists the rooms as the person sees them, by name, at most limit.
	Rooms(ctx context.Context, user UserID, limit int) ([]Conversation, error)
	// Departed lists the groups that the person has left, and what they were put
	// out of, the newest change first, at most limit.
	Departed(ctx context.Context, user UserID, limit int) ([]Conversation, error)
	// Moved is the handle of a group that the person is in now and that went by another
	// handle with them until that became somebody's nick or the name of a room; "" if
	// there is none, and of several the first.
	Moved(ctx context.Context, user UserID, was Handle) (Handle, error)
	// Expiring lists the messages whose time is over at a time, those whose time
	// came first before the others, at most limit.
	Expiring(ctx context.Context, at time.Time, limit int) ([]Message, error)
	// NextExpiry is when the time of a message is over next; zero if there is none
	// whose time is limited.
	NextExpiry(ctx context.Context) (time.Time, error)
}
