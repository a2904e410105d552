package journal

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"charla/server/chat"
)

// ErrTooLarge is what Append, AppendIf and Put return for what does not fit
// into one record. Callers bound texts and lists well below it.
var ErrTooLarge = errors.New("larger than a record of the log may be")

var errStopped = errors.New("the log is closed")

func errClosed() error { return unavailable(errStopped) }

func unavailable(cause error) error { return &chat.Error{Code: chat.Unavailable, Err: cause} }

func diskFull(cause error) error { return &chat.Error{Code: chat.DiskFull, Err: cause} }

// The server's error codes that mean something here (nats-server, errors.json).
const (
	codeInsufficientResources jetstream.ErrorCode = 10023
	codeStorageExceeded       jetstream.ErrorCode = 10047
	codeStoreFailed           jetstream.ErrorCode = 10077 // the stream's bound is reached, or a write failed
)

// mapped gives an error of the server the code that faces need; the cause
// stays. What it does not know stays as it is, which is chat.Internal.
func mapped(err error) error {
	var known *chat.Error
	var api *jetstream.APIError
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.As(err, &api):
		switch {
		case api.ErrorCode == codeStoreFailed, api.ErrorCode == codeStorageExceeded, api.ErrorCode == codeInsufficientResources:
			return diskFull(err)
		case transient(err):
			return unavailable(err)
		}
		return err
	case transient(err), errors.Is(err, context.Canceled), errors.Is(err, nats.ErrConnectionClosed):
		return unavailable(err)
	}
	return err
}

// transient reports whether the same request may work when sent again: no
// answer, or an answer that says "not now".
func transient(err error) bool {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return (api.Code == 503 || api.Code == 429) && api.ErrorCode != codeStoreFailed && api.ErrorCode != codeInsufficientResources
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) ||
		errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse) ||
		errors.Is(err, nats.ErrDisconnected) || errors.Is(err, nats.ErrConnectionReconnecting)
}

// conflict reports whether the expected last sequence was not the last.
func conflict(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

// wrap adds one line of where to a function's returned error.
func wrap(err *error, format string, args ...any) {
	if *err != nil {
		*err = fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), *err)
	}
}
