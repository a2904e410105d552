package terminal

import (
	"errors"
	"io"
	"log/slog"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Model is a tea.Model that draws into a frame. Frame draws the present state
// and is called from the goroutine that also calls Update, so it may read all
// state without a lock; it must not block. Update must return a Model again.
//
// A Cmd that waits must end when the session's context ends: Bubble Tea cannot
// stop it.
type Model interface {
	tea.Model
	Frame(*Frame)
}

// Config is everything a session's terminal is made of.
type Config struct {
	// In is what the client types. Run does not close it: the goroutine that
	// reads it ends when Read returns an error.
	In io.Reader
	// Out is written from one goroutine at a time.
	Out io.Writer
	// Hangup closes the connection itself. It must free a Write that is stuck,
	// must not block, and may be called from any goroutine.
	Hangup func()
	// Term is TERM as the client sent it; Environ its other variables as
	// NAME=value.
	Term    string
	Environ []string
	// Size is the size at the start, Sizes the later ones (may be nil).
	Size  Size
	Sizes *Sizes
	// Wake tells that there is news (may be nil). Senders send without
	// blocking into a channel of one: many wakes of a slow session become one
	// NewsMsg.
	Wake <-chan struct{}
	// Log receives panics and hangups. It must not be nil.
	Log *slog.Logger
}

// Why Run returned. A nil error means that the model quit.
var (
	ErrInputEnded = errors.New("the client closed its input")
	ErrStalled    = errors.New("the client did not read for too long")
	ErrPanic      = errors.New("the session panicked")
)

// NewsMsg tells the model that something happened since the last one: read the
// feed up to its end. It is never queued twice.
type NewsMsg struct{}

// WidthMsg tells that the terminal counts widths by another method from now on
// (mode 2027). Until then it is ansi.WcWidth.
type WidthMsg struct{ Method ansi.Method }

// PasteCutMsg follows a tea.PasteMsg of which the end was dropped because it
// was larger than 256 KiB.
type PasteCutMsg struct{ Dropped int }

// BackgroundMsg tells that the terminal's colours are dark or light. It comes once
// the terminal answers, which may be never, and again if the person switches.
type BackgroundMsg struct{ Dark bool }
