package sshd

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
)

// realClients is set where these stories may not be skipped, as .ci/run does.
const realClients = "CHARLA_REAL_CLIENTS"

// tool is the path of a program that people really have.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv(realClients) != "" {
		t.Fatalf("%s is not installed", name)
	} else if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}

// keyFile is a file with the private key, as ssh wants it.
func keyFile(t *testing.T, private any) string {
	t.Helper()
	block, err := gossh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "id")
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// openssh runs ssh as somebody with that key and nothing of this machine's.
func (h *tcp) openssh(t *testing.T, stdin io.Reader, user, key, line string, options ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out bytes.Buffer
	stderr, err = h.opensshTo(t, stdin, &out, user, key, line, options...)
	return out.String(), stderr, err
}

func (h *tcp) opensshTo(t *testing.T, stdin io.Reader, stdout io.Writer, user, key, line string, options ...string) (stderr string, err error) {
	t.Helper()
	host, port, _ := net.SplitHostPort(h.addr)
	args := []string{
		"-F", "none", "-p", port, "-i", key, "-T", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
		"-o", "IdentityAgent=none", "-o", "IdentitiesOnly=yes",
	}
	args = append(append(args, options...), user+"@"+host, line)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, tool(t, "ssh"), args...)
	var errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, stdout, &errs
	cmd.Env = append(os.Environ(), "SSH_ASKPASS_REQUIRE=never")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // or it asks at the terminal of whoever runs this
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	return errs.String(), err
}

// person lives there, with a new key in a file.
func (h *tcp) person(t *testing.T, nick chat.Nick) (keyFileOf string) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.w.Service.Claim(h.w.Ctx, nick, chat.Credential{Key: keyOf(signer)}); err != nil {
		t.Fatal(err)
	}
	return keyFile(t, private)
}

// echo is faces that say back what comes in.
func echo() Faces {
	verb := func(_ context.Context, s *Session, _ string) int {
		if _, err := io.Copy(s.Out, s.In); err != nil {
			return 1
		}
		return 0
	}
	session := func(ctx context.Context, s *Session) int { return verb(ctx, s, "") }
	return Faces{Screen: session, Lines: session, Files: session, Verb: verb, Claims: func(string) bool { return false }}
}

// Somebody with the wrong key, or one that is too old, is told what to do by the
// ssh that people really have; in BatchMode it shows nothing else.
func TestOpenSSHTellsWhatToDoAboutAKey(t *testing.T) {
	h := tcpHouse(t, echo())
	right := h.person(t, "ana")
	_, other, _ := ed25519.GenerateKey(rand.Reader)
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	wrong, oldRSA := keyFile(t, other), keyFile(t, old)
	if out, errs, err := h.openssh(t, strings.NewReader("hola"), "ana", right, "cat"); err != nil || out != "hola" {
		t.Fatalf("the right key: %q, %q, %v", out, errs, err)
	}
	for _, tt := range []struct {
		name, key string
		options   []string
		told      string
		reason    reason
	}{
		{"the wrong key in a script", wrong, []string{"-o", "BatchMode=yes"}, "that key is not beto's; if you are beto, name the right one with ssh -o IdentitiesOnly=yes -i FILE", keyRefused},
		{"the wrong key", wrong, nil, "that key is not beto's; if you are beto, name the right one with ssh -o IdentitiesOnly=yes -i FILE", notTheirs},
		{"SHA-1 only", oldRSA, []string{"-o", "PubkeyAcceptedAlgorithms=ssh-rsa"}, "your ssh offered no key that is taken here; if you are beto,", notTheirs},
		{"an old key exchange", wrong, []string{"-o", "KexAlgorithms=diffie-hellman-group14-sha1"}, "no matching key exchange method found", noAlgorithm},
		{"an old host key", wrong, []string{"-o", "HostKeyAlgorithms=ssh-rsa"}, "no matching host key type found", noAlgorithm},
	} {
		if tt.name == "the wrong key in a script" {
			h.person(t, "beto")
		}
		before := h.log.count("sign-in refused", fmt.Sprintf("reason=%q", tt.reason))
		_, errs, err := h.openssh(t, nil, "beto", tt.key, "cat", tt.options...)
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 255 || !strings.Contains(errs, tt.told) {
			t.Errorf("%s: %v, told %q", tt.name, err, errs)
		}
		waitFor(t, func() bool {
			return h.log.count("sign-in refused", fmt.Sprintf("reason=%q", tt.reason)) == before+1
		}, tt.name+": a line with "+string(tt.reason))
	}
}

// waitFor waits a while for what another process caused.
func waitFor(t *testing.T, happened func() bool, what string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !happened(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

// exchanges is how often ssh -v says that keys were exchanged.
func exchanges(stderr string) int { return strings.Count(stderr, "SSH2_MSG_NEWKEYS received") }

// Keys are exchanged in the middle of a transfer, when the client wants it, when
// the server does, and when both do; not a byte is lost, and the exchange is the
// strict one from the beginning.
func TestOpenSSHExchangesKeysDuringATransfer(t *testing.T) {
	data := make([]byte, 8<<20)
	_, _ = rand.Read(data)
	for name, tt := range map[string]struct {
		client string
		server uint64
	}{
		"the client": {"1M", rekeyAfter}, "the server": {"default", 1 << 20}, "both": {"1M", 1 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			h := tcpHouse(t, echo(), func(s *Server) { s.algorithms.RekeyThreshold = tt.server })
			key := h.person(t, "ana")
			out, errs, err := h.openssh(t, bytes.NewReader(data), "ana", key, "sftp", "-s", "-vvv", "-o", "RekeyLimit="+tt.client)
			if err != nil || out != string(data) {
				t.Errorf("%d bytes of %d came back: %v", len(out), len(data), err)
			}
			if n := exchanges(errs); n < 6 || n > 50 {
				t.Errorf("keys were exchanged %d times", n)
			}
			if !strings.Contains(errs, "will use strict KEX ordering") {
				t.Error("not strict")
			}
		})
	}
}

// And in the middle of a chat, of which every line is answered before the next is
// typed, however small the limit.
func TestOpenSSHExchangesKeysDuringAChat(t *testing.T) {
	faces := echo()
	faces.Lines = func(_ context.Context, s *Session) int {
		for lines := bufio.NewScanner(s.In); lines.Scan(); {
			fmt.Fprintf(s.Out, "ana: %s\n", lines.Text())
		}
		return 0
	}
	h := tcpHouse(t, faces, func(s *Server) { s.algorithms.RekeyThreshold = 4 << 10 })
	in, typed := io.Pipe()
	answers, heard := io.Pipe()
	chatted := make(chan error, 1)
	go func() {
		defer typed.Close()
		defer answers.Close()
		for i, lines := 0, bufio.NewScanner(answers); i < 200; i++ {
			line := fmt.Sprintf("line %d %s", i, strings.Repeat("x", 200))
			fmt.Fprintln(typed, line)
			if !lines.Scan() || lines.Text() != "ana: "+line {
				chatted <- fmt.Errorf("%q was answered with %q", line, lines.Text())
				return
			}
		}
		chatted <- nil
	}()
	errs, err := h.opensshTo(t, in, heard, "ana", h.person(t, "ana"), "", "-v", "-o", "RekeyLimit=4K")
	heard.Close()
	if err := errors.Join(err, <-chatted); err != nil {
		t.Error(err)
	}
	if n := exchanges(errs); n < 10 {
		t.Errorf("keys were exchanged %d times", n)
	}
}
