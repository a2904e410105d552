package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

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
	olga   *hostileGuest // an owner, once some are judged
	bar    string        // how the first cell of ana's rows looks
	beside string        // what stands beside the lobby
	began  time.Time
	n      int
}

func newHostileStage(t *testing.T) *hostileStage {
	h := newHostileHouse(t)
	s := &hostileStage{hostileHouse: h, ana: h.guest("ana"), beto: h.guest("beto"), began: time.Now()}
	carla, dario := h.guest("carla"), h.guest("dario")
	carla.run("send beto", "something between the two of us")
	s.beto.run("accept carla", "")
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
	s.wide.sees("carla ● online") // or that would change beside the lobby
	s.arrives()
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

// arrives says words in the lobby until everybody has read one: so they have
// whatever was said before. What ana's screen sends may still come behind one,
// and push it out of sight.
func (s *hostileStage) arrives() {
	s.t.Helper()
	for range 40 {
		s.n++
		word := fmt.Sprintf("zz%04dzz", s.n)
		if _, errs, status := s.ana.run("send lobby "+word, ""); status != 0 {
			s.t.Fatalf("%s was not sent: %s", word, errs)
		}
		for who, face := range map[string]struct {
			out   *textSink
			check func(string) error
		}{"lines": {s.lined, s.checkLines}, "tail": {s.tailed, s.checkTail}, "json": {s.object, s.checkJSON}} {
			text, came := face.out.fresh(word)
			if !came {
				s.t.Fatalf("%s: %s never came; it is at %+q", who, word, text)
			}
			if err := face.check(text); err != nil {
				s.t.Errorf("%s: %v", who, err)
			}
		}
		if s.wide.soon("▌ "+word) && s.narrow.soon("▌ "+word) {
			return
		}
	}
	s.t.Fatalf("no word stays on the screen:\n%s", s.wide.Text())
}

// through sends the corpus through one entrance and looks at every exit after
// each text, or, to save time, after each dozen (CHARLA_HOSTILE=each tells apart
// which of them it was).
func (s *hostileStage) through(entrance string, enter func(h chattest.Hostile)) {
	s.t.Helper()
	dozen := 12
	if os.Getenv("CHARLA_HOSTILE") == "each" {
		dozen = 1
	}
	for some := range slices.Chunk(chattest.HostileTexts(), dozen) {
		if testing.Short() && some[0].Name[0]%3 != 0 {
			continue
		}
		s.t.Run(entrance+"/"+some[0].Name, func(t *testing.T) {
			outer := s.t
			for _, t2 := range []**testing.T{&s.t, &s.hostileHouse.t, &s.ana.t, &s.wide.t, &s.narrow.t} {
				*t2 = t
				defer func() { *t2 = outer }()
			}
			for _, h := range some {
				enter(h)
			}
			s.arrives()
			s.checkScreens()
		})
	}
}

var (
	linedRow  = regexp.MustCompile(`^(?:    |\d\d:\d\d ana in [a-z0-9-]+: |\* [a-z0-9-]+: ana (?:(?:called the group|set the topic) "[^"]*"|took the topic away|(?:made the group with|added) [a-z, ]+)$)`)
	tailedRow = regexp.MustCompile(`^(?:    |\d{4}-\d\d-\d\d \d\d:\d\d UTC ana in [a-z0-9-]+: )`)
)

func (s *hostileStage) checkLines(text string) error { return checkRows(text, linedRow) }

func (s *hostileStage) checkTail(text string) error { return checkRows(text, tailedRow) }

// checkRows holds each line to a shape: only ana speaks and does something, and what
// goes on is indented.
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
		m, err := harmlessObject(line)
		if err != nil {
			return fmt.Errorf("a script reads %+q: %w", shortly(line), err)
		}
		if m["from"] != "ana" {
			return fmt.Errorf("%v said %+q", m["from"], shortly(line))
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
		if bells := screen.Bells(); bells > 0 && who == "wide" { // it takes notifications otherwise
			s.t.Errorf("%s: %d bells", who, bells)
		}
		if title := screen.Title(); title != "charla" && !regexp.MustCompile(`^\(\d+\) charla$`).MatchString(title) {
			s.t.Errorf("%s: the window is called %q", who, title)
		}
		if !screen.AltScreen() || !screen.Mode(2004) || !screen.Mode(1004) {
			s.t.Errorf("%s: the terminal was changed: %v %v %v", who, screen.AltScreen(), screen.Mode(2004), screen.Mode(1004))
		}
	}
	problem := s.misread()
	for until := time.Now().Add(3 * time.Second); problem != nil && time.Now().Before(until); problem = s.misread() {
		time.Sleep(time.Millisecond) // a frame may be half painted
	}
	if problem != nil {
		s.t.Errorf("%v; the screen is:\n%s", problem, s.wide.Text())
	}
}

// misread is what beto could take for something else.
func (s *hostileStage) misread() error {
	if beside := s.besideNow(); beside != s.beside {
		return fmt.Errorf("what stands beside the lobby changed in %s", firstChange(s.beside, beside))
	}
	return errors.Join(s.checkOwners("wide", s.wide), s.checkOwners("narrow", s.narrow))
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
func (s *hostileStage) checkOwners(who string, screen *hostileScreen) error {
	left, last := 0, 17
	if screen == s.wide {
		left, _, _ = s.panes()
		last = 27
	}
	for y := 1; y <= last; y++ {
		c := screen.Cell(left, y)
		if c == nil || c.Content == "" || c.Content == " " {
			if row := s.part(screen, y, left); strings.TrimSpace(row) != "" {
				return fmt.Errorf("%s: row %d is nobody's: %q", who, y, row)
			}
			continue
		}
		if c.Content != "▌" && c.Content != "─" && !isEntrance(s.part(screen, y, left)) {
			return fmt.Errorf("%s: row %d is nobody's: %q", who, y, s.part(screen, y, left))
		}
		if got := s.look(left, y); screen == s.wide && c.Content == "▌" && got != s.bar {
			return fmt.Errorf("%s: row %d begins with %q, and hers with %q", who, y, got, s.bar)
		}
		if row := s.part(screen, y, left); c.Content == "▌" && !behindBar.MatchString(row) {
			return fmt.Errorf("%s: row %d passes for charla's: %q", who, y, row)
		}
	}
	return nil
}

// behindBar is what may stand right behind a bar: the name of who said it, a quote, a
// file, that it was deleted. What was typed begins one cell further, the line that
// fetches a file among it.
var behindBar = regexp.MustCompile(`^▌( |ana \d\d:\d\d *$|┊ |□ |(message deleted|mensaje borrado) *$)`)

// keyNotice is a row that says how the session began: the key's name or fingerprint stands on it or on the next.
var keyNotice = regexp.MustCompile(`^┊ ((you came in by your key|has entrado con tu llave)( [A-Za-z0-9+/:._()"-]{1,64})*|  [A-Za-z0-9+/:._()"-]{1,64})$`)

// isEntrance tells the rows that say by which key the session came in: charla's
// own, exactly these. Nothing that others typed begins in that column.
func isEntrance(row string) bool {
	row = strings.TrimSpace(row)
	return keyNotice.MatchString(row)
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

// Each hostile text through each entrance, and every exit looked at.
func TestHostileTextHurtsNobody(t *testing.T) {
	s := newHostileStage(t)
	s.said()
	s.typed()
	s.named()
	s.profiled()
	s.gathered()
	s.judged()
	s.reported()
	s.ordered()
	s.knocked()
	if s.wide.notices == 0 {
		t.Error("beto's terminal was never notified: that exit was not looked at")
	}
	s.checkLists()
	s.checkStaffLists()
	s.checkLog()
}

// hostileKey is a key that ana gives many names.
const (
	hostileKey         = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
	hostileFingerprint = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"
)

// said are messages and commands that come as text.
func (s *hostileStage) said() {
	s.through("stdin", func(h chattest.Hostile) { s.ana.run("send lobby", h.Text) })
	many := func(h chattest.Hostile) bool { return strings.Count(h.Text, "\n") > 20 } // a message each
	s.through("stdin-lines", func(h chattest.Hostile) {
		if !many(h) {
			s.ana.run("send --lines lobby", h.Text)
		}
	})
	s.through("argument", func(h chattest.Hostile) { s.ana.run("send lobby "+h.Text, "") })
	s.through("verb", func(h chattest.Hostile) {
		quoted := "'" + strings.ReplaceAll(h.Text, "'", "") + "'"
		for _, line := range []string{
			h.Text, "send " + h.Text, "send --id=" + quoted + " lobby hi", "send --" + h.Text, "read " + quoted, "read lobby --last " + quoted,
			"tail --after=" + quoted, "help " + quoted, "files " + quoted, "group add " + quoted + " beto", "group new x " + quoted, "scp -t " + h.Text,
			"key add " + quoted, "key add --name=" + quoted + " " + hostileKey, "key list", "whoami", "key remove " + hostileFingerprint, "key remove " + quoted,
			"key add " + hostileKey + " " + quoted, "key list", "key remove " + hostileFingerprint, "invite --group " + quoted, "invite revoke " + quoted,
		} {
			if word, _, _ := strings.Cut(strings.TrimSpace(line), " "); word != "" && len(line) < 30_000 {
				s.ana.run(line, "")
			}
		}
	})
	in, out := s.ana.lines("")
	_, _ = io.WriteString(in, "/go lobby\n")
	s.through("lines", func(h chattest.Hostile) {
		if many(h) {
			return
		}
		_, _ = io.WriteString(in, h.Text+"\n/"+h.Text+"\n/go "+h.Text+"\n/go lobby\n/help nothing\n")
		if text, came := out.fresh("nothing"); !came {
			s.t.Errorf("%s: linear mode does not go on: %+q", h.Name, shortly(text))
			in, out = s.ana.lines("")
		} else if err := chattest.Harmless(text); err != nil {
			s.t.Errorf("%s: linear mode says: %v", h.Name, err)
		}
	})
}

// typed are keys, pastes, commands and a terminal's answers on a screen of ana's.
func (s *hostileStage) typed() {
	var ana *hostileScreen
	with := func(h chattest.Hostile, bytes string) {
		if ana == nil || ana.over() {
			ana = s.ana.screen("xterm-256color", "", 80, 24)
			ana.sees("Esc") // where she was last
			ana.types("\x0blobby\r")
		}
		_, _ = io.WriteString(ana.in, bytes) // it may leave
		if err := ana.check(); err != nil {
			s.t.Errorf("%s: ana's own screen: %v", h.Name, err)
			ana = nil
		}
	}
	short := func(h chattest.Hostile) string { return h.Text[:min(len(h.Text), 2_000)] }
	s.through("keys", func(h chattest.Hostile) { with(h, short(h)+"\r") })
	s.through("answers", func(h chattest.Hostile) {
		with(h, "\x1bP>|"+short(h)+"\x1b\\\x1b]11;"+short(h)+"\x07\x1b[?2026;"+short(h)+"$y")
	})
	ana = nil
	s.through("paste", func(h chattest.Hostile) { with(h, "\x1b[200~"+h.Text+"\x1b[201~\r\r") })
	s.through("slash", func(h chattest.Hostile) {
		with(h, "\x15\x1b[200~/"+short(h)+"\x1b[201~\r\x15\x0b\x1b[200~"+short(h)+"\x1b[201~\r\x1b")
	})
}

// profiled are display names and lines about oneself.
func (s *hostileStage) profiled() {
	s.through("profile", func(h chattest.Hostile) {
		text := strings.ReplaceAll(h.Text, "'", "")
		for _, what := range []string{"name", "status"} {
			s.ana.run("profile "+what+" '"+text[:min(len(text), 200)]+"'", "")
		}
		out, _, status := s.beto.run("who @ana", "") // a group of his is called as she is
		if err := chattest.Harmless(out); err != nil || status != 0 || strings.Count(out, "\n") > 2 || !strings.HasPrefix(out, "ana") {
			s.t.Errorf("%s: ana is shown as %+q, %v", h.Name, shortly(out), err)
		}
		if out, _, _ = s.beto.run("who --json @ana", ""); status == 0 {
			if _, err := harmlessObject(out); err != nil {
				s.t.Errorf("%s: ana is told as %+q, %v", h.Name, shortly(out), err)
			}
		}
	})
}

// named are titles of groups and names of files.
func (s *hostileStage) named() {
	s.through("title", func(h chattest.Hostile) {
		title := strings.ReplaceAll(h.Text, "'", "")
		if handle, _, status := s.ana.run("group new '"+title[:min(len(title), 300)]+"' beto carla dario", ""); status == 0 {
			s.ana.run("send "+strings.TrimSpace(handle)+" @beto look", "")
		}
	})
	s.ana.run("group new temas beto carla dario", "")
	s.through("topic", func(h chattest.Hostile) {
		text := h.Text[:min(len(h.Text), 300)]
		s.ana.run("topic temas "+text, "")
		s.ana.run("group rename temas "+text, "")
		s.ana.run("room new "+text, "")
	})
	files := s.ana.sftp()
	defer files.close()
	must := func(h chattest.Hostile, errs ...error) {
		if err := errors.Join(errs...); err != nil {
			s.t.Errorf("%s: %v", h.Name, err)
			files = s.ana.sftp()
		}
	}
	s.through("put", func(h chattest.Hostile) { must(h, files.put("/lobby/"+h.Text)) })
	s.through("rename", func(h chattest.Hostile) {
		must(h, files.put("/lobby/plain.txt"), files.does(sftpRename, "/lobby/plain.txt", "/lobby/r"+h.Text))
	})
	s.through("paths", func(h chattest.Hostile) {
		must(h, files.put("/"+h.Text), files.put(h.Text+"/x.txt"), files.does(sftpMkdir, "/lobby/"+h.Text), files.does(sftpMkdir, h.Text),
			files.does(sftpStat, h.Text), files.does(sftpOpendir, h.Text), files.does(sftpRename, "/lobby/"+h.Text, h.Text))
	})
	for line := range strings.Lines(files.errs.String()) {
		if err := chattest.Harmless(line); err != nil || len(line) > 400 {
			s.t.Errorf("sftp tells ana %+q: %v", line, err)
		}
	}
}

// knocked is what a client says of itself before and while it comes in.
func (s *hostileStage) knocked() {
	s.through("username", func(h chattest.Hostile) {
		stranger, before, behind := s.config(h.Text), *s.ana.config, *s.ana.config
		before.User, behind.User = h.Text+`\ana`, "ana@"+h.Text // she is told what became of it
		for _, c := range []*ssh.ClientConfig{stranger, &before, &behind} {
			if client, err := s.dial(c); err == nil {
				(&hostileGuest{t: s.t, h: s.hostileHouse, runner: client}).run("whoami", "")
				client.Close()
			}
		}
	})
	s.through("version", func(h chattest.Hostile) {
		c := *s.ana.config
		c.ClientVersion = "SSH-2.0-" + h.Text
		if client, err := s.dial(&c); err == nil {
			client.Close()
		}
	})
	s.through("passphrase", func(h chattest.Hostile) {
		c := s.config("newcomer")
		tries := 0
		c.Auth = []ssh.AuthMethod{ssh.KeyboardInteractive(func(name, instruction string, questions []string, _ []bool) ([]string, error) {
			for _, text := range append(questions, name, instruction) {
				if err := ascii(text); err != nil {
					s.t.Errorf("%s: a question: %v", h.Name, err)
				}
			}
			tries++
			answers := make([]string, len(questions))
			for i := range answers {
				answers[i] = h.Text + strings.Repeat("x", i+tries) // never twice the same
			}
			return answers, nil
		})}
		if client, err := s.dial(c); err == nil {
			client.Close()
			s.t.Errorf("%s: two passphrases that are not the same were taken", h.Name)
		}
	})
	s.through("terminal", func(h chattest.Hostile) {
		screen := s.ana.screen(h.Text, h.Text, 60, 16)
		screen.waits("anything", func() bool { return screen.Text() != "" })
		if err := screen.check(); err != nil && screen.AltScreen() {
			s.t.Errorf("%s: %v", h.Name, err)
		}
		_ = screen.session.RequestSubsystem(h.Text) // refused: the session runs
		screen.leave()
	})
}

// ascii tells what OpenSSH would print as \303\261.
func ascii(text string) error {
	for _, b := range []byte(text) {
		if b < ' ' || b > '~' {
			return fmt.Errorf("%+q is not ASCII", text)
		}
	}
	return nil
}

// checkLists looks at what others list in the end: each way prints all there is.
func (s *hostileStage) checkLists() {
	for _, line := range []string{
		"list", "list --all --json", "rooms", "rooms --json", "info temas", "info temas --json", "topic temas", "read lobby --last 9999", "read --json lobby --last 9999", "files lobby", "files --json lobby", "who", "who --json", "whoami --json", "config", "config --json", "help",
	} {
		out, _, status := s.beto.run(line, "")
		if status != 0 {
			s.t.Errorf("%s: %d", line, status)
		}
		if strings.Contains(line, "json") {
			for row := range strings.Lines(out) {
				if _, err := harmlessObject(row); err != nil {
					s.t.Errorf("%s prints %+q: %v", line, shortly(row), err)
				}
			}
		}
	}
	files := s.beto.sftp()
	defer files.close()
	for _, dir := range []string{"/", "/lobby"} {
		names, long, err := files.names(dir)
		if err != nil || len(names) < 20 {
			s.t.Errorf("%s has %d entries, %v", dir, len(names), err)
		}
		for i, name := range names {
			err := errors.Join(chattest.Harmless(name), chattest.Harmless(long[i]))
			if err != nil || strings.ContainsAny(name+long[i], "\n/\\") || len(name) > 255 || !strings.HasSuffix(long[i], " "+name) {
				s.t.Errorf("%s lists %+q as %+q: %v", dir, name, long[i], err)
			}
		}
	}
}

// harmlessObject reads a line of JSON as a script does, and looks at the texts
// that it gets out of it.
func harmlessObject(line string) (m map[string]any, err error) {
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		return nil, err
	}
	return m, harmlessValue(m)
}

func harmlessValue(value any) error {
	switch v := value.(type) {
	case string:
		return chattest.Harmless(v)
	case map[string]any:
		for _, field := range v {
			if err := harmlessValue(field); err != nil {
				return err
			}
		}
	}
	return nil
}

// logRow is a record of the log as it has to stand there: one line, each value a
// word or quoted.
var logRow = regexp.MustCompile(`^time=\S+ level=(?:DEBUG|INFO|WARN|ERROR) msg=(?:"(?:[^"\\]|\\.)*"|[^\s"=]+)(?: [a-z_]+=(?:"(?:[^"\\]|\\.)*"|[^\s"=]*))*$`)

func (s *hostileStage) checkLog() {
	for line := range strings.SplitSeq(strings.TrimSpace(s.log.String()), "\n") {
		if err := chattest.Harmless(line); err != nil || !logRow.MatchString(line) {
			s.t.Errorf("the log holds %+q: %v", line, err)
		}
		if _, after, _ := strings.Cut(line, " "); strings.HasPrefix(after, "level=ERROR") {
			s.t.Errorf("something went wrong: %s", line)
		}
	}
}
