package sshclient_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"

	"charla/server/sshclient"
)

// A kill -9 and a hang-up in the middle of asking left x/crypto's client waiting for
// its channel for ever, now and then: whoever asked between the two moments at which it
// lets go of all who wait and refuses whoever comes. No story can hit that moment at
// will; what closes it is the write that fails before anybody hears the end, which is
// seen here, where nobody else makes one.
func TestTheLastWordIsSaidRegression(t *testing.T) {
	var after atomic.Bool
	conn, gone := signIn(t, func(c net.Conn) net.Conn { return &watched{Conn: c, after: &after} })
	gone()
	_ = conn.Wait()
	if !after.Load() {
		t.Error("nothing was written after the end")
	}
	if _, _, err := conn.OpenChannel("session", nil); err == nil {
		t.Error("a channel of nobody")
	}
}

// watched notes a write after the end of what is read.
type watched struct {
	net.Conn
	end   atomic.Bool
	after *atomic.Bool
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if err != nil {
		w.end.Store(true)
	}
	return n, err
}

func (w *watched) Write(p []byte) (int, error) {
	if w.end.Load() {
		w.after.Store(true)
	}
	return w.Conn.Write(p)
}

// A server that answers is asked as with x/crypto's own.
func TestChannelsAreAnswered(t *testing.T) {
	conn, gone := signIn(t, nil)
	defer gone()
	if _, _, err := conn.OpenChannel("session", nil); !isRefused(err) {
		t.Errorf("got %v", err)
	}
}

func isRefused(err error) bool {
	var refused *ssh.OpenChannelError
	return errors.As(err, &refused) && refused.Reason == ssh.Prohibited
}

// signIn connects to a server that refuses channels, and can go. between may lie
// between the two; nil: nothing does.
func signIn(t *testing.T, between func(net.Conn) net.Conn) (client ssh.Conn, gone func()) {
	t.Helper()
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	accepted := make(chan net.Conn, 1)
	go func() {
		defer close(accepted)
		if conn, err := door.Accept(); err == nil {
			accepted <- conn
			serve(conn)
		}
	}()
	conn, err := net.Dial("tcp", door.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if between != nil {
		conn = between(conn)
	}
	client, channels, requests, err := sshclient.NewConn(conn, "", &ssh.ClientConfig{User: "ana", HostKeyCallback: ssh.InsecureIgnoreHostKey()})
	if err != nil {
		t.Fatal(err)
	}
	go ssh.DiscardRequests(requests)
	go refuse(channels)
	server := <-accepted
	return client, func() { server.Close() }
}

func serve(conn net.Conn) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		panic(err)
	}
	config := &ssh.ServerConfig{NoClientAuth: true}
	config.AddHostKey(key)
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	refuse(channels)
}

func refuse(channels <-chan ssh.NewChannel) {
	for c := range channels {
		_ = c.Reject(ssh.Prohibited, "none here")
	}
}
