package files

import (
	"errors"
	"math"
	"time"

	"github.com/pkg/sftp"

	"charla/server/chat"
)

// Filecmd is sftp.FileCmder: everything that is neither OPEN nor STAT.
func (s *session) Filecmd(r *sftp.Request) (err error) {
	defer s.turn(r.Method, &err)()
	switch r.Method {
	case "Setstat":
		return s.setstat(r)
	case "Rename":
		return s.rename(r.Filepath, r.Target)
	case "Remove":
		return s.remove(r.Filepath)
	case "Mkdir":
		return s.mkdir(r.Filepath)
	case "Rmdir":
		return quiet(sftp.ErrSSHFxPermissionDenied)
	}
	return quiet(sftp.ErrSSHFxOpUnsupported) // Link, Symlink
}

// PosixRename is sftp.PosixRenameFileCmder: RENAME that may replace. Ours may always.
func (s *session) PosixRename(r *sftp.Request) (err error) {
	defer s.turn("rename", &err)()
	return s.rename(r.Filepath, r.Target)
}

// StatVFS is sftp.StatVFSFileCmder. How much room there is the store does not
// tell, and no number is better than a wrong one.
func (s *session) StatVFS(*sftp.Request) (*sftp.StatVFS, error) {
	return nil, quiet(sftp.ErrSSHFxOpUnsupported)
}

func (s *session) mkdir(p string) error {
	if at, err := s.locate(p); err == nil && at.name == "" {
		return quiet(sftp.ErrSSHFxFailure) // it is there
	}
	return denied(s.words.Files.NoFolders)
}

// setstat keeps the size of an upload and, for the session, times; modes and
// owners are accepted and mean nothing, so that "cp -p" and "put -p" succeed.
func (s *session) setstat(r *sftp.Request) error {
	at, err := s.locate(r.Filepath)
	if err != nil || at.root || at.name == "" {
		return err
	}
	attrs := r.Attributes()
	if attrs == nil {
		return quiet(sftp.ErrSSHFxBadMessage)
	}
	f, err := s.lookup(at)
	if err != nil {
		return err
	}
	parked := f.parked
	if err := s.unpark(&f); err != nil {
		return err
	}
	if r.AttrFlags().Acmodtime {
		s.setTime(at, f, time.Unix(int64(attrs.Mtime), 0))
	}
	if r.AttrFlags().Size {
		err = s.resize(f, attrs.Size)
	}
	if parked {
		err = errors.Join(err, s.park(f.item))
	}
	return err
}

func (s *session) resize(f found, size uint64) error {
	u := f.upload()
	switch {
	case size > math.MaxInt64:
		return quiet(sftp.ErrSSHFxFailure)
	case f.unfinished() == nil && int64(size) == f.message.File.Size, u != nil && u.junk():
		return nil
	case u == nil && s.mine(f.message) != nil:
		return s.mine(f.message)
	case u == nil:
		return failure(s.words.Files.NoResume(shown(f.message.File.Name)))
	}
	if err := u.bytes.Truncate(int64(size)); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.sized = true
	return nil
}

// setTime keeps a time for as long as the session: clients set it after CLOSE
// and look whether it is there.
func (s *session) setTime(at place, f found, mtime time.Time) {
	if f.item != nil {
		f.item.mtime = mtime
		return
	}
	if s.mine(f.message) == nil {
		s.remember(&item{at: at, name: f.message.File.Name, mtime: mtime}, f.message)
	}
}

func (s *session) remove(p string) error {
	at, err := s.locate(p)
	if err != nil {
		return err
	}
	if at.root || at.name == "" {
		return quiet(sftp.ErrSSHFxPermissionDenied)
	}
	f, err := s.lookup(at)
	switch {
	case chat.CodeOf(err) == chat.NoFile && litter(at.name):
		return nil
	case err != nil:
		return err
	}
	if err := s.unpark(&f); err != nil {
		return err
	}
	if f.unfinished() != nil {
		s.drop(f.item) // an open handle of it finds it gone
		return nil
	}
	if err := s.mine(f.message); err != nil {
		return err
	}
	return s.retract(f)
}

func (s *session) retract(f found) error {
	sent, err := s.actor.Retract(s.ctx, f.message.ID)
	if err != nil {
		return err
	}
	if f.item != nil {
		s.drop(f.item)
	}
	return s.actor.Await(s.ctx, sent.Position) // so that the next ls is without it
}
