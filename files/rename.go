package files

import (
	"slices"

	"github.com/pkg/sftp"
)

// rename gives an upload or a file of one's own another name in the same
// conversation. Onto a name of one's own it replaces; onto somebody else's it
// becomes "name (2)", as a put does.
func (s *session) rename(from, to string) error {
	src, err := s.locateFile(from)
	if err != nil {
		return err
	}
	dst, err := s.locateNew(to)
	if err != nil {
		return err
	}
	if src.conv.ID != dst.conv.ID {
		return failure(s.words.Files.NoMove)
	}
	f, err := s.lookup(src)
	if err != nil {
		return err
	}
	switch u := f.upload(); {
	case u != nil && u.junk(): // kept nowhere, so it can become nothing
		return quiet(sftp.ErrSSHFxFailure)
	case u == nil && s.mine(f.message) != nil:
		return s.mine(f.message)
	}
	name, err := s.actor.MaySend(s.ctx, dst.conv.Ref(), dst.name)
	if err != nil || src.name == dst.name {
		return err
	}
	if err := s.clear(dst, f.item); err != nil {
		return err
	}
	if err := s.unpark(&f); err != nil {
		return err
	}
	if f.upload() != nil {
		return s.renameUpload(f.item, src, dst, name)
	}
	return s.renameFile(f, dst, name)
}

// clear makes way at the place an upload or file is renamed to, which the
// session may have an unfinished file at.
func (s *session) clear(dst place, coming *item) error {
	if old := s.parking.take(s.actor.Me().ID, dst.key()); old != nil {
		s.discard(old.upload.bytes)
	}
	there := s.item(dst)
	if there == nil || there == coming || there.upload == nil {
		return nil
	}
	if there.upload.handles > 0 {
		return quiet(sftp.ErrSSHFxFailure)
	}
	s.drop(there)
	return nil
}

// renameUpload renames an unfinished file. When nobody has it open, the new name
// decides as CLOSE does; else FSTAT and FSETSTAT still come under the old one,
// which leads to it until then.
func (s *session) renameUpload(it *item, src, dst place, name string) error {
	u := it.upload
	if u.handles == 0 {
		delete(s.items, src.key())
	}
	it.at, it.name = dst, name
	s.items[dst.key()] = it
	if u.handles > 0 {
		s.trail(it, src.key())
		return nil
	}
	return s.settle(it, u)
}

// trail remembers a name that an open upload had. Beyond maxTrail it forgets the
// oldest but the first, which is that of the OPEN.
func (s *session) trail(it *item, had key) {
	it.had = append(it.had, had)
	if len(it.had) <= maxTrail {
		return
	}
	old := it.had[1]
	it.had = slices.Delete(it.had, 1, 2)
	if s.items[old] == it && old != it.at.key() && !slices.Contains(it.had, old) {
		delete(s.items, old)
	}
}

func (s *session) renameFile(f found, dst place, name string) error {
	if name == f.message.File.Name {
		return nil
	}
	m, err := s.actor.RenameFile(s.ctx, f.message.ID, name)
	if err != nil {
		return err
	}
	it := f.item
	if it == nil {
		it = &item{}
	}
	it.at, it.name = dst, name
	if m.File != nil && m.File.Name != name {
		s.say(s.words.Files.Numbered(shown(name), shown(m.File.Name)))
	}
	s.remember(it, m)
	return nil
}
