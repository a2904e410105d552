package server

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"charla/files"
	"charla/server/chat"
	"charla/server/command"
	"charla/server/internal/sshd"
	"charla/server/internal/verbs"
	"charla/tui"
	"charla/tui/linear"
	"charla/tui/terminal"
)

// faces fits what people use to the front door.
func (s *Server) faces() sshd.Faces {
	return sshd.Faces{Screen: s.screen, Lines: s.lines, Verb: s.verb, Files: s.inbox, Claims: verbs.Registers}
}

// commands is what the commands need of a session.
func (s *Server) commands(in *sshd.Session) command.Session {
	return command.Session{
		Actor: in.Actor, Words: in.Words, In: in.In, Out: in.Out,
		Server: command.Server{Host: in.Host, Port: in.Port, HostKeys: s.keyLines, Fingerprint: s.keys.Fingerprint(), Program: s},
		Access: s.access(in), Width: in.Size.Width, ASCII: !utf8Locale(in.Env),
	}
}

func (s *Server) access(in *sshd.Session) command.Access {
	return command.Access{User: in.User, Token: in.Token, Fingerprint: in.Fingerprint, KeyUse: in.KeyUse, Refused: in.Refused, Phrases: phrases{s.hasher}}
}

// utf8Locale reports whether what the client says of its language is UTF-8, or
// nothing.
func utf8Locale(env map[string]string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToUpper(env[name]); value != "" {
			return strings.Contains(value, "UTF-8") || strings.Contains(value, "UTF8")
		}
	}
	return true
}

func (s *Server) screen(ctx context.Context, in *sshd.Session) int {
	access := s.access(in)
	access.Open = true
	model := tui.New(ctx, tui.Config{
		Actor: in.Actor, Words: in.Words, Host: in.Host, Port: in.Port, Client: in.Client, Notice: in.Notice, New: in.New,
		HostKeys: s.keyLines, HostKey: s.keys.Fingerprint(), Access: access, Program: s, Shared: s.shared, Log: s.log,
	})
	err := terminal.Run(ctx, model, terminal.Config{
		In: in.In, Out: in.Out, Hangup: in.Hangup, Term: in.Term, Environ: environ(in.Env), Size: in.Size, Sizes: in.Sizes,
		Wake: model.Wake(), Log: s.log,
	})
	s.closeScreen(ctx, model)
	if errors.Is(context.Cause(ctx), sshd.ErrStopping) && !errors.Is(err, terminal.ErrStalled) {
		sayWhy(in, model.Words().Screen.Stopping)
		return tryAgain
	}
	if err != nil && !errors.Is(err, terminal.ErrInputEnded) && ctx.Err() == nil {
		s.log.Warn("screen ended", "nick", in.Actor.Me().Nick, "err", err)
		return 1
	}
	return 0
}

// tryAgain is the exit status of a session that ended because the server
// stops: EX_TEMPFAIL of sysexits.h.
const tryAgain = 75

// lastWords is how long a client may take to read why its screen ended.
const lastWords = 2 * time.Second

// sayWhy writes a sentence to a terminal that is restored, but still raw.
func sayWhy(in *sshd.Session, sentence string) {
	overdue := time.AfterFunc(lastWords, in.Hangup)
	defer overdue.Stop()
	_, _ = io.WriteString(in.Out, sentence+"\r\n")
}

// closeScreen lets a screen store its draft and layout, also when the session
// ended because its context did.
func (s *Server) closeScreen(ctx context.Context, model *tui.Model) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	model.Close(ctx)
}

func environ(env map[string]string) []string {
	var pairs []string
	for name, value := range env {
		pairs = append(pairs, name+"="+value)
	}
	return pairs
}

func (s *Server) lines(ctx context.Context, in *sshd.Session) int {
	c := s.commands(in)
	c.Open = true
	err := linear.Run(ctx, linear.Session{Session: c, Pty: in.Sizes != nil, Notice: in.Notice, Log: s.log})
	if errors.Is(context.Cause(ctx), sshd.ErrStopping) {
		return tryAgain
	}
	if errors.Is(err, linear.ErrUnsent) {
		return 1
	}
	if err != nil && ctx.Err() == nil {
		s.log.Warn("lines ended", "nick", in.Actor.Me().Nick, "err", err)
		return 1
	}
	return 0
}

func (s *Server) verb(ctx context.Context, in *sshd.Session, line string) int {
	c, errs := s.commands(in), in.Stderr
	if in.Sizes != nil { // ssh -t: the client's terminal is raw, and shows nothing by itself
		c.Ask = command.Prompt(in.In, errs)
		c.Out, errs = command.Raw(c.Out), command.Raw(errs)
	}
	return verbs.Run(ctx, verbs.Session{Session: c, Err: errs, Notice: in.Notice, Log: s.log}, line)
}

func (s *Server) inbox(ctx context.Context, in *sshd.Session) int {
	if err := in.Actor.MayTransfer(ctx); chat.CodeOf(err) == chat.NotAllowed { // a guest
		_, _ = io.WriteString(in.Stderr, in.Words.SignIn.NoFiles+"\n")
		return 1
	}
	return files.Serve(ctx, files.Config{
		Actor: in.Actor, Store: s.blobs, Channel: channel{in.In, in.Out}, Stderr: in.Stderr, Words: in.Words, Log: s.log, Parking: s.parking,
	})
}

// channel is both ways of a session.
type channel struct {
	io.Reader
	io.Writer
}
