package files_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"

	"charla/files"
	"charla/files/blob"
	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/i18n"
)

// mine is a View that blows up over certain names.
type mined struct{ chat.View }

func (m mined) FileNamed(ctx context.Context, id chat.ConversationID, name string) (chat.Message, error) {
	if strings.HasPrefix(name, "boom") {
		panic("boom: " + name)
	}
	return m.View.FileNamed(ctx, id, name)
}

func (m mined) ByHandle(ctx context.Context, user chat.UserID, h chat.Handle) (chat.Conversation, error) {
	if h == "boom" {
		panic("boom: handle")
	}
	return m.View.ByHandle(ctx, user, h)
}

func (m mined) FileOf(ctx context.Context, id chat.ConversationID, by chat.UserID, name string) (chat.Message, error) {
	if name == "late.txt" {
		panic("boom: late")
	}
	return m.View.FileOf(ctx, id, by, name)
}

// bomb is a stderr that blows up.
type bomb struct{}

func (bomb) Write([]byte) (int, error) { panic("boom: stderr") }

// A panic in a worker of pkg/sftp would end the server and everybody's session.
func TestAPanicEndsOneRequestOnly(t *testing.T) {
	w := newWorld(t, blob.Options{MaxSize: 1000}, chattest.WithView(mined{chattest.NewView()}))
	ana := w.session(w.ana)
	ana.mustPut("/beto/a.txt", "content")
	for what, err := range map[string]error{
		"put":     ana.put("/beto/boom.txt", "x"),
		"put 2":   ana.put("/boom/a.txt", "x"),
		"close":   ana.put("/beto/late.txt", "x"),
		"remove":  ana.Remove("/beto/boom.txt"),
		"rename":  ana.Rename("/beto/boom.txt", "/beto/b.txt"),
		"posix":   ana.PosixRename("/beto/boom.txt", "/beto/b.txt"),
		"setstat": ana.Chmod("/beto/boom.txt", 0o600),
		"mkdir":   ana.Mkdir("/boom/x"),
		"get":     errOf(ana.Open("/beto/boom.txt")),
		"both":    errOf(ana.OpenFile("/beto/boom.txt", os.O_RDWR|os.O_CREATE)),
		"stat":    errOf(ana.Stat("/beto/boom.txt")),
		"lstat":   errOf(ana.Lstat("/beto/boom.txt")),
		"list":    errOf(ana.ReadDir("/boom")),
	} {
		if err == nil || strings.Contains(err.Error(), "boom:") {
			t.Errorf("%s: %v", what, err)
		}
	}
	ana.wantTold("something went wrong here")
	wantEqual(t, ana.get("/beto/a.txt"), "content")

	near, _ := w.serve(w.ana, bomb{})
	c, err := sftp.NewClientPipe(near, near)
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	f, err := c.OpenFile("/beto/big.bin", scpFlags)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, 10), 1000); err == nil { // refused with a line, by a worker
		t.Error("it is too large")
	}
	if err := c.Mkdir("/beto/x"); err == nil {
		t.Error("a folder is made")
	}
}

func errOf[T any](_ T, err error) error { return err }

func TestStoppingRefusesWhatIsNew(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ctx, stop := context.WithCancel(w.Ctx)
	near, far := net.Pipe()
	defer near.Close()
	go files.Serve(ctx, files.Config{
		Actor: w.ana, Store: w.store, Channel: far, Stderr: io.Discard, Words: i18n.For(i18n.Spanish), Log: slog.New(slog.DiscardHandler),
	})
	c, err := sftp.NewClientPipe(near, near)
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.OpenFile("/beto/a.txt", scpFlags)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("content")); err != nil {
		t.Error(err)
	}
	stop()
	wantStatus(t, f.Close(), sftp.ErrSSHFxFailure)
	_, err = c.OpenFile("/beto/b.txt", scpFlags)
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	if !strings.Contains(err.Error(), "el servidor no puede ahora") {
		t.Errorf("the answer is %v", err)
	}
	wantEqual(t, w.sent(), "")
}

// Somebody is banned in the middle of a download and of an upload: neither goes on,
// for as long as the connection stays to tell why.
func TestWhoIsPutOutTransfersNoMoreRegression(t *testing.T) {
	w := newWorld(t, blob.Options{})
	w.session(w.beto).mustPut("/ana/a.bin", strings.Repeat("x", 300<<10))
	ctx, end := context.WithCancelCause(w.Ctx)
	near, far := net.Pipe()
	defer near.Close()
	go files.Serve(ctx, files.Config{
		Actor: w.ana, Store: w.store, Channel: far, Stderr: io.Discard, Words: i18n.For(i18n.English), Log: slog.New(slog.DiscardHandler),
	})
	c, err := sftp.NewClientPipe(near, near)
	if err != nil {
		t.Fatal(err)
	}
	down, err := c.Open("/beto/a.bin")
	if err != nil {
		t.Fatal(err)
	}
	up, err := c.OpenFile("/beto/b.bin", scpFlags)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := down.ReadAt(make([]byte, 1), 0); err != nil {
		t.Fatal(err)
	}
	end(&chat.Error{Code: chat.Ended, Name: "banned"})
	_, err = down.ReadAt(make([]byte, 1), 200<<10)
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	_, err = up.WriteAt([]byte("x"), 0)
	wantStatus(t, err, sftp.ErrSSHFxFailure)
}

func TestLinesAreBounded(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	for i := range 500 {
		wantStatus(t, ana.Mkdir("/beto/x"), sftp.ErrSSHFxPermissionDenied)
		wantStatus(t, ana.put([]string{"/beto", "/x/y/z"}[i%2], "x"), sftp.ErrSSHFxFailure)
	}
	if n := strings.Count(ana.stderr.String(), "\n"); n != 200 {
		t.Errorf("%d lines", n)
	}
}

// Whatever a path is, nothing crashes, nothing leaves the conversation it names
// and nothing that moves a cursor comes back.
func FuzzPaths(f *testing.F) {
	for _, seed := range []string{
		"/", "", "/beto", "/beto/a.txt", "/beto/../ana", "//beto//x/", "/beto/\x00", "/\x1b[2J", "/beto/\r\n", `/beto/..\..\x`,
		"/beto/" + strings.Repeat("e\u0301", 200), "/beto/.part", "/beto/._x", "beto/x", "/@beto/#x", "/BETO/x", "/lobby/CON", "/\xff/\xfe",
	} {
		f.Add(seed)
	}
	w := newWorld(f, blob.Options{})
	f.Fuzz(func(t *testing.T, path string) {
		if len(path) > 100_000 {
			t.Skip("no packet is that long")
		}
		w := w.in(t)
		ana := w.session(w.ana)
		_, _ = ana.Stat(path)
		before := w.all()
		err := ana.put(path, "content")
		if i, serr := ana.Stat(path); err == nil && (serr != nil || i.Size() != 7 || i.IsDir()) && w.all() != before {
			t.Errorf("put %q, but stat says %v, %v", path, i, serr)
		}
		_, _ = ana.ReadDir(path)
		_ = ana.Rename(path, "/beto/fuzz.txt")
		_ = ana.PosixRename("/beto/fuzz.txt", path)
		_ = ana.Remove(path)
		_ = ana.Remove("/beto/fuzz.txt")
		_ = ana.Mkdir(path)
		ana.bye()
		for _, r := range strings.ReplaceAll(ana.stderr.String(), "\n", "") {
			if r < ' ' || r >= 0x7f && r < 0xa0 {
				t.Errorf("stderr holds %q", r)
			}
		}
	})
}

// in is the world as one run of a fuzz target has it.
func (w *world) in(t *testing.T) *world {
	here := *w
	here.t = t
	return &here
}

// all is every live file of ana's conversations.
func (w *world) all() string {
	convs, _, err := w.ana.Conversations(w.Ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	var all []string
	for _, c := range convs {
		messages, err := w.ana.Files(w.Ctx, c.Ref())
		if err != nil {
			w.t.Fatal(err)
		}
		for _, m := range messages {
			all = append(all, string(c.Handle)+"/"+m.File.Name)
		}
	}
	return strings.Join(all, "\n")
}

// Whatever bytes come, the server ends the session when they end.
func FuzzPackets(f *testing.F) {
	init := frame(fxpInit, u32(3))
	open := frame(fxpOpen, u32(1), str("/beto/a.txt"), u32(0x1a), u32(0))
	write := frame(fxpWrite, u32(2), str("1"), u64(0), str("hola"))
	f.Add(join(init, open, write, frame(fxpClose, u32(3), str("1"))))
	f.Add(join(init, open, frame(fxpRead, u32(2), str("1"), u64(1<<63), u32(1<<31))))
	f.Add(join(init, open, frame(fxpWrite, u32(2), str("1"), u64(1<<64-1), str("x"))))
	f.Add(join(init, open, frame(fxpReaddir, u32(2), str("1")), frame(fxpFsetstat, u32(3), str("1"), u32(0x8000000f))))
	f.Add(join(init, frame(fxpOpendir, u32(1), str("/")), frame(fxpReaddir, u32(2), str("1")), frame(fxpWrite, u32(3), str("1"), u64(0), str("x"))))
	f.Add(join(init, frame(fxpExtended, u32(1), str("posix-rename@openssh.com"), str("/beto/a"), str("/beto/b"))))
	f.Add(join(init, frame(fxpExtended, u32(1), str("unknown@example.com"))))
	f.Add(join(init, open, open, write, frame(fxpOpen, u32(9), str("/beto/a.txt"), u32(0x3b), u32(0))))
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 1})
	w := newWorld(f, blob.Options{MaxSize: 1 << 20}) // what a file costs is not the question here
	f.Fuzz(func(t *testing.T, packets []byte) {
		near, status := w.in(t).serve(w.ana, io.Discard)
		go func() { _, _ = io.Copy(io.Discard, near) }()
		_, _ = near.Write(packets) // the server may stop reading before the end
		near.Close()
		select {
		case <-status:
		case <-time.After(time.Minute):
			t.Fatal("the session does not end")
		}
	})
}
