package sshd

import (
	"net"
	"net/netip"
	"sync"

	"charla/server/internal/limit"
)

// gate admits connections before anything is spent on them. At the cap of all
// connections, or of one address, a newcomer is closed at once. At the cap of
// connections that have not signed in, the newcomer is let in and another one
// goes: the oldest that has not even sent its version line, else the oldest of
// the address that holds the most. So a thousand silent connections keep nobody
// out, and a flood from one address costs that address.
type gate struct {
	limits Limits

	mu      sync.Mutex
	closed  bool
	links   map[*link]struct{}
	waiting map[*link]struct{} // of links: not signed in
	from    map[netip.Prefix]int
}

func newGate(limits Limits) *gate {
	return &gate{
		limits: limits,
		links:  map[*link]struct{}{}, waiting: map[*link]struct{}{}, from: map[netip.Prefix]int{},
	}
}

// admit takes l in, or says why not.
func (g *gate) admit(l *link) (why reason) {
	g.mu.Lock()
	victim, why := g.admitLocked(l)
	g.mu.Unlock()
	if victim != nil {
		victim.refuse(dropped, nil)
		victim.Close()
	}
	return why
}

func (g *gate) admitLocked(l *link) (victim *link, why reason) {
	switch {
	case g.closed:
		return nil, stopping
	case len(g.links) >= g.limits.Connections:
		return nil, tooMany
	case !l.local && g.from[l.prefix] >= g.limits.PerAddress:
		return nil, tooManyOfOne
	}
	if len(g.waiting) >= g.limits.Unauthenticated {
		victim = g.victim()
		g.leaveLocked(victim)
	}
	g.links[l], g.waiting[l] = struct{}{}, struct{}{}
	if !l.trusted {
		g.countLocked(l)
	}
	return victim, ""
}

// settle counts l, which came through a trusted proxy, by the client's address,
// or says why not. The client may be a trusted proxy too.
func (g *gate) settle(l *link, trusted bool) (why reason) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if trusted {
		return ""
	}
	l.trusted = false
	l.prefix, l.local = origin(l.Conn.RemoteAddr())
	switch _, in := g.links[l]; {
	case !in: // closed meanwhile
		return dropped
	case !l.local && g.from[l.prefix] >= g.limits.PerAddress:
		return tooManyOfOne
	}
	g.countLocked(l)
	return ""
}

func (g *gate) countLocked(l *link) {
	l.counted = true
	g.from[l.prefix]++
}

// victim is who goes when too many wait; g.mu must be held, and somebody wait.
func (g *gate) victim() *link {
	crowd := map[netip.Prefix]int{}
	for l := range g.waiting {
		if !l.trusted {
			crowd[l.prefix]++
		}
	}
	var worst *link
	for l := range g.waiting {
		if worst == nil || before(l, worst, crowd) {
			worst = l
		}
	}
	return worst
}

// before reports whether a goes before b: silent ones first, then those from
// the address with the largest crowd, then the oldest.
func before(a, b *link, crowd map[netip.Prefix]int) bool {
	if silent := !a.spoke.Load(); silent != !b.spoke.Load() {
		return silent
	}
	if a.spoke.Load() && crowd[a.prefix] != crowd[b.prefix] {
		return crowd[a.prefix] > crowd[b.prefix]
	}
	return a.since.Before(b.since)
}

// signedIn frees l's place among those who wait.
func (g *gate) signedIn(l *link) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.waiting, l)
}

// leave forgets l; again does nothing.
func (g *gate) leave(l *link) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.leaveLocked(l)
}

func (g *gate) leaveLocked(l *link) {
	if _, in := g.links[l]; !in {
		return
	}
	delete(g.links, l)
	delete(g.waiting, l)
	if !l.counted {
		return
	}
	if g.from[l.prefix]--; g.from[l.prefix] == 0 {
		delete(g.from, l.prefix)
	}
}

// close lets nobody in any more and returns who is in: those who have not
// signed in, and all.
func (g *gate) close() (waiting, all []*link) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	for l := range g.links {
		all = append(all, l)
		if _, waits := g.waiting[l]; waits {
			waiting = append(waiting, l)
		}
	}
	return waiting, all
}

// counts is how many are in, and how many of them have not signed in.
func (g *gate) counts() (all, waiting int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.links), len(g.waiting)
}

// door is the listener behind the gate.
type door struct {
	net.Listener
	s *Server
}

// Accept returns the next connection that was admitted, as a *link.
func (d door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l := newLink(d.s, conn)
		why := d.s.gate.admit(l)
		if why == "" && d.s.barred(l) {
			why = banned
			d.s.gate.leave(l)
		}
		if why == "" {
			l.start()
			return l, nil
		}
		d.s.book.refused(l, "", "", why)
		l.cancel(ErrGone) // or the server's context would remember it for ever
		_ = conn.Close()
	}
}

// origin is the address that connections are counted by: the IPv4 address or
// the IPv6 /64, which is what one customer gets. Local addresses are not
// limited: a whole class sits behind one of them.
func origin(a net.Addr) (prefix netip.Prefix, local bool) {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}, true
	}
	ip := addressOf(tcp)
	prefix = limit.PrefixOf(ip)
	return prefix, ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast()
}

// addressOf is the IP address in a, the zero one if there is none.
func addressOf(a net.Addr) netip.Addr {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	return tcp.AddrPort().Addr().Unmap().WithZone("")
}
