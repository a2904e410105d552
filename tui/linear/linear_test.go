package linear_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/command"
	"charla/server/i18n"
	"charla/tui/linear"
)

// terminal is a session in linear mode and what it has printed.
type terminal struct {
	t    *testing.T
	keys *io.PipeWriter

	hello string // what it printed first
	done  chan error

	mu  sync.Mutex
	out strings.Builder
}

func (m *terminal) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.out.Write(p)
}

// open starts a session inside a bubble.
func open(t *testing.T, w *chattest.World, who *chat.Actor, change func(*linear.Session)) *terminal {
	t.Helper()
	r, keys := io.Pipe()
	m := &terminal{t: t, keys: keys, done: make(chan error, 1)}
	s := linear.Session{
		Session: command.Session{Actor: who, Words: i18n.For(i18n.English), In: r, Out: m},
		Log:     slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	if change != nil {
		change(&s)
	}
	go func() {
		m.done <- linear.Run(w.Ctx, s)
		r.Close() // as the front door closes the channel
	}()
	synctest.Wait()
	m.hello = m.read()
	return m
}

// types enters something and waits until all is quiet; it returns what was
// printed meanwhile.
func (m *terminal) types(s string) string {
	m.t.Helper()
	if _, err := io.WriteString(m.keys, s); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		m.t.Fatal(err)
	}
	synctest.Wait()
	return m.read()
}

// read takes what was printed since the last time.
func (m *terminal) read() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.out.String()
	m.out.Reset()
	return s
}

// hangUp ends the input and waits for the end of the session.
func (m *terminal) hangUp() (string, error) {
	m.keys.Close()
	err := <-m.done
	return m.read(), err
}

func (m *terminal) wants(s, want string) {
	m.t.Helper()
	if got := m.types(s); got != want {
		m.t.Errorf("%q prints\n%q, want\n%q", s, got, want)
	}
}

// Midnight of 2000-01-01 UTC is when bubbles begin.

func TestTalkingInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		w.Say(beto, w.Lobby(), "yesterday")
		time.Sleep(34*time.Hour + 33*time.Minute)
		m := open(t, w, ana, nil)
		if want := "* you are ana; times are UTC\n* /go CONV chooses where your lines go, /list names conversations, /help says the rest, /quit ends\n* unread: lobby (1)\n"; m.hello != want {
			t.Errorf("it opens with %q, want %q", m.hello, want)
		}
		m.wants("/go lobby\n", "* your lines go to lobby\n2000-01-01 00:00 beto in lobby: yesterday\n")
		m.wants("don't  wait\r\n", "10:33 ana in lobby: don't  wait\n")
		m.wants("//x\n", "10:33 ana in lobby: /x\n")
		m.wants("\n   \n", "")
		w.Say(beto, w.Talk(beto, ana), "psst 1")
		synctest.Wait()
		if got, want := m.read(), "* beto wants to write to you: /accept beto lets them in, /block beto does not, /go beto shows the words\n"; got != want {
			t.Errorf("a stranger prints %q, want %q", got, want)
		}
		m.wants("/accept beto\n", "you let beto in\n")
		w.Say(beto, w.Talk(beto, ana), "psst\n10:33 ana in lobby: I never said this")
		synctest.Wait()
		if got, want := m.read(), "10:33 beto in beto: psst\n    10:33 ana in lobby: I never said this\n"; got != want {
			t.Errorf("news prints %q, want %q", got, want)
		}
		m.wants("/go beta\n", "* no beta here; beto?\n")
		m.wants("/go\n", "* usage: /go CONV\n")
		m.wants("/who\n", "ana\n")
		m.wants("/read beto\n", "2000-01-02 10:33 UTC beto in beto: psst 1\n2000-01-02 10:33 UTC beto in beto: psst\n    10:33 ana in lobby: I never said this\n")
		m.wants("/sned beto x\n", "* no command /sned; did you mean /send? /help lists them all\n")
		m.wants("/send beto\n", "* usage: /send [--id KEY] [--lines] CONV [TEXT…]\n")
		m.wants("/send beto hola\n", "10:33 ana in beto: hola\n")
		m.wants("/tail\n", "* tail works only as ssh … tail\n")
		m.wants("exit\nnot sent\n", "")
		if err := <-m.done; err != nil {
			t.Errorf("it ended with %v", err)
		}
		w.Settle()
		if got := w.Texts(beto, w.Lobby()); !slices.Equal(got, []string{"beto: yesterday", "ana: don't  wait", "ana: /x"}) {
			t.Errorf("the lobby holds %q", got)
		}
	})
}

func TestLinesSayThatAListIsEmptyEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		m := open(t, w, w.Person("ana"), nil)
		for range 2 {
			m.wants("/blocked\n", "you have blocked nobody\n")
		}
		m.wants("/requests\n", "nobody waits for you to let them in\n")
		if _, err := m.hangUp(); err != nil {
			t.Error(err)
		}
	})
}

// Who wrote to a stranger saw their own line and took silence for an answer.
func TestLinesSayOnceThatAStrangerHasNotLetOneIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		m := open(t, w, ana, nil)
		m.types("/go beto\n")
		const waits = "* beto has not let you in yet; up to 5 messages wait\n"
		m.wants("hola\n", waits+"00:00 ana in beto: hola\n")
		m.wants("¿estás?\n", "00:00 ana in beto: ¿estás?\n")
		m.wants("/send beto soy ana\n", "00:00 ana in beto: soy ana\n")
		w.Say(beto, w.Talk(beto, ana), "hola ana")
		synctest.Wait()
		m.read()
		m.wants("¡por fin!\n", "00:00 ana in beto: ¡por fin!\n")
		m.hangUp()
		if m := open(t, w, w.Person("eva"), nil); m.types("/send beto hola\n") != waits+"00:00 eva in beto: hola\n" {
			t.Error("/send tells eva nothing")
		}
	})
}

// `ssh -T chat < /var/log/syslog`, meant for somewhere else.
func TestALogPipedInGoesNowhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		m := open(t, w, ana, nil)
		m.wants("secret one\nsecret two\n", strings.Repeat("* not sent: choose where first, with /go CONV (/list names conversations)\n", 2))
		if _, err := m.hangUp(); !errors.Is(err, linear.ErrUnsent) {
			t.Error(err)
		}
		w.Settle()
		if got := w.Texts(ana, w.Lobby()); len(got) != 0 {
			t.Errorf("the lobby holds %q", got)
		}
	})
}

// A line meant for somebody whose name was mistyped went to whoever was chosen
// before.
func TestAFailedGoChoosesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		m := open(t, w, ana, nil)
		m.types("/go beto\n")
		m.types("/go nadiee\n")
		if out := m.types("for nadiee only\n"); !strings.HasPrefix(out, "* not sent") {
			t.Errorf("it prints %q", out)
		}
		if c := w.See(beto, w.Talk(beto, ana)); c.LastN != 0 {
			t.Error("beto got it")
		}
		if _, err := m.hangUp(); !errors.Is(err, linear.ErrUnsent) {
			t.Errorf("it ended with %v, so a script would not know", err)
		}
	})
}

func TestAScriptReadsItsLastLineBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		m := open(t, w, ana, func(s *linear.Session) { s.Words = i18n.For(i18n.Spanish) })
		m.types("/ir beto\nhola\nadiós, sin salto")
		out, err := m.hangUp()
		if err != nil || !strings.HasSuffix(out, "00:00 ana en beto: adiós, sin salto\n") {
			t.Errorf("it ends with %q, %v", out, err)
		}
		if got := w.Texts(beto, w.Talk(beto, ana)); !slices.Equal(got, []string{"ana: hola", "ana: adiós, sin salto"}) {
			t.Errorf("beto reads %q", got)
		}
	})
}

func TestHelpNamesWhatOnlyLinesHave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		m := open(t, w, w.Person("ana"), func(s *linear.Session) { s.Words, s.Notice = i18n.For(i18n.Spanish), "eres otra" })
		if want := "* eres otra\n* eres ana; las horas son UTC\n"; !strings.HasPrefix(m.hello, want) {
			t.Errorf("it opens with %q, want %q", m.hello, want)
		}
		help := m.types("/ayuda\n")
		for _, want := range []string{"/enviar ", "/grupo nuevo ", "/ir CONV", "/salir"} {
			if !strings.Contains(help, "\n"+want) && !strings.HasPrefix(help, want) {
				t.Errorf("no %q in\n%s", want, help)
			}
		}
		if n := strings.Count(help, "--json"); n != 1 || !strings.Contains(help, "\nTodas las órdenes admiten además --json") {
			t.Errorf("--json is named %d times in\n%s", n, help)
		}
		m.wants("/SALIR\n", "")
		if err := <-m.done; err != nil {
			t.Error(err)
		}
	})
}

// What was printed of the conversation one is in is read; the rest is only
// delivered.
func TestReadIsWhatWasPrintedHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto, carla := w.Person("ana"), w.Person("beto"), w.Person("carla")
		w.Group(ana, "Amigos", beto, carla)
		m := open(t, w, ana, nil)
		m.types("/go beto\n")
		w.Say(beto, w.Talk(beto, ana), "one")
		w.Say(carla, w.Talk(carla, ana), "two")
		if _, err := m.hangUp(); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute) // marks may wait
		w.Settle()
		if c := w.See(ana, w.Talk(ana, beto)); c.Unread != 0 {
			t.Errorf("%d unread of beto, who was read", c.Unread)
		}
		if c := w.See(ana, w.Talk(ana, carla)); c.Unread != 1 {
			t.Errorf("%d unread of carla, want 1", c.Unread)
		}
	})
}

// Messages that come while /go prints the history are told once.
func TestNothingTwiceAroundGo(t *testing.T) {
	w := chattest.New(t)
	ana, beto := w.Person("ana"), w.Person("beto")
	var out terminal
	r, keys := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- linear.Run(w.Ctx, linear.Session{
			Session: command.Session{Actor: ana, Words: i18n.For(i18n.English), In: r, Out: &out},
			Log:     slog.New(slog.NewTextHandler(t.Output(), nil)),
		})
		r.Close()
	}()
	_, _ = io.WriteString(keys, "\n") // is taken once it follows
	const n = 300
	posted := make(chan struct{})
	go func() {
		defer close(posted)
		for i := range n {
			w.Say(beto, w.Lobby(), fmt.Sprint(i))
		}
	}()
	for range 20 {
		_, _ = io.WriteString(keys, "/go lobby\n")
	}
	<-posted
	_, _ = io.WriteString(keys, "last\n")
	keys.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	all := out.read()
	for _, section := range strings.Split(all, "* your lines go to lobby\n") {
		lines := strings.Split(strings.TrimSpace(section), "\n")
		slices.Sort(lines)
		if once := slices.Compact(slices.Clone(lines)); len(once) != len(lines) {
			t.Errorf("something is told twice after one /go:\n%s", section)
		}
	}
	for i := range n {
		if !strings.Contains(all, fmt.Sprintf(" beto in lobby: %d\n", i)) {
			t.Errorf("%d is never told", i)
		}
	}
}

// The connection of somebody who is typing breaks: half a line is not said.
func TestHalfALineOfATerminalIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		m := open(t, w, ana, func(s *linear.Session) { s.Pty = true })
		m.types("/go lobby\rI did not finish th")
		if _, err := m.hangUp(); err != nil {
			t.Error(err)
		}
		w.Settle()
		if got := w.Texts(ana, w.Lobby()); len(got) != 0 {
			t.Errorf("the lobby holds %q", got)
		}
	})
}

// TERM=dumb has a pty: the client's terminal neither echoes nor edits.
func TestADumbTerminalIsEchoedAndEdited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		m := open(t, w, ana, func(s *linear.Session) { s.Pty = true })
		m.wants("/go lobby\r", "/go lobby\r\n* your lines go to lobby\r\n")
		m.wants("holx\x7fa ñ漢\b\b\x1b[A\x1bOB\x1bx\x1b[200~!", "holx\b \ba ñ漢\b \b\b \b\b \b!")
		w.Say(beto, w.Lobby(), "hi")
		synctest.Wait()
		if got, want := m.read(), "\r\n00:00 beto in lobby: hi\r\nhola !"; got != want {
			t.Errorf("news prints %q, want %q", got, want)
		}
		m.wants("\r\n", "\r\n00:00 ana in lobby: hola !\r\n")
		m.wants("gone\x15kept\x03", "gone\r\nkept\r\n")
		m.wants("\xc3", "")
		m.wants("\xb1\x04\r", "ñ\r\n00:00 ana in lobby: ñ\r\n")
		m.wants("\x04", "\r\n")
		if err := <-m.done; err != nil {
			t.Error(err)
		}
	})
}

func TestALineIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		m := open(t, w, ana, nil)
		m.types("/go notes\n")
		tooLong := "* too long: a message holds 16 KB; send it as a file\n"
		m.wants(strings.Repeat("x", 1<<20)+"\n", tooLong)
		m.wants(strings.Repeat("x", chat.MaxText+1)+"\n", tooLong)
		m.wants("fits\n", "00:00 ana in notes: fits\n")
		if _, err := m.hangUp(); !errors.Is(err, linear.ErrUnsent) {
			t.Error(err)
		}
	})
}

// Whoever reads has gone: the session ends instead of talking to nobody.
func TestItEndsWhenTheOutputFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		r, out := io.Pipe()
		go func() { _, _ = io.ReadAll(io.LimitReader(r, 200)); r.Close() }()
		m := open(t, w, ana, func(s *linear.Session) { s.Out = out })
		for range 10 {
			w.Say(beto, w.Lobby(), "a line of some length")
		}
		if err := <-m.done; !errors.Is(err, command.ErrOutput) {
			t.Errorf("it ended with %v", err)
		}
		m.keys.Close()
	})
}

// minedReader blows up when it is read from, on a goroutine of ours.
type minedReader struct{}

func (minedReader) Read([]byte) (int, error) { panic("boom") }

// A panic in a goroutine that a session started would end the server.
func TestAPanicOfTheReaderEndsItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		var log strings.Builder
		m := open(t, w, w.Person("ana"), func(s *linear.Session) {
			s.In, s.Log = minedReader{}, slog.New(slog.NewTextHandler(&log, nil))
		})
		if err := <-m.done; err != nil || !strings.Contains(log.String(), "boom") {
			t.Errorf("it ended with %v; the log says %q", err, &log)
		}
	})
}

func TestAServerThatStopsSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana := w.Person("ana")
		ctx, stop := context.WithCancel(w.Ctx)
		r, keys := io.Pipe()
		var out terminal
		done := make(chan error, 1)
		go func() {
			done <- linear.Run(ctx, linear.Session{
				Session: command.Session{Actor: ana, Words: i18n.For(i18n.English), In: r, Out: &out},
				Log:     slog.New(slog.NewTextHandler(t.Output(), nil)),
			})
		}()
		synctest.Wait()
		stop()
		if err := <-done; !errors.Is(err, context.Canceled) || !strings.Contains(out.read(), "* the server is stopping") {
			t.Errorf("it ended with %v", err)
		}
		keys.Close()
	})
}

func TestNoEscapeIsEverWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto := w.Person("ana"), w.Person("beto")
		evil := "\x1b[31mred\x1b]0;t\x07 \u009b2J \u202e \x00\x08\x7f"
		for _, pty := range []bool{false, true} {
			m := open(t, w, ana, func(s *linear.Session) { s.Pty = pty })
			m.types("/go beto\n")
			w.Say(beto, w.Talk(beto, ana), "hi "+evil)
			out := m.types(evil+"\n") + m.types("/"+evil+" x\n") + m.types("/go "+evil+"\n") + m.types("/help "+evil+"\n")
			end, err := m.hangUp()
			if err != nil {
				t.Error(err)
			}
			for _, r := range out + end {
				ok := r == '\n' || pty && (r == '\r' || r == '\b')
				if !ok && (r < 0x20 || r >= 0x7f && r <= 0x9f || r == 0x202e) {
					t.Errorf("pty %v: %U is written in %q", pty, r, out+end)
					break
				}
			}
		}
	})
}

// Somebody is warned while they are here, and silenced while they are not: they are
// told at once, and when they come, and once.
func TestWarningsAreToldInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ada, beto := w.Person("ada"), w.Person("beto")
		if _, err := w.Service.Operator().GiveRank(w.Ctx, "ada", chat.RankAdmin); err != nil {
			t.Fatal(err)
		}
		here := open(t, w, beto, nil)
		if err := ada.Warn(w.Ctx, "beto", "no \x1b[31mlinks"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := here.read(); got != "* a warning from the admins of this server: no links\n" {
			t.Errorf("beto reads %q", got)
		}
		here.types("/quit\n")
		if _, err := ada.Silence(w.Ctx, "beto", time.Hour, "links"); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{1, 0} {
			again := open(t, w, beto, nil)
			if n := strings.Count(again.hello, "* you may not write here until 2000-01-01 01:00 UTC: links\n"); n != want {
				t.Errorf("when he comes beto reads %q", again.hello)
			}
			again.types("/quit\n")
		}
	})
}

// Who is muted, let speak again, made an admin, and silenced no more is told each
// time; of what admins of the server decide nobody else is.
func TestWhoIsGivenAnotherRoleReadsSoInLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := chattest.New(t)
		ana, beto, eva := w.Person("ana"), w.Person("beto"), w.Person("eva")
		group := w.Group(ana, "Pandilla", beto, eva)
		betos, evas := open(t, w, beto, nil), open(t, w, eva, nil)
		for role, want := range map[chat.Role]string{
			chat.RoleMuted: "* pandilla: ana muted you\n", chat.RoleAdmin: "* pandilla: ana made you an admin\n", chat.RoleOwner: "* pandilla: ana made you an owner\n",
		} {
			if _, err := ana.GiveRole(w.Ctx, group, "beto", role); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if got := betos.read(); got != want {
				t.Errorf("beto reads %q, want %q", got, want)
			}
		}
		evas.read()
		system := w.Service.Operator()
		if _, err := system.Silence(w.Ctx, "beto", time.Hour, ""); err != nil {
			t.Fatal(err)
		}
		if err := system.Unsilence(w.Ctx, "beto"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := betos.read(); got != "* you may not write here until 2000-01-01 01:00 UTC\n* you may write here again\n" {
			t.Errorf("beto reads %q", got)
		}
		if got := evas.read(); got != "" {
			t.Errorf("eva reads %q", got)
		}
	})
}
