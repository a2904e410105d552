package server

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"

	"charla/server/chat/chattest"
)

// sftpBytes is a client of SFTP version 3 that sends names as they are and
// shows answers as they came (draft-ietf-secsh-filexfer-02 sections 3 to 7).
type sftpBytes struct {
	in      io.WriteCloser
	out     io.Reader
	errs    *textSink
	session *ssh.Session
	id      uint32
}

// Types of packets.
const (
	sftpInit, sftpOpen, sftpClose, sftpWrite   = 1, 3, 4, 6
	sftpOpendir, sftpReaddir, sftpMkdir        = 11, 12, 14
	sftpStat, sftpRename                       = 17, 18
	sftpStatus, sftpHandle, sftpName, sftpPush = 101, 102, 104, 0x1a
)

func (g *hostileGuest) sftp() *sftpBytes {
	g.t.Helper()
	session, err := g.client.NewSession()
	if err != nil {
		g.t.Fatal(err)
	}
	s := &sftpBytes{session: session, errs: newTextSink()}
	session.Stderr = s.errs
	s.in, _ = session.StdinPipe()
	s.out, _ = session.StdoutPipe()
	if err := session.RequestSubsystem("sftp"); err != nil {
		g.t.Fatal(err)
	}
	if _, err = s.in.Write([]byte{0, 0, 0, 5, sftpInit, 0, 0, 0, 3}); err == nil {
		_, _, err = s.packet()
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return s
}

func sftpString(s string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(s))), s...)
}

// ask sends a request and takes its answer.
func (s *sftpBytes) ask(kind byte, fields ...[]byte) (byte, []byte, error) {
	s.id++
	body := binary.BigEndian.AppendUint32([]byte{kind}, s.id)
	body = append(body, bytes.Join(fields, nil)...)
	if _, err := s.in.Write(sftpString(string(body))); err != nil {
		return 0, nil, err
	}
	answer, rest, err := s.packet()
	if err == nil && answer == sftpStatus {
		err = harmlessStatus(rest)
	}
	return answer, rest, err
}

// harmlessStatus looks at the words of a status: clients print them.
func harmlessStatus(rest []byte) error {
	words, _, err := cutString(rest[4:])
	if err == nil {
		err = chattest.Harmless(words)
	}
	if err != nil || strings.Contains(words, "\n") {
		return fmt.Errorf("a status says %+q: %w", words, err)
	}
	return nil
}

// packet is an answer's type and what follows its id.
func (s *sftpBytes) packet() (byte, []byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(s.out, size[:]); err != nil {
		return 0, nil, err
	}
	body := make([]byte, binary.BigEndian.Uint32(size[:])&0xfffff)
	if _, err := io.ReadFull(s.out, body); err != nil {
		return 0, nil, err
	}
	return body[0], body[5:], nil
}

func cutString(p []byte) (string, []byte, error) {
	if len(p) < 4 || len(p)-4 < int(binary.BigEndian.Uint32(p)) {
		return "", nil, io.ErrUnexpectedEOF
	}
	n := int(binary.BigEndian.Uint32(p))
	return string(p[4 : 4+n]), p[4+n:], nil
}

// put writes one byte into a file. What the server answers is its affair; the
// error is of the connection, or of what stands in an answer.
func (s *sftpBytes) put(path string) error {
	kind, rest, err := s.ask(sftpOpen, sftpString(path), []byte{0, 0, 0, sftpPush, 0, 0, 0, 0})
	if err != nil || kind != sftpHandle {
		return err
	}
	handle, _, _ := cutString(rest)
	if _, _, err := s.ask(sftpWrite, sftpString(handle), make([]byte, 8), sftpString("x")); err != nil {
		return err
	}
	_, _, err = s.ask(sftpClose, sftpString(handle))
	return err
}

// does asks for something that takes paths, and closes what it may open.
func (s *sftpBytes) does(kind byte, paths ...string) error {
	var fields [][]byte
	for _, path := range paths {
		fields = append(fields, sftpString(path))
	}
	if kind == sftpMkdir {
		fields = append(fields, make([]byte, 4)) // ATTRS of nothing
	}
	answer, rest, err := s.ask(kind, fields...)
	if err == nil && answer == sftpHandle {
		handle, _, _ := cutString(rest)
		_, _, err = s.ask(sftpClose, sftpString(handle))
	}
	return err
}

// names are the names and long names of a folder.
func (s *sftpBytes) names(dir string) (names, long []string, err error) {
	kind, rest, err := s.ask(sftpOpendir, sftpString(dir))
	if err != nil || kind != sftpHandle {
		return nil, nil, fmt.Errorf("opendir %s: %d, %w", dir, kind, err)
	}
	handle, _, _ := cutString(rest)
	for {
		kind, rest, err := s.ask(sftpReaddir, sftpString(handle))
		if err != nil {
			return nil, nil, err
		}
		if kind != sftpName {
			_, _, err = s.ask(sftpClose, sftpString(handle))
			return names, long, err
		}
		count := binary.BigEndian.Uint32(rest)
		rest = rest[4:]
		for range count {
			var name, line string
			name, rest, _ = cutString(rest)
			line, rest, err = cutString(rest)
			if err != nil {
				return nil, nil, err
			}
			names, long = append(names, name), append(long, line)
			rest = skipAttributes(rest)
		}
	}
}

// skipAttributes passes over ATTRS (section 5): size, owner, mode, times.
func skipAttributes(p []byte) []byte {
	flags, n := binary.BigEndian.Uint32(p), 4
	for bit, size := range map[uint32]int{1: 8, 2: 8, 4: 4, 8: 8} {
		if flags&bit != 0 {
			n += size
		}
	}
	return p[n:]
}

func (s *sftpBytes) close() { s.session.Close() }
