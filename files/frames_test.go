package files

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
	"testing/synctest"
)

// pipe is a channel whose reads are what was given and whose writes are kept.
type pipe struct {
	io.Reader
	bytes.Buffer
}

func (p *pipe) Read(b []byte) (int, error) { return p.Reader.Read(b) }

// inUse is a session in which a file is open all the time.
func inUse() bool { return true }

func packet(kind byte, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(1+len(body)))
	return append(append(b, kind), body...)
}

// next reads one packet as pkg/sftp does: length first, then the rest.
func next(f *frames) (string, error) {
	var length [4]byte
	if _, err := io.ReadFull(f, length[:]); err != nil {
		return "", err
	}
	body := make([]byte, binary.BigEndian.Uint32(length[:]))
	_, err := io.ReadFull(f, body)
	return string(body), err
}

func TestNothingPassesACommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const open, stat = 3, 17
		var sent []byte
		for _, p := range [][]byte{
			packet(fxpRead, "1"), packet(open, "2"), packet(stat, "3"), packet(fxpWrite, "4"), packet(fxpRead, "5"), packet(stat, "6"),
		} {
			sent = append(sent, p...)
		}
		f := newFrames(&pipe{Reader: bytes.NewReader(sent)}, inUse)
		var got []string
		go func() {
			for {
				p, err := next(f)
				if err != nil {
					return
				}
				got = append(got, p[1:])
			}
		}()
		answer := func(n int) {
			for range n {
				for _, b := range packet(101, "answer") { // in pieces, as it may come
					if _, err := f.Write([]byte{b}); err != nil {
						t.Error(err)
					}
				}
			}
			synctest.Wait()
		}
		synctest.Wait()
		if len(got) != 2 {
			t.Errorf("%q came through before any answer", got)
		}
		answer(1)
		if len(got) != 2 {
			t.Errorf("%q came through before the OPEN was answered", got)
		}
		answer(1)
		if len(got) != 3 {
			t.Errorf("%q came through before the STAT was answered", got)
		}
		answer(1)
		if len(got) != 6 {
			t.Errorf("%q came through", got)
		}
		answer(3)
	})
}

func TestFramesPassEverythingOnAsItIs(t *testing.T) {
	for _, sent := range [][]byte{
		nil, {0}, {0, 0, 0}, {0, 0, 0, 0, 9, 9}, {0, 0, 0, 2, 1}, {0xff, 0xff, 0xff, 0xff, 1, 2, 3},
		append(packet(fxpRead, ""), packet(fxpWrite, "some")...),
	} {
		f := newFrames(&pipe{Reader: bytes.NewReader(sent)}, inUse)
		got, err := io.ReadAll(io.LimitReader(f, int64(len(sent)))) // not the end: it waits for answers
		if !bytes.HasPrefix(sent, got) || err == nil && len(got) < len(sent)-3 {
			t.Errorf("%v became %v, %v", sent, got, err)
		}
	}
}

// stuck is a channel whose client asks and does not read, until it is gone.
type stuck struct {
	io.Reader
	gone chan struct{}
}

func (s stuck) Write([]byte) (int, error) {
	<-s.gone
	return 0, io.ErrClosedPipe
}

func TestWhoAsksAndDoesNotReadIsMadeToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Two thousand READs of 255 KiB each, and nobody takes the answers.
		gone := make(chan struct{})
		f := newFrames(stuck{bytes.NewReader(bytes.Repeat(packet(fxpRead, "1"), 2000)), gone}, inUse)
		handed, end := 0, error(nil)
		go func() {
			for ; ; handed++ {
				if _, end = next(f); end != nil {
					return
				}
				go func() { _, _ = f.Write(packet(103, "data")) }()
			}
		}()
		synctest.Wait()
		if handed > maxAhead {
			t.Errorf("%d packets are being answered at once", handed)
		}
		close(gone)
		synctest.Wait()
		if handed > maxAhead || end == nil {
			t.Errorf("%d packets are answered after the client went, %v", handed, end)
		}
	})
}
