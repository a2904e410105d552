// Package sshclient signs in as a stranger's program does, for load and for stories.
// It is x/crypto's client, but for one thing: asking for a channel ends when the
// connection does.
//
// x/crypto v0.58.0 lets go of all who wait for a channel when it reads the end, and
// refuses whoever asks from a moment later on. Who asks in between waits for ever, for
// a write that fails is told to the next writer only. Here a write has failed before
// anybody hears the end.
package sshclient

import (
	"net"
	"sync"

	"golang.org/x/crypto/ssh"
)

// Dial is ssh.Dial over TCP.
func Dial(address string, config *ssh.ClientConfig) (*ssh.Client, error) {
	tcp, err := net.DialTimeout("tcp", address, config.Timeout)
	if err != nil {
		return nil, err
	}
	conn, channels, requests, err := NewConn(tcp, address, config)
	if err != nil {
		return nil, err
	}
	return ssh.NewClient(conn, channels, requests), nil
}

// NewConn is ssh.NewClientConn: conn is its own from now on, and closed when it fails.
func NewConn(conn net.Conn, address string, config *ssh.ClientConfig) (ssh.Conn, <-chan ssh.NewChannel, <-chan *ssh.Request, error) {
	w := &wire{Conn: conn}
	c, channels, requests, err := ssh.NewClientConn(w, address, config)
	if err == nil {
		w.signedIn(c)
	}
	return c, channels, requests, err
}

// wire says one thing more when it hears the end.
type wire struct {
	net.Conn

	mu   sync.Mutex
	c    ssh.Conn // nil until they are in
	over bool
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err != nil {
		w.mu.Lock()
		w.over = true
		c := w.c
		w.mu.Unlock()
		w.lastWord(c)
	}
	return n, err
}

// signedIn is told what the wire carries.
func (w *wire) signedIn(c ssh.Conn) {
	w.mu.Lock()
	w.c = c
	over := w.over
	w.mu.Unlock()
	if over {
		w.lastWord(c)
	}
}

// lastWord is the write that fails. No lock is held: whoever writes meanwhile is
// freed by the Close.
func (w *wire) lastWord(c ssh.Conn) {
	if c == nil {
		return
	}
	_ = w.Close()
	_, _, _ = c.SendRequest("keepalive@openssh.com", false, nil)
}
