package blob

import (
	"context"
	"errors"
	"os"
	"syscall"
)

// What can go wrong, for errors.Is.
var (
	ErrTooLarge  = errors.New("file too large")
	ErrBadOffset = errors.New("no such place in a file")
	ErrDiskFull  = errors.New("disk is full")
	ErrClosed    = errors.New("already closed")
	ErrNoBlob    = errors.New("no such blob")
	ErrStorage   = errors.New("storage failed")
)

// Error is what uploads, readers, Begin, Open of a blob and Use return, all
// that a client may cause. Error() never shows Cause, which may name paths of
// the server: show the one to people, log the other. What only the operator
// starts (the store's Open and Close, DiscardUnfinished, Sweep) returns plain
// errors that name everything.
type Error struct {
	Op    string // "write", "commit", …
	Kind  error  // one of the Err… above, or the context's error
	Cause error  // what the system said; nil when the package itself refused
}

func (e *Error) Error() string { return "blob: " + e.Op + ": " + e.Kind.Error() }

// Unwrap gives both, so that errors.Is finds ErrDiskFull and ENOSPC alike.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

func refuse(op string, kind error) error { return &Error{Op: op, Kind: kind} }

// wrap gives the system's error its kind; nil stays nil, and an *Error stays
// as it is.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	if known := (*Error)(nil); errors.As(err, &known) {
		return err
	}
	kind := ErrStorage
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		kind = ErrDiskFull
	case errors.Is(err, syscall.EFBIG):
		kind = ErrTooLarge
	case errors.Is(err, os.ErrClosed):
		kind = ErrClosed
	case errors.Is(err, context.Canceled):
		kind = context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		kind = context.DeadlineExceeded
	}
	return &Error{Op: op, Kind: kind, Cause: err}
}
