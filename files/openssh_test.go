package files_test

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"charla/files"
	"charla/files/blob"
	"charla/server/chat"
	"charla/server/i18n"
)

// bridgeTo names, in the environment of this test binary started again, the
// socket that it joins to its own input and output: what sftp and scp start in
// the place of ssh.
const bridgeTo = "CHARLA_FILES_TEST_SOCKET"

func TestMain(m *testing.M) {
	if socket := os.Getenv(bridgeTo); socket != "" {
		os.Exit(bridge(socket))
	}
	os.Exit(m.Run())
}

func bridge(socket string) int {
	channel, err := net.Dial("unix", socket)
	if err != nil {
		return 98
	}
	stderr, err := net.Dial("unix", socket)
	if err != nil {
		return 98
	}
	go func() {
		_, _ = io.Copy(channel, os.Stdin)
		_ = channel.(*net.UnixConn).CloseWrite()
	}()
	_, _ = io.Copy(os.Stdout, channel)
	said, err := io.ReadAll(stderr)
	if err != nil || len(said) == 0 {
		return 97
	}
	_, _ = os.Stderr.Write(said[:len(said)-1])
	return int(said[len(said)-1])
}

// listen serves a person's sessions on a socket: of each two connections the
// first is the channel, the second stderr with the exit status as its last byte.
func (w *world) listen(who *chat.Actor) (socket string) {
	w.t.Helper()
	dir, err := os.MkdirTemp("", "charla") // a socket's path has to be short
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { l.Close() })
	go func() {
		for {
			channel, err := l.Accept()
			if err != nil {
				return
			}
			stderr, err := l.Accept()
			if err != nil {
				return
			}
			status := files.Serve(w.Ctx, files.Config{
				Actor: who, Store: w.store, Channel: channel, Stderr: stderr, Words: i18n.For(i18n.English), Log: slog.New(slog.DiscardHandler),
			})
			_, _ = stderr.Write([]byte{byte(status)})
			stderr.Close()
			channel.Close()
		}
	}()
	return filepath.Join(dir, "s")
}

// run runs a client of OpenSSH in dir and returns what it wrote.
func run(t *testing.T, socket, dir, stdin, program string, args ...string) (stdout, stderr string, ok bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, append([]string{"-S", self}, args...)...)
	cmd.Env = append(os.Environ(), bridgeTo+"="+socket)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err == nil
}

func TestWithTheClientsOfOpenSSH(t *testing.T) {
	for _, program := range []string{"sftp", "scp"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
	w := newWorld(t, blob.Options{})
	w.Say(w.ana, w.talk, "hola")
	w.Settle()
	socket, dir := w.listen(w.ana), t.TempDir()
	photo := strings.Repeat("the bytes of a photo ", 20_000)
	if err := os.WriteFile(dir+"/photo.jpg", []byte(photo), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir+"/fotos", 0o700); err != nil {
		t.Fatal(err)
	}
	sftp := func(lines ...string) (stdout, stderr string, ok bool) {
		t.Helper()
		return run(t, socket, dir, strings.Join(lines, "\n")+"\n", "sftp", "-q", "-b", "-", "h")
	}
	stdout, stderr, ok := sftp("put photo.jpg beto/", "ls", "cd beto", "ls -l", "get photo.jpg back.jpg", "put -p photo.jpg", "rename photo.jpg b.jpg", "rm b.jpg", "ls")
	if !ok || stderr != "" || !strings.Contains(stdout, "ana      -          420000 ") {
		t.Errorf("sftp: %v %q %q", ok, stdout, stderr)
	}
	if back, err := os.ReadFile(dir + "/back.jpg"); err != nil || string(back) != photo {
		t.Errorf("%d bytes came back, %v", len(back), err)
	}
	wantEqual(t, w.sent(), "")

	for line, want := range map[string]string{
		"put photo.jpg":        chooseWords,
		"put photo.jpg bteo/":  "no bteo here; beto?",
		"cd bteo":              "no bteo here; beto?",
		"mkdir beto/x":         "no folders can be made here",
		"put -r fotos beto/":   "no folders can be made here",
		"get beto/nothing.jpg": "not found",
	} {
		if _, stderr, ok := sftp(line); ok || !strings.Contains(stderr, want) {
			t.Errorf("%s: %v %q", line, ok, stderr)
		}
	}

	for range 2 { // the second time over the first
		if _, stderr, ok := run(t, socket, dir, "", "scp", "-q", "photo.jpg", "ana@h:beto/"); !ok || stderr != "" {
			t.Errorf("scp: %v %q", ok, stderr)
		}
	}
	wantEqual(t, w.sent(), "photo.jpg")
	if _, stderr, ok := run(t, socket, dir, "", "scp", "-q", "ana@h:beto/photo.jpg", "again.jpg"); !ok || stderr != "" {
		t.Errorf("scp: %v %q", ok, stderr)
	}
	if _, stderr, ok := run(t, socket, dir, "", "scp", "-q", "photo.jpg", "ana@h:"); ok || !strings.Contains(stderr, chooseWords) {
		t.Errorf("scp into the root: %v %q", ok, stderr)
	}
	if _, stderr, ok := sftp("reput photo.jpg beto/photo.jpg"); ok {
		t.Errorf("reput: %v %q", ok, stderr)
	}
	if err := os.WriteFile(dir+"/photo.jpg", []byte(photo+"more"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr, ok := sftp("reput photo.jpg beto/photo.jpg"); ok || !strings.Contains(stderr, cantResume) {
		t.Errorf("reput of a longer one: %v %q", ok, stderr)
	}
}
