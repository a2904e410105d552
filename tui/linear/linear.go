package linear

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"charla/server/chat"
	"charla/server/command"
)

// Session is one person's lines. In is what they type.
type Session struct {
	command.Session
	Pty    bool   // the client's terminal is raw: echo here
	Notice string // to tell first, e.g. "this key is ana's: you are ana"; or ""
	Log    *slog.Logger
}

// face is a running session. All of it belongs to the goroutine of Run.
type face struct {
	Session
	out    *bufio.Writer
	keys   keyboard
	chunks <-chan []byte // what is typed
	rest   []byte        // of a chunk that is taken
	stream *command.Stream

	here    *chat.Conversation // where lines go; nil before the first /go
	shown   chat.Number        // of here, printed up to this number
	noticed chat.Position      // of here, what happened up to there was printed by /go
	sent    chat.Position      // of the last message from here

	warned chat.Position // up to here was told what was decided about the person

	asides map[string]bool // what was told that is told once

	unsent bool // a line was refused

	questioned bool      // the command that runs has asked for what is not shown
	blind      time.Time // until then what is typed is dropped; see order
	dropped    bool      // and that was said
}

// ErrUnsent says that the session went well but for lines that were refused,
// each with its reason in the output; scripts want to know.
var ErrUnsent = errors.New("some lines were not sent")

// Run goes on until the input ends, the person leaves, the output fails or ctx
// ends. Two goroutines: this one, which alone writes, and one that reads In. The
// reader ends when In does: the caller closes the session after Run.
func Run(ctx context.Context, s Session) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := command.NewStream(ctx, s.Actor, nil, nil)
	if err != nil {
		return err
	}
	defer stream.Close()
	stream.Notices = true
	defer s.Actor.Flush()
	out := s.Out
	if s.Pty {
		out = command.Raw(out)
	}
	s.Prefix, s.Spoken = "/", true
	f := &face{Session: s, out: bufio.NewWriterSize(out, 16<<10), keys: keyboard{pty: s.Pty}, stream: stream, asides: map[string]bool{}}
	f.Out = f.out
	if err := f.hello(ctx); err != nil {
		return err
	}
	chunks := make(chan []byte)
	f.chunks = chunks
	go pump(ctx, s.In, chunks, s.Log)
	return f.loop(ctx)
}

// pump hands what In yields to chunks until In ends, and closes it then.
func pump(ctx context.Context, in io.Reader, chunks chan<- []byte, log *slog.Logger) {
	defer close(chunks)
	defer func() {
		if r := recover(); r != nil {
			log.Error("linear: panic in the reader", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	buffer := make([]byte, 4096)
	for {
		n, err := in.Read(buffer)
		if n > 0 {
			select {
			case chunks <- append([]byte(nil), buffer[:n]...):
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (f *face) loop(ctx context.Context) error {
	for {
		if err := f.out.Flush(); err != nil {
			return fmt.Errorf("%w: %w", command.ErrOutput, err)
		}
		select {
		case <-ctx.Done():
			if chat.CodeOf(context.Cause(ctx)) != chat.Ended { // whoever ends it says why
				f.note(f.Words.Errors.Stopping)
			}
			_ = f.out.Flush() // the session ends either way
			return ctx.Err()
		case <-f.stream.Wake():
			if err := f.news(ctx); err != nil {
				return err
			}
		case chunk, ok := <-f.chunks:
			end, err := f.typed(ctx, chunk)
			if !ok && err == nil {
				err = f.lastLine(ctx)
			}
			if err != nil {
				return err
			}
			if end || !ok {
				return f.finish(ctx)
			}
		}
	}
}

// typed takes what came from the keyboard. The error is one of output.
func (f *face) typed(ctx context.Context, chunk []byte) (end bool, err error) {
	if f.blinded(chunk) {
		return false, nil
	}
	f.rest = chunk
	for len(f.rest) > 0 {
		s := f.stroke()
		switch s.kind {
		case ended:
			return true, nil
		case tooLong:
			f.note(f.Sentence(&chat.Error{Code: chat.TextTooLong, Limit: chat.MaxText}))
		case entered:
			if end, err = f.line(ctx, s.line); end || err != nil {
				return end, err
			}
		}
		if err := f.out.Flush(); err != nil {
			return true, fmt.Errorf("%w: %w", command.ErrOutput, err)
		}
	}
	return false, nil
}

// stroke takes what is typed up to the first stroke that matters.
func (f *face) stroke() stroke {
	n, s := f.keys.feed(f.rest)
	f.rest = f.rest[n:]
	f.print(s.echo)
	return s
}

// lastLine takes a last line without its newline, of a script. What somebody
// was typing on a terminal when their connection ended was not said.
func (f *face) lastLine(ctx context.Context) error {
	if f.Pty || ctx.Err() != nil || len(f.keys.line) == 0 {
		return nil
	}
	_, err := f.line(ctx, f.keys.enter("").line)
	return err
}

// lastWait bounds how long the end waits for the last line to come back.
const lastWait = 5 * time.Second

// finish shows what was said up to the last line sent, so that a script that
// pipes lines in reads them back before the end.
func (f *face) finish(ctx context.Context) error {
	wait, cancel := context.WithTimeout(ctx, lastWait)
	defer cancel()
	if f.sent != 0 && f.Actor.Await(wait, f.sent) == nil {
		if err := f.news(ctx); err != nil {
			return err
		}
	}
	if err := f.out.Flush(); err != nil {
		return fmt.Errorf("%w: %w", command.ErrOutput, err)
	}
	if f.unsent && !f.Pty {
		return ErrUnsent
	}
	return nil
}

// hello says who one is, how to go on, and where something waits.
func (f *face) hello(ctx context.Context) error {
	words := &f.Words.Command.Linear
	for _, line := range command.RefusedLines(f.Session.Session) {
		f.note(line)
	}
	if f.Notice != "" {
		f.note(f.Notice)
	}
	f.warn(ctx)
	f.note(words.Hello(string(f.Actor.Me().Nick), f.Time(f.Actor.Now()).Format("MST")))
	f.note(words.How)
	convs, _, err := f.Actor.Conversations(ctx)
	if err != nil {
		return err
	}
	var unread []string
	for _, c := range convs {
		if c.Request {
			f.asked(c)
		} else if c.Unread > 0 {
			unread = append(unread, fmt.Sprintf("%s (%d)", c.Handle, c.Unread))
		}
	}
	if len(unread) > 0 {
		f.note(words.Unread(strings.Join(unread, ", ")))
	}
	return nil
}

// print buffers text; the loop flushes it and meets the error.
func (f *face) print(s string) { _, _ = f.out.WriteString(s) }

// note says something of the program's own, on one line.
func (f *face) note(sentence string) { f.print("* " + chat.OneLine(sentence, 1000) + "\n") }

// refuse tells why something was not done; what is nobody's fault goes to the log.
func (f *face) refuse(err error) {
	stopping := errors.Is(err, context.Canceled) // then nothing is wrong
	if chat.CodeOf(err) == chat.Internal && !isTyping(err) && !stopping {
		f.Log.Error("linear: command failed", "user", f.Actor.Me().ID, "err", err)
	}
	f.note(f.Sentence(err))
}

// isTyping reports an error of what was typed.
func isTyping(err error) bool {
	var usage *command.Usage
	var unknown *command.Unknown
	return errors.As(err, &usage) || errors.As(err, &unknown)
}
