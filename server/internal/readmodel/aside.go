package readmodel

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"charla/server/chat"
)

// Both mean: move the file aside and build it again from the log. ErrDamaged is
// also said of a whole file that lacks what this program would have put into it.
var (
	ErrDamaged = errors.New("read model is damaged or incomplete")
	ErrNewer   = errors.New("read model is from a newer program")
)

// damage makes ErrDamaged of what SQLite says about a file that is none or
// whose pages contradict each other, and chat.DiskFull of one that has no room
// to grow; other errors stay as they are.
func damage(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) || errors.Is(err, ErrDamaged) {
		return err
	}
	switch e.Code() & 0xff { // the low byte is the primary result code
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case lib.SQLITE_FULL:
		return &chat.Error{Code: chat.DiskFull, Err: err}
	}
	if e.Code() == lib.SQLITE_IOERR_SHMSIZE { // as well: the index of the write-ahead log could not grow
		return &chat.Error{Code: chat.DiskFull, Err: err}
	}
	return err
}

// MoveAside renames the file of a closed read model, with its -wal and -shm, to
// path.aside and so on, for whoever wants to know what happened to it. An older
// one there is replaced: there is never more than one. The database goes last,
// so that no write-ahead log is ever left for the next one to find.
func MoveAside(path string) (err error) {
	defer wrap(&err, "move read model aside")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, suffix := range []string{"-wal", "-shm", ""} {
		to := path + ".aside" + suffix
		if err := os.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.Rename(path+suffix, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Remove removes the file of a closed read model with what stands beside it, and
// what was moved aside earlier. The database goes last, so that no write-ahead log
// is ever left for the next one to find.
func Remove(path string) (err error) {
	defer wrap(&err, "remove read model")
	for _, file := range []string{path + ".aside", path} {
		for _, suffix := range []string{"-wal", "-shm", ""} {
			if err := os.Remove(file + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
