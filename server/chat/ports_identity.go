package chat

import (
	"context"
	"time"
)

// IdentityReader answers what is asked of names and codes.
type IdentityReader interface {
	// Name is the sequence of the last event that was decided on a name, 0 if
	// none was, and whether somebody or a room has the name now.
	Name(ctx context.Context, name Nick) (version uint64, taken bool, err error)
	// AccessCode is the code of that hash, which may not hold any more, or
	// CodeWrong.
	AccessCode(ctx context.Context, hash CodeHash) (AccessCode, error)
	// LoginCodeOpen reports whether some login code lets user in at that time.
	LoginCodeOpen(ctx context.Context, user UserID, now time.Time) (bool, error)
	// CodesBy lists the codes that user (zero: the operator) issued and that hold
	// at that time, the oldest first.
	CodesBy(ctx context.Context, user UserID, now time.Time) ([]AccessCode, error)
	// Codes lists those of everybody that hold at that time, by who issued them (the
	// operator's first) and then the oldest first, at most limit.
	Codes(ctx context.Context, now time.Time, limit int) ([]AccessCode, error)
	// Guests lists those who have not left, by nick.
	Guests(ctx context.Context) ([]UserID, error)
}
