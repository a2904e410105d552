package sshd

import (
	"io"
	"net"
	"sync"
	"time"
)

// wire is one direction of a connection in memory: a bounded buffer, as a
// kernel's. Inside a bubble of synctest whoever waits on it is durably blocked.
type wire struct {
	mu     sync.Mutex
	change *sync.Cond
	buf    []byte
	held   bool // nothing comes out
	closed bool
}

const wireSize = 64 << 10

func newWire() *wire {
	w := &wire{}
	w.change = sync.NewCond(&w.mu)
	return w
}

func (w *wire) read(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for (len(w.buf) == 0 || w.held) && !w.closed {
		w.change.Wait()
	}
	if len(w.buf) == 0 || w.held {
		return 0, io.EOF
	}
	n := copy(p, w.buf)
	w.buf = append(w.buf[:0], w.buf[n:]...)
	w.change.Broadcast()
	return n, nil
}

func (w *wire) write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	done := 0
	for done < len(p) {
		for len(w.buf) == wireSize && !w.closed {
			w.change.Wait()
		}
		if w.closed {
			return done, net.ErrClosed
		}
		n := min(len(p)-done, wireSize-len(w.buf))
		w.buf = append(w.buf, p[done:done+n]...)
		done += n
		w.change.Broadcast()
	}
	return done, nil
}

func (w *wire) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.change.Broadcast()
}

// hold keeps back what arrives from now on.
func (w *wire) hold() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = true
}

// end is one end of a connection in memory.
type end struct {
	in, out       *wire
	local, remote net.Addr
}

func newPipe(client, server net.Addr) (c, s *end) {
	up, down := newWire(), newWire()
	return &end{in: down, out: up, local: client, remote: server}, &end{in: up, out: down, local: server, remote: client}
}

func (e *end) Read(p []byte) (int, error)       { return e.in.read(p) }
func (e *end) Write(p []byte) (int, error)      { return e.out.write(p) }
func (e *end) Close() error                     { e.in.close(); e.out.close(); return nil }
func (e *end) LocalAddr() net.Addr              { return e.local }
func (e *end) RemoteAddr() net.Addr             { return e.remote }
func (e *end) SetDeadline(time.Time) error      { return nil }
func (e *end) SetReadDeadline(time.Time) error  { return nil }
func (e *end) SetWriteDeadline(time.Time) error { return nil }

// street is a listener in memory.
type street struct {
	calls chan net.Conn
	once  sync.Once
	gone  chan struct{}
}

func newStreet() *street { return &street{calls: make(chan net.Conn), gone: make(chan struct{})} }

func (s *street) Accept() (net.Conn, error) {
	select {
	case c := <-s.calls:
		return c, nil
	case <-s.gone:
		return nil, net.ErrClosed
	}
}

func (s *street) Close() error   { s.once.Do(func() { close(s.gone) }); return nil }
func (s *street) Addr() net.Addr { return serverAddr }

var serverAddr = &net.TCPAddr{IP: net.IPv4(192, 168, 1, 10), Port: 2222}

// call connects from an address.
func (s *street) call(from string) *end {
	client, server := newPipe(&net.TCPAddr{IP: net.ParseIP(from), Port: 40000}, serverAddr)
	select {
	case s.calls <- server:
	case <-s.gone:
		server.Close()
	}
	return client
}
