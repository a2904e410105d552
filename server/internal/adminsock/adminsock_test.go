package adminsock

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// desk is a server on a folder of its own, which carries out orders with run.
type desk struct {
	t    *testing.T
	dir  string
	stop func()
}

func newDesk(t *testing.T, dir string, run func(context.Context, Call) int) *desk {
	t.Helper()
	s, err := Listen(Config{
		Dir: dir, Run: run, Busy: "too many orders at once; try again", Stranger: "you may not", Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()
	d := &desk{t: t, dir: dir}
	d.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-served:
			if err = errors.Join(err, s.Close()); err != nil {
				t.Error(err)
			}
		case <-time.After(20 * time.Second):
			t.Error("Serve does not return")
		}
	})
	t.Cleanup(func() { d.stop() })
	return d
}

func (d *desk) send(in io.Reader, args ...string) (out, errs string, status int, err error) {
	var o, e bytes.Buffer
	status, err = Send(d.t.Context(), d.dir, Order{Args: args, Lang: "es"}, in, &o, &e)
	return o.String(), e.String(), status, err
}

// unread fails the test that reads it.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the input was read")
	return 0, io.EOF
}

func TestAnOrderIsCarriedOut(t *testing.T) {
	d := newDesk(t, t.TempDir(), func(_ context.Context, c Call) int {
		fmt.Fprintf(c.Out, "%q in %s: ", c.Args, c.Lang)
		if len(c.Args) > 1 {
			n, err := io.Copy(c.Out, c.In)
			fmt.Fprint(c.Err, n, err)
		}
		return 75
	})
	words := strings.Repeat("ñandú\n", 100_000) // more than any buffer on the way
	out, errs, status, err := d.send(strings.NewReader(words), "say", "don't  \"wait\"", "")
	if want := `["say" "don't  \"wait\"" ""] in es: ` + words; out != want || errs != "800000 <nil>" || status != 75 || err != nil {
		t.Errorf("got %d bytes of %d, %q, %d, %v", len(out), len(want), errs, status, err)
	}
	// What an order does not read stays for whoever comes after it.
	if out, _, status, err = d.send(unread{t}, "look"); out != `["look"] in es: ` || status != 75 || err != nil {
		t.Errorf("got %q %d %v", out, status, err)
	}
}

// Somebody presses Ctrl+C, and somebody else's order goes on.
func TestAClientThatGoesEndsItsOrderAlone(t *testing.T) {
	begun, ended := make(chan string, 2), make(chan string, 2)
	goOn := make(chan struct{})
	d := newDesk(t, t.TempDir(), func(ctx context.Context, c Call) int {
		begun <- c.Args[0]
		select {
		case <-ctx.Done():
			ended <- c.Args[0]
			return 1
		case <-goOn:
			return 7
		}
	})
	other := make(chan int, 1)
	go func() {
		_, _, status, _ := d.send(nil, "other")
		other <- status
	}()
	<-begun
	ctx, interrupt := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() {
		_, err := Send(ctx, d.dir, Order{Args: []string{"mine"}}, nil, io.Discard, io.Discard)
		gone <- err
	}()
	<-begun
	interrupt()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if who := <-ended; who != "mine" {
		t.Errorf("the order of %s has ended", who)
	}
	close(goOn)
	if status := <-other; status != 7 {
		t.Errorf("the other's status is %d", status)
	}
}

func TestAServerThatStopsEndsItsOrders(t *testing.T) {
	begun := make(chan struct{})
	d := newDesk(t, t.TempDir(), func(ctx context.Context, c Call) int {
		close(begun)
		if _, err := c.In.Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
			t.Errorf("reading ends with %v", err)
		}
		fmt.Fprint(c.Err, "stopping")
		return again
	})
	silent, _ := io.Pipe()
	answered := make(chan string, 1)
	go func() {
		_, errs, status, err := d.send(silent, "wait")
		answered <- fmt.Sprintf("%s %d %v", errs, status, err)
	}()
	<-begun
	d.stop()
	if got := <-answered; got != "stopping 75 <nil>" {
		t.Errorf("got %q", got)
	}
	if _, _, _, err := d.send(nil, "again"); !errors.Is(err, ErrNotRunning) {
		t.Errorf("afterwards: %v", err)
	}
}

func TestAPanicEndsOneOrder(t *testing.T) {
	d := newDesk(t, t.TempDir(), func(_ context.Context, c Call) int {
		if c.Args[0] == "panic" {
			panic("as ordered")
		}
		return 0
	})
	for range atOnce + 1 { // each has left its place
		if _, _, _, err := d.send(nil, "panic"); !errors.Is(err, ErrHungUp) {
			t.Fatalf("got %v", err)
		}
	}
	if _, _, status, err := d.send(nil, "fine"); status != 0 || err != nil {
		t.Errorf("got %d %v", status, err)
	}
}

func TestTooManyOrdersAtOnce(t *testing.T) {
	begun, goOn := make(chan struct{}, atOnce), make(chan struct{})
	d := newDesk(t, t.TempDir(), func(context.Context, Call) int {
		begun <- struct{}{}
		<-goOn
		return 0
	})
	var all sync.WaitGroup
	for range atOnce {
		all.Go(func() {
			if _, _, status, err := d.send(nil, "wait"); status != 0 || err != nil {
				t.Errorf("got %d %v", status, err)
			}
		})
	}
	for range atOnce {
		<-begun
	}
	if _, errs, status, err := d.send(nil, "one more"); status != again || !strings.Contains(errs, "too many orders") || err != nil {
		t.Errorf("got %q %d %v", errs, status, err)
	}
	close(goOn)
	all.Wait()
}

// What is no order is closed, and the next order is served.
func TestGarbageIsNoOrder(t *testing.T) {
	d := newDesk(t, t.TempDir(), func(_ context.Context, c Call) int { return len(c.Args) })
	for _, garbage := range []string{"GET / HTTP/1.1\r\n\r\n", "a\xff\xff\xff\xff", "a\x00\x00\x00\x02[]", "a\x00\x00\x00\x09", "i\x00\x00\x00\x00", ""} {
		conn, err := net.Dial("unix", filepath.Join(d.dir, Name))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, garbage)
		_ = conn.(*net.UnixConn).CloseWrite()
		if answer, _ := io.ReadAll(conn); len(answer) > 0 {
			t.Errorf("%q is answered with %q", garbage, answer)
		}
		conn.Close()
	}
	if _, _, status, err := d.send(nil, "a", "b"); status != 2 || err != nil {
		t.Errorf("got %d %v", status, err)
	}
	if _, _, _, err := d.send(nil, strings.Repeat("x", mostFrame)); !errors.Is(err, ErrOrder) {
		t.Errorf("a long order: %v", err)
	}
}

func TestASocketThatWasLeftIsReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, Name)
	if err := os.WriteFile(path, []byte("notes"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "is no socket; move it away") {
		t.Errorf("somebody's file: %v", err)
	}
	if kept, err := os.ReadFile(path); string(kept) != "notes" {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	killed, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	killed.SetUnlinkOnClose(false)
	killed.Close()
	d := newDesk(t, dir, func(context.Context, Call) int { return 3 })
	if _, _, status, err := d.send(nil, "x"); status != 3 || err != nil {
		t.Errorf("got %d %v", status, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	d.stop()
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is left: %v", err)
	}
}

// A folder deep down, whose socket has a path that unix sockets do not take.
func TestALongPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("a", 60), strings.Repeat("b", 60))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		if _, err := Listen(Config{Dir: dir}); !errors.Is(err, ErrTooLong) {
			t.Errorf("got %v", err)
		}
		return
	}
	d := newDesk(t, dir, func(context.Context, Call) int { return 3 })
	if _, _, status, err := d.send(nil, "x"); status != 3 || err != nil {
		t.Errorf("got %d %v", status, err)
	}
	d.stop()
	if _, _, _, err := d.send(nil, "x"); !errors.Is(err, ErrNotRunning) {
		t.Errorf("afterwards: %v", err)
	}
}

// A frame is read as it was written, and nothing else makes anything fall over or
// take memory that was only announced.
func FuzzFrame(f *testing.F) {
	f.Add([]byte("a\x00\x00\x00\x02{}rest"))
	f.Add([]byte("o\xff\xff\xff\xff"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, p, err := readFrame(bytes.NewReader(raw))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := writeFrame(&again, k, p); err != nil || !bytes.HasPrefix(raw, again.Bytes()) {
			t.Fatalf("%q becomes %q: %v", raw, again.Bytes(), err)
		}
	})
}
