package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	gossh "golang.org/x/crypto/ssh"
)

// What somebody can do to others with lines, verbs and files.
func TestHarmByLinesVerbsAndFiles(t *testing.T) {
	r := newRig(t)
	r.face([]peril{
		{"a line without end", r.pours("x", shell), always},
		{"lines without end", r.pours("hello\n", shell), longOnly},
		{"a message without end", r.pours("x", exec("send lobby")), longOnly},
		{"a file without end", r.putsForever, always},
		{"listings without end", r.listsForever, longOnly},
	})
}

// A reader that stops holds what is written to it, and nothing else.
func TestHarmByReadersThatStop(t *testing.T) {
	r := newRig(t, smallBuffers)
	r.face([]peril{
		{"a screen", r.stops(pty("xterm-256color"), shell, func(tty *tty, n int) error {
			_, err := tty.SendRequest("window-change", false, window(80+uint32(n)%2, 24))
			return err
		}), always},
		{"lines", r.stops(request{}, shell, func(tty *tty, n int) error {
			_, err := io.WriteString(tty, "/help\n")
			return err
		}), always},
		{"a verb", r.stops(request{}, exec("tail"), func(tty *tty, n int) error { return r.sends("mal", 15<<10) }), always},
		{"a download", r.stopsDownload, always},
	})
}

// pours writes what into a session for ever, and reads what it says.
func (r *rig) pours(what string, start ...request) harm {
	block := bytes.Repeat([]byte(what), 32<<10/len(what))
	return func(ctx context.Context, under func()) error {
		g, err := r.dial("mal", nil, nil)
		if err != nil {
			return err
		}
		defer g.Close()
		if err := r.known(g); err != nil {
			return err
		}
		defer context.AfterFunc(ctx, func() { g.Close() })()
		for ctx.Err() == nil {
			tty, err := g.channel(start...)
			if full := (*gossh.OpenChannelError)(nil); errors.As(err, &full) {
				time.Sleep(5 * time.Millisecond) // a face that was closed counts until it has ended
				continue
			}
			if err != nil {
				return unless(ctx, err)
			}
			go func() { _, _ = io.Copy(io.Discard, tty) }() // ends with the channel
			for err == nil {
				_, err = tty.Write(block)
				under()
			}
			tty.Close()
		}
		return nil
	}
}

// putsForever puts a file that does not end, and goes; 64 MiB of it at most.
func (r *rig) putsForever(ctx context.Context, under func()) error {
	g, err := r.dial("mal", nil, nil)
	if err != nil {
		return err
	}
	defer g.Close()
	if err := r.known(g); err != nil {
		return err
	}
	files, err := sftp.NewClient(g.Client)
	if err != nil {
		return err
	}
	defer files.Close()
	f, err := files.OpenFile("/lobby/zero", os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	block := make([]byte, 1<<20)
	for n := 0; n < 64 && ctx.Err() == nil; n++ {
		if _, err := f.Write(block); err != nil {
			return err
		}
		under()
	}
	<-ctx.Done()
	return nil
}

// known makes g somebody whose nick is claimed.
func (r *rig) known(g *guest) error {
	tty, err := g.channel(pty("xterm-256color"), shell)
	if err != nil {
		return err
	}
	_, err = tty.Read(make([]byte, 1)) // the nick is claimed before anything is shown
	go func() { _, _ = io.Copy(io.Discard, tty) }()
	tty.Close()
	<-tty.ended
	return err
}

func (r *rig) listsForever(ctx context.Context, under func()) error {
	g, err := r.dial("mal", nil, nil)
	if err != nil {
		return err
	}
	defer g.Close()
	if err := r.known(g); err != nil {
		return err
	}
	files, err := sftp.NewClient(g.Client)
	if err != nil {
		return err
	}
	defer files.Close()
	for ctx.Err() == nil {
		if _, err := files.ReadDir("/lobby"); err != nil {
			return err
		}
		under()
	}
	return nil
}

// deaf is a client that can stop reading.
func (r *rig) deaf(nick string) (*guest, *stoppable, error) {
	var line *stoppable
	g, err := r.dial(nick, nil, func(c *net.TCPConn) net.Conn { line = newStoppable(c); return line })
	if err == nil {
		err = r.known(g)
	}
	return g, line, err
}

// stops starts a session, stops reading, and provokes the server to write until
// one of its writes is stuck.
func (r *rig) stops(first, start request, provoke func(tty *tty, n int) error) harm {
	return func(ctx context.Context, under func()) error {
		g, line, err := r.deaf("mal")
		if err != nil {
			return err
		}
		defer g.Close()
		var requests []request
		for _, req := range []request{first, start} {
			if req.name != "" {
				requests = append(requests, req)
			}
		}
		tty, err := g.channel(requests...)
		if err != nil {
			return err
		}
		others := stuck()
		line.stop()
		for n := 0; stuck() == others; n++ {
			if n > 2000 {
				return errors.New("nothing is stuck")
			}
			if err := provoke(tty, n); err != nil {
				return err
			}
			if n%20 == 19 {
				time.Sleep(20 * time.Millisecond) // or it floods
			}
		}
		under()
		<-ctx.Done()
		return nil
	}
}

// stuck is how many clients a write waits for.
func stuck() (n int) {
	for stack := range strings.SplitSeq(stacks(), "\n\n") {
		if count, _, found := strings.Cut(stack, " @"); found && strings.Contains(stack, "sshd.(*link).Write") {
			count = count[strings.LastIndexByte(count, '\n')+1:]
			waiting, _ := strconv.Atoi(count)
			n += waiting
		}
	}
	return n
}

// sends sends a long text to somebody, by a person nobody knew.
func (r *rig) sends(to string, n int) error {
	r.strangers++
	g, err := r.dial(fmt.Sprintf("sender%d", r.strangers), nil, nil)
	if err != nil {
		return err
	}
	defer g.Close()
	if err := r.known(g); err != nil {
		return err
	}
	s, err := g.NewSession()
	if err != nil {
		return err
	}
	s.Stdin = strings.NewReader(strings.Repeat("long words ", n/11))
	return s.Run("send " + to)
}

// stopsDownload asks for a file and reads nothing of it.
func (r *rig) stopsDownload(ctx context.Context, under func()) error {
	g, line, err := r.deaf("mal")
	if err != nil {
		return err
	}
	defer g.Close()
	files, err := sftp.NewClient(g.Client)
	if err != nil {
		return err
	}
	put, err := files.Create("/lobby/large")
	if err == nil {
		_, err = put.Write(make([]byte, 1<<20))
	}
	if err == nil {
		err = put.Close()
	}
	if err != nil {
		return err
	}
	get, err := files.Open("/lobby/large")
	if err != nil {
		return err
	}
	others := stuck()
	line.stop()
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(io.Discard, get) })
	defer reading.Wait()
	defer g.Close()
	for stuck() == others && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	under()
	<-ctx.Done()
	return nil
}

// When the server stops, whoever does not read holds it up shortly, and nobody
// else loses anything: not even the exit status.
func TestStoppingWithReadersThatStopped(t *testing.T) {
	r := newRig(t, smallBuffers)
	r.talk(2)
	held, release := make(chan error, 3), make(chan struct{})
	harms := []harm{
		r.stops(request{}, shell, func(tty *tty, n int) error { _, err := io.WriteString(tty, "/help\n"); return err }),
		r.stops(request{}, exec("tail"), func(tty *tty, n int) error { return r.sends("mal", 15<<10) }),
		r.stopsDownload,
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for _, do := range harms { // one after the other: each waits for its own to be stuck
		under := make(chan struct{})
		go func() { held <- do(ctx, sync.OnceFunc(func() { close(under) })); <-release }()
		r.waitFor("a reader that stops", func() bool { return isClosed(under) })
	}
	began := time.Now()
	r.stop()
	if err := r.ended(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the server took %v to stop", took)
	}
	<-r.ana.ended
	if status := r.ana.tty.status(); status != 75 {
		t.Errorf("who reads is told %d", status)
	}
	stop()
	close(release)
	for range harms {
		<-held
	}
}
