package server

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"charla/server/chat/chattest"
)

// hostileStage is an attacker, ana, and the people who are in the lobby with
// her by every face there is.
type hostileStage struct {
	*hostileHouse
	ana    *hostileGuest
	wide   *hostileScreen // beto's: the lobby, and a talk with carla beside it
	narrow *hostileScreen // beto's phone
	lined  *textSink      // carla's ssh -T
	tailed *textSink      // dario's tail
	object *textSink      // dario's tail --json
	beto   *hostileGuest
	bar    string // how the first cell of ana's rows looks
	beside string // what stands beside the lobby
	began  time.Time
	n      int
}

func newHostileStage(t *testing.T) *hostileStage {
	h := newHostileHouse(t)
	s := &hostileStage{hostileHouse: h, ana: h.guest("ana"), beto: h.guest("beto"), began: time.Now()}
	carla, dario := h.guest("carla"), h.guest("dario")
	carla.run("send beto", "something between the two of us")
	s.wide = s.beto.screen("xterm-kitty", "en_US.UTF-8", 140, 30)
	s.wide.sees("1 lobby")
	s.wide.types("\x1bo")
	s.wide.sees("Open beside")
	s.wide.types("carla\r")
	s.wide.sees("2 carla", "the two of us")
	s.wide.types("\x1b[O") // looks elsewhere: notifications come
	s.narrow = s.beto.screen("xterm-256color", "es_ES.UTF-8", 44, 20, 2026, 2027)
	s.narrow.sees("1 lobby")
	in, lined := carla.lines("")
	s.lined = lined
	_, _ = io.WriteString(in, "/go lobby\n")
	_, s.tailed = dario.lines("tail")
	_, s.object = dario.lines("tail --json")
	s.settle()
	if !s.arrives() {
		t.FailNow()
	}
	s.remember()
	return s
}

// settle waits until all who follow do, so that none misses the first step.
func (s *hostileStage) settle() {
	s.t.Helper()
	s.lined.fresh("lobby")
	s.wide.waits("everybody", func() bool {
		s.ana.run("send lobby", "hello")
		return strings.Contains(s.tailed.String(), "hello") && strings.Contains(s.object.String(), "hello")
	})
}

// arrives says a word in the lobby and waits until everybody has read it: so
// they have whatever was said before.
func (s *hostileStage) arrives() bool {
	s.t.Helper()
	s.n++
	word := fmt.Sprintf("zz%04dzz", s.n)
	if _, errs, status := s.ana.run("send lobby "+word, ""); status != 0 {
		s.t.Errorf("%s was not sent: %s", word, errs)
		return false
	}
	for who, screen := range map[string]*hostileScreen{"wide": s.wide, "narrow": s.narrow} {
		screen.waits(who+": "+word, func() bool { return screen.Contains("▌" + word) })
	}
	good := true
	for who, check := range map[string]func(string) error{"lines": s.checkLines, "tail": s.checkTail, "json": s.checkJSON} {
		text, came := map[string]*textSink{"lines": s.lined, "tail": s.tailed, "json": s.object}[who].fresh(word)
		if !came {
			s.t.Errorf("%s: %s never came; it is at %+q", who, word, text)
			return false
		}
		if err := check(text); err != nil {
			s.t.Errorf("%s: %v", who, err)
			good = false
		}
	}
	return good
}

// step is one text through one entrance. It reports what it did to any exit.
func (s *hostileStage) step(entrance string, h chattest.Hostile, enter func()) {
	s.t.Helper()
	s.t.Run(entrance+"/"+h.Name, func(t *testing.T) {
		outer := s.t
		s.t, s.ana.t, s.wide.t, s.narrow.t = t, t, t, t
		defer func() { s.t, s.ana.t, s.wide.t, s.narrow.t = outer, outer, outer, outer }()
		enter()
		s.arrives()
		s.checkScreens()
	})
}

var (
	linedRow  = regexp.MustCompile(`^(?:    |\d\d:\d\d ana in [a-z0-9-]+: )`)
	tailedRow = regexp.MustCompile(`^(?:    |\d{4}-\d\d-\d\d \d\d:\d\d UTC ana in [a-z0-9-]+: )`)
)

func (s *hostileStage) checkLines(text string) error { return checkRows(text, linedRow) }

func (s *hostileStage) checkTail(text string) error { return checkRows(text, tailedRow) }

// checkRows holds each line to a shape: only ana speaks, and what goes on is
// indented.
func checkRows(text string, shape *regexp.Regexp) error {
	if err := chattest.Harmless(text); err != nil {
		return err
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if !shape.MatchString(line) {
			return fmt.Errorf("%+q is no line of hers", shortly(line))
		}
	}
	return nil
}

// checkJSON holds each line to be one object, said by ana.
func (s *hostileStage) checkJSON(text string) error {
	if err := chattest.Harmless(text); err != nil {
		return err
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		var m struct {
			From, Text string
			File       struct{ Name, Path string }
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			return fmt.Errorf("%+q: %w", shortly(line), err)
		}
		if m.From != "ana" {
			return fmt.Errorf("%+q said %+q", m.From, shortly(line))
		}
		for _, value := range []string{m.Text, m.File.Name, m.File.Path} {
			if err := chattest.Harmless(value); err != nil {
				return fmt.Errorf("a script reads: %w", err)
			}
		}
	}
	return nil
}

// left and right are the columns of the two panes of the wide screen.
func (s *hostileStage) panes() (left, border, right int) {
	row := []rune(s.wide.Row(0))
	for x, r := range row {
		if r == '│' {
			left, border = border+1, x
		}
	}
	return left, border, border + 1
}

// remember keeps how the screen looks that nothing may change.
func (s *hostileStage) remember() {
	left, _, _ := s.panes()
	_, y, ok := s.find(left, "▌")
	if !ok {
		s.t.Fatalf("ana has no row on:\n%s", s.wide.Text())
	}
	s.bar = s.look(left, y)
	s.beside = s.besideNow()
}

func (s *hostileStage) find(x int, sign string) (int, int, bool) {
	for y := range 30 {
		if c := s.wide.Cell(x, y); c != nil && c.Content == sign {
			return x, y, true
		}
	}
	return 0, 0, false
}

// look is a cell with its style.
func (s *hostileStage) look(x, y int) string {
	c := s.wide.Cell(x, y)
	if c == nil {
		return ""
	}
	return c.Content + " " + c.Style.String()
}

// besideNow is the border and all that is right of it, down to the composer.
func (s *hostileStage) besideNow() string {
	_, border, _ := s.panes()
	var b strings.Builder
	for y := range 29 {
		for x := border; x < 140; x++ {
			b.WriteString(s.look(x, y))
			b.WriteByte('|')
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// checkScreens holds what beto sees: each row of the lobby shows who said it,
// nothing beside it changed, nor did the terminal.
func (s *hostileStage) checkScreens() {
	s.t.Helper()
	if time.Now().Day() != s.began.Day() {
		s.t.Skip("the day changed, and with it the rules of the days")
	}
	for who, screen := range map[string]*hostileScreen{"wide": s.wide, "narrow": s.narrow} {
		if err := screen.check(); err != nil {
			s.t.Errorf("%s: %v", who, err)
			screen.problem = nil // for the next step
		}
		if title := screen.Title(); title != "charla" && !regexp.MustCompile(`^\(\d+\) charla$`).MatchString(title) {
			s.t.Errorf("%s: the window is called %q", who, title)
		}
		if !screen.AltScreen() || !screen.Mode(2004) || !screen.Mode(1004) || screen.Bells() != 0 {
			s.t.Errorf("%s: the terminal was changed: %v %v %v, %d bells", who, screen.AltScreen(), screen.Mode(2004), screen.Mode(1004), screen.Bells())
		}
		s.checkOwners(who, screen)
	}
	if beside := s.besideNow(); beside != s.beside {
		s.t.Errorf("what stands beside the lobby changed in %s; the screen is:\n%s", firstChange(s.beside, beside), s.wide.Text())
	}
}

// firstChange is the first row that differs.
func firstChange(before, after string) string {
	rows := strings.Split(after, "\n")
	for y, row := range strings.Split(before, "\n") {
		if rows[y] != row {
			return fmt.Sprintf("row %d from\n%q to\n%q", y, row, rows[y])
		}
	}
	return "nothing"
}

// checkOwners looks at the first cell of each row of the lobby.
func (s *hostileStage) checkOwners(who string, screen *hostileScreen) {
	s.t.Helper()
	left, last := 0, 17
	if screen == s.wide {
		left, _, _ = s.panes()
		last = 27
	}
	for y := 1; y <= last; y++ {
		c := screen.Cell(left, y)
		if c == nil || c.Content == "" || c.Content == " " {
			if row := s.part(screen, y, left); strings.TrimSpace(row) != "" {
				s.t.Errorf("%s: row %d is nobody's: %q", who, y, row)
			}
			continue
		}
		if c.Content != "▌" && c.Content != "─" {
			s.t.Errorf("%s: row %d is nobody's: %q", who, y, s.part(screen, y, left))
		}
		if got := s.look(left, y); screen == s.wide && c.Content == "▌" && got != s.bar {
			s.t.Errorf("%s: row %d begins with %q, and hers with %q", who, y, got, s.bar)
		}
	}
}

// part is a row of the lobby.
func (s *hostileStage) part(screen *hostileScreen, y, left int) string {
	end := 44
	if screen == s.wide {
		_, end, _ = s.panes()
	}
	var b strings.Builder
	for x := left; x < end; x++ {
		if c := screen.Cell(x, y); c != nil {
			b.WriteString(c.Content)
		}
	}
	return b.String()
}

// Each hostile text through each entrance; after each, every exit is looked at.
func TestHostileTextHurtsNobody(t *testing.T) {
	s := newHostileStage(t)
	for _, h := range chattest.HostileTexts() {
		s.step("stdin", h, func() { s.ana.run("send lobby", h.Text) })
	}
}
