package blob

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"
)

// Meta says what an upload is. The words mean nothing to this package.
type Meta struct {
	Owner        string    `json:"owner"`
	Conversation string    `json:"conversation"`
	Name         string    `json:"name"`
	Began        time.Time `json:"began"` // set by Begin
}

// maxMeta bounds the file that describes an upload.
const maxMeta = 16 << 10

// file is what an upload needs of *os.File.
type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Chmod(mode fs.FileMode) error
	Sync() error
	Writeback() error // the disk is to begin with what was written
}

type diskFile struct{ *os.File }

func (f diskFile) Writeback() error { return writeback(f.File) }

// Begin starts an upload. It must end with Commit or Discard. How many there
// may be at once is for the caller to bound: each has one open file, and while
// bytes arrive one buffer of 256 KiB.
func (s *Store) Begin(meta Meta) (*Upload, error) {
	if err := s.space.take("begin", 0, 0); err != nil {
		return nil, err
	}
	meta.Began = s.now().UTC()
	about, err := json.Marshal(meta)
	if err != nil || len(about) > maxMeta {
		return nil, &Error{"begin", ErrTooLarge, errors.Join(errors.New("description of the upload"), err)}
	}
	// In the order of time for whoever lists the folder, and never twice.
	id := fmt.Sprintf("%012x-%s", max(0, meta.Began.UnixMilli()), rand.Text())
	if !s.enlist(id, nil) {
		return nil, refuse("begin", ErrClosed)
	}
	f, err := s.makeUpload(id, about)
	if err != nil {
		s.forget(id)
		return nil, wrap("begin", err)
	}
	var bytes file = diskFile{f}
	if s.testOnlyWrap != nil {
		bytes = s.testOnlyWrap(bytes)
	}
	u := newUpload(s, id, meta, bytes)
	if !s.enlist(id, u) {
		_ = u.Discard() // if its files stay, the next start takes them
		return nil, refuse("begin", ErrClosed)
	}
	return u, nil
}

func (s *Store) makeUpload(id string, about []byte) (*os.File, error) {
	path := uploadsDir + "/" + id
	if err := s.root.WriteFile(path+".json", about, 0o600); err != nil {
		_ = s.root.Remove(path + ".json") // it may not be there at all
		return nil, err
	}
	f, err := s.root.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, errors.Join(err, s.root.Remove(path+".json"))
	}
	return f, nil
}

// removeUpload takes the files of an upload away; what is not there is no error.
func (s *Store) removeUpload(id string) error {
	var errs []error
	for _, path := range []string{uploadsDir + "/" + id, uploadsDir + "/" + id + ".json"} {
		if err := s.root.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (s *Store) enlist(id string, u *Upload) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.active[id] = u
	return true
}

func (s *Store) forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.active, id)
}

func (s *Store) isActive(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, active := s.active[id]
	return active
}

// DiscardUnfinished removes what uploads of a past life left behind and says
// what they were, for whoever wants to tell their owners; an upload whose
// description cannot be read counts with an empty Meta. Uploads of this life
// and files of other names stay.
func (s *Store) DiscardUnfinished() ([]Meta, error) {
	d, err := s.root.Open(uploadsDir)
	if err != nil {
		return nil, fmt.Errorf("blob: discard unfinished: %w", err)
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("blob: discard unfinished: %w", err)
	}
	var gone []Meta
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		id := strings.TrimSuffix(name, ".json")
		if seen[id] || !isUploadID(id) || s.isActive(id) {
			continue
		}
		seen[id] = true
		meta := s.readMeta(id)
		if err := s.removeUpload(id); err != nil {
			return gone, fmt.Errorf("blob: discard unfinished: %w", err)
		}
		gone = append(gone, meta)
	}
	return gone, nil
}

// isUploadID says whether Begin could have made this id.
func isUploadID(id string) bool {
	stamp, random, ok := strings.Cut(id, "-")
	return ok && len(stamp) >= 12 && len(random) == 26 &&
		strings.Trim(stamp, "0123456789abcdef") == "" &&
		strings.Trim(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// readMeta returns an empty Meta for what a crash left half-written.
func (s *Store) readMeta(id string) Meta {
	path := uploadsDir + "/" + id + ".json"
	if info, err := s.root.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Size() > maxMeta {
		return Meta{}
	}
	data, err := s.root.ReadFile(path)
	if err != nil {
		return Meta{}
	}
	var meta Meta
	if err := json.Unmarshal(data, &meta); err != nil {
		return Meta{}
	}
	return meta
}
