package load

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"charla/server/sshclient"
)

const (
	signInTime = 60 * time.Second // for connecting, signing in and shell
	screenTime = 60 * time.Second // from shell to the first printable byte
	readSize   = 4 << 10
)

// session is one person's terminal: a connection of its own and one goroutine
// that reads. x/crypto adds its two of the connection, and two here answer what
// the server asks.
type session struct {
	n      int
	board  *board
	conn   ssh.Conn
	pty    ssh.Channel
	shown  chan struct{} // closed at the first printable byte
	ended  chan struct{} // closed when no more bytes will come
	closed atomic.Bool   // by us
}

// signer is the key of a person, the same in every run with that seed.
func signer(seed uint64, nick string) (ssh.Signer, error) {
	sum := sha256.Sum256(fmt.Appendf(nil, "charla load %d %s", seed, nick))
	return ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(sum[:]))
}

// dial signs in and asks for a terminal. The session reads until close.
func dial(ctx context.Context, address, nick string, n int, key ssh.Signer, b *board) (*session, error) {
	d := net.Dialer{Timeout: signInTime}
	tcp, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = tcp.Close() })
	defer stop()
	config := &ssh.ClientConfig{
		User: nick, Auth: []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), // nothing is said that must not be heard
		// AES-GCM is what both ends do fastest; the key exchange is the one that
		// present OpenSSH clients choose too, ML-KEM with X25519
		Config: ssh.Config{Ciphers: []string{"aes128-gcm@openssh.com", "aes256-gcm@openssh.com"}},
	}
	_ = tcp.SetDeadline(time.Now().Add(signInTime))
	conn, channels, requests, err := sshclient.NewConn(tcp, address, config)
	if err != nil {
		return nil, fmt.Errorf("sign in as %s: %w", nick, err)
	}
	go ssh.DiscardRequests(requests) // answers keepalives; ends with the connection
	go refuse(channels)              // ends with the connection
	s := &session{n: n, board: b, conn: conn, shown: make(chan struct{}), ended: make(chan struct{})}
	if err := s.open(); err != nil {
		return nil, errors.Join(fmt.Errorf("terminal of %s: %w", nick, err), conn.Close())
	}
	_ = tcp.SetDeadline(time.Time{})
	go s.read() // ends with the channel
	return s, nil
}

// refuse turns down whatever channels a server opens.
func refuse(channels <-chan ssh.NewChannel) {
	for c := range channels {
		_ = c.Reject(ssh.Prohibited, "no channels here")
	}
}

// ptyRequest and its answer are in RFC 4254, section 6.2.
type ptyRequest struct {
	Term                         string
	Columns, Rows, Width, Height uint32
	Modes                        string
}

func (s *session) open() error {
	pty, requests, err := s.conn.OpenChannel("session", nil)
	if err != nil {
		return err
	}
	go ssh.DiscardRequests(requests) // ends with the channel
	s.pty = pty
	screen := ssh.Marshal(ptyRequest{Term: "xterm-256color", Columns: 80, Rows: 24, Modes: "\x00"})
	for _, ask := range []struct {
		name    string
		payload []byte
	}{{"pty-req", screen}, {"shell", nil}} {
		ok, err := pty.SendRequest(ask.name, true, ask.payload)
		if err != nil {
			return fmt.Errorf("%s: %w", ask.name, err)
		}
		if !ok {
			return fmt.Errorf("%s was refused", ask.name)
		}
	}
	return nil
}

// read watches the bytes until the channel ends.
func (s *session) read() {
	defer close(s.ended)
	defer func() {
		if p := recover(); p != nil {
			_ = s.conn.Close() // counted as a session that was lost
		}
	}()
	var (
		buf   = make([]byte, readSize)
		look  printable
		match matcher
		had   numbers
		shown bool
	)
	for {
		n, err := s.pty.Read(buf)
		if n > 0 {
			at := time.Now()
			s.board.arrived(n, at)
			if !shown && look.feed(buf[:n]) {
				shown = true
				close(s.shown)
			}
			match.feed(buf[:n], func(m marker) { s.board.sight(m, s.n, at, &had) })
		}
		if err != nil {
			return
		}
	}
}

// awaitScreen returns when the server has shown something.
func (s *session) awaitScreen(ctx context.Context) error {
	timer := time.NewTimer(screenTime)
	defer timer.Stop()
	select {
	case <-s.shown:
		return nil
	case <-s.ended:
		return errors.New("the session ended before it showed anything")
	case <-timer.C:
		return fmt.Errorf("nothing was shown within %s", screenTime)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// say types a line.
func (s *session) say(m marker) error {
	_, err := s.pty.Write(append(m[:], '\r'))
	return err
}

// lost reports whether the server ended the session.
func (s *session) lost() bool {
	select {
	case <-s.ended:
		return !s.closed.Load()
	default:
		return false
	}
}

// close hangs up and waits for the reader.
func (s *session) close() {
	s.closed.Store(true)
	_ = s.conn.Close()
	<-s.ended
}
