package adminsock

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// call is the server's side of one connection.
type call struct {
	ctx    context.Context // ends with the server, or when the client has gone
	conn   *net.UnixConn
	pieces chan []byte // of input; it holds the one that was asked for

	writing sync.Mutex // the order may write to both streams at once
	rest    []byte     // of a piece that was not read whole
	ended   bool       // the input
}

// read takes what the client sends until it goes, or sends what it was not
// asked for.
func (c *call) read() {
	for {
		k, piece, err := readFrame(c.conn)
		if err != nil || k != input {
			return
		}
		select {
		case c.pieces <- piece:
		default:
			return
		}
	}
}

// Read asks the client for input. One goroutine at a time.
func (c *call) Read(p []byte) (int, error) {
	if len(c.rest) == 0 && !c.ended && len(p) > 0 {
		if err := c.write(wanted, nil); err != nil {
			return 0, err
		}
		select {
		case c.rest = <-c.pieces:
			c.ended = len(c.rest) == 0
		case <-c.ctx.Done():
			return 0, context.Cause(c.ctx)
		}
	}
	if c.ended {
		return 0, io.EOF
	}
	n := copy(p, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// write writes one frame, and no longer than the client may take.
func (c *call) write(k kind, p []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.conn.SetWriteDeadline(time.Now().Add(stuck))
	return writeFrame(c.conn, k, p)
}

// end says why, if there is anything to say, and the exit status.
func (c *call) end(why string, code int) {
	if why != "" {
		_ = c.write(failure, []byte("charla: "+why+"\n"))
	}
	_ = c.write(status, []byte{byte(code)}) // or nobody is there to read it
	_ = c.conn.Close()
}

// stream is a stream to the client.
type stream struct {
	c *call
	k kind
}

// Write sends p in frames.
func (s stream) Write(p []byte) (int, error) {
	for n := 0; n < len(p); {
		piece := p[n:min(len(p), n+mostFrame)]
		if err := s.c.write(s.k, piece); err != nil {
			return n, err
		}
		n += len(piece)
	}
	return len(p), nil
}
