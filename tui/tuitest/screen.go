package tuitest

import (
	"io"
	"slices"
	"strings"
	"sync"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
)

// Screen is a terminal that eats bytes and shows what a person would see. All
// methods may be called from any goroutine.
type Screen struct {
	mu       sync.Mutex
	emulator *vt.Emulator
	answers  *queue
	pumped   chan struct{}

	title   string
	bells   int
	hidden  bool
	alt     bool
	modes   map[int]bool
	written int
}

var _ io.Writer = (*Screen)(nil)

// NewScreen makes a terminal of a size. Close it, or its goroutine stays.
func NewScreen(width, height int) *Screen {
	s := &Screen{emulator: vt.NewEmulator(width, height), answers: newQueue(), modes: map[int]bool{}, pumped: make(chan struct{})}
	s.emulator.SetCallbacks(vt.Callbacks{
		Bell:             func() { s.bells++ },
		Title:            func(title string) { s.title = title },
		AltScreen:        func(on bool) { s.alt = on },
		CursorVisibility: func(visible bool) { s.hidden = !visible },
		EnableMode:       func(m ansi.Mode) { s.modes[m.Mode()] = true },
		DisableMode:      func(m ansi.Mode) { s.modes[m.Mode()] = false },
	})
	go func() { // ends with Close
		defer close(s.pumped)
		defer s.answers.close()
		_, _ = io.Copy(s.answers, readerOf{s.emulator})
	}()
	return s
}

// Recognize makes the terminal answer DECRQM for modes that the emulator does
// not know by itself, such as 2026 (synchronized output) and 2027 (widths by
// grapheme). To be called before the session starts.
func (s *Screen) Recognize(modes ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emulator.RegisterCsiHandler(ansi.Command('?', '$', 'p'), func(params ansi.Params) bool {
		asked, _, _ := params.Param(0, 0)
		if !slices.Contains(modes, asked) {
			return false
		}
		_, _ = io.WriteString(s.emulator.InputPipe(), ansi.ReportMode(ansi.DECMode(asked), ansi.ModeReset))
		return true
	})
}

// readerOf hides the emulator's WriteTo and such from io.Copy.
type readerOf struct{ r io.Reader }

func (r readerOf) Read(p []byte) (int, error) { return r.r.Read(p) }

// Write shows bytes of the session.
func (s *Screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written += len(p)
	return s.emulator.Write(p)
}

// Answers yields what the terminal answers to queries, to be sent to the
// session as input.
func (s *Screen) Answers() io.Reader { return s.answers }

// Close ends the answers.
func (s *Screen) Close() {
	if c, ok := s.emulator.InputPipe().(io.Closer); ok {
		_ = c.Close()
	}
	<-s.pumped
}

// Resize changes the size of the window; the session must be told apart.
func (s *Screen) Resize(width, height int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emulator.Resize(width, height)
}

// Text is all rows, without blanks at their ends and without empty rows at the
// end.
func (s *Screen) Text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := make([]string, s.emulator.Height())
	for y := range rows {
		rows[y] = s.row(y)
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n")
}

// Row is one row without blanks at its end.
func (s *Screen) Row(y int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.row(y)
}

func (s *Screen) row(y int) string {
	var b strings.Builder
	for x := 0; x < s.emulator.Width(); {
		cell := s.emulator.CellAt(x, y)
		if cell == nil || cell.Content == "" {
			b.WriteByte(' ')
			x++
			continue
		}
		b.WriteString(cell.Content)
		x += max(cell.Width, 1)
	}
	return strings.TrimRight(b.String(), " ")
}

// Contains tells whether a text stands in one row.
func (s *Screen) Contains(text string) bool { return strings.Contains(s.Text(), text) }

// Styled is the screen with its styles as control sequences, for goldens.
func (s *Screen) Styled() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emulator.Render()
}

// Cell is one cell with its style, nil outside the screen.
func (s *Screen) Cell(x, y int) *uv.Cell {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cell := s.emulator.CellAt(x, y); cell != nil {
		return cell.Clone()
	}
	return nil
}

// Cursor is where the cursor stands and whether it is shown.
func (s *Screen) Cursor() (x, y int, shown bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.emulator.CursorPosition()
	return at.X, at.Y, !s.hidden
}

// Title is the title of the window.
func (s *Screen) Title() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.title
}

// Bells counts how often the bell rang.
func (s *Screen) Bells() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bells
}

// AltScreen tells whether the alternate screen is shown.
func (s *Screen) AltScreen() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alt
}

// Mode tells whether a private mode (DECSET) is on, by its number.
func (s *Screen) Mode(number int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.modes[number]
}

// Written counts the bytes the session has written.
func (s *Screen) Written() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written
}
