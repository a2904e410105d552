package chattest

import (
	"bytes"
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"charla/server/chat"
	"charla/server/internal/hub"
	"charla/server/internal/limit"
	"charla/server/internal/projector"
)

// World is a whole chat in memory: the real service, projector and hub over the
// ports of this package. It ends with its test, and works inside a bubble of
// testing/synctest as well as outside.
//
//	w := chattest.New(t)
//	ana, beto := w.Person("ana"), w.Person("beto")
//	w.Say(ana, w.Talk(ana, beto), "hola")
//	w.Settle()
type World struct {
	Log     *Log
	View    chat.View
	Hub     *hub.Hub
	Service *chat.Service
	Ctx     context.Context // ends with the test

	t     testing.TB
	mu    sync.Mutex
	shelf uint64        // published
	step  chan struct{} // closed after each publish
}

// Option changes a World before it starts.
type Option func(*World, *chat.Ports)

// WithNow gives the service another clock.
func WithNow(now func() time.Time) Option {
	return func(_ *World, p *chat.Ports) { p.Now = now }
}

// WithLimiter gives the service limits; without it there are none.
func WithLimiter(l chat.Limiter) Option {
	return func(_ *World, p *chat.Ports) { p.Limiter = l }
}

// WithView gives the service another read model.
func WithView(v chat.View) Option {
	return func(w *World, p *chat.Ports) { w.View, p.Reader = v, v }
}

// New starts a world with nobody in it but the lobby.
func New(t testing.TB, options ...Option) *World {
	t.Helper()
	logger := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	w := &World{t: t, Log: NewLog(), View: NewView(), Hub: hub.New(logger), step: make(chan struct{})}
	ports := chat.Ports{
		Log: w.Log, Shelf: w.Log, Reader: w.View, Feed: w.Hub, Limiter: limit.Unlimited(), Now: time.Now, Logger: logger,
	}
	for _, change := range options {
		change(w, &ports)
	}
	projector := projector.New(w.Log, w.Log, w.View, publisher{w}, logger)
	ports.Awaiter = projector
	w.Service = chat.New(ports)
	w.run(projector.Run)
	if err := w.Service.Start(w.Ctx); err != nil {
		t.Fatalf("start: %v", err)
	}
	return w
}

// run starts what runs, and ends it with the test: first the service, which
// puts its last marks, then the projector.
func (w *World) run(project func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	serving, stop := context.WithCancel(ctx)
	var service, carrying sync.WaitGroup
	service.Go(func() { w.Service.Run(serving) })
	carrying.Go(func() {
		if err := project(ctx); err != nil {
			w.t.Errorf("the projector ended: %v", err)
		}
	})
	w.Ctx = ctx
	w.t.Cleanup(func() {
		stop()
		service.Wait()
		cancel()
		carrying.Wait()
		w.Hub.Close()
	})
}

// publisher hands changes to the hub, and then wakes who waits for them.
type publisher struct{ *World }

// Publish is projector.Publisher.
func (w publisher) Publish(changes []chat.Change, asOf chat.Position) {
	w.Hub.Publish(changes, asOf)
	_, shelf, err := w.View.Applied(context.Background())
	if err != nil {
		w.t.Errorf("applied: %v", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shelf = shelf
	close(w.step)
	w.step = make(chan struct{})
}

// Settle waits until all that was appended and put can be read and was told.
func (w *World) Settle() {
	w.t.Helper()
	identity, err := w.Log.Identity(w.Ctx)
	if err != nil {
		w.t.Fatalf("settle: %v", err)
	}
	if err := w.Service.Awaiter.Await(w.Ctx, chat.PositionAt(identity.Last, 0)); err != nil {
		w.t.Fatalf("settle: %v", err)
	}
	put := w.Log.lastPut()
	w.Until("the shelf is read", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.shelf >= put
	})
}

// Until waits until holds does, which is asked again after each step of the
// projector; the test fails if that takes a minute.
func (w *World) Until(what string, holds func() bool) {
	w.t.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	for {
		w.mu.Lock()
		step := w.step
		w.mu.Unlock()
		if holds() {
			return
		}
		select {
		case <-step:
		case <-late.C:
			w.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// Person claims a nick and is the hands of whoever has it now.
func (w *World) Person(nick chat.Nick) *chat.Actor {
	w.t.Helper()
	p, err := w.Service.Claim(w.Ctx, nick, chat.Credential{Passphrase: "test"})
	if err != nil {
		w.t.Fatalf("%s claims a nick: %v", nick, err)
	}
	return w.Service.Actor(p)
}

// Talk names the talk of two people; with oneself it is the notes.
func (w *World) Talk(a, b *chat.Actor) chat.Ref {
	return chat.Ref{ID: chat.TalkID(a.Me().ID, b.Me().ID), Peer: b.Me().ID}
}

// Befriend opens the talk of two people and lets it in, without a word in it: lists
// do not have it yet.
func (w *World) Befriend(a, b *chat.Actor) chat.Ref {
	w.t.Helper()
	lo, hi := a.Me().ID, b.Me().ID
	if bytes.Compare(lo[:], hi[:]) > 0 {
		lo, hi = hi, lo
	}
	id := chat.TalkID(lo, hi)
	at, err := w.Log.Append(w.Ctx,
		event(a.Me().ID, chat.TalkOpened{Conversation: id, Lo: lo, Hi: hi}), event(b.Me().ID, chat.TalkAccepted{Conversation: id}))
	if err == nil {
		err = a.Await(w.Ctx, at)
	}
	if err != nil {
		w.t.Fatalf("%s and %s become friends: %v", a.Me().Nick, b.Me().Nick, err)
	}
	return w.Talk(a, b)
}

// Lobby names the room everyone is in.
func (w *World) Lobby() chat.Ref { return chat.Ref{ID: chat.LobbyID} }

// Group makes a group.
func (w *World) Group(owner *chat.Actor, title string, others ...*chat.Actor) chat.Ref {
	w.t.Helper()
	c, err := owner.NewGroup(w.Ctx, title, nicks(others))
	if err != nil {
		w.t.Fatalf("%s makes the group %q: %v", owner.Me().Nick, title, err)
	}
	return c.Ref()
}

// Add brings people into a group.
func (w *World) Add(by *chat.Actor, group chat.Ref, others ...*chat.Actor) {
	w.t.Helper()
	if _, err := by.Add(w.Ctx, group, nicks(others)); err != nil {
		w.t.Fatalf("%s adds to a group: %v", by.Me().Nick, err)
	}
}

// Leave leaves a group or room, to whoever can follow.
func (w *World) Leave(who *chat.Actor, group chat.Ref) {
	w.t.Helper()
	err := who.Leave(w.Ctx, group, "")
	if chat.CodeOf(err) == chat.LastOwner {
		err = who.Leave(w.Ctx, group, chat.AsError(err).Hint)
	}
	if err != nil {
		w.t.Fatalf("%s leaves a group: %v", who.Me().Nick, err)
	}
}

// Say posts a text and waits until everybody can read it.
func (w *World) Say(who *chat.Actor, where chat.Ref, text string) chat.MessageID {
	w.t.Helper()
	sent, err := who.Post(w.Ctx, where, chat.Words{Text: text})
	if err == nil {
		err = who.Await(w.Ctx, sent.Position)
	}
	if err != nil {
		w.t.Fatalf("%s says %q: %v", who.Me().Nick, text, err)
	}
	return sent.ID
}

// See is how somebody sees a conversation.
func (w *World) See(who *chat.Actor, ref chat.Ref) chat.Conversation {
	w.t.Helper()
	c, err := who.Conversation(w.Ctx, ref)
	if err != nil {
		w.t.Fatalf("%s looks at a conversation: %v", who.Me().Nick, err)
	}
	return c
}

// Texts is what somebody reads in a conversation: the newest 100 messages as
// "nick: text", files as "nick: [name]", what was taken back as "nick: -".
func (w *World) Texts(who *chat.Actor, ref chat.Ref) []string {
	w.t.Helper()
	page, err := who.Page(w.Ctx, ref, chat.PageQuery{Limit: 100})
	if err != nil {
		w.t.Fatalf("%s reads: %v", who.Me().Nick, err)
	}
	return Lines(page.Messages)
}

// Lines tells messages as World.Texts does.
func Lines(messages []chat.Message) []string {
	var lines []string
	for _, m := range messages {
		said := m.Text
		switch {
		case m.Retracted:
			said = "-"
		case m.File != nil:
			said = "[" + m.File.Name + "]"
		}
		lines = append(lines, string(m.Nick)+": "+said)
	}
	return lines
}

func nicks(people []*chat.Actor) []string {
	var nicks []string
	for _, a := range people {
		nicks = append(nicks, string(a.Me().Nick))
	}
	return nicks
}
