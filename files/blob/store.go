package blob

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"
)

const (
	uploadsDir = "uploads"
	blobsDir   = "blobs"

	// DefaultMaxSize is the largest file when Options name none.
	DefaultMaxSize = 2 << 30
	// chunk is how much is hashed in one piece.
	chunk = 256 << 10
)

// Options of a Store; the zero value serves.
type Options struct {
	MaxSize int64            // of one file; 0: DefaultMaxSize
	Log     *slog.Logger     // nil: nothing is logged
	Now     func() time.Time // nil: time.Now
	// Free tells how much of the disk is free for uploads, and its size; nil:
	// the system is asked. See Reserve for what is kept free.
	Free func() (free, total uint64, err error)
}

// Store is a folder of blobs and uploads. One process at a time may have it
// open: the caller sees to that. Its methods may be called at once.
type Store struct {
	root    *os.Root
	maxSize int64
	log     *slog.Logger
	now     func() time.Time
	space   space
	holds   holds
	buffers sync.Pool // of *[chunk]byte: one per upload that is being hashed right now

	testOnlyWrap func(file) file // nil but in tests of bad disks

	mu     sync.Mutex
	active map[string]*Upload // by id; nil while Begin makes its files
	closed bool
}

// Open opens the store in dir and makes what is missing.
func Open(dir string, o Options) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("blob: open store: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: open store: %w", err)
	}
	if err := makeFolders(root); err != nil {
		root.Close()
		return nil, fmt.Errorf("blob: open store: %w", err)
	}
	s := &Store{
		root:    root,
		maxSize: cmp.Or(o.MaxSize, DefaultMaxSize),
		log:     cmp.Or(o.Log, slog.New(slog.DiscardHandler)),
		now:     o.Now,
		holds:   holds{by: make(map[Hash]*hold)},
		buffers: sync.Pool{New: func() any { return new([chunk]byte) }},
		active:  make(map[string]*Upload),
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.space.now, s.space.free = s.now, o.Free
	if s.space.free == nil {
		s.space.free = diskFree(dir)
	}
	return s, nil
}

// makeFolders makes all 256 folders of blobs at once, so that Commit has one
// folder to sync and never a new one.
func makeFolders(root *os.Root) error {
	for _, dir := range []string{uploadsDir, blobsDir} {
		if err := mkdir(root, dir); err != nil {
			return err
		}
	}
	for i := range 256 {
		if err := mkdir(root, fmt.Sprintf("%s/%02x", blobsDir, i)); err != nil {
			return err
		}
	}
	return errors.Join(syncFolder(root, blobsDir), syncFolder(root, "."))
}

func mkdir(root *os.Root, dir string) error {
	if err := root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// syncFolder makes the names in a folder durable; Windows has no such call.
func syncFolder(root *os.Root, dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Close discards the uploads under way, after waiting for commits that have
// begun, and closes the store. Readers that are open stay so.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	var uploads []*Upload
	for _, u := range s.active {
		if u != nil {
			uploads = append(uploads, u)
		}
	}
	s.mu.Unlock()
	var errs []error
	for _, u := range uploads {
		errs = append(errs, u.Discard())
	}
	errs = append(errs, s.root.Close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("blob: close store: %w", err)
	}
	return nil
}

// Open opens a blob for reading, if it is there and has that size; if not,
// the error is ErrNoBlob. What is open stays readable, even when swept.
func (s *Store) Open(hash Hash, size int64) (*Reader, error) {
	f, err := s.root.Open(hash.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &Error{"open", ErrNoBlob, err}
	}
	if err != nil {
		return nil, wrap("open", err)
	}
	info, err := f.Stat()
	if err == nil && (!info.Mode().IsRegular() || info.Size() != size) {
		err = &Error{"open", ErrNoBlob, fmt.Errorf("%s has %d bytes, not %d", hash, info.Size(), size)}
	}
	if err != nil {
		f.Close()
		return nil, wrap("open", err)
	}
	return &Reader{f: f, size: size}, nil
}

// Use runs use while b cannot be swept, for whoever is about to make a new
// reference to a blob that is already there (a file sent on, an announcement
// tried again). It returns ErrNoBlob without running it when b is not there,
// and else what use returned, as it is. use must not return before the
// reference is durable.
func (s *Store) Use(ctx context.Context, b Blob, use func() error) error {
	if err := s.holds.take(ctx, b.Hash); err != nil {
		return wrap("use", err)
	}
	defer s.holds.drop(b.Hash)
	there, err := s.has(b)
	if err != nil {
		return wrap("use", err)
	}
	if !there {
		return refuse("use", ErrNoBlob)
	}
	if err := s.touch(b.Hash.path()); err != nil {
		return wrap("use", err)
	}
	return use()
}

// has says whether the blob is there in its full size.
func (s *Store) has(b Blob) (bool, error) {
	info, err := s.root.Lstat(b.Hash.path())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return info.Mode().IsRegular() && info.Size() == b.Size, nil
}

// touch starts the age that Sweep looks at anew.
func (s *Store) touch(path string) error {
	now := s.now()
	return s.root.Chtimes(path, now, now)
}

// Reader reads a blob; it may be used at once from many places.
type Reader struct {
	f    *os.File
	size int64
}

var (
	_ io.ReaderAt = (*Reader)(nil)
	_ io.Closer   = (*Reader)(nil)
)

// Size is the number of bytes in the blob.
func (r *Reader) Size() int64 { return r.size }

// ReadAt is io.ReaderAt; at the end the error is io.EOF itself.
func (r *Reader) ReadAt(p []byte, off int64) (int, error) { return readAt(r.f, p, off) }

// Close may be called again; only the first one counts.
func (r *Reader) Close() error {
	if err := r.f.Close(); !errors.Is(err, os.ErrClosed) {
		return wrap("close", err)
	}
	return nil
}

func readAt(from io.ReaderAt, p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, refuse("read", ErrBadOffset)
	}
	n, err := from.ReadAt(p, off)
	if err != io.EOF {
		err = wrap("read", err)
	}
	return n, err
}
