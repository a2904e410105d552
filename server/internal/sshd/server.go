package sshd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"time"

	"charm.land/ssh"
	"charm.land/wish/v2"
	gossh "golang.org/x/crypto/ssh"

	"charla/server/chat"
	"charla/server/i18n"
	"charla/server/internal/limit"
	"charla/server/internal/sshd/passphrase"
)

// Chat is what the front door needs of the chat: who has a nick or a key, who may
// claim one, what a code is for, and the claim itself.
type Chat interface {
	PersonByNick(ctx context.Context, nick chat.Nick) (chat.Person, error)
	ProvenBy(ctx context.Context, fingerprint string) ([]chat.Person, error)
	ProveKey(ctx context.Context, p chat.Person, fingerprint string) (chat.Person, error)
	Claimable(ctx context.Context, nick chat.Nick) error
	Claim(ctx context.Context, nick chat.Nick, c chat.Credential) (chat.Person, error)
	Policy() chat.Policy
	CheckInvitation(ctx context.Context, typed string) (chat.CodeHash, error)
	LoginCodeOpen(ctx context.Context, user chat.UserID) (bool, error)
	CheckLoginCode(ctx context.Context, user chat.UserID, typed string) (chat.CodeHash, error)
	AddProvenKey(ctx context.Context, user chat.UserID, k chat.Key, code chat.CodeHash) (chat.Person, error)
	ResetPassphrase(ctx context.Context, user chat.UserID, phc string, code chat.CodeHash) (chat.Person, error)
	Visit(ctx context.Context, nick chat.Nick) (chat.Person, error)
	Depart(ctx context.Context, guest chat.Person) error
	Admits(ctx context.Context, who chat.Arrival) error
	Actor(p chat.Person) *chat.Actor
}

var _ Chat = (*chat.Service)(nil)

// Hasher is what it needs of passphrases; see package passphrase.
type Hasher interface {
	Hash(ctx context.Context, passphrase string) (string, error)
	Matches(ctx context.Context, hash, passphrase string) (bool, error)
}

var _ Hasher = (*passphrase.Hasher)(nil)

// Config is everything a Server is made of.
type Config struct {
	HostKeys []gossh.Signer // in order of preference; the first of each type is used
	Chat     Chat
	Faces    Faces
	Hasher   Hasher
	Lang     i18n.Lang // spoken before the client's language is known
	// PublicHost is how people reach this server, "chat.lan" or "chat.lan:2222".
	// Empty: the address they connected to.
	PublicHost string
	Limits     Limits
	// Trusted is the networks of proxies whose PROXY headers are believed, as
	// they are now; it is asked for each connection. nil, or none: nobody's.
	Trusted func() []netip.Prefix
	// Admits reports whether the operator lets a key claim a nick and come in, by
	// its fingerprint, as it is now; "" is a newcomer without a key. nil: all.
	Admits func(fingerprint string) bool
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
}

// Server is the front door. Its methods are safe for concurrent use.
type Server struct {
	cfg        Config
	words      *i18n.Words
	ssh        *ssh.Server
	gate       *gate
	book       *book
	claims     *limit.Addresses
	guesses    *limit.Guesses
	codes      *limit.Addresses // wrong ones
	spared     spared
	heard      *limit.Addresses // banned ones, told why
	turns      *turns
	people     *people
	algorithms gossh.Config
	keys       []gossh.AlgorithmSigner

	base context.Context // of all connections
	stop context.CancelCauseFunc

	mu        sync.Mutex
	stopping  bool
	listeners []net.Listener
	faces     sync.WaitGroup // Add under mu, while not stopping
}

// New makes a server. It listens when Serve is called.
func New(cfg Config) (*Server, error) {
	if len(cfg.HostKeys) == 0 {
		return nil, errors.New("sshd: no host key")
	}
	if err := cfg.Faces.complete(); err != nil {
		return nil, err
	}
	if cfg.Chat == nil || cfg.Hasher == nil || cfg.Log == nil {
		return nil, errors.New("sshd: chat, hasher or log is missing")
	}
	cfg.Limits = cfg.Limits.withDefaults()
	if cfg.Admits == nil {
		cfg.Admits = func(string) bool { return true }
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Server{cfg: cfg, words: i18n.For(cfg.Lang), algorithms: algorithms(hasAES())}
	s.base, s.stop = context.WithCancelCause(context.Background())
	s.gate, s.book = newGate(cfg.Limits), newBook(cfg.Log, cfg.Now)
	s.claims = limit.NewAddresses(cfg.Limits.Claims, cfg.Now)
	s.heard = limit.NewAddresses(told, cfg.Now)
	s.codes = limit.NewAddresses(cfg.Limits.Wrong.Address, cfg.Now)
	s.guesses = limit.NewGuesses(cfg.Limits.Wrong, cfg.Now)
	s.turns = newTurns()
	s.people = newPeople(cfg.Limits.Sessions)
	for _, key := range cfg.HostKeys {
		signer, ok := key.(gossh.AlgorithmSigner)
		if !ok {
			return nil, fmt.Errorf("sshd: host key %s cannot choose its algorithm", gossh.FingerprintSHA256(key.PublicKey()))
		}
		s.keys = append(s.keys, signer)
	}
	var err error
	if s.ssh, err = wish.NewServer(wish.WithVersion("charla"), s.options); err != nil {
		return nil, fmt.Errorf("sshd: %w", err)
	}
	s.ssh.HostSigners = nil // charm would put them in the place of those of a connection
	return s, nil
}

// options sets up charm's server: our sign-in, our channels, and nothing else
// that a client could open.
func (s *Server) options(srv *ssh.Server) error {
	srv.AddHostKey(s.cfg.HostKeys[0]) // or wish makes one and writes it to a file
	srv.ConnCallback = func(ctx ssh.Context, conn net.Conn) net.Conn {
		ctx.SetValue(linkKey{}, conn)
		return conn
	}
	srv.ConnectionFailedCallback = func(conn net.Conn, err error) {
		conn.RemoteAddr().(remote).handshakeFailed(err)
	}
	srv.ServerConfigCallback = func(ctx ssh.Context) *gossh.ServerConfig {
		l := linkOf(ctx)
		in := signIn{s: s, l: l}
		config := in.config()
		for _, key := range slices.Backward(s.keys) { // a later one of the same type replaces
			config.AddHostKey(pacedKey{key, l})
		}
		return config
	}
	refuse := func(_ *ssh.Server, _ *gossh.ServerConn, nc gossh.NewChannel, ctx ssh.Context) {
		l := linkOf(ctx)
		defer l.answered()
		if l.asks() {
			_ = nc.Reject(gossh.Prohibited, "only sessions are served here")
		}
	}
	fail := func(ctx ssh.Context, _ *ssh.Server, _ *gossh.Request) (bool, []byte) {
		linkOf(ctx).mayAsk()
		return false, nil
	}
	srv.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.serveChannel, "default": refuse}
	srv.RequestHandlers = map[string]ssh.RequestHandler{"default": fail}
	srv.SubsystemHandlers = map[string]ssh.SubsystemHandler{}
	return nil
}

// linkKey finds the connection again in charm's context. It is no identity.
type linkKey struct{}

func linkOf(ctx ssh.Context) *link { return ctx.Value(linkKey{}).(*link) }

// Serve accepts connections until Shutdown and then returns nil.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	if s.stopping {
		s.mu.Unlock()
		return errors.Join(fmt.Errorf("sshd: serve: %w", ErrStopping), l.Close())
	}
	s.listeners = append(s.listeners, l)
	s.mu.Unlock()
	err := s.accept(door{l, s})
	if s.isStopping() {
		return nil
	}
	return fmt.Errorf("sshd: serve: %w", err)
}

// accept serves connections until d fails. What passes by itself, as too many
// open files, is waited for. charm's own loop would not do: it needs host keys
// of the server, and ours are of connections.
func (s *Server) accept(d door) error {
	defer d.Close()
	for pause := time.Duration(0); ; {
		conn, err := d.Accept()
		if again := (interface{ Temporary() bool })(nil); errors.As(err, &again) && again.Temporary() {
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			select {
			case <-time.After(pause):
				continue
			case <-s.base.Done():
			}
		}
		if err != nil {
			return err
		}
		pause = 0
		go s.handle(conn.(*link))
	}
}

// handle serves a connection until it ends; charm recovers.
func (s *Server) handle(l *link) {
	defer s.recover("connection")
	if s.introduce(l) {
		s.ssh.HandleConn(l)
	}
	l.farewell()
}

// Shutdown drains: no new connections and sessions, those that have not signed
// in are closed, and the contexts of sessions end with ErrStopping as cause. It
// waits for the faces to end, or for ctx, and then closes all connections.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.stopping = true
	for _, l := range s.listeners { // charm's Shutdown would, but races with new connections
		_ = l.Close()
	}
	s.mu.Unlock()
	waiting, _ := s.gate.close()
	for _, l := range waiting {
		l.refuse(stopping, nil)
		l.Close()
	}
	s.stop(ErrStopping)

	ended := make(chan struct{})
	go func() {
		defer s.recover("shutdown")
		defer close(ended)
		s.faces.Wait()
	}()
	var err error
	select {
	case <-ended:
	case <-ctx.Done():
		err = fmt.Errorf("sshd: shutdown: %w", context.Cause(ctx))
	}
	_, all := s.gate.close()
	for _, l := range all {
		l.Close()
	}
	return err
}

func (s *Server) isStopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopping
}

// Connections is how many there are, and how many of them have not signed in.
func (s *Server) Connections() (all, unauthenticated int) { return s.gate.counts() }

// enter counts a face that starts; false when the server is stopping.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return false
	}
	s.faces.Add(1)
	return true
}

// after runs f once, on a goroutine of its own.
func (s *Server) after(d time.Duration, what string, f func()) *time.Timer {
	return time.AfterFunc(d, func() {
		defer s.recover(what)
		f()
	})
}

// recover stands at the root of goroutines, deferred: a panic there would end
// the process and everybody's sessions with it.
func (s *Server) recover(what string) {
	if r := recover(); r != nil {
		s.logPanic(what, r)
	}
}

func (s *Server) logPanic(what string, r any) {
	s.cfg.Log.Error("panic", "in", what, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
}

// here is how people reach this server: as configured, else as this client did.
func (s *Server) here(local net.Addr) (host string, port int) {
	host = "localhost"
	if tcp, ok := local.(*net.TCPAddr); ok {
		port = tcp.Port
		if addr := tcp.AddrPort().Addr().Unmap().WithZone(""); !addr.IsLoopback() { // that is localhost, as on the card
			host = addr.String()
		}
	}
	if s.cfg.PublicHost == "" {
		return host, port
	}
	if h, p, err := net.SplitHostPort(s.cfg.PublicHost); err == nil {
		if n, err := strconv.ParseUint(p, 10, 16); err == nil {
			return h, int(n)
		}
	}
	return s.cfg.PublicHost, port
}

// fresh is order for somebody new who takes a free nick, "" where nobody new comes
// in: what cannot work is nobody's advice. visit: coming in for a visit would do.
func (s *Server) fresh(l *link, nick string, visit bool) string {
	if p := s.cfg.Chat.Policy(); p.Registration == chat.Closed && !(visit && p.Guests) {
		return ""
	}
	return s.order(l, nick)
}

// order is what somebody types to come in as nick; "" for no nick.
func (s *Server) order(l *link, nick string) string {
	if nick == "" {
		return ""
	}
	host, port := s.here(l.LocalAddr())
	if port == 0 || port == 22 {
		return "ssh " + nick + "@" + host
	}
	return "ssh -p " + strconv.Itoa(port) + " " + nick + "@" + host
}
