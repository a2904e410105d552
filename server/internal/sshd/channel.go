package sshd

import (
	"context"
	"io"
	"sync"
	"time"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/tui/terminal"
)

// exitAgain is EX_TEMPFAIL of sysexits.h: try again later.
const exitAgain = 75

// channel is one session channel. Its fields belong to the goroutine that reads
// its requests until the face starts, and do not change after that.
type channel struct {
	s      *Server
	who    *caller
	typed  string // the username, as the client gave it
	raw    gossh.Channel
	ctx    context.Context // ends with the channel
	cancel context.CancelCauseFunc

	env   map[string]string
	term  string
	size  terminal.Size
	sizes *terminal.Sizes // nil: no pty
	ended chan struct{}   // nil until the face starts; closed when it ended
	once  sync.Once       // of finish
}

// serveChannel serves a session channel until it is closed and its face ended.
func (s *Server) serveChannel(_ *ssh.Server, conn *gossh.ServerConn, nc gossh.NewChannel, _ ssh.Context) {
	who := callerOf(conn)
	if who == nil {
		_ = nc.Reject(gossh.Prohibited, "nobody is signed in")
		return
	}
	raw, requests := who.link.accept(conn, nc)
	if raw == nil {
		return
	}
	defer who.link.done()
	c := &channel{s: s, who: who, typed: conn.User(), raw: raw, env: map[string]string{}}
	c.ctx, c.cancel = context.WithCancelCause(who.link.ctx)
	c.serve(requests)
}

// accept opens a session channel, or returns nil when there are too many, or
// the connection is gone. Call done when it is closed and its face has ended.
func (l *link) accept(conn gossh.Conn, nc gossh.NewChannel) (gossh.Channel, <-chan *gossh.Request) {
	defer l.answered()
	if !l.asks() {
		return nil, nil
	}
	if !l.open(conn) {
		_ = nc.Reject(gossh.ResourceShortage, "too many sessions on one connection")
		return nil, nil
	}
	raw, requests, err := nc.Accept()
	if err != nil { // the connection is gone
		l.done()
		return nil, nil
	}
	return raw, requests
}

// serve answers requests. It never waits for the face: whoever does not take
// requests blocks the whole connection.
func (c *channel) serve(requests <-chan *gossh.Request) {
	for req := range requests {
		if !c.who.link.mayAsk() {
			continue // until they have ended with the connection
		}
		start, ok := c.request(req)
		_ = req.Reply(ok, nil) // fails when the connection is gone, and then the loop ends
		if start != nil {
			c.start(*start)
		}
	}
	c.cancel(ErrClosed)
	if c.ended != nil {
		<-c.ended
	}
	_ = c.raw.Close()
}

// register is how a session is used.
type register int

const (
	shell register = iota
	verb
	files
)

// launch is what a shell, exec or subsystem request asks for.
type launch struct {
	register register
	line     string // of verb
}

// start runs the face on a goroutine of its own.
func (c *channel) start(l launch) {
	c.ended = make(chan struct{})
	go func() {
		defer c.s.recover("session")
		defer close(c.ended)
		c.live(l)
		c.linger()
	}()
}

// live runs the face and tells the client how it ended.
func (c *channel) live(l launch) {
	if !c.s.enter() {
		c.finish(c.apologise(c.words(), ErrStopping))
		return
	}
	defer c.s.faces.Done()
	c.who.link.faceStarts()
	defer c.who.link.faceEnds()
	if l.register == verb {
		defer c.hurry()()
	}
	c.finish(c.run(l))
}

// hurryAfter is how long a verb that is told to end may still take.
const hurryAfter = 2 * time.Second

// hurry ends a verb that waits for its input when the server stops, or somebody
// ends the session: nothing but
// the client's close frees a read from a channel. Call done when it has ended.
func (c *channel) hurry() (done func()) {
	ended := make(chan struct{})
	stop := context.AfterFunc(c.ctx, func() {
		defer c.s.recover("hurry")
		if context.Cause(c.ctx) != ErrStopping && c.endedBy() == nil {
			return
		}
		wait := time.NewTimer(hurryAfter)
		defer wait.Stop()
		select {
		case <-ended:
		case <-wait.C:
			c.once.Do(func() { // CloseWrite is not for while the face may write
				if cause := c.endedBy(); cause != nil {
					c.tell(1)
				} else {
					c.tell(exitAgain)
				}
				_ = c.raw.Close()
			})
		}
	})
	return func() {
		close(ended)
		stop()
	}
}

// run gives the session its face. A panic of the face ends here.
func (c *channel) run(l launch) (status int) {
	defer func() {
		if r := recover(); r != nil {
			c.s.logPanic("face", r)
			c.complain(c.words().Errors.Internal)
			status = 1
		}
	}()
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	words := c.words()
	actor, isNew, err := c.who.become(ctx, c.claims(l))
	if err != nil {
		return c.apologise(words, err)
	}
	s := c.session(words)
	s.Actor, s.New = actor, isNew
	leave, ok := c.enter(s)
	if !ok {
		c.complain(words.Errors.TooManySessions(c.s.cfg.Limits.Sessions))
		return exitAgain
	}
	defer leave()
	defer actor.Gone()
	faces := c.s.cfg.Faces
	if l.register != files {
		s.In = slowly(c)
	}
	tell := io.Writer(c.raw.Stderr())
	switch {
	case l.register == verb:
		return faces.Verb(ctx, s, l.line)
	case l.register == files:
		return faces.Files(ctx, s)
	case c.sizes == nil, c.term == "", c.term == "dumb":
		status = faces.Lines(ctx, s)
	default:
		s.In, s.Out = input{c: c}, c.raw           // it counts keys, and watches its own writes closer
		status, tell = faces.Screen(ctx, s), c.raw // or it would be read before the screen is restored, and vanish with it
	}
	if cause := c.endedBy(); cause != nil {
		c.say(tell, words.Error(cause))
		status = 1
	}
	return status
}

// enter takes the session's place among its person's. Call leave at its end.
func (c *channel) enter(s *Session) (leave func(), ok bool) {
	me := s.Actor.Me()
	seat := &sitting{token: s.Token, way: c.who.way(), link: c.who.link, end: c.cancel}
	if !c.s.people.enter(me.ID, seat) {
		return nil, false
	}
	if err := c.who.link.admits(); err != nil { // since become looked
		c.cancel(err)
	}
	if c.who.fingerprint != "" {
		var err error
		if s.KeyUse, err = s.Actor.UsedKey(c.ctx, c.who.fingerprint); err != nil {
			c.s.cfg.Log.Warn("the use of a key is not noted", "nick", string(me.Nick), "err", err)
		}
	}
	return func() {
		if c.s.people.leave(me.ID, seat) && c.who.guest {
			c.depart(me)
		}
	}, true
}

// depart ends a guest's visit with their last session.
func (c *channel) depart(guest chat.Person) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 10*time.Second)
	defer cancel()
	if err := c.s.cfg.Chat.Depart(ctx, guest); err != nil { // the next start does
		c.s.cfg.Log.Warn("a guest's visit is not ended", "nick", string(guest.Nick), "err", err)
	}
}

// endedBy is why somebody ended the session, or nil.
func (c *channel) endedBy() error {
	if cause := context.Cause(c.ctx); chat.CodeOf(cause) == chat.Ended {
		return cause
	}
	return nil
}

// claims reports whether this session claims a visitor's nick; see the package
// comment for why so few do.
func (c *channel) claims(l launch) bool {
	switch l.register {
	case shell:
		return c.sizes != nil
	case verb:
		return c.who.credential.Key != nil && c.s.cfg.Faces.Claims(l.line)
	}
	return false
}

func (c *channel) session(words *i18n.Words) *Session {
	link := c.who.link
	s := &Session{
		Words: words, In: input{c: c}, Out: output{c, c.raw}, Stderr: output{c, c.raw.Stderr()},
		Term: c.term, Env: c.env, Size: c.size, Sizes: c.sizes,
		Hangup: func() { _ = link.Close() },
		Client: c.who.client, User: c.typed, Fingerprint: c.who.fingerprint, Refused: c.who.refused, Token: chat.NewID[Session]().String(), Remote: link.Conn.RemoteAddr(),
	}
	s.Host, s.Port = c.s.here(link.LocalAddr())
	if c.who.notice != nil {
		s.Notice = c.who.notice(words)
	}
	return s
}

// words are in the language of the client's environment.
func (c *channel) words() *i18n.Words {
	return i18n.For(i18n.FromEnv(func(name string) string { return c.env[name] }, c.s.cfg.Lang))
}

// apologise says why nobody gets a face, and returns the exit status.
func (c *channel) apologise(words *i18n.Words, err error) int {
	if c.ctx.Err() != nil && context.Cause(c.ctx) != ErrStopping && c.endedBy() == nil {
		return 1 // nobody is there to read it
	}
	code := chat.CodeOf(err)
	if stopping := context.Cause(c.ctx) == ErrStopping; stopping || err == ErrStopping {
		c.complain(words.Errors.Stopping)
		return exitAgain
	}
	if code == chat.Internal {
		c.s.cfg.Log.Error("session failed", "address", c.who.link.address(), "nick", string(c.who.nick), "err", err)
	} else {
		c.s.book.noSession(c.who.link, c.who.nick, code)
	}
	c.complain(c.who.sentence(words, err))
	if code.Again() {
		return exitAgain
	}
	return 1
}

// complain writes a sentence to stderr.
func (c *channel) complain(sentence string) { c.say(c.raw.Stderr(), sentence) }

// say writes a sentence. A client that does not take it, by a window of nothing,
// is hung up on.
func (c *channel) say(to io.Writer, sentence string) {
	overdue := c.overdue()
	defer overdue.Stop()
	end := "\n"
	if c.sizes != nil {
		end = "\r\n" // the client's terminal is raw
	}
	_, _ = io.WriteString(to, sentence+end)
}

// finish tells the exit status and closes the channel, in this order: scp takes
// a missing status for a failure. The first one counts.
func (c *channel) finish(status int) {
	c.once.Do(func() {
		c.tell(status)
		_ = c.raw.CloseWrite()
		_ = c.raw.Close()
	})
}

// tell tells the exit status (RFC 4254 6.10).
func (c *channel) tell(status int) {
	payload := gossh.Marshal(struct{ Status uint32 }{uint32(status)})
	_, _ = c.raw.SendRequest("exit-status", false, payload)
}

// linger waits until the client closes the channel too. One that does not
// would keep what reads from it waiting for ever; it is hung up on.
func (c *channel) linger() {
	overdue := c.overdue()
	defer overdue.Stop()
	<-c.ctx.Done()
}

// overdue hangs up unless it is stopped in time.
func (c *channel) overdue() *time.Timer {
	return c.s.after(c.s.cfg.Limits.Answer, "overdue", func() { _ = c.who.link.Close() })
}
