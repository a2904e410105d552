// Package server is a whole charla: it opens everything in order, runs it, and
// closes it in reverse. It knows no rule of the chat and no byte of a protocol;
// what it does itself is to look before it opens (is the folder free, do the log
// and the read model agree) and to fit the faces to the front door.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"charla/files"
	"charla/files/blob"
	"charla/hostkeys"
	"charla/server/chat"
	"charla/server/config"
	"charla/server/i18n"
	"charla/server/internal/hub"
	"charla/server/internal/journal"
	"charla/server/internal/projector"
	"charla/server/internal/readmodel"
	"charla/server/internal/sshd"
	"charla/server/internal/sshd/passphrase"
	"charla/tui"
)

// Options are what a server is given besides its settings.
type Options struct {
	Log  *slog.Logger
	Tell func(sentence string) // tells the operator what takes time or was mended
	Now  func() time.Time      // what people's messages are stamped with; nil: time.Now

	// Settings reads the settings again; nil: they cannot be. Each of Hangups
	// asks for it, as Reload does.
	Settings func() (config.Config, error)
	Hangups  <-chan os.Signal

	Version string // of the program, for admin status
}

func (o Options) clock() func() time.Time {
	if o.Now == nil {
		return time.Now
	}
	return o.Now
}

// Server is an open charla.
type Server struct {
	cfg   config.Config // as it was opened; see live for what can change since
	log   *slog.Logger
	words *i18n.Words
	tell  func(string)
	now   func() time.Time

	settings  atomic.Pointer[config.Config]
	reloading sync.Mutex // one at a time
	again     func() (config.Config, error)
	hangups   <-chan os.Signal
	version   string
	since     time.Time

	keys     hostkeys.Set
	keyLines []string // as known_hosts has them, without a host
	journal  *journal.Journal
	view     *readmodel.Model
	blobs    *blob.Store
	parking  *files.Parking
	hub      *hub.Hub
	town     *town
	hasher   *passphrase.Hasher
	proj     *projector.Projector
	guard    *diskGuard
	chat     *chat.Service
	shared   *tui.Shared
	door     *sshd.Server
	listen   net.Listener
	card     Card

	closers []func() error // in the order of opening
	fail    chan error     // the first goroutine of ours that failed; holds one
}

// drain is how long sessions and uploads get to end when the server stops.
const drain = 10 * time.Second

// Open opens everything on cfg's data folder, brings the read model level with
// the log, and listens. On an error nothing stays open. ErrInUse and ErrDisagree
// tell their cases.
func Open(ctx context.Context, cfg config.Config, o Options) (_ *Server, err error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, log: o.Log, words: i18n.For(cfg.Lang), tell: o.Tell, now: o.clock(), again: o.Settings, hangups: o.Hangups,
		version: o.Version, since: time.Now(), fail: make(chan error, 1),
	}
	s.settings.Store(&cfg)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	for _, step := range []func(context.Context) error{s.openFolder, s.openStores, s.openRoad, s.openDoor} {
		if err := step(ctx); err != nil {
			return nil, s.refusal(err)
		}
	}
	return s, nil
}

// onClose adds what undoes a step of Open.
func (s *Server) onClose(f func() error) { s.closers = append(s.closers, f) }

// Close undoes Open in reverse. What was acknowledged is stored before it
// returns. Calling it again does nothing.
func (s *Server) Close() error {
	var errs []error
	for len(s.closers) > 0 {
		last := len(s.closers) - 1
		f := s.closers[last]
		s.closers = s.closers[:last]
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}

// Card is what to tell people.
func (s *Server) Card() Card { return s.card }

// Run serves until ctx ends, and then drains: nobody new comes in, people are
// told, what is being sent is finished. It returns an error if something that
// everybody needs fails meanwhile.
func (s *Server) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx) // Close waits for what is started here
	defer cancel()
	s.start("accept", func() error { return s.door.Serve(s.listen) })
	s.start("sweep", func() error { s.sweepBlobs(ctx); return nil })
	s.hearOrders(ctx)
	s.start("reload", func() error { s.obeyHangups(ctx); return nil })
	var failed error
	select {
	case <-ctx.Done():
		s.tell(s.words.Server.Stopping)
	case failed = <-s.fail:
		s.log.Error("stopping, because what everybody needs has failed", "err", failed)
	}
	draining, over := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer over()
	if err := s.door.Shutdown(draining); err != nil {
		s.log.Warn("some sessions did not end in time", "err", err)
	}
	return failed
}

// start runs f in a goroutine that Close waits for; its error, or its panic,
// ends Run.
func (s *Server) start(name string, f func() error) {
	var running sync.WaitGroup
	running.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				s.log.Error("panic", "in", name, "panic", r, "stack", string(debug.Stack()))
				s.failed(fmt.Errorf("%s: panic: %v", name, r))
			}
		}()
		if err := f(); err != nil {
			s.failed(fmt.Errorf("%s: %w", name, err))
		}
	})
	s.onClose(func() error { running.Wait(); return nil })
}

func (s *Server) failed(err error) {
	select {
	case s.fail <- err:
	default: // Run ends because of the first
	}
}

// background starts f with a context that Close ends before it waits.
func (s *Server) background(name string, f func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	s.start(name, func() error { return f(ctx) })
	s.onClose(func() error { cancel(); return nil })
}

// portOf is the port a listener got, and the address if it is one.
func portOf(l net.Listener) (netip.Addr, int) {
	at, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil {
		return netip.Addr{}, 0
	}
	return at.Addr().Unmap(), int(at.Port())
}
