package files

import (
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/sftp"

	"charla/server/chat"
)

// info is one entry of a listing, and the answer to a STAT.
type info struct {
	name  string
	size  int64
	mode  fs.FileMode
	mtime time.Time
	owner uint32
}

var _ sftp.FileInfoUidGid = info{}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.mtime }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }
func (i info) Uid() uint32        { return i.owner }
func (i info) Gid() uint32        { return 0 }

// listing is a snapshot: READDIR counts entries, and they must not move.
type listing struct {
	s       *session
	entries []info
	handle  bool // of OPENDIR, not of STAT
}

// ListAt is sftp.ListerAt.
func (l *listing) ListAt(into []os.FileInfo, from int64) (n int, err error) {
	defer l.s.recovered("list", &err)
	if from < 0 || from >= int64(len(l.entries)) {
		return 0, io.EOF
	}
	for n < len(into) && int(from)+n < len(l.entries) {
		into[n] = l.entries[int(from)+n]
		n++
	}
	if int(from)+n == len(l.entries) {
		err = io.EOF
	}
	return n, err
}

// Close may be called again.
func (l *listing) Close() (err error) {
	defer l.s.turn("close", &err)()
	if l.handle {
		l.handle = false
		l.entries = nil
		l.s.listings--
		l.s.dropHandle()
	}
	return nil
}

// Filelist is sftp.FileLister: OPENDIR, STAT and FSTAT, the last by the path of
// its OPEN.
func (s *session) Filelist(r *sftp.Request) (_ sftp.ListerAt, err error) {
	defer s.turn("list", &err)()
	switch r.Method {
	case "List":
		return s.list(r.Filepath)
	case "Stat":
		return s.stat(r.Filepath)
	}
	return nil, quiet(sftp.ErrSSHFxOpUnsupported)
}

// Lstat is sftp.LstatFileLister; there are no links here.
func (s *session) Lstat(r *sftp.Request) (_ sftp.ListerAt, err error) {
	defer s.turn("stat", &err)()
	return s.stat(r.Filepath)
}

// Readlink is sftp.ReadlinkFileLister.
func (s *session) Readlink(string) (string, error) { return "", quiet(sftp.ErrSSHFxOpUnsupported) }

// RealPath is sftp.RealPathFileLister. Whether it exists is for STAT to say.
func (s *session) RealPath(p string) (string, error) {
	if len(p) > maxPath {
		return "", errNoFile
	}
	return path.Clean("/" + p), nil
}

func (s *session) stat(p string) (sftp.ListerAt, error) {
	at, err := s.locate(p)
	if err != nil {
		return nil, err
	}
	i, err := s.infoAt(at)
	if err != nil {
		return nil, err
	}
	return &listing{s: s, entries: []info{i}}, nil
}

func (s *session) infoAt(at place) (info, error) {
	switch {
	case at.root:
		return s.folder("/", s.began, true), nil
	case at.name == "":
		return s.conversation(at.conv), nil
	}
	f, err := s.lookup(at)
	if err != nil {
		return info{}, err
	}
	i := s.file(f)
	i.name = at.name
	return i, nil
}

func (s *session) list(p string) (sftp.ListerAt, error) {
	at, err := s.locate(p)
	if err != nil {
		return nil, err
	}
	if at.name != "" {
		return nil, quiet(sftp.ErrSSHFxFailure) // a file, or nothing
	}
	if s.listings >= maxListings {
		return nil, failure(s.words.Files.TooManyOpen)
	}
	if err := s.takeHandle(); err != nil {
		return nil, err
	}
	var entries []info
	if at.root {
		entries, err = s.conversations()
	} else {
		entries, err = s.files(at.conv)
	}
	if err != nil {
		s.dropHandle()
		return nil, err
	}
	s.listings++
	return &listing{s: s, entries: entries, handle: true}, nil
}

// conversations lists the root: the groups, the rooms, and the talks in which
// something was said and that are no stranger's request.
func (s *session) conversations() ([]info, error) {
	convs, _, err := s.actor.Conversations(s.ctx)
	if err != nil {
		return nil, err
	}
	var entries []info
	for _, c := range convs {
		if c.Exists && !c.Request && (c.Member || c.Kind == chat.Room) && (c.Kind != chat.Talk || c.LastN > 0) {
			entries = append(entries, s.conversation(c))
		}
	}
	slices.SortFunc(entries, func(a, b info) int { return strings.Compare(a.name, b.name) })
	return entries, nil
}

func (s *session) conversation(c chat.Conversation) info {
	at := s.began
	if c.Last != nil {
		at = c.Last.At
	}
	return s.folder(string(c.Handle), at, c.Member)
}

func (s *session) folder(name string, at time.Time, writable bool) info {
	mode := fs.ModeDir | 0o755
	if !writable {
		mode = fs.ModeDir | 0o555
	}
	return info{name: name, mode: mode, mtime: at, owner: s.number(s.actor.Me().ID, s.actor.Me().Nick)}
}

// files lists a conversation: what was announced, and over it this session's
// own uploads.
func (s *session) files(c chat.Conversation) ([]info, error) {
	messages, err := s.actor.Files(s.ctx, c.Ref())
	if err != nil {
		return nil, err
	}
	hidden := map[string]bool{}
	var entries []info
	for k, it := range s.items {
		if k.conv == c.ID && k == it.at.key() && it.upload != nil && !it.upload.junk() {
			i := s.file(it.found())
			entries = append(entries, i)
			hidden[i.name] = true
		}
	}
	for _, it := range s.parking.in(s.actor.Me().ID, c.ID) {
		if i := s.file(it.found()); !hidden[i.name] {
			entries = append(entries, i)
			hidden[i.name] = true
		}
	}
	for _, m := range messages {
		if m.File != nil && !hidden[m.File.Name] {
			entries = append(entries, s.file(found{message: m}))
		}
	}
	slices.SortFunc(entries, func(a, b info) int { return strings.Compare(a.name, b.name) })
	return entries, nil
}

func (s *session) file(f found) info {
	if u := f.unfinished(); u != nil {
		i := info{name: f.item.name, size: u.size(), mode: 0o644, mtime: s.actor.Now(), owner: s.number(s.actor.Me().ID, s.actor.Me().Nick)}
		if !f.item.mtime.IsZero() {
			i.mtime = f.item.mtime
		}
		return i
	}
	m := f.message
	i := info{name: m.File.Name, size: m.File.Size, mode: 0o444, mtime: m.At, owner: s.number(m.From, m.Nick)}
	if s.mine(m) == nil {
		i.mode = 0o644
	}
	if f.item != nil && !f.item.mtime.IsZero() {
		i.mtime = f.item.mtime
	}
	return i
}

// number is a person's UID in this session; what people see of it is the nick.
func (s *session) number(id chat.UserID, nick chat.Nick) uint32 {
	n, known := s.numbers[id]
	if !known && len(s.owners) < maxOwners {
		n = uint32(len(s.owners))
		s.numbers[id] = n
		s.owners = append(s.owners, string(nick))
	} else if !known {
		n = maxOwners
	}
	return firstUID + n
}

// firstUID keeps the numbers clear of the accounts that a computer with sshfs
// shows names of.
const firstUID = 70_000

// LookupUserName is sftp.NameLookupFileLister: the owner in "ls -l".
func (s *session) LookupUserName(uid string) string {
	n, err := strconv.Atoi(uid)
	s.mu.Lock()
	defer s.mu.Unlock()
	if n -= firstUID; err != nil || n < 0 || n >= len(s.owners) {
		return "-"
	}
	return s.owners[n]
}

// LookupGroupName is sftp.NameLookupFileLister.
func (s *session) LookupGroupName(string) string { return "-" }
