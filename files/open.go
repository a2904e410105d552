package files

import (
	"errors"
	"io"

	"github.com/pkg/sftp"

	"charla/files/blob"
	"charla/server/chat"
)

// Fileread is sftp.FileReader: OPEN with READ alone.
func (s *session) Fileread(r *sftp.Request) (_ io.ReaderAt, err error) {
	defer s.turn("open to read", &err)()
	return s.openRead(r.Filepath)
}

// Filewrite is sftp.FileWriter: OPEN with WRITE, APPEND, CREAT or TRUNC.
func (s *session) Filewrite(r *sftp.Request) (_ io.WriterAt, err error) {
	defer s.turn("open to write", &err)()
	return s.openWrite(r.Filepath, r.Pflags())
}

// OpenFile is sftp.OpenFileWriter: the same with READ. Without it pkg/sftp runs
// a READ as a write of zeros.
func (s *session) OpenFile(r *sftp.Request) (_ sftp.WriterAtReaderAt, err error) {
	defer s.turn("open", &err)()
	return s.openWrite(r.Filepath, r.Pflags())
}

func (s *session) openRead(p string) (*reading, error) {
	at, err := s.locateFile(p)
	if err != nil {
		return nil, err
	}
	f, err := s.lookup(at)
	if err != nil {
		return nil, err
	}
	if u := f.unfinished(); u != nil {
		if u.junk() {
			return nil, errNoFile
		}
		return s.reading(u.bytes, nil)
	}
	b, err := s.openBlob(f.message)
	if err != nil {
		return nil, err
	}
	return s.reading(b, b)
}

func (s *session) reading(from io.ReaderAt, closer io.Closer) (*reading, error) {
	if err := s.takeHandle(); err != nil {
		if closer != nil {
			_ = closer.Close() // the refusal is what counts
		}
		return nil, err
	}
	return &reading{s: s, from: from, closer: closer}, nil
}

func (s *session) openBlob(m chat.Message) (*blob.Reader, error) {
	hash, err := blob.ParseHash(m.File.Hash)
	if err != nil {
		return nil, err
	}
	return s.store.Open(hash, m.File.Size)
}

// openWrite opens an upload. Everything that can be known now is refused now:
// sshfs does not look at the answer to CLOSE.
func (s *session) openWrite(p string, flags sftp.FileOpenFlags) (*writing, error) {
	at, err := s.locateNew(p)
	if err != nil {
		return nil, err
	}
	if s.ctx.Err() != nil {
		return nil, &chat.Error{Code: chat.Unavailable}
	}
	name, err := s.actor.MaySend(s.ctx, at.conv.Ref(), at.name)
	if err != nil {
		return nil, err
	}
	f, err := s.lookup(at)
	switch {
	case chat.CodeOf(err) == chat.NoFile && flags.Creat:
		f = found{}
	case err != nil:
		return nil, err
	case flags.Excl:
		return nil, quiet(sftp.ErrSSHFxFailure)
	case f.upload() != nil:
		return s.again(f, flags)
	case !flags.Creat && err == nil && s.mine(f.message) != nil:
		return nil, s.mine(f.message)
	case flags.Append:
		return nil, failure(s.words.Files.NoResume(shown(name)))
	}
	it, err := s.begin(at, name, f.message, flags)
	if err != nil {
		return nil, err
	}
	w, err := s.writing(it)
	if err != nil {
		s.drop(it)
		return nil, err
	}
	return w, nil
}

// again opens an upload that is parked or open.
func (s *session) again(f found, flags sftp.FileOpenFlags) (w *writing, err error) {
	if err := s.unpark(&f); err != nil {
		return nil, err
	}
	it, u := f.item, f.item.upload
	defer func() {
		if err != nil && u.handles == 0 {
			err = errors.Join(err, s.park(it))
		}
	}()
	if flags.Trunc && !u.junk() {
		if err := u.bytes.Truncate(0); err != nil {
			return nil, err
		}
		u.mu.Lock()
		u.base, u.written = nil, 0
		u.mu.Unlock()
	}
	return s.writing(it)
}

// begin starts an upload, over before if the person wrote that.
func (s *session) begin(at place, name string, before chat.Message, flags sftp.FileOpenFlags) (*item, error) {
	if err := s.takeUpload(); err != nil {
		return nil, err
	}
	u := &upload{}
	if !litter(name) {
		bytes, err := s.store.Begin(blob.Meta{
			Owner: s.actor.Me().ID.String(), Conversation: at.conv.ID.String(), Name: name,
		})
		if err != nil {
			s.dropUpload()
			return nil, err
		}
		u.bytes = bytes
	}
	if !flags.Trunc && before.File != nil && s.mine(before) == nil {
		u.base = &before
	}
	it := &item{at: at, name: name, upload: u}
	s.items[at.key()] = it
	return it, nil
}

// writing gives out a handle of an item's upload.
func (s *session) writing(it *item) (*writing, error) {
	w := &writing{s: s, it: it, u: it.upload, noResume: s.words.Files.NoResume(shown(it.name))}
	if w.u.showsBase() {
		base, err := s.openBlob(*w.u.base)
		if err != nil {
			return nil, err
		}
		w.base = base
	}
	if err := s.takeHandle(); err != nil {
		return nil, errors.Join(err, w.closeBase())
	}
	w.u.handles++
	return w, nil
}
