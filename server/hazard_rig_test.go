package server

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
	"golang.org/x/sys/unix"

	"charla/server/chat"
	"charla/server/sshclient"
)

// rig is a whole server in this process, as serve runs it and with its limits,
// and two bystanders who talk in the lobby while somebody else does harm. What a
// story of docs/hazards.md has to add is the harm.
type rig struct {
	*house
	addr      string
	ana       *bystander
	beto      *bystander
	pairs     int
	said      []string // every marker that both have seen
	faults    *faults
	stop      func()       // tells the server to stop, as SIGTERM does
	ended     func() error // waits until it has
	strangers int
	busy      float64 // how much of a core server, bystanders and harm took together
}

// patience is how long a rig waits for what must come; a story that has to wait
// so long fails.
const patience = 20 * time.Second

// faults is a log in which nothing worse than a warning may stand.
type faults struct {
	mu  sync.Mutex
	bad []string
	all bytes.Buffer
}

func (f *faults) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if bytes.Contains(p, []byte("level=ERROR")) || bytes.Contains(p, []byte("panic")) {
		f.bad = append(f.bad, string(p))
	}
	return f.all.Write(p)
}

// newRig opens a server. What between is given lies between its listener and
// its front door.
func newRig(t *testing.T, between ...func(net.Listener) net.Listener) *rig {
	t.Helper()
	r := &rig{house: newHouse(t), faults: &faults{}}
	log := slog.New(slog.NewTextHandler(r.faults, nil))
	s, err := Open(t.Context(), r.cfg, Options{Log: log, Tell: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	r.Server, r.addr = s, s.listen.Addr().String()
	for _, wrap := range between {
		s.listen = wrap(s.listen)
	}
	ctx, stop := context.WithCancel(context.Background())
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx) }()
	r.stop, r.ended = stop, sync.OnceValue(func() error { return <-ran })
	t.Cleanup(func() { // before the house closes the server
		stop()
		if err := r.ended(); err != nil {
			t.Errorf("run: %v", err)
		}
		for _, line := range r.faults.bad {
			t.Errorf("the log says: %s", line)
		}
	})
	r.arrive() // the first of everything costs more
	r.talk(3)
	return r
}

// guest is a client that is signed in.
type guest struct {
	*gossh.Client
	tcp *net.TCPConn
}

// signer is the key of a nick.
func signer(nick string) gossh.Signer {
	seed := sha256.Sum256([]byte(nick))
	s, err := gossh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		panic(err)
	}
	return s
}

// wire lets a story change what lies between a client and the server.
type wire func(*net.TCPConn) net.Conn

// dial signs in. It may be called from any goroutine.
func (r *rig) dial(nick string, change func(*gossh.ClientConfig), between wire) (*guest, error) {
	config := &gossh.ClientConfig{
		User: nick, Auth: []gossh.AuthMethod{gossh.PublicKeys(signer(nick))}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
		Config: gossh.Config{Ciphers: []string{"aes128-gcm@openssh.com"}},
	}
	if change != nil {
		change(config)
	}
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		return nil, err
	}
	tcp := conn.(*net.TCPConn)
	if between != nil {
		conn = between(tcp)
	}
	c, channels, requests, err := sshclient.NewConn(conn, r.addr, config)
	if err != nil {
		return nil, fmt.Errorf("sign in as %s: %w", nick, err)
	}
	return &guest{Client: gossh.NewClient(c, channels, requests), tcp: tcp}, nil
}

// guest is dial for one who must get in.
func (r *rig) guest(nick string) *guest {
	r.t.Helper()
	g, err := r.dial(nick, nil, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	return g
}

// tty is a session with a pty of 80x24, whose bytes nobody has read yet.
type tty struct {
	gossh.Channel
	ended chan struct{} // no request will come any more
	exit  []byte        // then: of the exit status
}

func (t *tty) answer(in <-chan *gossh.Request) {
	defer close(t.ended)
	for req := range in {
		if req.Type == "exit-status" {
			t.exit = req.Payload
		}
		if req.WantReply {
			_ = req.Reply(false, nil) // to a keepalive, any answer will do
		}
	}
}

// status waits for the exit status; -1 if none came.
func (t *tty) status() int {
	<-t.ended
	if len(t.exit) != 4 {
		return -1
	}
	return int(binary.BigEndian.Uint32(t.exit))
}

// stoppable is a client's end of a connection that can stop reading, as a
// client does that is suspended or whose network is gone: what the server sends
// stays in the buffers of the system.
type stoppable struct {
	net.Conn
	reading chan struct{} // holds one: whoever reads, or whoever stopped it
	closed  chan struct{}
	once    sync.Once
}

func newStoppable(c *net.TCPConn) *stoppable {
	return &stoppable{Conn: c, reading: make(chan struct{}, 1), closed: make(chan struct{})}
}

func (s *stoppable) Read(p []byte) (int, error) {
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
		return s.Conn.Read(p)
	case <-s.closed:
		return 0, net.ErrClosed
	}
}

func (s *stoppable) Close() error {
	s.once.Do(func() { close(s.closed) })
	return s.Conn.Close()
}

// stop lets nobody read after whoever does now.
func (s *stoppable) stop() {
	go func() { // ends when the read under way does, or with the connection
		select {
		case s.reading <- struct{}{}:
		case <-s.closed:
		}
	}()
}

// smallBuffers makes connections that hold little of what is not read, on this
// side. (On the other, a buffer that is made smaller than the window it has
// announced drops acknowledgements too, and then nothing moves at all.)
func smallBuffers(l net.Listener) net.Listener { return smallListener{l} }

type smallListener struct{ net.Listener }

func (l smallListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		err = c.(*net.TCPConn).SetWriteBuffer(4 << 10)
	}
	return c, err
}

// channel opens a session channel and makes requests on it, all of which must
// be granted.
func (g *guest) channel(requests ...request) (*tty, error) {
	ch, in, err := g.OpenChannel("session", nil)
	if err != nil {
		return nil, err
	}
	t := &tty{Channel: ch, ended: make(chan struct{})}
	go t.answer(in)
	for _, req := range requests {
		if ok, err := ch.SendRequest(req.name, true, req.payload); !ok || err != nil {
			ch.Close()
			return nil, fmt.Errorf("%s: granted is %t, %v", req.name, ok, err)
		}
	}
	return t, nil
}

// request is one of RFC 4254 6.
type request struct {
	name    string
	payload []byte
}

type ptyRequest struct {
	Term                         string
	Columns, Rows, Width, Height uint32
	Modes                        string
}

func pty(term string) request {
	return request{"pty-req", gossh.Marshal(ptyRequest{Term: term, Columns: 80, Rows: 24})}
}

func exec(line string) request {
	return request{"exec", gossh.Marshal(struct{ Line string }{line})}
}

func window(columns, rows uint32) []byte {
	return gossh.Marshal(struct{ C, R, W, H uint32 }{C: columns, R: rows})
}

var shell = request{name: "shell"}

// screen opens a terminal and reads and forgets what it shows.
func (g *guest) screen() (*tty, error) {
	t, err := g.channel(pty("xterm-256color"), shell)
	if err == nil {
		go func() { _, _ = io.Copy(io.Discard, t) }() // ends with the channel
	}
	return t, err
}

// bystander is somebody who does no harm.
type bystander struct {
	nick  string
	guest *guest
	tty   *tty
	seen  chan string // runs of capital letters that came
	ended chan struct{}
}

const markerLen = 16

func (r *rig) bystander(nick string) *bystander {
	r.t.Helper()
	b := &bystander{nick: nick, guest: r.guest(nick), seen: make(chan string, 1000), ended: make(chan struct{})}
	screen, err := b.guest.channel(pty("xterm-256color"), shell)
	if err != nil {
		r.t.Fatal(err)
	}
	b.tty = screen
	shown := make(chan struct{})
	go b.read(shown)
	r.waitFor(nick+"'s first screen", func() bool { return isClosed(shown) })
	return b
}

// read hands on every run of markerLen capital letters, however it is cut.
func (b *bystander) read(shown chan struct{}) {
	defer close(b.ended)
	var run []byte
	var all bytes.Buffer
	buf := make([]byte, 16<<10)
	for {
		n, err := b.tty.Read(buf)
		if !isClosed(shown) {
			if all.Write(buf[:n]); bytes.Contains(all.Bytes(), []byte("lobby")) {
				close(shown)
			}
		}
		for _, c := range buf[:n] {
			if c < 'A' || c > 'X' {
				run = run[:0]
				continue
			}
			if run = append(run, c); len(run) >= markerLen {
				select {
				case b.seen <- string(run[len(run)-markerLen:]):
				default: // it is read again when the next frame comes
				}
			}
		}
		if err != nil {
			return
		}
	}
}

// leave hangs up.
func (b *bystander) leave() {
	b.guest.Close()
	<-b.ended
}

// arrive brings in two bystanders whom nobody knew, with whole budgets.
func (r *rig) arrive() {
	r.t.Helper()
	if r.ana != nil {
		r.ana.leave()
		r.beto.leave()
	}
	r.pairs++
	r.ana, r.beto = r.bystander(fmt.Sprintf("ana%d", r.pairs)), r.bystander(fmt.Sprintf("beto%d", r.pairs))
}

// marker is a text that any screen is sent whole: two that follow each other
// have no letter in common, so none is in the cell where it was before.
func (r *rig) marker() string {
	n := len(r.said)
	m := make([]byte, markerLen)
	for i := range m {
		m[i] = byte('A' + n%6*4 + (n>>(2*(i/2))+i%2)&3)
	}
	return string(m)
}

// talk passes a message to and fro n times, and returns how long each took.
func (r *rig) talk(n int) []time.Duration {
	r.t.Helper()
	took := make([]time.Duration, n)
	for i := range took {
		began := time.Now()
		r.say(r.ana, r.beto)
		r.say(r.beto, r.ana)
		took[i] = time.Since(began)
	}
	return took
}

// say types a marker and returns when the other one's screen shows it.
func (r *rig) say(from, to *bystander) {
	r.t.Helper()
	m := r.marker()
	r.said = append(r.said, m)
	if _, err := io.WriteString(from.tty, m+"\r"); err != nil {
		r.t.Fatalf("%s types: %v", from.nick, err)
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		select {
		case got := <-to.seen:
			if got == m {
				return
			}
		case <-to.ended:
			r.t.Fatalf("%s was thrown out", to.nick)
		case <-late.C:
			r.t.Fatalf("%s has not seen what %s said\n%s", to.nick, from.nick, stacks())
		}
	}
}

// harm is what somebody does. It goes on until ctx ends, or until it is done,
// and calls under once it is under way; what it needs, and how it fails, it
// tells by its error.
type harm func(ctx context.Context, under func()) error

// peril is a harm with its name.
type peril struct {
	name string
	do   harm
	when when
}

// when a peril is measured.
type when bool

const (
	always   when = false
	longOnly when = true // its cure has a quicker story too, see docs/hazards.md
)

// face runs perils one after the other on one server.
func (r *rig) face(perils []peril) {
	whole := r.t
	for _, p := range perils {
		whole.Run(p.name, func(t *testing.T) {
			if p.when == longOnly && !long() {
				t.Skip("measured with CHARLA_LONG=1, as .ci/run does")
			}
			r.t = t
			defer func() { r.t = whole }()
			r.survives(p.do)
		})
	}
}

// survives fails the story unless others hardly notice the harm, and nothing of
// it stays: see docs/hazards.md. A machine with other things to do gets more
// attempts, whose times are counted together.
func (r *rig) survives(do harm) {
	r.t.Helper()
	const attempts = 6
	var calm, hurt []time.Duration
	for attempt := 1; ; attempt++ {
		r.arrive()
		before := r.measure()
		without, with := r.slots(do)
		calm, hurt = append(calm, without...), append(hurt, with...)
		r.t.Logf("round trip %v calm, %v under it, %.0f %% of a core; attempt %d", median(without), median(with), 100*r.busy, attempt)
		r.recovers(before)
		if !timed || median(with) <= 2*median(without)+noise || median(hurt) <= 2*median(calm)+noise {
			break
		}
		if attempt == attempts {
			r.t.Errorf("a round trip takes %v, and %v without the harm", median(hurt), median(calm))
			break
		}
	}
	r.nothingLost()
}

// noise is what a median may be off by on a quiet machine.
const noise = 5 * time.Millisecond

// long makes the stories more and their measures longer, as .ci/run does.
func long() bool { return os.Getenv("CHARLA_LONG") != "" && !testing.Short() }

// slots measures the round trip in turns without and with the harm.
func (r *rig) slots(do harm) (without, with []time.Duration) {
	r.t.Helper()
	turns, n := 1, 3
	if long() {
		turns, n = 3, 5
	}
	for range turns {
		without = append(without, r.talk(n)...)
		with = append(with, r.during(do, n)...)
	}
	return without, with
}

func (r *rig) during(do harm, n int) []time.Duration {
	r.t.Helper()
	ctx, stop := context.WithCancel(r.t.Context())
	defer stop()
	under, done := make(chan struct{}), make(chan error, 1)
	var once sync.Once
	go func() { done <- do(ctx, func() { once.Do(func() { close(under) }) }) }()
	select {
	case <-under:
	case err := <-done:
		r.t.Fatalf("the harm came to nothing: %v", err)
	}
	began, before := time.Now(), cpu()
	took := r.talk(n)
	r.busy = float64(cpu()-before) / float64(time.Since(began))
	stop()
	select {
	case err := <-done:
		if err != nil {
			r.t.Fatalf("the harm failed: %v", err)
		}
	case <-time.After(patience):
		r.t.Fatalf("the harm does not end\n%s", stacks())
	}
	return took
}

func median(d []time.Duration) time.Duration { return slices.Sorted(slices.Values(d))[len(d)/2] }

// state is what must come back to where it was.
type state struct {
	goroutines int
	heap       uint64
	conns      int
}

func (r *rig) measure() state {
	runtime.GC()
	runtime.GC() // what the first found may have held something
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	conns, _ := r.door.Connections()
	return state{runtime.NumGoroutine(), m.HeapAlloc, conns}
}

// recovers waits until nothing of the harm is left: no connection, no
// goroutine, no memory beyond what caches may keep, and no core busy.
func (r *rig) recovers(before state) {
	r.t.Helper()
	const slack = 8 << 20
	var now state
	ok := r.within(func() bool {
		now = r.measure()
		return now.conns <= before.conns && now.goroutines <= before.goroutines+2 && now.heap <= before.heap+before.heap/4+slack
	})
	if !ok {
		r.t.Fatalf("it leaves %+v where there was %+v\n%s", now, before, stacks())
	}
	var busy float64
	if !r.within(func() bool { busy = load(100 * time.Millisecond); return busy < 0.25 }) {
		r.t.Fatalf("%.0f %% of a core is burnt afterwards\n%s", 100*busy, stacks())
	}
}

// load is how much of one core this process used in a while.
func load(while time.Duration) float64 {
	began, before := time.Now(), cpu()
	time.Sleep(while)
	return float64(cpu()-before) / float64(time.Since(began))
}

// cpu is what this process has used.
func cpu() time.Duration {
	var u unix.Rusage
	if unix.Getrusage(unix.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// nothingLost looks for everything that was said, once each and in order.
func (r *rig) nothingLost() {
	r.t.Helper()
	actor := r.person(chat.Nick(r.ana.nick))
	lobby, err := actor.Resolve(r.t.Context(), "lobby")
	if err != nil {
		r.t.Fatal(err)
	}
	page, err := actor.Page(r.t.Context(), lobby.Ref(), chat.PageQuery{Limit: 1000})
	if err != nil {
		r.t.Fatal(err)
	}
	var got []string
	for _, m := range page.Messages {
		if len(m.Text) == markerLen && strings.ToUpper(m.Text) == m.Text {
			got = append(got, m.Text)
		}
	}
	if !slices.Equal(got, r.said) {
		r.t.Fatalf("of %d messages that were seen %d are kept:\n%v\n%v", len(r.said), len(got), r.said, got)
	}
}

// within waits for a condition.
func (r *rig) within(done func() bool) bool {
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		if done() {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

func (r *rig) waitFor(what string, done func() bool) {
	r.t.Helper()
	if !r.within(done) {
		r.t.Fatalf("%s does not come\n%s", what, stacks())
	}
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// stacks are those of all goroutines, the same ones counted.
func stacks() string {
	var b bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&b, 1)
	return b.String()
}
