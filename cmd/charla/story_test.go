package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"charla/server/disktest"
)

// The stories in testdata/stories run the real program as a process of its own
// and act as several people at once. Each runs twice: with clients inside the
// test (x/crypto/ssh, pkg/sftp, a terminal emulator), which needs nothing but
// Go, and with OpenSSH's ssh, sftp and scp in tmux, where those are installed.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"charla": func() { os.Exit(run()) }})
}

func TestStories(t *testing.T) { runStories(t, func(s *stage) clients { return &insiders{stage: s} }) }

// RealClients makes the stories with OpenSSH fail, rather than be skipped, when
// its programs are not installed. The build sets it.
const realClients = "CHARLA_REAL_CLIENTS"

func TestStoriesWithOpenSSH(t *testing.T) {
	for _, tool := range []string{"ssh", "sftp", "scp", "ssh-keygen", "tmux"} {
		if _, err := exec.LookPath(tool); err == nil {
			continue
		}
		if os.Getenv(realClients) != "" {
			t.Fatalf("%s is set and %s is not installed", realClients, tool)
		}
		t.Skipf("%s is not installed", tool)
	}
	runStories(t, func(s *stage) clients { return &openssh{stage: s} })
}

func runStories(t *testing.T, make func(*stage) clients) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/stories",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			s := &stage{t: t, dir: env.WorkDir, screens: map[string]screen{}}
			s.clients = make(s)
			env.Setenv("HOME", env.WorkDir)
			env.Values[stageKey{}] = s
			env.Defer(s.close)
			return os.Mkdir(filepath.Join(env.WorkDir, "keys"), 0o700)
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "openssh":
				return strings.Contains(t.Name(), "OpenSSH"), nil
			case "smalldisk":
				return disktest.CanMount(), nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: commands,
	})
}

type stageKey struct{}

// stage is one story: its server, its people and their screens.
type stage struct {
	t       *testing.T
	dir     string
	clients clients
	server  *process   // the one that runs
	servers []*process // all that ran
	port    int
	screens map[string]screen
	status  int // of the last ssh, sftp or scp
}

// clients are the programs people use.
type clients interface {
	// ssh runs a command line and returns its exit status.
	ssh(who login, line string, stdin []byte) (out, err string, status int)
	// sftp runs a batch of commands.
	sftp(who login, batch []string) (out, err string, status int)
	// screen opens a terminal on a session.
	screen(who login, env []string, width, height int) (screen, error)
}

// screen is a terminal with a session on it.
type screen interface {
	text() string
	typeText(string)
	paste(string)
	press(key string) error
	resize(width, height int) error
	ended() bool
	status() string // exit status once it has ended
	close()
}

// login is a user name and the key that is offered with it, if any.
type login struct{ user, key string }

// parseLogin reads NICK, or USER:KEY for a user name with somebody else's key,
// or USER: for no key at all.
func parseLogin(s string) login {
	user, key, other := strings.Cut(s, ":")
	if !other {
		key = user
	}
	return login{user, key}
}

func (s *stage) keyFile(name string) string { return filepath.Join(s.dir, "keys", name) }

func (s *stage) close() {
	for _, screen := range s.screens {
		screen.close()
	}
	for _, server := range s.servers {
		server.kill()
		for _, bad := range []string{"DATA RACE", "panic"} {
			if log := server.errors(); strings.Contains(log, bad) {
				s.t.Errorf("the server of %s logged a %s:\n%s", s.dir, bad, log)
			}
		}
	}
}

// patience is how long a screen may take to show what a story expects. Nothing
// waits this long unless it fails.
const patience = 20 * time.Second

// await polls until ok or patience ends.
func await(ok func() bool) bool {
	for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		if ok() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

var commands = map[string]func(*testscript.TestScript, bool, []string){
	"disk":   cmdDisk,
	"fill":   cmdFill,
	"serve":  cmdServe,
	"stop":   cmdStop,
	"kill9":  cmdKill9,
	"admin":  cmdAdmin,
	"hangup": cmdHangup,
	"log":    cmdLog,
	"key":    cmdKey,
	"ssh":    cmdSSH,
	"retry":  cmdRetry,
	"sftp":   cmdSFTP,
	"scp":    cmdSCP,
	"status": cmdStatus,
	"screen": cmdScreen,
	"type":   cmdType,
	"paste":  cmdPaste,
	"press":  cmdPress,
	"see":    cmdSee,
	"unsee":  cmdUnsee,
	"resize": cmdResize,
	"gone":   cmdGone,
	"exits":  cmdExits,
	"leave":  cmdLeave,
	"snap":   cmdSnap,
	"order":  cmdOrder,
	"take":   cmdTake,
	"shell":  cmdShell,
}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value(stageKey{}).(*stage) }

// serve [FLAG…] starts the server and waits until it takes connections.
func cmdServe(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	if s.port == 0 {
		s.port = freePort(ts)
	}
	p, err := startServer(s.dir, s.port, args)
	if neg {
		if err == nil {
			p.kill()
			ts.Fatalf("the server started")
		}
		fmt.Fprint(ts.Stderr(), err)
		return
	}
	ts.Check(err)
	s.server, s.servers = p, append(s.servers, p)
	ts.Setenv("PORT", fmt.Sprint(s.port))
	fmt.Fprint(ts.Stdout(), p.output())
}

// disk SIZE makes the data folder a disk of its own.
func cmdDisk(ts *testscript.TestScript, neg bool, args []string) {
	data := ts.MkAbs("data")
	ts.Check(os.Mkdir(data, 0o700))
	unmount, err := disktest.Mount(data, args[0])
	ts.Check(err)
	ts.Defer(func() { ts.Check(unmount()) })
}

// fill BYTES leaves so many free on that disk; ! fill makes room again.
func cmdFill(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Check(disktest.Room(ts.MkAbs("data")))
		return
	}
	leave, err := strconv.ParseInt(args[0], 10, 64)
	ts.Check(err)
	ts.Check(disktest.Fill(ts.MkAbs("data"), leave))
}

// stop sends SIGTERM and wants exit status 0.
func cmdStop(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	status := s.server.terminate()
	fmt.Fprint(ts.Stdout(), s.server.output())
	if (status != 0) != neg {
		ts.Fatalf("exit status %d\n%s", status, s.server.errors())
	}
}

func cmdKill9(ts *testscript.TestScript, neg bool, args []string) { stageOf(ts).server.kill() }

// admin WORD… runs `charla admin` on the data folder.
func cmdAdmin(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	out, errs, status := runProgram(s.dir, append([]string{"admin", "--data", filepath.Join(s.dir, "data")}, args...))
	s.report(ts, neg, out, errs, status)
}

// hangup sends SIGHUP.
func cmdHangup(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(stageOf(ts).server.cmd.Process.Signal(syscall.SIGHUP))
}

// log REGEXP waits until the server's log has it.
func cmdLog(ts *testscript.TestScript, neg bool, args []string) {
	server, re := stageOf(ts).server, regexp.MustCompile("(?m)"+args[0])
	if !await(func() bool { return re.MatchString(server.errors()) }) {
		ts.Fatalf("the log lacks %q:\n%s", args[0], server.errors())
	}
}

// key NAME… makes a key pair for each.
func cmdKey(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		ts.Check(writeKey(stageOf(ts).keyFile(name)))
	}
}

// ssh [-stdin FILE] LOGIN WORD… runs an exec line: the words joined by spaces,
// as OpenSSH does.
func cmdSSH(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	var stdin []byte
	if len(args) > 1 && args[0] == "-stdin" {
		stdin = []byte(ts.ReadFile(args[1]))
		args = args[2:]
	}
	if len(args) == 0 {
		ts.Fatalf("usage: ssh [-stdin FILE] LOGIN WORD…")
	}
	out, errs, status := s.clients.ssh(parseLogin(args[0]), strings.Join(args[1:], " "), stdin)
	s.report(ts, neg, out, errs, status)
}

// retry ssh|sftp LOGIN WORD… runs it until it succeeds, as whoever was told to
// try again does; ! retry until it is refused. For what the server looks at once
// a second.
func cmdRetry(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	var out, errs string
	once := func() bool {
		if args[0] == "sftp" {
			out, errs, s.status = s.clients.sftp(parseLogin(args[1]), args[2:])
		} else {
			out, errs, s.status = s.clients.ssh(parseLogin(args[1]), strings.Join(args[2:], " "), nil)
		}
		return (s.status == 0) != neg
	}
	for deadline := time.Now().Add(patience); !once() && time.Now().Before(deadline); {
		time.Sleep(250 * time.Millisecond) // what one person may send goes on for ever
	}
	s.report(ts, neg, out, errs, s.status)
}

// sftp LOGIN COMMAND… runs sftp commands, one per argument, and stops at the
// first that fails.
func cmdSFTP(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	out, errs, status := s.clients.sftp(parseLogin(args[0]), args[1:])
	s.report(ts, neg, out, errs, status)
}

// scp LOGIN SOURCE… TARGET runs scp, with -P and the key added; only where the
// clients are real.
func cmdSCP(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	real, ok := s.clients.(*openssh)
	if !ok {
		ts.Fatalf("scp needs OpenSSH: use [openssh]")
	}
	out, errs, status := real.scp(parseLogin(args[0]), args[1:])
	s.report(ts, neg, out, errs, status)
}

func (s *stage) report(ts *testscript.TestScript, neg bool, out, errs string, status int) {
	s.status = status
	fmt.Fprint(ts.Stdout(), out)
	fmt.Fprint(ts.Stderr(), errs)
	if (status != 0) != neg {
		ts.Fatalf("exit status %d\nstdout: %s\nstderr: %s", status, out, errs)
	}
}

// shell KEY LINE runs a line as somebody pastes it into a shell, whose ssh, sftp
// and scp find that key; only where the clients are real.
func cmdShell(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	real, ok := s.clients.(*openssh)
	if !ok {
		ts.Fatalf("shell needs OpenSSH: use [openssh]")
	}
	out, errs, status := real.shell(args[0], strings.Join(args[1:], " "))
	s.report(ts, neg, out, errs, status)
}

// order SCREEN PROGRAM sets $ORDER to the line that the screen offers for a
// shell, as somebody selects it: from the program's name to the end of the row.
func cmdOrder(ts *testscript.TestScript, neg bool, args []string) {
	sc := stageOf(ts).find(ts, args[0])
	re := regexp.MustCompile(`\b` + args[1] + ` -P .*`)
	if !await(func() bool { return re.MatchString(sc.text()) }) {
		ts.Fatalf("%s offers no line for %s:\n%s", args[0], args[1], sc.text())
	}
	line := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(re.FindString(sc.text())), "[c]"))
	ts.Setenv("ORDER", line)
	fmt.Fprintln(ts.Stdout(), line)
}

// take VAR REGEXP sets a variable to what the last command printed.
func cmdTake(ts *testscript.TestScript, neg bool, args []string) {
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if found == nil {
		ts.Fatalf("no %s in\n%s", args[1], ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], found[len(found)-1])
}

// status N checks the exit status of the last ssh, sftp or scp.
func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	if got := fmt.Sprint(stageOf(ts).status); (got == args[0]) == neg {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}

var sizeFlag = regexp.MustCompile(`^(\d+)x(\d+)$`)

// screen NAME LOGIN [WxH] [VAR=value…] opens a terminal, 80x24 unless said.
func cmdScreen(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	if len(args) < 2 {
		ts.Fatalf("usage: screen NAME LOGIN [WxH] [VAR=value…]")
	}
	width, height := 80, 24
	env := []string{"LANG=en_US.UTF-8"}
	for _, arg := range args[2:] {
		if sizeFlag.MatchString(arg) {
			fmt.Sscanf(arg, "%dx%d", &width, &height)
			continue
		}
		env = append(env, arg)
	}
	sc, err := s.clients.screen(parseLogin(args[1]), env, width, height)
	ts.Check(err)
	if old := s.screens[args[0]]; old != nil {
		old.close()
	}
	s.screens[args[0]] = sc
}

func (s *stage) find(ts *testscript.TestScript, name string) screen {
	sc := s.screens[name]
	if sc == nil {
		ts.Fatalf("no screen is called %s", name)
	}
	return sc
}

// type SCREEN TEXT types as a person does.
func cmdType(ts *testscript.TestScript, neg bool, args []string) {
	stageOf(ts).find(ts, args[0]).typeText(strings.Join(args[1:], " "))
}

// paste SCREEN TEXT pastes, or drags a file onto the window: with brackets.
func cmdPaste(ts *testscript.TestScript, neg bool, args []string) {
	stageOf(ts).find(ts, args[0]).paste(strings.Join(args[1:], " "))
}

// press SCREEN KEY… presses keys by name: enter, esc, tab, ctrl+k, …
func cmdPress(ts *testscript.TestScript, neg bool, args []string) {
	for _, key := range args[1:] {
		ts.Check(stageOf(ts).find(ts, args[0]).press(key))
	}
}

// see SCREEN REGEXP… waits until the screen shows all of them at once.
func cmdSee(ts *testscript.TestScript, neg bool, args []string) {
	sc := stageOf(ts).find(ts, args[0])
	var wants []*regexp.Regexp
	for _, arg := range args[1:] {
		wants = append(wants, regexp.MustCompile("(?m)"+arg))
	}
	shown := func() bool {
		text := sc.text()
		return !slices.ContainsFunc(wants, func(re *regexp.Regexp) bool { return !re.MatchString(text) })
	}
	if neg || !await(shown) {
		ts.Fatalf("%s does not show %q:\n%s", args[0], args[1:], sc.text())
	}
}

// unsee SCREEN REGEXP waits until the screen no longer shows it. Where nothing
// is to come at all, see something that comes after it first.
func cmdUnsee(ts *testscript.TestScript, neg bool, args []string) {
	sc := stageOf(ts).find(ts, args[0])
	re := regexp.MustCompile("(?m)" + args[1])
	if !await(func() bool { return !re.MatchString(sc.text()) }) {
		ts.Fatalf("%s still shows %q:\n%s", args[0], args[1], sc.text())
	}
}

// resize SCREEN WxH changes a window's size.
func cmdResize(ts *testscript.TestScript, neg bool, args []string) {
	var width, height int
	fmt.Sscanf(args[1], "%dx%d", &width, &height)
	ts.Check(stageOf(ts).find(ts, args[0]).resize(width, height))
}

// gone SCREEN waits until its session has ended.
func cmdGone(ts *testscript.TestScript, neg bool, args []string) {
	sc := stageOf(ts).find(ts, args[0])
	if !await(sc.ended) {
		ts.Fatalf("%s is still there:\n%s", args[0], sc.text())
	}
}

// exits SCREEN N waits until its session has ended and checks the exit status.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	cmdGone(ts, false, args[:1])
	if got := stageOf(ts).find(ts, args[0]).status(); (got == args[1]) == neg {
		ts.Fatalf("exit status %s, want %s", got, args[1])
	}
}

// leave SCREEN closes the terminal, as closing its window does.
func cmdLeave(ts *testscript.TestScript, neg bool, args []string) {
	s := stageOf(ts)
	s.find(ts, args[0]).close()
	delete(s.screens, args[0])
}

// snap SCREEN prints what it shows, for stdout.
func cmdSnap(ts *testscript.TestScript, neg bool, args []string) {
	fmt.Fprintln(ts.Stdout(), stageOf(ts).find(ts, args[0]).text())
}
