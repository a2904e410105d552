package chat

import (
	"fmt"

	"github.com/oklog/ulid/v2"
)

// ID is a ULID that names one K: the type parameter keeps a message's ID from
// being passed where a person's is meant. The zero ID names nothing.
//
// IDs are identities; log positions are not (a log restored elsewhere counts
// anew), so events and wires carry IDs only.
type ID[K any] [16]byte

// The kinds of identity.
type (
	UserID         = ID[Person]
	ConversationID = ID[Conversation]
	MessageID      = ID[Message]
	EventID        = ID[Event]
)

// NewID returns a fresh ID: time-ordered, monotonic within this process.
func NewID[K any]() ID[K] { return ID[K](ulid.Make()) }

// IsZero reports whether id names nothing.
func (id ID[K]) IsZero() bool { return id == ID[K]{} }

// String is the 26-letter Crockford form, e.g. "01JD8Z…"; "" for the zero ID.
func (id ID[K]) String() string {
	if id.IsZero() {
		return ""
	}
	return ulid.ULID(id).String()
}

// MarshalText is String.
func (id ID[K]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText takes what MarshalText wrote; anything else is an error.
func (id *ID[K]) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID[K]{}
		return nil
	}
	parsed, err := ulid.ParseStrict(string(text))
	if err != nil {
		return fmt.Errorf("id %q: %w", text, err)
	}
	if parsed.String() != string(text) {
		return fmt.Errorf("id %q is not in canonical form", text)
	}
	*id = ID[K](parsed)
	return nil
}

// ParseID is UnmarshalText for a string.
func ParseID[K any](s string) (ID[K], error) {
	var id ID[K]
	err := id.UnmarshalText([]byte(s))
	return id, err
}
