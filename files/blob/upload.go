package blob

import (
	"crypto/sha256"
	"hash"
	"io"
	"sync"
)

// syncEvery is how many written bytes the disk is asked to take at a time, so
// that little is left for Commit.
const syncEvery = 16 << 20

// state of an upload; only open takes reads, writes and the follower.
type state int

const (
	open state = iota
	truncating
	committing
	committed
	discarded
)

// Upload is a file that is still being written. Its methods may be called at
// once and in any order.
type Upload struct {
	s    *Store
	id   string
	meta Meta
	f    file

	mu      sync.Mutex
	changed sync.Cond // state, writers or following changed; uses mu
	state   state
	writers int   // WriteAt calls under way
	size    int64 // of the file
	written spans
	unsaved int64 // bytes written since the disk was last asked
	failed  error // the disk lost bytes: nothing but Discard is left

	// The hash of the bytes before hashed. While following, hasher and hashed
	// belong to the follower, who reads up to claimed; else to whoever has
	// made the state committing or truncating.
	following bool
	hasher    hash.Hash
	hashed    int64
	claimed   int64
	stale     bool // bytes before claimed changed: the hash starts over at Commit

	blob Blob // once committed
}

func newUpload(s *Store, id string, meta Meta, f file) *Upload {
	u := &Upload{s: s, id: id, meta: meta, f: f, hasher: sha256.New()}
	u.changed.L = &u.mu
	return u
}

var (
	_ io.WriterAt = (*Upload)(nil)
	_ io.ReaderAt = (*Upload)(nil)
)

// Meta returns what Begin was given, and when that was.
func (u *Upload) Meta() Meta { return u.meta }

// Size is where the file ends now: the end of the farthest write, or what
// Truncate said since.
func (u *Upload) Size() int64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.size
}

// WriteAt is io.WriterAt, at once from many places and in any order; p is not
// kept. Places never written read as zeros. It refuses with ErrBadOffset,
// ErrTooLarge (by where the write would end), ErrDiskFull and, after Commit or
// Discard has begun, ErrClosed.
func (u *Upload) WriteAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, refuse("write", ErrBadOffset)
	}
	if off > u.s.maxSize-int64(len(p)) {
		return 0, refuse("write", ErrTooLarge)
	}
	if len(p) == 0 {
		return 0, nil
	}
	size, err := u.enter()
	if err != nil {
		return 0, err
	}
	n := 0
	defer func() { u.leave(off, off+int64(n)) }()
	if err := u.s.space.take("write", int64(len(p)), off+int64(len(p))-size); err != nil {
		return 0, err
	}
	n, err = u.f.WriteAt(p, off)
	return n, wrap("write", err)
}

// enter begins a write and returns the size of the file.
func (u *Upload) enter() (size int64, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for u.state == truncating {
		u.changed.Wait()
	}
	if u.failed != nil {
		return 0, wrap("write", u.failed)
	}
	if u.state != open {
		return 0, refuse("write", ErrClosed)
	}
	u.writers++
	return u.size, nil
}

// leave ends a write that changed the bytes from (included) to (excluded).
func (u *Upload) leave(from, to int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.writers--; u.writers == 0 {
		u.changed.Broadcast()
	}
	if from == to {
		return
	}
	u.size = max(u.size, to)
	u.unsaved += to - from
	// Asked after the bytes are in the file: whoever claims them later reads
	// the new ones, whoever claimed them before may have read the old ones.
	if from < u.claimed {
		u.stale = true
	}
	u.written.add(from, to)
	u.startFollowing()
}

// ReadAt is io.ReaderAt over what has been written so far.
func (u *Upload) ReadAt(p []byte, off int64) (int, error) { return readAt(u.f, p, off) }

// Truncate makes the file end at size, with zeros up to it if need be. Writes
// under way end first; others wait. It refuses as WriteAt does.
func (u *Upload) Truncate(size int64) error {
	if size < 0 {
		return refuse("truncate", ErrBadOffset)
	}
	if size > u.s.maxSize {
		return refuse("truncate", ErrTooLarge)
	}
	before, err := u.alone("truncate", truncating)
	if err != nil {
		return err
	}
	defer u.reopen(truncating)
	if size == before {
		return nil
	}
	if size > before {
		if err := u.s.space.take("truncate", 0, size-before); err != nil {
			return err
		}
	}
	if err := u.f.Truncate(size); err != nil {
		return wrap("truncate", err)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.size = size
	u.written.cut(size)
	switch {
	case size == 0:
		u.restart()
	case size < u.hashed:
		// Not restarted here, where a client could have two gigabytes hashed
		// again for every byte that it cuts off.
		u.stale = true
	}
	return nil
}

// restart throws the hash away; nobody else may be using it.
func (u *Upload) restart() {
	u.hasher.Reset()
	u.hashed, u.claimed, u.stale = 0, 0, false
}

// alone waits until nothing is under way on the upload and gives it the state
// to, in which nobody else touches it; reopen ends that.
func (u *Upload) alone(op string, to state) (size int64, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for u.state == truncating || u.state == committing {
		u.changed.Wait()
	}
	if u.state != open {
		return 0, refuse(op, ErrClosed)
	}
	if u.failed != nil {
		return 0, wrap(op, u.failed)
	}
	u.state = to
	u.quiet()
	return u.size, nil
}

// quiet waits for the end of the writers and of the follower, after a state
// was set that lets no others begin; u.mu must be held.
func (u *Upload) quiet() {
	for u.writers > 0 || u.following {
		u.changed.Wait()
	}
}

// reopen ends the state from, if it still is the state.
func (u *Upload) reopen(from state) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.state == from {
		u.state = open
		u.changed.Broadcast()
	}
}

// Discard ends the upload without a blob and removes its files. After a Commit
// that succeeded, or another Discard, it does nothing.
func (u *Upload) Discard() error {
	u.mu.Lock()
	for u.state == truncating || u.state == committing {
		u.changed.Wait()
	}
	if u.state != open {
		u.mu.Unlock()
		return nil
	}
	u.state = discarded
	u.changed.Broadcast()
	u.quiet()
	u.mu.Unlock()
	return wrap("discard", u.release())
}

// release gives back what the upload has on the disk and in the store.
func (u *Upload) release() error {
	_ = u.f.Close() // nothing is left to be written
	defer u.s.forget(u.id)
	return u.s.removeUpload(u.id)
}
