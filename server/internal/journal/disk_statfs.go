//go:build linux || darwin || freebsd

package journal

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// freeBytes is what this process may still write to the disk that dir is on.
func freeBytes(dir string) (int64, bool) {
	st, ok := statfs(dir)
	return int64(st.Bavail) * int64(st.Bsize), ok
}

// totalBytes is the size of the disk that dir is on.
func totalBytes(dir string) (int64, bool) {
	st, ok := statfs(dir)
	return int64(st.Blocks) * int64(st.Bsize), ok
}

// statfs asks for dir, or for the nearest folder above that exists.
func statfs(dir string) (st unix.Statfs_t, ok bool) {
	dir, err := filepath.Abs(dir)
	for err == nil {
		if err = unix.Statfs(dir, &st); !os.IsNotExist(err) || dir == filepath.Dir(dir) {
			break
		}
		dir, err = filepath.Dir(dir), nil
	}
	return st, err == nil
}
