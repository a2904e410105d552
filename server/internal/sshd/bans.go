package sshd

import (
	"net/netip"
	"time"

	"charla/server/chat"
	"charla/server/internal/limit"
)

// told is how often an address that is banned hears why: to say it takes a key
// exchange. What comes beyond that is closed before anything is spent on it.
var told = limit.Rate{Burst: 5, Second: 1.0 / 60}

// from is the client's own address; the zero one while only its proxy is known. Only
// for the connection's own goroutine, or with the gate's lock: see settle.
func (l *link) from() netip.Addr {
	if l.trusted {
		return netip.Addr{}
	}
	return addressOf(l.Conn.RemoteAddr())
}

// barred reports whether l comes from a network that is banned and has heard so.
func (s *Server) barred(l *link) bool {
	from := l.from()
	if _, more := s.heard.Look(from); more || !from.IsValid() {
		return false
	}
	return chat.CodeOf(s.cfg.Chat.Admits(l.ctx, chat.Arrival{Address: from})) == chat.KeptOut
}

// keptOut is an error if whoever arrives is banned: by their network, which is known
// from the first question on, by a key, or as a person once they are known.
func (in *signIn) keptOut(who chat.Arrival) error {
	who.Address = in.l.from()
	err := in.s.cfg.Chat.Admits(in.l.ctx, who)
	switch chat.CodeOf(err) {
	case "":
		return nil
	case chat.KeptOut:
		in.s.heard.Take(who.Address)
		return in.refuse(banned, in.s.words.Error(err), nil)
	}
	return in.broken(err)
}

// arrival is what the connection is known by.
func (c *caller) arrival() chat.Arrival {
	who := chat.Arrival{Key: c.fingerprint, Proven: c.fingerprint != "", Address: c.link.from()}
	if c.person != nil {
		who.User = c.person.ID
	}
	return who
}

// expelBanned ends what the bans now name, on a goroutine of its own: each
// connection is looked up.
func (s *Server) expelBanned(e chat.Change) {
	s.endWhere(e.Reason, func(who chat.Arrival) *chat.Error {
		err := s.cfg.Chat.Admits(s.base, who)
		if chat.CodeOf(err) != chat.KeptOut {
			return nil
		}
		kept := chat.AsError(err)
		return &chat.Error{Code: chat.Ended, Name: e.Reason, Hint: kept.Hint, Wait: kept.Wait}
	})
}

// ExpelDenied ends what came in by keys that the operator does not let in any more
// (Config.Admits). It waits for nobody.
func (s *Server) ExpelDenied() {
	s.endWhere("key-denied", func(who chat.Arrival) *chat.Error {
		if who.Key == "" || s.cfg.Admits(who.Key) {
			return nil
		}
		return &chat.Error{Code: chat.Ended, Name: "key-denied"}
	})
}

// endWhere ends the connections of those for whom there is a cause, on a goroutine of
// its own, for each is looked up.
func (s *Server) endWhere(reason string, why func(chat.Arrival) *chat.Error) {
	s.after(0, "expel", func() {
		began := time.Now()
		ended := 0
		for l, from := range s.gate.all() {
			who := chat.Arrival{Address: from}
			if in := l.inhabitant.Load(); in != nil {
				who.User = in.user
				if in.way != chat.ByPassphrase {
					who.Key, who.Proven = in.way, true
				}
			}
			cause := why(who)
			if cause == nil {
				continue
			}
			ended++
			l.expel(cause)
			s.people.endOn(l, cause)
		}
		if ended > 0 {
			s.cfg.Log.Info("connections ended", "reason", reason, "n", ended, "took", time.Since(began))
		}
	})
}

// all lists the connections with the addresses of their clients.
func (g *gate) all() map[*link]netip.Addr {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make(map[*link]netip.Addr, len(g.links))
	for l := range g.links {
		all[l] = l.from()
	}
	return all
}

// endOn ends the sessions on a connection.
func (p *people) endOn(l *link, cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, of := range p.sessions {
		for _, s := range of {
			if s.link == l {
				s.end(cause)
			}
		}
	}
}
