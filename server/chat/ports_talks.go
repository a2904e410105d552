package chat

import (
	"context"
	"time"
)

// TalkReader answers what is between two people, and what each tells of
// themselves.
type TalkReader interface {
	// Acquainted reports whether user knows other: both wrote in their talk, or both
	// are in a group now in which user did something of their own since they came in:
	// made it, came in by a code, or wrote. Whom others brought somewhere knows nobody
	// by that, or a stranger would make themselves known by making a group. Everybody
	// knows themselves.
	Acquainted(ctx context.Context, user, other UserID) (bool, error)
	// Shared lists the groups that two people are in together now, by ID, at most
	// limit.
	Shared(ctx context.Context, a, b UserID, limit int) ([]ConversationID, error)
	// Blocked lists whom a person has blocked, the latest first.
	Blocked(ctx context.Context, by UserID) ([]UserID, error)
	// Blocks reports whether by has blocked other.
	Blocks(ctx context.Context, by, other UserID) (bool, error)
	// Estranged lists those whom a person has blocked or who have blocked them,
	// each once.
	Estranged(ctx context.Context, user UserID) ([]UserID, error)
	// ReadApart is how far each member of a group whom a block stands between and
	// user is known to have read all the same: up to the last message of before it,
	// and their own newest.
	ReadApart(ctx context.Context, user UserID, group ConversationID) (map[UserID]Number, error)
	// Reserved is everybody who does not show to all whether they are here.
	Reserved(ctx context.Context) (map[UserID]Audience, error)
	// Privacy is what a person chose, and when they were last here, zero if that
	// is not known.
	Privacy(ctx context.Context, user UserID) (Privacy, time.Time, error)
}

// Audience is who may know or do something.
type Audience string

// Known are those whom one is Acquainted with.
const (
	Everyone Audience = "everyone"
	Known    Audience = "known"
	Nobody   Audience = "nobody"
)

// Valid reports whether it is one of the three.
func (a Audience) Valid() bool { return a == Everyone || a == Known || a == Nobody }

// Privacy is what a person lets others know and do.
type Privacy struct {
	Seen     Audience // who learns whether they are here, and when they last were
	Receipts bool     // in talks others see how far they have read, and they see it of others
	Adds     Audience // who may bring them into groups
}
