package adminsock

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// as connects as another user, on a thread that ends with it, and returns what
// the server says first.
func as(uid uintptr, path string) (said string, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: no other goroutine becomes that user
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, uid, uid, uid); errno != 0 {
			err = errno
			return
		}
		var fd int
		if fd, err = unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0); err != nil {
			return
		}
		defer unix.Close(fd)
		if err = unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
			return
		}
		buf := make([]byte, 256)
		n, _ := unix.Read(fd, buf)
		said = string(buf[:max(n, 0)])
	}()
	<-done
	return said, err
}

// Somebody with another account on the machine stands before three walls: the
// folder, the socket, and the server, should the first two be open.
func TestAnotherUserGivesNoOrders(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can be somebody else")
	}
	dir := t.TempDir()
	for _, above := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(above, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	newDesk(t, dir, func(context.Context, Call) int {
		t.Error("an order was carried out")
		return 0
	})
	path := filepath.Join(dir, Name)
	const nobody = 65534
	if said, err := as(nobody, path); !errors.Is(err, unix.EACCES) {
		t.Errorf("the socket lets in: %q %v", said, err)
	}
	if err := errors.Join(os.Chmod(path, 0o666), os.Chmod(dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	if said, err := as(nobody, path); !errors.Is(err, unix.EACCES) {
		t.Errorf("the folder lets in: %q %v", said, err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	want := "e\x00\x00\x00\x14charla: you may not\n"
	if said, err := as(nobody, path); err != nil || said[:min(len(said), len(want))] != want {
		t.Errorf("the server says %q, want %q: %v", said, want, err)
	}
}
