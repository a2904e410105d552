package blob

import (
	"os"

	"golang.org/x/sys/unix"
)

// writeback has the system begin to write what it holds of the file, and does
// not wait for the disk: whoever hashes behind it would fall back meanwhile. What
// cannot be written later, Sync of the same open file tells (fsync(2), errseq).
// Where there is no such call (some network and container file systems), it waits.
func writeback(f *os.File) error {
	conn, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		failed = unix.SyncFileRange(int(fd), 0, 0, unix.SYNC_FILE_RANGE_WRITE)
		for failed != nil {
			if failed = unix.Fdatasync(int(fd)); failed != unix.EINTR {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	return os.NewSyscallError("fdatasync", failed)
}
