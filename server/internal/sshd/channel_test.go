package sshd

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"charla/tui/terminal"
)

// anaIn is ana, at home already.
func (h *house) anaIn() *guest {
	h.t.Helper()
	if !h.exists("ana") {
		h.person("ana", key("ana"), "")
	}
	return h.call("ana", withKey(key("ana"))).in()
}

func TestWhoGetsWhichFace(t *testing.T) {
	story(t, nil, func(h *house) {
		g := h.anaIn()
		pty := func(name string) func(*gossh.Session) {
			return func(s *gossh.Session) { _ = s.RequestPty(name, 24, 80, nil) }
		}
		for want, r := range map[string]result{
			`screen ana new=false size=80x24 term="xterm-kitty"`: g.use("", pty("xterm-kitty")),
			`lines ana new=false size=80x24 term="dumb"`:         g.use("", pty("dumb")),
			`lines ana new=false size=80x24 term=""`:             g.use("", pty("")),
			`lines ana new=false size=80x24 term="" `:            g.use("", pty("xterm\x1b]0;x\x07")),
			`lines ana new=false size=0x0 term=""`:               g.use(""),
			`verb md5sum x ana new=false`:                        g.use("md5sum x"),
			`verb  two  spaces  ana new=false`:                   g.use(" two  spaces "),
			`files ana new=false`:                                g.subsystem("sftp"),
		} {
			if !strings.HasPrefix(r.out, strings.TrimSuffix(want, " ")) || r.status != 0 || r.err != nil {
				t.Errorf("got %+v, want %q", r, want)
			}
		}
		for _, name := range []string{"netconf", "", "SFTP", "sftp ", "sftp\x00", "shell"} {
			if r := g.subsystem(name); r.err == nil {
				t.Errorf("subsystem %q: %+v", name, r)
			}
		}
	})
}

// scp takes a missing exit status for a failure, so it must come before the close.
func TestExitStatusArrives(t *testing.T) {
	story(t, nil, func(h *house) {
		h.faces.Verb = func(_ context.Context, s *Session, line string) int {
			in, err := io.ReadAll(s.In)
			fmt.Fprintf(s.Out, "%s (%v)", in, err)
			return 42
		}
		r := h.anaIn().use("cat", func(s *gossh.Session) { s.Stdin = strings.NewReader("to the end of input") })
		if r.out != "to the end of input (<nil>)" || r.status != 42 {
			t.Errorf("got %+v", r)
		}
	})
}

func TestOnlyLanguageComesFromTheEnvironment(t *testing.T) {
	story(t, nil, func(h *house) {
		got := make(chan map[string]string, 1)
		h.faces.Verb = func(_ context.Context, s *Session, line string) int { got <- s.Env; return 0 }
		ch, err := h.anaIn().raw()
		if err != nil {
			t.Fatal(err)
		}
		set := func(name, value string) bool {
			ok, err := ch.SendRequest("env", true, gossh.Marshal(struct{ N, V string }{name, value}))
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		for name, value := range map[string]string{
			"LANG\n": "x", "LD_PRELOAD": "x", "LANGUAGE": "es", "LC_A": "es\x1b[31m", "LC_B": strings.Repeat("x", 65),
			"LC_" + strings.Repeat("C", 40): "x", "": "",
		} {
			if set(name, value) {
				t.Errorf("%q=%q was taken", name, value)
			}
		}
		taken := 0
		for i := range 1000 {
			if set(fmt.Sprintf("LC_%d", i), "es") {
				taken++
			}
		}
		if !set("LC_0", "en_GB.UTF-8@euro") {
			t.Error("a variable cannot be set again")
		}
		if _, err := ch.SendRequest("exec", true, gossh.Marshal(struct{ L string }{"x"})); err != nil {
			t.Fatal(err)
		}
		if env := <-got; taken != 8 || len(env) != 8 || env["LC_0"] != "en_GB.UTF-8@euro" {
			t.Errorf("took %d: %q", taken, env)
		}
		<-ch.status
		ch.Close()
	})
}

func TestWhatIsNotServedIsRefused(t *testing.T) {
	story(t, nil, func(h *house) {
		g := h.anaIn()
		ch, err := g.raw()
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{
			"auth-agent-req@openssh.com", "x11-req", "break", "signal", "xon-xoff", "eow@openssh.com", "\x1b[31m", "window-change", "pty-req", "exec", "subsystem", "env",
		} {
			if ok, err := ch.SendRequest(name, true, []byte("?")); ok || err != nil {
				t.Errorf("%q was granted (%v)", name, err)
			}
		}
		ch.Close()
		<-ch.status
		for _, name := range []string{
			"direct-tcpip", "forwarded-tcpip", "x11", "auth-agent", "auth-agent@openssh.com", "direct-streamlocal@openssh.com",
			"forwarded-streamlocal@openssh.com", "tun@openssh.com", "", "Session", "session\x00",
		} {
			if _, _, err := g.client.OpenChannel(name, nil); err == nil {
				t.Errorf("channel %s was opened", name)
			}
		}
		for _, name := range []string{
			"tcpip-forward", "cancel-tcpip-forward", "streamlocal-forward@openssh.com", "cancel-streamlocal-forward@openssh.com",
			"hostkeys-prove-00@openssh.com", "no-more-sessions@openssh.com", "keepalive@openssh.com", "",
		} {
			if ok, _, err := g.client.SendRequest(name, true, nil); ok || err != nil {
				t.Errorf("%s was granted (%v)", name, err)
			}
		}
	})
}

// charm.land/ssh hands window changes over a channel of one and blocks the
// whole connection, for good, when a paused terminal does not take them.
func TestWindowChangesOfAPausedTerminalBlockNothing(t *testing.T) {
	story(t, nil, func(h *house) {
		read := make(chan struct{})
		h.faces.Screen = func(_ context.Context, s *Session) int {
			<-read
			fmt.Fprint(s.Out, s.Size, <-s.Sizes.C())
			return 0
		}
		g := h.anaIn()
		s, _ := g.client.NewSession()
		terminal80x24(s)
		_ = s.WindowChange(30, 100) // before the start: the size to start with
		var out strings.Builder
		s.Stdout = &out
		if err := s.Shell(); err != nil {
			t.Fatal(err)
		}
		for i := range 500 {
			if err := s.WindowChange(40+i, 5000-i); err != nil {
				t.Fatal(err)
			}
		}
		if r := g.subsystem("sftp"); !strings.HasPrefix(r.out, "files ana ") { // the same connection works
			t.Errorf("got %+v", r)
		}
		close(read)
		if err := s.Wait(); err != nil || out.String() != fmt.Sprint(terminal.Size{Width: 100, Height: 30}, terminal.Size{Width: 400, Height: 150}) {
			t.Errorf("got %q, %v", out.String(), err)
		}
	})
}

func TestChannelsOfAConnectionAreBounded(t *testing.T) {
	story(t, nil, func(h *house) {
		g := h.anaIn()
		var open []*raw
		for range 300 {
			if ch, err := g.raw(); err == nil {
				open = append(open, ch)
			}
		}
		if len(open) != 10 {
			t.Errorf("%d channels were opened", len(open))
		}
		for _, ch := range open {
			ch.Close()
			<-ch.status
		}
		synctest.Wait()
		if r := g.use("whoami"); r.status != 0 || r.err != nil {
			t.Errorf("got %+v", r)
		}
	})
}

// Stock Wish spins a core for ever when a client closes a session channel and
// keeps the connection, as OpenSSH's ControlMaster does. Here the face is told
// by its context and by its input, and nothing of it stays.
func TestClosedChannelOfAKeptConnectionLeavesNothing(t *testing.T) {
	story(t, nil, func(h *house) {
		type ending struct{ cause, read error }
		started, ended := make(chan struct{}), make(chan ending, 1)
		h.faces.Screen = func(ctx context.Context, s *Session) int {
			started <- struct{}{}
			_, err := s.In.Read(make([]byte, 1))
			<-ctx.Done()
			ended <- ending{context.Cause(ctx), err}
			return 0
		}
		g := h.anaIn()
		for range 30 {
			s, err := g.client.NewSession()
			if err != nil {
				t.Fatal(err)
			}
			terminal80x24(s)
			if err := s.Shell(); err != nil {
				t.Fatal(err)
			}
			<-started
			s.Close()
			if e := <-ended; e.cause != ErrClosed || e.read != io.EOF {
				t.Fatalf("the face ended by %+v", e)
			}
		}
	})
}

func TestPanicEndsOneSession(t *testing.T) {
	story(t, nil, func(h *house) {
		h.faces.Verb = func(context.Context, *Session, string) int { panic("a bug\x1b[31m") }
		g := h.anaIn()
		r := g.use("whoami")
		if r.status != 1 || r.stderr != "something went wrong here; the operator's log says what, please try again\n" {
			t.Errorf("got %+v", r)
		}
		if h.log.count("panic", "a bug", "channel_test.go") != 1 {
			t.Errorf("log:\n%s", h.log)
		}
		if r := g.subsystem("sftp"); r.status != 0 {
			t.Errorf("got %+v", r)
		}
	})
}

// A client that reads nothing holds a write for ever; closing its channel would
// wait behind that write. Hangup closes the connection.
func TestHangupFreesAStuckWrite(t *testing.T) {
	story(t, nil, func(h *house) {
		wrote := make(chan error, 1)
		h.faces.Screen = func(ctx context.Context, s *Session) int {
			stuck := time.AfterFunc(20*time.Second, s.Hangup)
			defer stuck.Stop()
			for {
				if _, err := s.Out.Write(make([]byte, 32<<10)); err != nil {
					<-ctx.Done()
					wrote <- context.Cause(ctx)
					return 1
				}
			}
		}
		g := h.anaIn()
		ch, err := g.raw() // nobody reads from it
		if err != nil {
			t.Fatal(err)
		}
		pty := struct {
			Term       string
			C, R, W, H uint32
			Modes      string
		}{Term: "xterm"}
		_, _ = ch.SendRequest("pty-req", true, gossh.Marshal(pty))
		_, _ = ch.SendRequest("shell", true, nil)
		if cause := <-wrote; cause != ErrGone {
			t.Errorf("the face ended by %v", cause)
		}
		<-ch.status
	})
}

// A face that has ended must not hold on to a channel that the client never
// closes: what reads from it would wait for ever.
func TestClientThatDoesNotAnswerACloseIsHungUpOn(t *testing.T) {
	story(t, nil, func(h *house) {
		end := make(chan struct{})
		h.faces.Lines = func(context.Context, *Session) int { <-end; return 0 }
		g := h.anaIn()
		s, _ := g.client.NewSession()
		if err := s.Shell(); err != nil {
			t.Fatal(err)
		}
		g.wire.in.hold()
		close(end)
		time.Sleep(14 * time.Second)
		if all, _ := h.s.Connections(); all != 1 {
			t.Errorf("%d connections after 14 s", all)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if all, _ := h.s.Connections(); all != 0 {
			t.Errorf("%d connections after 16 s", all)
		}
	})
}

// A client that has filled its window and reads nothing would hold the sentence
// of a refusal, and with it the connection, for ever.
func TestSentenceThatIsNotReadEndsTheConnection(t *testing.T) {
	story(t, nil, func(h *house) {
		h.faces.Verb = func(_ context.Context, s *Session, _ string) int {
			const window = 2 << 20 // of the client library
			if _, err := s.Out.Write(make([]byte, window)); err != nil {
				return 2
			}
			panic("a bug")
		}
		g := h.anaIn()
		ch, err := g.raw()
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, _ = ch.SendRequest("exec", true, gossh.Marshal(struct{ L string }{"x"}))
		if status := <-ch.status; status != -1 || time.Since(start) != 15*time.Second {
			t.Errorf("status %d after %v", status, time.Since(start))
		}
	})
}

func TestWhatWasCutIsNotTakenForWhole(t *testing.T) {
	story(t, nil, func(h *house) {
		// mal's connection is shared: a channel that is killed is closed without
		// an end of input, in the middle of a message.
		started, cut := make(chan struct{}), make(chan bool)
		h.faces.Verb = func(ctx context.Context, s *Session, _ string) int {
			started <- struct{}{}
			_, err := io.ReadAll(s.In)
			cut <- err != nil || ctx.Err() != nil
			return 0
		}
		g := h.anaIn()
		say := func(end func(gossh.Channel) error) bool {
			ch, reqs, err := g.client.OpenChannel("session", nil)
			if err != nil {
				t.Fatal(err)
			}
			go gossh.DiscardRequests(reqs)
			if _, err := ch.SendRequest("exec", true, gossh.Marshal(struct{ Line string }{"send beto"})); err != nil {
				t.Fatal(err)
			}
			<-started
			if _, err := io.WriteString(ch, "the backup is no"); err != nil {
				t.Fatal(err)
			}
			if err := end(ch); err != nil {
				t.Fatal(err)
			}
			defer synctest.Wait()
			return <-cut
		}
		for range 300 {
			if !say(gossh.Channel.Close) {
				t.Fatal("half a message was taken for a whole one")
			}
		}
		if say(gossh.Channel.CloseWrite) {
			t.Error("a whole message was taken for half a one")
		}
	})
}

// One person with a thousand screens had both cores of a server: each is
// painted again whenever somebody says something.
func TestSessionsOfAPersonAreBoundedRegression(t *testing.T) {
	story(t, nil, func(h *house) {
		end := make(chan struct{})
		h.faces.Lines = func(context.Context, *Session) int { <-end; return 0 }
		var open []*guest
		var running sync.WaitGroup
		for range 64 {
			g := h.anaIn()
			open = append(open, g)
			running.Go(func() { g.use("") })
		}
		synctest.Wait()
		const sentence = "you have 64 sessions here already; end one and connect again\n"
		for _, g := range []*guest{h.anaIn(), open[7]} {
			if r := g.use("whoami"); r.status != 75 || r.stderr != sentence {
				t.Errorf("got %+v", r)
			}
		}
		h.person("beto", key("beto"), "")
		if r := h.call("beto", withKey(key("beto"))).use("whoami"); r.status != 0 {
			t.Errorf("somebody else: %+v", r)
		}
		close(end)
		running.Wait()
		if r := open[0].use("whoami"); r.status != 0 {
			t.Errorf("got %+v", r)
		}
		if n := len(h.s.people.sessions); n != 0 {
			t.Errorf("%d people are still counted", n)
		}
	})
}
