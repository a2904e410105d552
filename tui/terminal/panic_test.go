package terminal_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/charmbracelet/x/ansi"

	"charla/tui/terminal"
)

// minedReader blows up when it is read from, on a goroutine of ours.
type minedReader struct{}

func (minedReader) Read([]byte) (int, error) { panic("boom") }

// A panic in the goroutine that reads would end the server. It ended nothing at
// all: the session stayed, and did nothing any more.
func TestPanicOfTheReaderEndsItsSessionRegression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log, out bytes.Buffer
		err := terminal.Run(t.Context(), &probe{}, terminal.Config{
			In: minedReader{}, Out: &out, Term: "xterm", Size: terminal.Size{Width: 80, Height: 24},
			Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		if !errors.Is(err, terminal.ErrPanic) || !strings.Contains(log.String(), "panic_test.go") {
			t.Errorf("Run returned %v; the log says %s", err, &log)
		}
		if !strings.Contains(out.String(), ansi.ResetModeAltScreenSaveCursor) {
			t.Error("the terminal was not restored")
		}
	})
}

// minedWriter blows up at a write, on the goroutine that paints.
type minedWriter struct{ left int }

func (w *minedWriter) Write(p []byte) (int, error) {
	if w.left--; w.left == 0 {
		panic("boom")
	}
	return len(p), nil
}

func TestPanicInAWriteEndsItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		in, keys := io.Pipe()
		defer keys.Close()
		err := terminal.Run(t.Context(), &probe{}, terminal.Config{
			In: in, Out: &minedWriter{left: 2}, Term: "xterm", Size: terminal.Size{Width: 80, Height: 24},
			Log: slog.New(slog.NewTextHandler(&log, nil)),
		})
		if !errors.Is(err, terminal.ErrPanic) || !strings.Contains(log.String(), "panic_test.go") {
			t.Errorf("Run returned %v; the log says %s", err, &log)
		}
	})
}
