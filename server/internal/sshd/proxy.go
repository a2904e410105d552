package sshd

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"sync/atomic"

	"github.com/pires/go-proxyproto"
)

// A proxy in front of the door (HAProxy, a load balancer) makes every client
// come from its own address, and tells the client's in a header before the first
// byte: the PROXY protocol, v1 or v2. Whoever is believed may claim to be
// anybody, so only the networks of Config.Trusted are:
//
//   - A trusted proxy is not counted, limited or logged as one who is refused:
//     the address in its header is, before a handshake is paid for.
//   - One that sends none (a health check, LOCAL) is served as itself, without
//     limits per address; see trusted in link.
//   - Anybody else who sends one is closed: no client has a reason to.
//
// The header is read on the connection's own goroutine, so that none holds up
// the others; in the time of the version line; and it is at most 107 bytes, or 4
// KiB in v2. Until then the connection is one that is silent, and goes first when
// too many wait.

// proxied is a connection from a trusted network, which may tell whose it is.
type proxied struct {
	net.Conn
	told  atomic.Pointer[proxyproto.Header]
	early []byte // came with the header; of the reading goroutine
}

func (p *proxied) Read(b []byte) (int, error) {
	if len(p.early) == 0 {
		return p.Conn.Read(b)
	}
	n := copy(b, p.early)
	if p.early = p.early[n:]; len(p.early) == 0 {
		p.early = nil
	}
	return n, nil
}

// RemoteAddr is the client's, once that is known.
func (p *proxied) RemoteAddr() net.Addr {
	if h := p.told.Load(); h != nil {
		return h.SourceAddr
	}
	return p.Conn.RemoteAddr()
}

// LocalAddr is what the client connected to, and so what people type.
func (p *proxied) LocalAddr() net.Addr {
	if h := p.told.Load(); h != nil {
		return h.DestinationAddr
	}
	return p.Conn.LocalAddr()
}

// header reads the header, if there is one. Its error is errHeader, or of the
// connection.
func (p *proxied) header() error {
	const most = 256 // more than a v1 header, which must come in one piece
	r := bufio.NewReaderSize(p.Conn, most)
	h, err := proxyproto.Read(r)
	switch {
	case errors.Is(err, proxyproto.ErrNoProxyProtocol):
	case err != nil:
		return fmt.Errorf("%w: %w", errHeader, err)
	case h.Command == proxyproto.PROXY:
		if _, _, tcp := h.TCPAddrs(); !tcp {
			return fmt.Errorf("%w: not of TCP", errHeader)
		}
		p.told.Store(h)
	}
	p.early, err = r.Peek(r.Buffered())
	return err
}

var errHeader = errors.New("the proxy's header cannot be read")

// introduce finds out whose connection l is; false when it was closed.
func (s *Server) introduce(l *link) bool {
	if l.proxied == nil {
		return true
	}
	err, why := l.proxied.header(), reason("")
	switch {
	case errors.Is(err, errHeader):
		why = proxyHeader
	case err == nil && l.proxied.told.Load() != nil:
		if why = s.gate.settle(l, s.trusts(l.Conn.RemoteAddr())); why == "" && s.barred(l) {
			why = banned
		}
	}
	if err == nil && why == "" {
		return true
	}
	if why != "" && l.ctx.Err() == nil { // else somebody closed it, and said why
		l.refuse(why, nil)
	}
	l.Close()
	return false
}

// trusts reports whether a is an address of a proxy that is believed.
func (s *Server) trusts(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || s.cfg.Trusted == nil {
		return false
	}
	ip := tcp.AddrPort().Addr().Unmap().WithZone("")
	for _, network := range s.cfg.Trusted() {
		if network.Contains(ip) {
			return true
		}
	}
	return false
}
