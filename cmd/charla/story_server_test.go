package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"
)

// process is a server running as a process of its own.
type process struct {
	cmd      *exec.Cmd
	out, err *outputs
	done     chan struct{}
}

// outputs collects what a process prints.
type outputs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *outputs) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *outputs) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// freePort is a loopback port nobody listens on now.
func freePort(ts *testscript.TestScript) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// charlaCommand is the program, to be run as a process of its own.
func charlaCommand(dir string, args []string) (*exec.Cmd, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(exe, args...)
	cmd.Args[0] = "charla" // what TestMain knows the program by
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "LANG=en_US.UTF-8", "TMPDIR=" + os.TempDir()}
	return cmd, nil
}

// runProgram runs it to its end.
func runProgram(dir string, args []string) (out, errs string, status int) {
	cmd, err := charlaCommand(dir, args)
	if err != nil {
		return "", err.Error(), -1
	}
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	if err = cmd.Run(); cmd.ProcessState == nil {
		return "", err.Error(), -1
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

// startServer runs `charla serve` until it has printed its card, which it does
// once it takes connections.
func startServer(dir string, port int, flags []string) (*process, error) {
	args := append([]string{"serve", "--listen", fmt.Sprintf("127.0.0.1:%d", port), "--data", filepath.Join(dir, "data")}, flags...)
	cmd, err := charlaCommand(dir, args)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, out: &outputs{}, err: &outputs{}, done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.err
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { // ends with the process, which close kills
		defer close(p.done)
		_ = p.cmd.Wait()
	}()
	ready := await(func() bool {
		return strings.Contains(p.out.String(), "SHA256:") || p.exited()
	})
	if !ready || p.exited() {
		p.kill()
		return nil, fmt.Errorf("exit status %d\n%s", p.cmd.ProcessState.ExitCode(), p.err.String())
	}
	return p, nil
}

func (p *process) exited() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

func (p *process) output() string { return p.out.String() }
func (p *process) errors() string { return p.err.String() }

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// terminate asks the server to stop and returns its exit status; -1 if it had
// to be killed.
func (p *process) terminate() int {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(patience):
		p.kill()
		return -1
	}
	return p.cmd.ProcessState.ExitCode()
}

// writeKey makes an ed25519 key pair as ssh-keygen does.
func writeKey(path string) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return err
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(path, pem.EncodeToMemory(block), 0o600),
		os.WriteFile(path+".pub", ssh.MarshalAuthorizedKey(key), 0o644),
	)
}
