package files_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"charla/files"
	"charla/files/blob"
	"charla/server/chat"
	"charla/server/i18n"
)

// Packet types of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 3).
const (
	fxpInit     = 1
	fxpOpen     = 3
	fxpClose    = 4
	fxpRead     = 5
	fxpWrite    = 6
	fxpFsetstat = 10
	fxpOpendir  = 11
	fxpReaddir  = 12
	fxpStatus   = 101
	fxpHandle   = 102
	fxpData     = 103
	fxpName     = 104
	fxpExtended = 200

	fxpExtendedReply = 201
)

// raw is a client that sends what no library would.
type raw struct {
	t      testing.TB
	conn   net.Conn
	id     uint32
	status chan int

	version    string // the answer to INIT
	answeredID uint32 // of the last answer
}

func (w *world) raw(who *chat.Actor) *raw {
	near, status := w.serve(who, io.Discard)
	w.t.Cleanup(func() { near.Close() })
	r := &raw{t: w.t, conn: near, status: status}
	r.send(frame(fxpInit, u32(3)))
	_, body := r.answer()
	r.version = string(body)
	return r
}

func u32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

func u64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

func str(s string) []byte { return append(u32(uint32(len(s))), s...) }

func frame(kind byte, fields ...[]byte) []byte {
	body := []byte{kind}
	for _, f := range fields {
		body = append(body, f...)
	}
	return append(u32(uint32(len(body))), body...)
}

// request is a frame with the next id.
func (r *raw) request(kind byte, fields ...[]byte) []byte {
	r.id++
	return frame(kind, append([][]byte{u32(r.id)}, fields...)...)
}

func (r *raw) open(path string, flags uint32) []byte {
	return r.request(fxpOpen, str(path), u32(flags), u32(0))
}

func (r *raw) send(frames ...[]byte) {
	r.t.Helper()
	for _, f := range frames {
		if _, err := r.conn.Write(f); err != nil {
			r.t.Fatal(err)
		}
	}
}

// post sends beside what the client does next: it may have to read answers
// before the server takes all of it.
func (r *raw) post(frames ...[]byte) {
	all := join(frames...)
	go func() { _, _ = r.conn.Write(all) }() // ends with the connection; what is missing is missed in the answers
}

// answer is the next packet from the server: its type and what follows the id.
func (r *raw) answer() (kind byte, body []byte) {
	r.t.Helper()
	if err := r.conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		r.t.Fatal(err)
	}
	var length [4]byte
	if _, err := io.ReadFull(r.conn, length[:]); err != nil {
		r.t.Fatal(err)
	}
	body = make([]byte, binary.BigEndian.Uint32(length[:]))
	if _, err := io.ReadFull(r.conn, body); err != nil {
		r.t.Fatal(err)
	}
	if len(body) >= 5 {
		r.answeredID = binary.BigEndian.Uint32(body[1:])
	}
	return body[0], body[min(5, len(body)):]
}

// wantAnswers reads answers of these types and forgets what is in them.
func wantAnswers(r *raw, kinds ...byte) {
	r.t.Helper()
	for _, want := range kinds {
		kind, _ := r.answer()
		wantEqual(r.t, kind, want)
	}
}

func join(parts ...[]byte) (all []byte) { return slices.Concat(parts...) }

func text(b []byte) (string, []byte) {
	n := binary.BigEndian.Uint32(b)
	return string(b[4 : 4+n]), b[4+n:]
}

// longNames is "ls -l" of a folder.
func (r *raw) longNames(path string) (long []string) {
	r.t.Helper()
	r.send(r.request(fxpOpendir, str(path)))
	kind, body := r.answer()
	wantEqual(r.t, kind, fxpHandle)
	handle, _ := text(body)
	r.send(r.request(fxpReaddir, str(handle)))
	kind, body = r.answer()
	wantEqual(r.t, kind, fxpName)
	n := binary.BigEndian.Uint32(body)
	body = body[4:]
	for range n {
		_, body = text(body)
		var l string
		l, body = text(body)
		long = append(long, l)
		body = body[4+8+8+4+8:] // flags, size, uid and gid, permissions, times
	}
	return long
}

// A client that guesses the next handle reads from it while it is being
// opened; pkg/sftp, alone, would read fields that it is writing. The race
// detector would see it, and so would whoever crashed the server.
func TestReadingAHandleThatIsBeingOpened(t *testing.T) {
	w := newWorld(t, blob.Options{})
	w.session(w.ana).mustPut("/beto/a.txt", "content")
	r := w.raw(w.beto)
	const rounds = 200
	go func() {
		for i := range rounds {
			handle := str(strconv.Itoa(i + 1))
			both := append(r.open("/ana/a.txt", 1), r.request(fxpRead, handle, u64(0), u32(100))...)
			if _, err := r.conn.Write(both); err != nil {
				return
			}
			if _, err := r.conn.Write(r.request(fxpClose, handle)); err != nil {
				return
			}
		}
	}()
	for range rounds {
		kind, _ := r.answer()
		wantEqual(t, kind, fxpHandle)
		kind, body := r.answer()
		wantEqual(t, kind, fxpData)
		content, _ := text(body)
		wantEqual(t, content, "content")
		kind, _ = r.answer()
		wantEqual(t, kind, fxpStatus)
	}
}

// A client asked for a file and said that it will say no more. Its session ended, with
// an exit status, while the answers were still on their way: what was not written yet
// was lost, or came behind the end.
func TestWhoAsksNoMoreIsAnsweredStillRegression(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, blob.Options{})
		w.session(w.ana).mustPut("/beto/a.txt", "content")
		near, far := net.Pipe()
		defer near.Close()
		r := &raw{t: t, conn: near}
		said := join(frame(fxpInit, u32(3)), r.open("/ana/a.txt", 1))
		for range 3 {
			said = append(said, r.request(fxpRead, str("1"), u64(0), u32(100))...)
		}
		said = append(said, r.request(fxpClose, str("1"))...)
		ended := make(chan int, 1)
		go func() {
			ended <- files.Serve(w.Ctx, files.Config{
				Actor: w.beto, Store: w.store, Stderr: io.Discard, Words: i18n.For(i18n.English), Log: slog.New(slog.DiscardHandler),
				Channel: struct {
					io.Reader
					io.Writer
				}{bytes.NewReader(said), far},
			})
		}()
		wantAnswers(r, 2, fxpHandle)
		for _, answer := range []byte{fxpData, fxpData, fxpData, fxpStatus} {
			synctest.Wait()
			wantEqual(t, len(ended), 0)
			wantAnswers(r, answer)
		}
		wantEqual(t, <-ended, 0)
	})
}

func TestOpenFoldersAreBounded(t *testing.T) {
	w := newWorld(t, blob.Options{})
	r := w.raw(w.ana)
	for range 3 {
		var open []string
		for i := range 10 {
			r.send(r.request(fxpOpendir, str("/")))
			want := byte(fxpHandle)
			if i >= 8 {
				want = fxpStatus
			}
			kind, body := r.answer()
			wantEqual(t, kind, want)
			if kind == fxpHandle {
				handle, _ := text(body)
				open = append(open, handle)
			}
		}
		for _, h := range open {
			r.send(r.request(fxpClose, str(h)))
			r.answer()
		}
	}
}
