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

func TestReadsWaitForTheCommandsBeforeThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const open, stat = 3, 17
		var sent []byte
		for _, p := range [][]byte{
			packet(fxpRead, "1"), packet(open, "2"), packet(stat, "3"), packet(fxpWrite, "4"), packet(fxpRead, "5"), packet(stat, "6"),
		} {
			sent = append(sent, p...)
		}
		f := newFrames(&pipe{Reader: bytes.NewReader(sent)})
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
		if len(got) != 3 {
			t.Errorf("%q came through before any answer", got)
		}
		answer(2)
		if len(got) != 3 {
			t.Errorf("%q came through before the STAT was answered", got)
		}
		answer(1)
		if len(got) != 6 {
			t.Errorf("%q came through", got)
		}
	})
}

func TestFramesPassEverythingOnAsItIs(t *testing.T) {
	for _, sent := range [][]byte{
		nil, {0}, {0, 0, 0}, {0, 0, 0, 0, 9, 9}, {0, 0, 0, 2, 1}, {0xff, 0xff, 0xff, 0xff, 1, 2, 3},
		append(packet(1, ""), packet(3, "some")...),
	} {
		f := newFrames(&pipe{Reader: bytes.NewReader(sent)})
		got, err := io.ReadAll(io.LimitReader(f, 100))
		if !bytes.HasPrefix(sent, got) || err == nil && len(got) < len(sent)-3 {
			t.Errorf("%v became %v, %v", sent, got, err)
		}
	}
}
