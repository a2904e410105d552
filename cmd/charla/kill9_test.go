package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"charla/server/sshclient"
)

// Twenty times a storm of people writes messages and files, and the server is
// killed in the middle of it with SIGKILL. Whatever was acknowledged (exit
// status 0 of send, the OK to CLOSE of a put) is there after the restart, once
// and whole.
func TestKill9InAStormLosesNothingAcknowledged(t *testing.T) {
	rounds := 20
	if testing.Short() {
		rounds = 4
	}
	s := newStorm(t, t.TempDir(), 10)
	for round := range rounds {
		s.start()
		if round > 0 {
			s.check()
		}
		s.blow(round, s.server.kill)
	}
	s.start()
	s.check()
	if status := s.server.terminate(); status != 0 {
		t.Errorf("exit status %d\n%s", status, s.server.errors())
	}
	t.Logf("%d messages and %d files were acknowledged; all are there", len(s.messages), len(s.files))
	if len(s.messages) < rounds*10 || len(s.files) < rounds {
		t.Errorf("too calm for a storm: %d messages, %d files", len(s.messages), len(s.files))
	}
}

type storm struct {
	t      *testing.T
	dir    string
	port   int
	server *process
	people []*ssh.Signer
	nicks  []string

	mu       sync.Mutex
	messages map[string]bool     // texts that were acknowledged
	files    map[string][32]byte // names, with the hash of the bytes that were sent
}

func newStorm(t *testing.T, dir string, people int) *storm {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &storm{t: t, dir: dir, port: l.Addr().(*net.TCPAddr).Port, messages: map[string]bool{}, files: map[string][32]byte{}}
	l.Close()
	for i := range people {
		path := filepath.Join(s.dir, fmt.Sprintf("key%d", i))
		if err := writeKey(path); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := ssh.ParsePrivateKey(raw)
		if err != nil {
			t.Fatal(err)
		}
		s.people = append(s.people, &signer)
		s.nicks = append(s.nicks, fmt.Sprintf("p%d", i))
	}
	t.Cleanup(func() {
		if s.server != nil {
			s.server.kill()
		}
	})
	return s
}

func (s *storm) start() {
	s.t.Helper()
	p, err := startServer(s.dir, s.port, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	s.server = p
}

func (s *storm) dial(i int) (*ssh.Client, error) {
	return sshclient.Dial(fmt.Sprintf("127.0.0.1:%d", s.port), &ssh.ClientConfig{
		User: s.nicks[i], Auth: []ssh.AuthMethod{ssh.PublicKeys(*s.people[i])},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: patience,
	})
}

// blow lets everybody write until the server is ended, some time after the
// first acknowledgement. What is acknowledged while end runs counts.
func (s *storm) blow(round int, end func()) {
	s.t.Helper()
	var writers sync.WaitGroup
	first := make(chan struct{}, 1)
	for i := range s.people {
		client, err := s.dial(i)
		if err != nil {
			s.t.Fatal(err)
		}
		defer client.Close()
		if round == 0 {
			if _, err := command(client, "register"); err != nil {
				s.t.Fatal(err)
			}
		}
		write := s.writeMessages
		if i%5 == 0 {
			write = s.writeFiles
		}
		writers.Go(func() { write(client, i, round, first) })
	}
	<-first
	time.Sleep(time.Duration(50+rand.IntN(250)) * time.Millisecond) // the moment does not matter: any must do
	end()
	writers.Wait()
}

func (s *storm) writeMessages(client *ssh.Client, who, round int, first chan<- struct{}) {
	for n := 0; ; n++ {
		text := fmt.Sprintf("storm %d.%d.%d.", round, who, n)
		_, err := command(client, "send lobby "+text)
		var exit *ssh.ExitError
		if errors.As(err, &exit) && exit.ExitStatus() == 75 {
			time.Sleep(20 * time.Millisecond) // over the budget: what is not acknowledged does not count
			continue
		}
		if err != nil {
			return
		}
		s.mu.Lock()
		s.messages[text] = true
		s.mu.Unlock()
		acknowledged(first)
	}
}

func (s *storm) writeFiles(client *ssh.Client, who, round int, first chan<- struct{}) {
	fs, err := sftp.NewClient(client)
	if err != nil {
		return
	}
	for n := 0; ; n++ {
		name := fmt.Sprintf("storm-%d-%d-%d.bin", round, who, n)
		data := bytes.Repeat(fmt.Appendf(nil, "%s %d ", name, rand.Uint64()), 1+rand.IntN(4000))
		f, err := fs.Create("/lobby/" + name)
		if err == nil {
			_, err = f.Write(data)
		}
		if err == nil {
			err = f.Close()
		}
		var status *sftp.StatusError
		if errors.As(err, &status) { // refused, which is no acknowledgement
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if err != nil {
			return
		}
		s.mu.Lock()
		s.files[name] = sha256.Sum256(data)
		s.mu.Unlock()
		acknowledged(first)
	}
}

func acknowledged(first chan<- struct{}) {
	select {
	case first <- struct{}{}:
	default:
	}
}

// command runs a verb and returns what it printed.
func command(client *ssh.Client, line string) ([]byte, error) {
	session, err := client.NewSession()
	if err != nil {
		return nil, err
	}
	defer session.Close()
	return session.Output(line)
}

// check reads everything back.
func (s *storm) check() {
	s.t.Helper()
	client, err := s.dial(0)
	if err != nil {
		s.t.Fatal(err)
	}
	defer client.Close()
	seen := map[string]int{}
	for _, text := range s.texts(client) {
		seen[text]++
	}
	for text := range s.messages {
		if seen[text] != 1 {
			s.t.Errorf("%q was acknowledged and is there %d times", text, seen[text])
		}
	}
	fs, err := sftp.NewClient(client)
	if err != nil {
		s.t.Fatal(err)
	}
	for name, want := range s.files {
		f, err := fs.Open("/lobby/" + name)
		if err != nil {
			s.t.Errorf("%s was acknowledged: %v", name, err)
			continue
		}
		var got bytes.Buffer
		if _, err := f.WriteTo(&got); err != nil || sha256.Sum256(got.Bytes()) != want {
			s.t.Errorf("%s is not whole: %d bytes, %v", name, got.Len(), err)
		}
		f.Close()
	}
	if s.t.Failed() {
		s.t.FailNow()
	}
}

// texts reads the whole lobby.
func (s *storm) texts(client *ssh.Client) []string {
	s.t.Helper()
	out, err := command(client, "read --json lobby --last 1000000")
	if err != nil {
		s.t.Fatal(err)
	}
	var texts []string
	for line := range strings.Lines(string(out)) {
		var m struct{ Text string }
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			s.t.Fatalf("%q: %v", line, err)
		}
		texts = append(texts, m.Text)
	}
	return texts
}
