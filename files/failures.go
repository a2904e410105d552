package files

import (
	"errors"
	"sync"

	"charla/files/blob"
)

// maxFailures bounds the lines a session writes into the operator's log: a
// client can cause a failure with each packet.
const maxFailures = 8

// failures says which failures of a session the log does not have yet.
type failures struct {
	mu   sync.Mutex
	seen map[string]bool
}

// isNew reports whether none of the session's failures had that cause so far.
func (f *failures) isNew(err error) bool {
	if b := (*blob.Error)(nil); errors.As(err, &b) && b.Cause != nil {
		err = b.Cause
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next // without the names in it, which differ
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	kind := err.Error()
	if f.seen[kind] || len(f.seen) >= maxFailures {
		return false
	}
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	f.seen[kind] = true
	return true
}
