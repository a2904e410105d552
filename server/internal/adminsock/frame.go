package adminsock

import (
	"encoding/binary"
	"errors"
	"io"
)

// kind is what a frame is.
type kind byte

const (
	order   kind = 'a' // from the client, first: an Order as JSON
	wanted  kind = 'w' // from the server: it waits for input
	input   kind = 'i' // the answer: a piece of it; an empty one is its end
	output  kind = 'o' // from the server, for standard output
	failure kind = 'e' // from the server, for standard error
	status  kind = 'x' // from the server, last: the exit status in one byte
)

// mostFrame bounds what one frame holds.
const mostFrame = 64 << 10

var errFrame = errors.New("adminsock: this is no frame of this protocol")

// writeFrame writes a frame in one piece.
func writeFrame(w io.Writer, k kind, p []byte) error {
	if len(p) > mostFrame {
		return errFrame
	}
	frame := append(make([]byte, 0, 5+len(p)), byte(k))
	frame = binary.BigEndian.AppendUint32(frame, uint32(len(p)))
	_, err := w.Write(append(frame, p...))
	return err
}

// readFrame reads a frame. It takes no memory for bytes that were announced and
// do not fit.
func readFrame(r io.Reader) (kind, []byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > mostFrame {
		return 0, nil, errFrame
	}
	p := make([]byte, n)
	if _, err := io.ReadFull(r, p); err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return kind(head[0]), p, nil
}

// Order is what is to be done: a verb and its arguments, and the language to
// answer in.
type Order struct {
	Args []string `json:"args"`
	Lang string   `json:"lang"`
}
