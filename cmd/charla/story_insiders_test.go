package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"charla/server/sshclient"
	"charla/tui/tuitest"
)

// insiders are clients inside the test process: real SSH and SFTP on a real
// connection, and an emulator for a terminal.
type insiders struct{ stage *stage }

func (c *insiders) dial(who login, ask ssh.KeyboardInteractiveChallenge) (*ssh.Client, string, error) {
	var banner strings.Builder
	config := &ssh.ClientConfig{
		User:            who.user,
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), // loopback, and the story's own server
		BannerCallback:  func(text string) error { banner.WriteString(text); return nil },
		Timeout:         patience,
		ClientVersion:   "SSH-2.0-OpenSSH_9.2p1",
	}
	if key, err := os.ReadFile(c.stage.keyFile(who.key)); err == nil {
		signer, err := ssh.ParsePrivateKey(key)
		if err != nil {
			return nil, "", err
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	config.Auth = append(config.Auth, ssh.RetryableAuthMethod(ssh.KeyboardInteractive(ask), 3))
	client, err := sshclient.Dial(fmt.Sprintf("127.0.0.1:%d", c.stage.port), config)
	return client, banner.String(), err
}

// nobody answers questions as OpenSSH does without a terminal: with nothing.
func nobody(_, _ string, questions []string, _ []bool) ([]string, error) {
	return make([]string, len(questions)), nil
}

// refused is what a client that could not sign in prints and exits with, as
// OpenSSH does.
func refused(banner string, err error) (string, string, int) {
	return "", banner + err.Error() + "\n", 255
}

func (c *insiders) ssh(who login, line string, stdin []byte) (string, string, int) {
	client, banner, err := c.dial(who, nobody)
	if err != nil {
		return refused(banner, err)
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		return refused(banner, err)
	}
	var out, errs bytes.Buffer
	session.Stdin, session.Stdout, session.Stderr = bytes.NewReader(stdin), &out, &errs
	if line == "" {
		err = errors.Join(session.Shell(), session.Wait())
	} else {
		err = session.Run(line)
	}
	return out.String(), banner + errs.String(), exitOf(err)
}

func exitOf(err error) int {
	var exit *ssh.ExitError
	switch {
	case errors.As(err, &exit):
		return exit.ExitStatus()
	case err == nil, errors.Is(err, io.EOF): // the status was 0, and not all of the input was taken before
		return 0
	}
	return 255
}

// sftp does what OpenSSH's batch mode does with the same lines.
func (c *insiders) sftp(who login, batch []string) (string, string, int) {
	client, banner, err := c.dial(who, nobody)
	if err != nil {
		return refused(banner, err)
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		return refused(banner, err)
	}
	in, _ := session.StdinPipe()
	from, _ := session.StdoutPipe()
	told, _ := session.StderrPipe()
	if err := session.RequestSubsystem("sftp"); err != nil {
		return refused(banner, err)
	}
	var out bytes.Buffer
	fs, err := sftp.NewClientPipe(from, in)
	if err == nil {
		b := batchRun{fs: fs, local: c.stage.dir, at: "/", out: &out}
		for _, line := range batch {
			if err = b.run(line); err != nil {
				break
			}
		}
		fs.Close()
	}
	errs, _ := io.ReadAll(told) // ends with the channel
	if err != nil {
		return out.String(), banner + string(errs) + err.Error() + "\n", 1
	}
	return out.String(), banner + string(errs), 0
}

// batchRun is an sftp prompt.
type batchRun struct {
	fs    *sftp.Client
	local string
	at    string
	out   io.Writer
}

func (b *batchRun) run(line string) error {
	words := strings.Fields(strings.ReplaceAll(line, `\ `, "\x00"))
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "\x00", " ")
	}
	arg := func(i int) string {
		if i < len(words) {
			return words[i]
		}
		return ""
	}
	switch words[0] {
	case "put":
		return b.put(arg(1), b.remote(arg(2)))
	case "get":
		return b.get(b.remote(arg(1)), arg(2))
	case "ls":
		return b.list(b.remote(arg(len(words)-1)), arg(1) == "-l")
	case "cd":
		info, err := b.fs.Stat(b.remote(arg(1)))
		if err == nil && !info.IsDir() {
			err = fmt.Errorf("%s is not a folder", arg(1))
		}
		b.at = b.remote(arg(1))
		return err
	case "rm":
		return b.fs.Remove(b.remote(arg(1)))
	case "rename":
		return b.fs.PosixRename(b.remote(arg(1)), b.remote(arg(2)))
	case "mkdir":
		return b.fs.Mkdir(b.remote(arg(1)))
	}
	return fmt.Errorf("the story's sftp does not know %q", words[0])
}

func (b *batchRun) remote(name string) string {
	if name == "ls" || name == "-l" || name == "" {
		return b.at
	}
	if path.IsAbs(name) {
		return name
	}
	joined := path.Join(b.at, name)
	if strings.HasSuffix(name, "/") {
		joined += "/"
	}
	return joined
}

// put writes a file as OpenSSH 9 does: OPEN with WRITE, CREAT and TRUNC.
func (b *batchRun) put(local, remote string) error {
	data, err := os.ReadFile(filepath.Join(b.local, local))
	if err != nil {
		return err
	}
	if info, err := b.fs.Stat(remote); err == nil && info.IsDir() || strings.HasSuffix(remote, "/") {
		remote = path.Join(remote, path.Base(local))
	}
	f, err := b.fs.OpenFile(remote, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func (b *batchRun) get(remote, local string) error {
	f, err := b.fs.Open(remote)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	if local == "" {
		local = path.Base(remote)
	}
	return os.WriteFile(filepath.Join(b.local, local), data, 0o600)
}

func (b *batchRun) list(dir string, long bool) error {
	infos, err := b.fs.ReadDir(dir)
	for _, info := range infos {
		if long {
			fmt.Fprintf(b.out, "%s %d %s\n", info.Mode(), info.Size(), info.Name())
			continue
		}
		fmt.Fprintln(b.out, info.Name())
	}
	return err
}

// insideScreen is a session on an emulated terminal. A question of the sign-in
// shows on it and is answered by typing, as in a real one.
type insideScreen struct {
	*tuitest.Screen
	client  *ssh.Client
	session *ssh.Session
	done    chan struct{}
	exit    int // once done is closed

	mu    sync.Mutex
	in    io.Writer
	asked chan string // takes the line typed while the sign-in asks
	line  []byte
}

func (c *insiders) screen(who login, env []string, width, height int) (screen, error) {
	s := &insideScreen{Screen: tuitest.NewScreen(width, height), done: make(chan struct{}), asked: make(chan string, 8)}
	started := make(chan error, 1)
	go func() { // ends when the session does; close hangs up
		defer close(s.done)
		started <- s.open(c, who, env, width, height)
		if s.session != nil {
			s.exit = exitOf(s.session.Wait())
		}
	}()
	select {
	case err := <-started:
		return s, err
	case <-time.After(200 * time.Millisecond): // a prompt waits to be answered
		return s, nil
	}
}

func (s *insideScreen) open(c *insiders, who login, env []string, width, height int) error {
	client, banner, err := c.dial(who, s.answer)
	if err != nil {
		fmt.Fprintf(s, "%s%s\r\n", strings.ReplaceAll(banner, "\n", "\r\n"), err)
		return nil
	}
	session, err := client.NewSession()
	if err != nil {
		return err
	}
	term := "xterm-256color"
	for _, pair := range env {
		name, value, _ := strings.Cut(pair, "=")
		if name == "TERM" {
			term = value
			continue
		}
		_ = session.Setenv(name, value)
	}
	if err := session.RequestPty(term, height, width, ssh.TerminalModes{}); err != nil {
		return err
	}
	in, err := session.StdinPipe()
	if err != nil {
		return err
	}
	session.Stdout, session.Stderr = s.Screen, s.Screen
	s.mu.Lock()
	s.client, s.session, s.in = client, session, in
	s.mu.Unlock()
	go func() { // ends with the screen's answers
		_, _ = io.Copy(in, s.Answers())
	}()
	return session.Shell()
}

// answer shows the questions and waits for a typed line each.
func (s *insideScreen) answer(_, instruction string, questions []string, _ []bool) ([]string, error) {
	if instruction != "" {
		fmt.Fprint(s, instruction+"\r\n")
	}
	answers := make([]string, len(questions))
	for i, q := range questions {
		fmt.Fprint(s, q)
		select {
		case answers[i] = <-s.asked:
			fmt.Fprint(s, "\r\n")
		case <-time.After(patience):
			return nil, net.ErrClosed
		}
	}
	return answers, nil
}

func (s *insideScreen) text() string { return s.Text() }

func (s *insideScreen) typeText(text string) { s.send([]byte(text)) }

func (s *insideScreen) paste(text string) { s.send([]byte("\x1b[200~" + text + "\x1b[201~")) }

func (s *insideScreen) press(key string) error {
	b, err := tuitest.KeyBytes(key)
	if err == nil {
		s.send([]byte(b))
	}
	return err
}

// send types into the session, or into the question that is asked before it.
func (s *insideScreen) send(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.in != nil {
		_, _ = s.in.Write(b)
		return
	}
	s.line = append(s.line, b...)
	for {
		line, rest, whole := bytes.Cut(s.line, []byte("\r"))
		if !whole {
			return
		}
		s.line = rest
		s.asked <- string(line)
	}
}

func (s *insideScreen) resize(width, height int) error {
	s.Resize(width, height)
	return s.session.WindowChange(height, width)
}

func (s *insideScreen) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

func (s *insideScreen) status() string { return fmt.Sprint(s.exit) }

func (s *insideScreen) close() {
	s.mu.Lock()
	client := s.client
	s.mu.Unlock()
	if client != nil {
		client.Close()
	}
	s.Close()
}
