package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// What a connection can do to others, whatever it is for.
func TestHarmByAConnection(t *testing.T) {
	r := newRig(t)
	r.face([]peril{
		{"a thousand connections that say nothing", r.silentCrowd(1000, ""), always},
		{"connections that stop in the handshake", r.silentCrowd(200, "SSH-2.0-half\r\n\x00\x00\x05\xdc\x08\x14"), longOnly},
		{"people who come and go", r.comingAndGoing, always},
		{"keys exchanged again and again", r.rekeying, always},
		{"three hundred channels at once", r.manyChannels, always},
		{"one person with a thousand screens", r.manyScreens, always},
		{"channels of a kind that is not served", r.channels("direct-tcpip"), longOnly},
		{"channels opened and closed", r.channels("session"), longOnly},
		{"a flood of environment", r.requests(request{"env", gossh.Marshal(struct{ N, V string }{"LC_ALL", "es"})}, false), longOnly},
		{"a flood of unknown requests", r.requests(request{"x@y.z", make([]byte, 1000)}, true), longOnly},
		{"a flood of subsystems", r.requests(request{"subsystem", gossh.Marshal(struct{ N string }{"x"})}, true), always},
		{"a flood of global requests", r.globalRequests, longOnly},
		{"an exec line of 200 KB", r.execLine(200 << 10), longOnly},
		{"an exec line of 1 MB", r.execLine(1 << 20), always},
	})
}

// silentCrowd connects many times, says a little each time and stays. A
// latecomer gets in all the same.
func (r *rig) silentCrowd(n int, says string) harm {
	return func(ctx context.Context, under func()) error {
		var crowd []net.Conn
		defer func() {
			for _, c := range crowd {
				c.Close()
			}
		}()
		for range n {
			c, err := net.Dial("tcp", r.addr)
			if err != nil {
				return err
			}
			crowd = append(crowd, c)
			if _, err := io.WriteString(c, says); err != nil && !isReset(err) {
				return err
			}
		}
		g, err := r.dial("latecomer", nil, nil)
		if err != nil {
			return fmt.Errorf("the latecomer is kept out: %w", err)
		}
		g.Close()
		under()
		<-ctx.Done()
		return nil
	}
}

// isReset reports that the server hung up, which it may.
func isReset(err error) bool { var op *net.OpError; return errors.As(err, &op) }

// comingAndGoing: 200 people who are known open a screen and hang up, a few at
// a time.
func (r *rig) comingAndGoing(ctx context.Context, under func()) error {
	const people, atOnce = 200, 2
	var wg sync.WaitGroup
	errs := make(chan error, atOnce)
	for worker := range atOnce {
		wg.Go(func() {
			for n := worker; n < people && ctx.Err() == nil; n += atOnce {
				g, err := r.dial(fmt.Sprintf("mal%d", n%20), nil, nil)
				if err == nil {
					_, err = g.screen()
					g.Close()
				}
				if err != nil {
					errs <- err
					return
				}
				under()
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// rekeying: a key exchange costs a signature and two agreements, and a client
// may ask for one whenever it likes.
func (r *rig) rekeying(ctx context.Context, under func()) error {
	g, err := r.dial("mal", func(c *gossh.ClientConfig) { c.RekeyThreshold = 256 }, nil)
	if err != nil {
		return err
	}
	defer g.Close()
	defer context.AfterFunc(ctx, func() { g.Close() })()
	for n := 0; ; n++ {
		if _, _, err := g.SendRequest("rekey@x", true, make([]byte, 2048)); err != nil {
			return unless(ctx, err)
		}
		time.Sleep(time.Second / 400) // more requests than that are another harm
		if n == 10 {
			under()
		}
	}
}

// manyChannels opens screens on one connection until it is told no more.
func (r *rig) manyChannels(ctx context.Context, under func()) error {
	g, err := r.dial("mal", nil, nil)
	if err != nil {
		return err
	}
	defer g.Close()
	open := 0
	for range 300 {
		if _, err := g.screen(); err == nil {
			open++
		}
	}
	if open != 10 {
		return fmt.Errorf("%d channels were opened", open)
	}
	under()
	<-ctx.Done()
	return nil
}

// manyScreens: one person opens a thousand screens. 64 of them begin; each of the
// others is told why it does not.
func (r *rig) manyScreens(ctx context.Context, under func()) error {
	const connections, each, begin = 100, 10, 64
	var told atomic.Int32
	var reading sync.WaitGroup
	defer reading.Wait() // after the connections are closed
	for range connections {
		g, err := r.dial("mal", nil, nil)
		if err != nil {
			return err
		}
		defer g.Close()
		for range each {
			screen, err := g.screen()
			if err != nil {
				return err
			}
			reading.Go(func() {
				if errs, _ := io.ReadAll(screen.Stderr()); strings.Contains(string(errs), "you have 64 sessions here already") {
					told.Add(1)
				}
			})
		}
	}
	const refused = connections*each - begin
	if !r.within(func() bool { return told.Load() == refused }) {
		return fmt.Errorf("%d of %d screens are told that there are too many, want all but %d", told.Load(), connections*each, begin)
	}
	under()
	<-ctx.Done()
	return nil
}

// floods calls flood on one connection after the other, for whoever floods is
// hung up on.
func (r *rig) floods(flood func(g *guest) error) harm {
	return func(ctx context.Context, under func()) error {
		for ctx.Err() == nil {
			g, err := r.dial("mal", nil, nil)
			if err != nil {
				return err
			}
			stop := context.AfterFunc(ctx, func() { g.Close() })
			time.AfterFunc(10*time.Millisecond, under)
			for err == nil {
				err = flood(g)
			}
			stop()
			g.Close()
		}
		return nil
	}
}

// channels asks for a hundred channels at a time.
func (r *rig) channels(kind string) harm {
	return r.floods(func(g *guest) error {
		var asking sync.WaitGroup
		var gone atomic.Bool
		for range 100 {
			asking.Go(func() {
				ch, requests, err := g.OpenChannel(kind, nil)
				if err == nil {
					go gossh.DiscardRequests(requests) // ends with the channel
					ch.Close()
				} else if refused := (*gossh.OpenChannelError)(nil); !errors.As(err, &refused) {
					gone.Store(true)
				}
			})
		}
		asking.Wait()
		if gone.Load() {
			return io.EOF
		}
		return nil
	})
}

// requests makes one request of a channel.
func (r *rig) requests(req request, reply bool) harm {
	return r.floods(func(g *guest) error {
		ch, err := g.channel()
		for err == nil {
			_, err = ch.SendRequest(req.name, reply, req.payload)
		}
		return err
	})
}

func (r *rig) globalRequests(ctx context.Context, under func()) error {
	return r.floods(func(g *guest) error {
		_, _, err := g.SendRequest("tcpip-forward", true, make([]byte, 1000))
		return err
	})(ctx, under)
}

// execLine runs a verb that is long.
func (r *rig) execLine(n int) harm {
	return func(ctx context.Context, under func()) error {
		for ctx.Err() == nil {
			g, err := r.dial("mal", nil, nil)
			if err != nil {
				return err
			}
			s, err := g.NewSession()
			if err != nil {
				return err
			}
			if out, err := s.Output("send lobby " + strings.Repeat("x", n)); err == nil {
				return fmt.Errorf("it was taken: %.100q", out)
			}
			g.Close()
			under()
		}
		return nil
	}
}
