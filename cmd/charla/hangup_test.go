package main

import (
	"bufio"
	"errors"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// Somebody starts the server in a terminal. A reload from another one leaves it
// running; closing the window ends it, rather than leave it behind with the folder
// and nobody to stop it.
func TestAServerEndsWithItsTerminal(t *testing.T) {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP) // else nohup on the tests would be nohup on the server
	defer signal.Stop(heard)
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	errs := &outputs{}
	cmd, err := charlaCommand(dir, []string{"serve", "--listen", l.Addr().String(), "--data", filepath.Join(dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = errs
	window, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer window.Close()
	defer cmd.Process.Kill()
	for lines := bufio.NewScanner(window); lines.Scan() && !strings.Contains(lines.Text(), "SHA256:"); {
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if !await(func() bool { return strings.Contains(errs.String(), "the settings are read again") }) {
		t.Fatalf("nothing was read again:\n%s", errs)
	}
	window.Close()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ends with %v\n%s", err, errs)
		}
	case <-time.After(patience):
		t.Fatal("it runs on")
	}
	if _, err := os.Lstat(filepath.Join(dir, "data", "admin.sock")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it was no orderly end: %v", err)
	}
}
