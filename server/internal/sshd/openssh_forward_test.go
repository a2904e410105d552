package sshd

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a client may ask of other servers it does not get here, and the session
// goes on without: a shell for forwards, an agent, a display.
func TestOpenSSHGetsNoForwarding(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	reached := make(chan struct{}, 1)
	go func() {
		if c, err := l.Accept(); err == nil {
			c.Close()
			reached <- struct{}{}
		}
	}()
	h := tcpHouse(t, echo())
	key := h.person(t, "ana")
	socket := filepath.Join(t.TempDir(), "socket")
	for _, options := range [][]string{
		{"-A"}, {"-X", "-o", "XAuthLocation=/bin/false"}, {"-R", "0:127.0.0.1:22"}, {"-R", socket + ":127.0.0.1:22"}, {"-o", "SendEnv=PATH HOME"},
	} {
		out, errs, err := h.openssh(t, strings.NewReader("hola"), "ana", key, "cat", options...)
		if err != nil || out != "hola" {
			t.Errorf("%v: %q, %q, %v", options, out, errs, err)
		}
	}
	for _, options := range [][]string{
		{"-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:22"}, {"-W", l.Addr().String()}, {"-w", "any:any", "-o", "ExitOnForwardFailure=yes"}, {"-s"},
	} {
		if out, _, err := h.openssh(t, open(t), "ana", key, "cat", options...); err == nil || out != "" {
			t.Errorf("%v was granted: %q", options, out)
		}
	}
	if _, err := os.Stat(socket); err == nil {
		t.Error("a socket was made for a client")
	}
	select {
	case <-reached:
		t.Error("a port of the server's machine was reached")
	default:
	}
}

// open is an input that does not end while its client waits for an answer: the refusal
// of a tunnel may come after what ends at once.
func open(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	granted := time.AfterFunc(20*time.Second, func() { w.Close() })
	t.Cleanup(func() {
		granted.Stop()
		w.Close()
		r.Close()
	})
	return r
}
