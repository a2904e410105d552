package tui

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/i18n"
	"charla/tui/tuitest"
)

// stage is a world with people at terminals in it.
type stage struct {
	*chattest.World
	t *testing.T
}

// seat is one person at one terminal.
type seat struct {
	*tuitest.Driver
	model *Model
	s     *stage
}

// story runs a test in a bubble of fake time.
func story(t *testing.T, tell func(s *stage), options ...chattest.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		tell(&stage{chattest.New(t, options...), t})
	})
}

// config of a person as the front door would make it.
func (s *stage) config(actor *chat.Actor) Config {
	return Config{
		Actor: actor, Words: i18n.For(i18n.Spanish), Host: "chat.lan", Port: 2222, Client: "SSH-2.0-OpenSSH_9.2",
		Loc: time.UTC, Log: slog.New(slog.NewTextHandler(s.t.Output(), nil)),
	}
}

// sit puts somebody in front of a terminal.
func (s *stage) sit(actor *chat.Actor, width, height int, change ...func(*Config)) *seat {
	s.t.Helper()
	return s.sitAt(actor, width, height, nil, change...)
}

// sitAt puts somebody in front of a terminal of another kind.
func (s *stage) sitAt(actor *chat.Actor, width, height int, kind []tuitest.Option, change ...func(*Config)) *seat {
	s.t.Helper()
	c := s.config(actor)
	for _, f := range change {
		f(&c)
	}
	ctx, cancel := context.WithCancel(s.Ctx)
	m := New(ctx, c)
	d := tuitest.New(s.t, m, width, height, kind...)
	go func() {
		for {
			select {
			case <-m.Wake():
				select {
				case d.WakeChan() <- struct{}{}:
				default:
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	seat := &seat{d, m, s}
	s.t.Cleanup(func() { cancel(); seat.leave() })
	d.Settle()
	return seat
}

// leave hangs up and does what the front door does then.
func (p *seat) leave() {
	if p.model == nil {
		return
	}
	p.Hangup()
	_ = p.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.s.Ctx), 5*time.Second)
	defer cancel()
	p.model.Close(ctx)
	p.model = nil
}

// sees fails the test unless all texts stand on the screen.
func (p *seat) sees(texts ...string) {
	p.s.t.Helper()
	for _, text := range texts {
		if !p.Contains(text) {
			p.s.t.Fatalf("%q is not on the screen:\n%s", text, p.Text())
		}
	}
}

// missing fails the test if one of the texts stands on the screen.
func (p *seat) missing(texts ...string) {
	p.s.t.Helper()
	for _, text := range texts {
		if p.Contains(text) {
			p.s.t.Fatalf("%q is on the screen:\n%s", text, p.Text())
		}
	}
}

// settle lets everything that happened reach every screen.
func (s *stage) settle(seats ...*seat) {
	s.t.Helper()
	for range 3 {
		s.Settle()
		synctest.Wait()
		time.Sleep(40 * time.Millisecond)
		synctest.Wait()
	}
	for _, p := range seats {
		p.Driver.Settle()
	}
}
