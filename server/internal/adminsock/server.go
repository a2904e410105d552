package adminsock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"
)

// Call is one order as it is carried out. A write fails when the client has gone
// or takes nothing for a while; ctx has ended by then.
type Call struct {
	Order
	In       io.Reader // the client's standard input, read when it is asked for
	Out, Err io.Writer
}

// Config is everything a Server is made of.
type Config struct {
	Dir string // that holds the socket, and that no other server has
	// Run carries out an order and returns its exit status, soon after ctx ends.
	Run func(ctx context.Context, c Call) int
	// What is said to those who are not served.
	Busy, Stranger string
	Log            *slog.Logger
}

const (
	atOnce  = 16               // orders; more are told to try again
	patient = 5 * time.Second  // for a client's order
	stuck   = 10 * time.Second // for a client to take what is written
	again   = 75               // exit status: EX_TEMPFAIL of sysexits.h
)

// Server carries out orders.
type Server struct {
	cfg    Config
	path   string
	listen *net.UnixListener
	slots  chan struct{}
	calls  sync.WaitGroup
}

// Listen makes the socket. One that a server left that was killed is replaced:
// the folder is ours.
func Listen(cfg Config) (_ *Server, err error) {
	path := filepath.Join(cfg.Dir, Name)
	info, err := os.Lstat(path)
	switch {
	case err == nil && info.Mode().Type() != fs.ModeSocket:
		return nil, fmt.Errorf("adminsock: %s is there and is no socket; move it away", path)
	case err == nil:
		err = os.Remove(path)
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("adminsock: %w", err)
	}
	name, hold, err := address(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("adminsock: %w", err)
	}
	defer hold.Close()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("adminsock: %w", err)
	}
	l.SetUnlinkOnClose(false) // name may be gone by then; Close knows the path
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("adminsock: %w", err), l.Close())
	}
	return &Server{cfg: cfg, path: path, listen: l, slots: make(chan struct{}, atOnce)}, nil
}

// Close removes the socket. Call it when Serve has returned, or was never called.
func (s *Server) Close() error {
	err := s.listen.Close()
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	if rerr := os.Remove(s.path); !errors.Is(rerr, fs.ErrNotExist) {
		err = errors.Join(err, rerr)
	}
	return err
}

// Serve carries out orders until ctx ends, and returns when the last is over.
func (s *Server) Serve(ctx context.Context) error {
	defer s.calls.Wait()
	defer context.AfterFunc(ctx, func() { _ = s.listen.Close() })()
	for {
		conn, err := s.listen.AcceptUnix()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			if again := (interface{ Temporary() bool })(nil); errors.As(err, &again) && again.Temporary() {
				pause(ctx)
				continue
			}
			return fmt.Errorf("adminsock: %w", err)
		}
		s.admit(ctx, conn)
	}
}

// pause waits for what passes by itself, as too many open files.
func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(100 * time.Millisecond):
	}
}

// admit starts what conn asks for, or says why not.
func (s *Server) admit(ctx context.Context, conn *net.UnixConn) {
	c := &call{conn: conn, ctx: ctx}
	if why := s.stranger(conn); why != nil {
		s.cfg.Log.Warn("admin socket: refused", "why", why)
		c.end(s.cfg.Stranger, 1)
		return
	}
	select {
	case s.slots <- struct{}{}:
	default:
		c.end(s.cfg.Busy, again)
		return
	}
	s.calls.Go(func() {
		defer func() { <-s.slots }()
		defer conn.Close()
		defer s.recover()
		s.serve(ctx, c)
	})
}

// stranger is nil for who may give orders: this server's user and root.
func (s *Server) stranger(conn *net.UnixConn) error {
	uid, known, err := peerOf(conn)
	switch {
	case err != nil:
		return err
	case known && uid != 0 && uid != os.Geteuid():
		return fmt.Errorf("user %d", uid)
	}
	return nil
}

// recover stands at the root of goroutines: a panic there would end everybody's
// sessions.
func (s *Server) recover() {
	if r := recover(); r != nil {
		s.cfg.Log.Error("panic", "in", "admin socket", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
	}
}

// serve carries out one order.
func (s *Server) serve(ctx context.Context, c *call) {
	ctx, cancel := context.WithCancel(ctx)
	c.ctx, c.pieces = ctx, make(chan []byte, 1)
	_ = c.conn.SetReadDeadline(time.Now().Add(patient))
	k, raw, err := readFrame(c.conn)
	var o Order
	if err != nil || k != order || json.Unmarshal(raw, &o) != nil {
		cancel()
		return // nobody who speaks this protocol
	}
	_ = c.conn.SetReadDeadline(time.Time{})
	var reading sync.WaitGroup
	reading.Go(func() {
		defer s.recover()
		defer cancel()
		c.read()
	})
	defer reading.Wait()
	defer c.conn.Close() // which ends the reading
	c.end("", s.cfg.Run(ctx, Call{Order: o, In: c, Out: stream{c, output}, Err: stream{c, failure}}))
}
