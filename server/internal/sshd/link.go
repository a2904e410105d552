package sshd

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// Why a session's context ended (context.Cause). Of a client that leaves it is
// ErrClosed or ErrGone, whichever is noticed first.
var (
	ErrGone     = errors.New("the connection is gone")
	ErrClosed   = errors.New("the client closed the session")
	ErrStopping = errors.New("the server is stopping")
)

// link is one TCP connection. Closing it is the only thing that frees a write
// that is stuck on it, so whoever must get rid of a client closes the link.
type link struct {
	net.Conn
	s       *Server
	since   time.Time
	proxied *proxied // nil: its peer is no trusted proxy

	// What it is counted by. Of a proxied one this changes once, before anything
	// else happens on it, under gate.mu.
	prefix  netip.Prefix
	local   bool // no caps of addresses
	trusted bool // a proxy itself: nothing is counted by its address
	counted bool // in gate.from

	ctx    context.Context
	cancel context.CancelCauseFunc
	once   sync.Once

	spoke atomic.Bool // the client's version line came
	line  versionLine // of the reading goroutine, until spoke, as is opening
	first opening
	stuck *time.Timer // of the writing goroutine, one at a time; nil before the first
	pace  pace
	heard atomic.Int64 // when something last came in, as a time.Duration after since

	inhabitant atomic.Pointer[inhabitant] // nil: not signed in, or a visitor's
	ousted     atomic.Pointer[error]      // why its person may begin nothing on it any more

	mu       sync.Mutex
	refusal  reason      // why sign-in was refused last, for the log
	logged   bool        // that has its line
	nick     string      // last tried, for the log
	key      string      // last offered, for the log
	inside   bool        // signed in
	channels int         // open, or whose face still runs
	faces    int         // that run
	deadline *time.Timer // version, then handshake, then idle without a face
	pulse    *time.Timer // next keepalive; nil before the first channel
	closed   bool
}

func newLink(s *Server, conn net.Conn) *link {
	l := &link{Conn: conn, s: s, since: s.cfg.Now(), pace: newPace()}
	l.prefix, l.local = origin(conn.RemoteAddr())
	if s.trusts(conn.RemoteAddr()) {
		l.proxied = &proxied{Conn: conn}
		l.Conn, l.local, l.trusted = l.proxied, true, true
	}
	l.ctx, l.cancel = context.WithCancelCause(s.base)
	return l
}

// start starts the clock; call it once l is admitted.
func (l *link) start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	limits := l.s.cfg.Limits
	if l.closed {
		return
	}
	l.deadline = l.s.after(limits.Version, "version line", func() {
		if !l.spoke.Load() {
			l.expire(silent)
			return
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.closed || l.inside {
			return
		}
		l.deadline = l.s.after(limits.Handshake-limits.Version, "handshake", func() { l.expire(tooSlow) })
	})
}

// expire closes l unless it signed in meanwhile.
func (l *link) expire(why reason) {
	l.mu.Lock()
	inside := l.inside
	l.mu.Unlock()
	if !inside {
		l.refuse(why, nil)
		l.Close()
	}
}

// Read notes that the client is alive.
func (l *link) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	if n == 0 {
		return n, err
	}
	l.heard.Store(int64(l.age()))
	if !l.spoke.Load() {
		if l.first.proxies(p[:n]) {
			l.refuse(proxyForged, nil)
			l.Close()
			return 0, net.ErrClosed
		}
		l.spoke.Store(l.line.complete(p[:n]))
	}
	return n, err
}

// Write closes the link when the client's system takes nothing for too long. A
// client that sends and does not read is heard, so no keepalive would find it;
// and until the write ends, nothing else on the connection can.
func (l *link) Write(p []byte) (int, error) {
	limit := l.s.cfg.Limits.Stuck
	if l.stuck == nil {
		l.stuck = l.s.after(limit, "stuck", func() {
			l.s.cfg.Log.Info("hanging up on a client that does not read", "address", l.address())
			l.Close()
		})
	} else {
		l.stuck.Reset(limit)
	}
	n, err := l.Conn.Write(p)
	l.stuck.Stop()
	return n, err
}

// Close closes the connection at once and ends what hangs on it. It frees
// writes that are stuck and never blocks.
func (l *link) Close() error {
	err := net.ErrClosed
	l.once.Do(func() {
		l.cancel(ErrGone)
		l.mu.Lock()
		l.closed = true
		stop(l.deadline)
		stop(l.pulse)
		l.mu.Unlock()
		l.s.gate.leave(l)
		err = l.Conn.Close()
	})
	return err
}

func stop(t *time.Timer) {
	if t != nil {
		t.Stop()
	}
}

// farewell logs a line for a connection that did not sign in, unless its last
// refusal has one. Call it when the library is done with the connection: why a
// handshake failed it tells after closing.
func (l *link) farewell() {
	l.mu.Lock()
	inside := l.inside
	if l.refusal == "" {
		l.refusal = left
		if !l.spoke.Load() {
			l.refusal = silent
		}
	}
	l.mu.Unlock()
	if inside {
		l.s.cfg.Log.Debug("connection closed", "address", l.address())
		return
	}
	l.record()
}

// refuse notes why sign-in fails; the last reason stands, and is logged when the
// connection ends without it.
func (l *link) refuse(why reason, cause error) {
	l.mu.Lock()
	l.refusal, l.logged = why, false
	l.mu.Unlock()
	if cause != nil {
		l.s.book.failed(l, why, cause)
	}
}

// record logs the last refusal at once, though the connection goes on.
func (l *link) record() {
	l.mu.Lock()
	why, nick, key, again := l.refusal, l.nick, l.key, l.logged
	l.logged = true
	l.mu.Unlock()
	if !again {
		l.s.book.refused(l, nick, key, why)
	}
}

// tried notes what the log tells of somebody who does not get in.
func (l *link) tried(nick, fingerprint string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.nick = nick
	if fingerprint != "" {
		l.key = fingerprint
	}
}

// offered is the fingerprint of the key that was offered last, "" of none.
func (l *link) offered() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.key
}

// signedIn ends the deadline of the handshake. Whoever starts nothing is closed
// after a while: signing in as a visitor costs nothing, so it must hold nothing.
func (l *link) signedIn() {
	l.s.gate.signedIn(l)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inside = true
	l.idleLocked()
}

// idleLocked starts the deadline of whoever has no face; l.mu must be held.
func (l *link) idleLocked() {
	if l.closed {
		return
	}
	stop(l.deadline)
	l.deadline = l.s.after(l.s.cfg.Limits.Idle, "idle", func() {
		l.mu.Lock()
		idle := l.faces == 0
		l.mu.Unlock()
		if idle {
			l.Close()
		}
	})
}

// open counts a channel of conn; it is false when there are too many. Done
// counts it off.
func (l *link) open(conn gossh.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.channels >= l.s.cfg.Limits.Channels {
		return false
	}
	l.channels++
	if l.pulse == nil {
		l.pulse = l.s.after(l.s.cfg.Limits.Keepalive, "keepalive", func() { l.keepalive(conn) })
	}
	return true
}

// done counts off a channel that is closed and whose face has ended.
func (l *link) done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.channels--
}

// faceStarts and faceEnds count faces: while one runs the link is not idle.
func (l *link) faceStarts() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faces++
	stop(l.deadline)
}

func (l *link) faceEnds() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.faces--; l.faces == 0 {
		l.idleLocked()
	}
}

// keepalive asks a silent client whether it is there (OpenSSH PROTOCOL, as its
// ClientAliveInterval does: any answer will do) and closes the link when no
// answer comes. It runs on the goroutine of a timer, so that the thousands of
// connections that are quiet or alive cost a timer each and no goroutine.
func (l *link) keepalive(conn gossh.Conn) {
	limits := l.s.cfg.Limits
	quiet := l.age() - time.Duration(l.heard.Load())
	if quiet >= limits.Keepalive {
		overdue := l.s.after(limits.Answer, "keepalive", func() {
			l.s.cfg.Log.Info("hanging up on a client that does not answer", "address", l.address())
			l.Close()
		})
		_, _, err := conn.SendRequest("keepalive@openssh.com", true, nil)
		overdue.Stop()
		if err != nil {
			return // the connection is gone
		}
		quiet = 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.pulse.Reset(limits.Keepalive - quiet)
	}
}

// counts is the address that what l does wrong is counted by; the zero one for a
// proxy, which is not counted.
func (l *link) counts() netip.Addr {
	if l.trusted {
		return netip.Addr{}
	}
	return l.prefix.Addr()
}

// age is how long ago l was accepted, whatever happens to the wall clock.
func (l *link) age() time.Duration { return l.s.cfg.Now().Sub(l.since) }

// address is the client's, for the log.
func (l *link) address() string { return l.Conn.RemoteAddr().String() }

// remote is the client's address as charm sees it. Of a handshake that failed it
// tells only the connection, in a wrapper of its own, so the way back is here.
type remote struct {
	net.Addr
	*link
}

func (l *link) RemoteAddr() net.Addr { return remote{l.Conn.RemoteAddr(), l} }
