package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	gossh "golang.org/x/crypto/ssh"
)

// What a terminal can do to others by what it sends. What it does to its own
// session is in package terminal, with a clock that is not ours.
func TestHarmByATerminal(t *testing.T) {
	r := newRig(t)
	flood := func(begin, again string) harm { return r.typing(begin, again) }
	r.face([]peril{
		{"a screen closed on a connection that stays", r.closedScreens, always},
		{"ESC and gone", r.dropsAfter("\x1b"), always},
		{"half a CSI and gone", r.dropsAfter("\x1b[1"), longOnly},
		{"a string without end", flood("\x1b]0;", "x"), longOnly},
		{"a paste with brackets", flood("\x1b[200~", strings.Repeat("x", 79)+"\r"), longOnly},
		{"a paste without brackets", flood("", strings.Repeat("x", 79)+"\r"), always},
		{"a key held down", flood("", "x"), longOnly},
		{"window bombs", r.windowBombs, longOnly},
		{"a window dragged on a paused terminal", r.drags, always},
	})
}

// closedScreens: stock Wish spins a core for ever when a client closes the
// channel of its screen and keeps the connection, as OpenSSH's ControlMaster
// does.
func (r *rig) closedScreens(ctx context.Context, under func()) error {
	g, err := r.dial("mal", nil, nil)
	if err != nil {
		return err
	}
	defer g.Close()
	for ctx.Err() == nil {
		screen, err := g.screen()
		if full := (*gossh.OpenChannelError)(nil); errors.As(err, &full) {
			time.Sleep(5 * time.Millisecond) // a face that was closed counts until it has ended
			continue
		}
		if err != nil {
			return err
		}
		under()
		screen.Close()
		<-screen.ended
	}
	return nil
}

// dropsAfter: a stock reader of keys waits for the rest of a sequence for ever,
// and keeps 608 KB meanwhile.
func (r *rig) dropsAfter(begun string) harm {
	return func(ctx context.Context, under func()) error {
		for range 60 {
			g, err := r.dial("mal", nil, nil)
			if err != nil {
				return err
			}
			screen, err := g.screen()
			if err == nil {
				_, err = io.WriteString(screen, begun)
			}
			g.Close()
			if err != nil {
				return err
			}
			under()
		}
		return nil
	}
}

// typing sends begin, and then again until it is told to stop.
func (r *rig) typing(begin, again string) harm {
	block := bytes.Repeat([]byte(again), 32<<10/len(again))
	return func(ctx context.Context, under func()) error {
		g, err := r.dial("mal", nil, nil)
		if err != nil {
			return err
		}
		defer g.Close()
		defer context.AfterFunc(ctx, func() { g.Close() })()
		screen, err := g.screen()
		if err == nil {
			_, err = io.WriteString(screen, begin)
		}
		for sent := 0; err == nil; sent += len(block) {
			if sent > 1<<20 {
				under()
			}
			_, err = screen.Write(block)
		}
		return unless(ctx, err)
	}
}

// unless is err, if that did not come of the end of the harm.
func unless(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// windowBombs: memory and the cost of a frame grow with the window.
func (r *rig) windowBombs(ctx context.Context, under func()) error {
	g, err := r.dial("mal", nil, nil)
	if err != nil {
		return err
	}
	defer g.Close()
	screen, err := g.screen()
	if err != nil {
		return err
	}
	sizes := []uint32{0, 1, 65535, 1 << 31, 80, 400, 7}
	for n := 0; ctx.Err() == nil; n++ {
		size := window(sizes[n%len(sizes)], sizes[n/len(sizes)%len(sizes)])
		if _, err := screen.SendRequest("window-change", false, size); err != nil {
			return err
		}
		if n > 50 {
			under()
		}
		time.Sleep(time.Second / 300)
	}
	return nil
}

// drags: a window of one that nobody drains blocked the whole connection for
// good.
func (r *rig) drags(ctx context.Context, under func()) error {
	g, err := r.dial("mal", nil, nil)
	if err != nil {
		return err
	}
	defer g.Close()
	paused, err := g.channel(pty("xterm-256color"), shell) // nobody reads it
	if err != nil {
		return err
	}
	files, err := sftp.NewClient(g.Client)
	if err != nil {
		return err
	}
	defer files.Close()
	for n := uint32(0); ctx.Err() == nil; n++ {
		for width := range uint32(60) {
			if _, err := paused.SendRequest("window-change", false, window(40+width, 10+n%60)); err != nil {
				return err
			}
		}
		if _, err := files.ReadDir("/"); err != nil {
			return err
		}
		under()
		time.Sleep(60 * time.Second / 400) // more than that are a flood
	}
	return nil
}
