package files

import (
	"bufio"
	"encoding/binary"
	"io"
	"sync"
)

// Packet types (draft-ietf-secsh-filexfer-02, section 3).
const (
	fxpVersion       = 2
	fxpRead          = 5
	fxpWrite         = 6
	fxpExtended      = 200
	fxpExtendedReply = 201
)

// maxAhead is how many packets pkg/sftp works on at once. Each READ costs twice
// its answer, of up to maxPayload, until the channel has taken it. What a client
// asks for beyond that waits in its channel's window, so a slow line loses nothing.
const maxAhead = 4

// frames is the channel as pkg/sftp sees it: nothing is handed over while a
// packet that is neither READ nor WRITE is unanswered. Without it
//
//   - a READ with the handle that an OPEN is about to get runs beside that OPEN
//     and reads fields that it is writing, which can crash the process;
//   - answers to READs pile up in memory, without bound, behind one command that
//     takes long, because answers go out in the order of the questions.
//
// Behind a client that asks and does not read, answers pile up too, so no packet
// is handed over while maxAhead are unanswered; and after an answer that could
// not be written none is handed over at all: pkg/sftp would go on and read files
// for nobody.
//
// It also answers for an extension that pkg/sftp does not have (see limits), and
// ends a pkg/sftp that has nothing to do (see rest). The end of a channel is told to
// pkg/sftp when all before it is answered, for pkg/sftp drops what it has not written
// by then, or writes it after its Serve has returned.
//
// pkg/sftp answers each packet exactly once and in order, so counting is enough.
// Read is called by one goroutine and Write by another.
type frames struct {
	ch     io.Writer
	in     *bufio.Reader
	header [5]byte // length and type of the packet that begins
	ready  []byte  // of header, not yet read
	left   uint32  // bytes of the packet after header

	out     [4]byte // length of the answer that begins
	outHas  int
	outLeft uint32

	busy    func() bool   // whether a handle is open
	coming  chan struct{} // not nil: closed once there is something to read
	resting bool

	mu       sync.Mutex
	moved    sync.Cond // answered changed; uses mu
	asked    uint64    // packets handed to pkg/sftp
	command  uint64    // the newest of them that is neither READ nor WRITE
	answered uint64
	limits   uint64 // the newest that asks for the limits
	failed   error  // of the first answer that could not be written
	writing  bool   // an answer, or a part of one
	over     bool   // nothing is written any more
}

// readAhead is what is read of the channel when a packet begins; what follows
// goes where it belongs at once. Each read of a channel gives the client some of
// its window back, in a message of its own, so the few bytes of a header must
// not be reads of their own.
const readAhead = 4 << 10

// newFrames makes the frames of a channel; busy says whether a handle is open.
func newFrames(ch io.ReadWriter, busy func() bool) *frames {
	f := &frames{ch: ch, in: bufio.NewReaderSize(ch, readAhead), busy: busy}
	f.moved.L = &f.mu
	return f
}

func (f *frames) Read(p []byte) (int, error) {
	n, err := f.read(p)
	if err != nil {
		f.settle()
	}
	return n, err
}

func (f *frames) read(p []byte) (int, error) {
	if len(f.ready) == 0 && f.left == 0 {
		if err := f.begin(); err != nil {
			return 0, err
		}
	}
	if len(f.ready) > 0 {
		n := copy(p, f.ready)
		f.ready = f.ready[n:]
		return n, nil
	}
	if uint32(len(p)) > f.left {
		p = p[:f.left]
	}
	n, err := f.in.Read(p)
	f.left -= uint32(n)
	if err != nil && f.left > 0 {
		f.halfAsked()
	}
	return n, err
}

// halfAsked takes back a packet that has not come to its end: nobody answers it.
func (f *frames) halfAsked() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked--
}

// settle waits until all that was handed over is answered, or cannot be.
func (f *frames) settle() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.failed == nil && f.answered < f.asked {
		f.moved.Wait()
	}
}

// begin waits until a packet may be handed over, and reads its header.
func (f *frames) begin() error {
	answered, err := f.turn()
	if err != nil {
		return err
	}
	if answered && !f.more() {
		return io.EOF
	}
	if _, err := io.ReadFull(f.in, f.header[:4]); err != nil {
		return err
	}
	length := binary.BigEndian.Uint32(f.header[:4])
	if length == 0 { // pkg/sftp ends the session over it
		f.ready = f.header[:4]
		return nil
	}
	if _, err := io.ReadFull(f.in, f.header[4:]); err != nil {
		return io.ErrUnexpectedEOF
	}
	f.ready, f.left = f.header[:], length-1
	limits := f.header[4] == fxpExtended && f.asksLimits()

	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if f.header[4] != fxpRead && f.header[4] != fxpWrite {
		f.command = f.asked
	}
	if limits {
		f.limits = f.asked
	}
	return nil
}

// turn waits until the next packet may be handed over and reports whether all
// before it are answered.
func (f *frames) turn() (answered bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.failed == nil && (f.asked-f.answered >= maxAhead || f.answered < f.command) {
		f.moved.Wait()
	}
	return f.asked == f.answered, f.failed
}

// Write counts an answer once the channel has taken it. When one cannot be
// written the session is over, and whoever waits has to see that.
func (f *frames) Write(p []byte) (int, error) {
	if !f.begins() {
		return 0, io.ErrClosedPipe
	}
	_, err := f.ch.Write(f.edited(p))
	if err == nil {
		f.count(p)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writing = false
	f.moved.Broadcast()
	if err != nil {
		f.failed = err
		return 0, err
	}
	return len(p), nil
}

// begins reports whether something may be written still, and notes that it is.
func (f *frames) begins() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.writing = !f.over
	return f.writing
}

// end waits for what is being written; nothing is written after it. A pkg/sftp that
// gave up a packet that makes no sense may have answers left.
func (f *frames) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
	for f.writing {
		f.moved.Wait()
	}
}

func (f *frames) count(p []byte) {
	for len(p) > 0 {
		if f.outHas < len(f.out) {
			n := copy(f.out[f.outHas:], p)
			f.outHas, p = f.outHas+n, p[n:]
			if f.outHas < len(f.out) {
				return
			}
			f.outLeft = binary.BigEndian.Uint32(f.out[:])
		}
		n := min(len(p), int(f.outLeft))
		f.outLeft, p = f.outLeft-uint32(n), p[n:]
		if f.outLeft > 0 {
			return
		}
		f.outHas = 0
		f.mu.Lock()
		f.answered++
		f.moved.Broadcast()
		f.mu.Unlock()
	}
}

// Close does nothing. pkg/sftp calls it on a malformed packet, and ends then by
// itself; the channel is closed by whoever sends the exit status.
func (f *frames) Close() error { return nil }
