package files

import (
	"io"

	"github.com/pkg/sftp"

	"charla/files/blob"
)

// reading is an open file. Its methods may be called at once.
type reading struct {
	s      *session
	from   io.ReaderAt
	closer io.Closer // nil if somebody else closes what is read
	closed bool
}

func (r *reading) ReadAt(p []byte, off int64) (_ int, err error) {
	defer r.s.recovered("read", &err)
	if err := r.s.ousted(); err != nil {
		return 0, r.s.status(err)
	}
	n, err := r.from.ReadAt(p, off)
	return n, r.s.status(err)
}

// Close may be called again.
func (r *reading) Close() (err error) {
	defer r.s.turn("close", &err)()
	if r.closed {
		return nil
	}
	r.closed = true
	r.s.dropHandle()
	if r.closer == nil {
		return nil
	}
	return r.closer.Close()
}

// writing is an open handle of an upload. ReadAt and WriteAt may be called at
// once and come in any order.
type writing struct {
	s        *session
	it       *item
	u        *upload
	base     *blob.Reader // what the upload is over; nil if nothing
	noResume string       // the sentence
	closed   bool
}

var (
	_ sftp.WriterAtReaderAt = (*writing)(nil)
	_ sftp.TransferError    = (*writing)(nil)
)

// WriteAt answers every queued write after a refusal with the same refusal:
// some clients hang on a channel that falls silent.
func (w *writing) WriteAt(p []byte, off int64) (_ int, err error) {
	defer w.s.recovered("write", &err)
	if err := w.s.ousted(); err != nil {
		return 0, w.u.breaks(w.s.status(err))
	}
	if err := w.u.admit(off, int64(len(p)), w.noResume); err != nil {
		return 0, w.u.breaks(w.s.status(err))
	}
	if w.u.junk() {
		return len(p), nil
	}
	if err := w.s.pace(len(p)); err != nil {
		return 0, w.u.breaks(w.s.status(err))
	}
	n, err := w.u.bytes.WriteAt(p, off)
	if err != nil {
		err = w.u.breaks(w.s.status(err))
	}
	return n, err
}

// ReadAt reads what was written so far, or what was there if nothing was.
func (w *writing) ReadAt(p []byte, off int64) (_ int, err error) {
	defer w.s.recovered("read", &err)
	if w.u.junk() {
		return 0, io.EOF
	}
	from := io.ReaderAt(w.u.bytes)
	if w.base != nil && w.u.showsBase() {
		from = w.base
	}
	n, err := from.ReadAt(p, off)
	return n, w.s.status(err)
}

// TransferError is sftp.TransferError: the session ends with the handle open.
// Close follows.
func (w *writing) TransferError(error) {
	w.u.mu.Lock()
	defer w.u.mu.Unlock()
	w.u.lost = true
}

// Close of the last handle decides what becomes of the upload; it may be
// called again.
func (w *writing) Close() (err error) {
	defer w.s.turn("close", &err)()
	if w.closed {
		return nil
	}
	w.closed = true
	w.s.dropHandle()
	if err := w.closeBase(); err != nil {
		w.s.log.Warn("close what was written over", "err", cause(err))
	}
	if w.u.handles--; w.u.handles > 0 {
		return nil
	}
	return w.s.settle(w.it, w.u)
}

func (w *writing) closeBase() error {
	if w.base == nil {
		return nil
	}
	return w.base.Close()
}
