package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"

	"charla/files"
	"charla/files/blob"
	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/i18n"
)

// world is several people, one blob store, and sessions between them.
type world struct {
	*chattest.World
	t         testing.TB
	dir       string
	store     *blob.Store
	ana, beto *chat.Actor
	talk      chat.Ref // of ana and beto
	parking   *files.Parking
}

func newWorld(t testing.TB, o blob.Options, options ...chattest.Option) *world {
	t.Helper()
	dir := t.TempDir()
	store, err := blob.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &world{World: chattest.New(t, options...), t: t, dir: dir, store: store}
	w.ana, w.beto = w.Person("ana"), w.Person("beto")
	w.talk = w.Befriend(w.ana, w.beto) // strangers fetch nothing of each other
	return w
}

// client is one SFTP session as its client sees it.
type client struct {
	*sftp.Client
	t      testing.TB
	near   net.Conn
	stderr *lines
	status chan int
}

// lines is a stderr that may be read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (w *world) serve(who *chat.Actor, stderr io.Writer) (near net.Conn, status chan int) {
	near, far := net.Pipe()
	status = make(chan int, 1)
	go func() {
		defer far.Close()
		status <- files.Serve(w.Ctx, files.Config{
			Actor: who, Store: w.store, Channel: far, Stderr: stderr, Words: i18n.For(i18n.English), Parking: w.parking,
			Log: slog.New(slog.NewTextHandler(w.t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
		})
	}()
	return near, status
}

func (w *world) session(who *chat.Actor) *client {
	w.t.Helper()
	stderr := &lines{}
	near, status := w.serve(who, stderr)
	c, err := sftp.NewClientPipe(near, near, sftp.UseConcurrentWrites(true))
	if err != nil {
		w.t.Fatal(err)
	}
	s := &client{Client: c, t: w.t, near: near, stderr: stderr, status: status}
	w.t.Cleanup(func() { s.cut() })
	return s
}

// cut ends the connection as it stands.
func (c *client) cut() { _ = c.near.Close() }

// bye ends the session and returns its exit status.
func (c *client) bye() int {
	c.t.Helper()
	c.cut()
	return c.ended()
}

func (c *client) ended() int {
	c.t.Helper()
	select {
	case s := <-c.status:
		c.status <- s
		return s
	case <-time.After(time.Minute):
		c.t.Fatal("the session does not end")
		return -1
	}
}

func (c *client) open(path string, flags int) *sftp.File {
	c.t.Helper()
	f, err := c.OpenFile(path, flags)
	if err != nil {
		c.t.Fatalf("open %q: %v", path, err)
	}
	return f
}

// put writes a file as OpenSSH's put does.
func (c *client) put(path, content string) error {
	return c.write(path, content, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
}

func (c *client) write(path, content string, flags int) error {
	f, err := c.OpenFile(path, flags)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte(content))
	return errors.Join(err, f.Close())
}

func (c *client) mustPut(path, content string) {
	c.t.Helper()
	if err := c.put(path, content); err != nil {
		c.t.Fatalf("put %q: %v", path, err)
	}
}

func (c *client) get(path string) string {
	c.t.Helper()
	f, err := c.Open(path)
	if err != nil {
		c.t.Fatalf("get %q: %v", path, err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		c.t.Fatalf("get %q: %v", path, err)
	}
	return string(b)
}

// ls is the names in a folder, with one blank between.
func (c *client) ls(path string) string {
	c.t.Helper()
	entries, err := c.ReadDir(path)
	if err != nil {
		c.t.Fatalf("ls %q: %v", path, err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func (c *client) wantTold(line string) {
	c.t.Helper()
	if got := c.stderr.String(); !strings.Contains(got, line) {
		c.t.Errorf("stderr is %q, want %q in it", got, line)
	}
}

func (c *client) wantSilence() {
	c.t.Helper()
	if got := c.stderr.String(); got != "" {
		c.t.Errorf("stderr is %q, want nothing", got)
	}
}

func wantStatus(t testing.TB, err error, want error) {
	t.Helper()
	code := func(err error) uint32 {
		switch status := (*sftp.StatusError)(nil); {
		case errors.As(err, &status):
			return status.Code
		case errors.Is(err, os.ErrNotExist):
			return 2
		case errors.Is(err, os.ErrPermission):
			return 3
		}
		return 0
	}
	if want := map[error]uint32{
		sftp.ErrSSHFxNoSuchFile: 2, sftp.ErrSSHFxPermissionDenied: 3, sftp.ErrSSHFxFailure: 4, sftp.ErrSSHFxOpUnsupported: 8,
	}[want]; code(err) != want {
		t.Errorf("the answer is %v (status %d), want status %d", err, code(err), want)
	}
}

func wantEqual[T comparable](t testing.TB, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// sent lists the live files of ana's and beto's talk: "name size by".
func (w *world) sent() string {
	w.t.Helper()
	messages, err := w.ana.Files(context.Background(), w.talk)
	if err != nil {
		w.t.Fatal(err)
	}
	var all []string
	for _, m := range messages {
		all = append(all, m.File.Name)
	}
	return strings.Join(all, " ")
}

// messages is how many messages the talk has, retracted ones included.
func (w *world) messages() int { return int(w.See(w.ana, w.talk).LastN) }

// person is somebody by nick.
func (w *world) person(nick chat.Nick) chat.UserID {
	w.t.Helper()
	p, err := w.ana.PersonByNick(w.Ctx, nick)
	if err != nil {
		w.t.Fatal(err)
	}
	return p.ID
}
