//go:build linux || darwin

package blob

import "syscall"

// diskFree returns a question for how much of dir's filesystem an ordinary
// user may still fill, and how large it is.
func diskFree(dir string) func() (free, total uint64, err error) {
	return func() (free, total uint64, err error) {
		var fs syscall.Statfs_t
		if err := syscall.Statfs(dir, &fs); err != nil {
			return 0, 0, err
		}
		block := uint64(fs.Bsize)
		return fs.Bavail * block, fs.Blocks * block, nil
	}
}
