// Package verbs is `ssh host VERB …`: a thin face of the commands, with an
// exit status that scripts can trust.
//
// It knows no SSH: the front door hands it the exec line, three streams and an
// actor, and sends the client the status it returns. Nothing but a command that
// is known by name does anything: clients like rclone exec probes on connect,
// and a probe must never become a message.
package verbs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"charla/server/chat"
	"charla/server/command"
	"charla/server/i18n"
)

// Session is one exec request of somebody who signed in.
type Session struct {
	command.Session
	Err    io.Writer // the client's standard error
	Notice string    // to tell first, on Err: "this key is ana's: you are ana"; or ""
	Log    *slog.Logger
}

// Run does what line says and returns the exit status. What went wrong is one
// line on Err. It returns soon after ctx ends, unless it is reading In or
// writing Out: closing the session frees it then.
func Run(ctx context.Context, s Session, line string) int {
	if s.Notice != "" {
		s.complain(s.Notice)
	}
	if isOldScp(line) {
		s.complain(s.Words.Command.OldScp)
		return Refused
	}
	if isCopyID(line) {
		nick := string(s.Actor.Me().Nick)
		s.complain(s.Words.Command.Identity.ShellCopy(s.Server.Order(nick) + " key add < ~/.ssh/id_ed25519.pub"))
		return Refused
	}
	if isTrial(line) {
		return Done
	}
	order, err := command.Parse(line)
	return s.run(ctx, order, err)
}

// Operate is Run for `charla admin ARGS`, whose words a shell has split.
func Operate(ctx context.Context, s Session, args []string) int {
	order, err := command.ParseOperator(args)
	return s.run(ctx, order, err)
}

// run carries out an order that was understood, or tells why it was not.
func (s Session) run(ctx context.Context, order command.Order, err error) int {
	s.Aside = s.complain
	if err == nil {
		err = order.Run(ctx, s.Session)
		if ctx.Err() != nil && chat.CodeOf(err) == chat.Internal {
			err = ctx.Err() // what failed is an echo of that
			if cause := context.Cause(ctx); chat.CodeOf(cause) == chat.Ended {
				err = cause
			}
		}
	}
	status := statusOf(err)
	switch {
	case status == Done, errors.Is(err, command.ErrOutput):
		return status
	case status == Refused && chat.CodeOf(err) == chat.Internal:
		s.Log.Error("verb failed", "verb", order.Command.Name(i18n.English), "user", s.Actor.Me().ID, "err", err)
	}
	s.complain(s.Sentence(err))
	return status
}

// complain tells the reason on one line. When that fails too nobody is there
// to read it, and the status says the same.
func (s Session) complain(sentence string) {
	_, _ = fmt.Fprintf(s.Err, "charla: %s\n", chat.OneLine(sentence, 1000))
}

// isOldScp reports the remote half of `scp -O`: "scp [options] -t|-f path"
// (OpenSSH scp.c, sink and source).
func isOldScp(line string) bool {
	words := strings.Fields(line)
	if len(words) < 2 || words[0] != "scp" {
		return false
	}
	for _, w := range words[1:] {
		if w == "-t" || w == "-f" {
			return true
		}
	}
	return false
}

// isCopyID reports what ssh-copy-id sends: a snippet of shell that appends to
// authorized_keys, for any of them (OpenSSH contrib/ssh-copy-id, installkeys_sh).
func isCopyID(line string) bool {
	return strings.Contains(line, "authorized_keys") && strings.Contains(line, "umask")
}

// isTrial reports what ssh-copy-id and people ask for only to see whether they come
// in (OpenSSH contrib/ssh-copy-id, filter_ids): a shell would end, with a status of 0.
func isTrial(line string) bool { return strings.TrimSpace(line) == "exit" }

// Registers reports whether line is the verb that claims a nick: somebody who
// only passes by with a probe or a typo takes none.
func Registers(line string) bool {
	order, err := command.Parse(line)
	return err == nil && order.Command.Name(i18n.English) == "register"
}
