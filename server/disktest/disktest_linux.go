package disktest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Mount puts an empty disk of that size over dir.
func Mount(dir, size string) (unmount func() error, err error) {
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=0700,size="+size); err != nil {
		return nil, err
	}
	return func() error { return unix.Unmount(dir, unix.MNT_DETACH) }, nil
}

// ReadOnly lets nobody write to the disk that is mounted at dir any more.
func ReadOnly(dir string) error { return unix.Mount("", dir, "", unix.MS_REMOUNT|unix.MS_RDONLY, "") }

const filler = "filler"

// Fill leaves only so many bytes free on the disk of dir, whatever was filled
// before. What others write meanwhile it does without.
func Fill(dir string, leave int64) error {
	f, err := os.OpenFile(filepath.Join(dir, filler), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	for range 100 {
		if err = fill(f, leave); !errors.Is(err, unix.ENOSPC) {
			break // else somebody took of what was free when we looked
		}
	}
	return err
}

func fill(f *os.File, leave int64) error {
	var st unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &st); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size := info.Size() + int64(st.Bavail)*st.Bsize - leave
	if size <= info.Size() {
		return f.Truncate(size)
	}
	return unix.Fallocate(int(f.Fd()), 0, 0, size)
}

// Room takes away what Fill put there.
func Room(dir string) error {
	if err := os.Remove(filepath.Join(dir, filler)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
