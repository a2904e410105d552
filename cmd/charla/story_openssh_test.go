package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// openssh are the programs people really have.
type openssh struct{ stage *stage }

// options come before the host of every command: the story's own key and
// known hosts, nothing of the machine's.
func (c *openssh) options(who login, portFlag string) []string {
	opts := []string{
		"-F", "none", portFlag, fmt.Sprint(c.stage.port),
		"-o", "StrictHostKeyChecking=accept-new",
		"-o", "UserKnownHostsFile=" + filepath.Join(c.stage.dir, "known_hosts"),
		"-o", "IdentityAgent=none", "-o", "SendEnv=LANG LC_*",
	}
	key := c.stage.keyFile(who.key)
	if _, err := os.Stat(key); err == nil {
		return append(opts, "-o", "IdentitiesOnly=yes", "-i", key)
	}
	return append(opts, "-o", "PubkeyAuthentication=no")
}

func (c *openssh) run(stdin []byte, name string, args ...string) (string, string, int) {
	cmd := exec.Command(name, args...)
	cmd.Dir = c.stage.dir
	cmd.Env = append(os.Environ(), "HOME="+c.stage.dir, "LANG=en_US.UTF-8", "SSH_ASKPASS_REQUIRE=never")
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &out, &errs
	cmd.WaitDelay = time.Second
	// Without a session of its own ssh would find the terminal that runs the
	// tests, and ask its questions there.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	timer := time.AfterFunc(3*patience, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return out.String(), errs.String(), 0
	case errors.As(err, &exit):
		return out.String(), errs.String(), exit.ExitCode()
	}
	return out.String(), errs.String() + err.Error(), 255
}

func (c *openssh) ssh(who login, line string, stdin []byte) (string, string, int) {
	args := append(c.options(who, "-p"), "-T", who.user+"@127.0.0.1")
	if line != "" {
		args = append(args, line)
	}
	return c.run(stdin, "ssh", args...)
}

func (c *openssh) sftp(who login, batch []string) (string, string, int) {
	args := append(c.options(who, "-P"), "-b", "-", who.user+"@127.0.0.1")
	out, errs, status := c.run([]byte(strings.Join(batch, "\n")+"\n"), "sftp", args...)
	var kept []string
	for _, line := range strings.SplitAfter(out, "\n") { // batch mode echoes its commands
		if !strings.HasPrefix(line, "sftp> ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, ""), errs, status
}

func (c *openssh) scp(who login, args []string) (string, string, int) {
	return c.run(nil, "scp", append(c.options(who, "-P"), args...)...)
}

// shell runs a line of /bin/sh in which ssh, sftp and scp are the real ones,
// but read the story's configuration, with a key, instead of the account's.
func (c *openssh) shell(key, line string) (string, string, int) {
	config := filepath.Join(c.stage.dir, "ssh_config")
	text := fmt.Sprintf("Include %s/included\nHost *\n StrictHostKeyChecking accept-new\n UserKnownHostsFile %s/known_hosts\n"+
		" IdentityAgent none\n IdentitiesOnly yes\n IdentityFile %s\n BatchMode yes\n LogLevel ERROR\n",
		c.stage.dir, c.stage.dir, c.stage.keyFile(key))
	bin := filepath.Join(c.stage.dir, "bin")
	errs := []error{os.WriteFile(config, []byte(text), 0o600), os.MkdirAll(bin, 0o700)}
	for _, name := range []string{"ssh", "sftp", "scp"} {
		path, err := exec.LookPath(name)
		script := fmt.Sprintf("#!/bin/sh\nexec %s -F %s \"$@\"\n", path, config)
		errs = append(errs, err, os.WriteFile(filepath.Join(bin, name), []byte(script), 0o700))
	}
	if err := errors.Join(errs...); err != nil {
		return "", err.Error(), 255
	}
	return c.run(nil, "/bin/sh", "-c", "PATH="+bin+":$PATH; "+line)
}

// tmuxScreen is ssh in a tmux of its own: a terminal that nobody here wrote.
type tmuxScreen struct {
	socket string
	dir    string
}

func (c *openssh) screen(who login, env []string, width, height int) (screen, error) {
	dir, err := os.MkdirTemp("", "charla-tmux")
	if err != nil {
		return nil, err
	}
	s := &tmuxScreen{socket: filepath.Join(dir, "s"), dir: dir}
	command := append(append([]string{"env"}, env...), "ssh")
	command = append(command, c.options(who, "-p")...)
	command = append(command, "-tt", who.user+"@127.0.0.1")
	args := []string{"-f", "/dev/null", "-u", "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), "--"}
	_, err = s.tmux(append(args, command...)...)
	if err == nil {
		_, err = s.tmux("set", "-g", "status", "off", ";", "set", "-g", "remain-on-exit", "on", ";", "set", "-s", "escape-time", "10")
	}
	return s, err
}

func (s *tmuxScreen) tmux(args ...string) (string, error) {
	cmd := exec.Command("tmux", append([]string{"-S", s.socket}, args...)...)
	cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "TERM=xterm-256color")
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("tmux %s: %w: %s", args, err, out)
	}
	return string(out), err
}

// text is what is shown; of a pane that is dead also what tmux scrolled away to say
// so: the last words are in the first row, where they belong once the screen is
// restored.
func (s *tmuxScreen) text() string {
	args := []string{"capture-pane", "-p"}
	if s.ended() {
		args = append(args, "-S", "-8")
	}
	out, _ := s.tmux(args...)
	return out
}

func (s *tmuxScreen) typeText(text string) { _, _ = s.tmux("send-keys", "-l", text) }

func (s *tmuxScreen) paste(text string) {
	_, _ = s.tmux("set-buffer", "--", text, ";", "paste-buffer", "-p")
}

// tmuxKeys are the keys that tmux calls otherwise.
var tmuxKeys = map[string]string{
	"enter": "Enter", "esc": "Escape", "tab": "Tab", "shift+tab": "BTab", "up": "Up", "down": "Down", "left": "Left",
	"right": "Right", "pgup": "PageUp", "pgdown": "PageDown", "home": "Home", "end": "End", "backspace": "BSpace", "f1": "F1", "space": "Space",
}

func (s *tmuxScreen) press(key string) error {
	name, ok := tmuxKeys[key]
	if !ok {
		name = strings.NewReplacer("ctrl+", "C-", "alt+", "M-").Replace(key)
	}
	_, err := s.tmux("send-keys", name)
	return err
}

func (s *tmuxScreen) resize(width, height int) error {
	_, err := s.tmux("resize-window", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height))
	return err
}

func (s *tmuxScreen) ended() bool {
	out, err := s.tmux("display-message", "-p", "#{pane_dead}")
	return err != nil || strings.TrimSpace(out) == "1"
}

// status is what tmux knows once it has reaped the client, which may be after the pane
// is dead, and is never where it missed the signal: then another child brings one.
func (s *tmuxScreen) status() (status string) {
	await(func() bool {
		out, _ := s.tmux("display-message", "-p", "#{pane_dead_status}")
		if status = strings.TrimSpace(out); status == "" {
			_, _ = s.tmux("run-shell", "true")
		}
		return status != ""
	})
	return status
}

func (s *tmuxScreen) close() {
	_, _ = s.tmux("kill-server")
	_ = os.RemoveAll(s.dir)
}
