package adminsock

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// Name is the socket in the data folder.
const Name = "admin.sock"

// longest is what every system takes as a socket's path: sun_path of unix(7) is
// 108 bytes on Linux and 104 elsewhere, one of them for the NUL.
const longest = 103

// ErrTooLong means that the folder's path leaves no room for a socket's name.
var ErrTooLong = errors.New("the path of the data folder is too long for a socket in it; give --data a shorter one, a symbolic link will do")

// address is what to bind or connect to for the socket in dir, until hold is
// closed. A path that is too long is reached through the open folder, where
// there is /proc.
func address(dir string) (name string, hold io.Closer, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	if name = filepath.Join(dir, Name); len(name) <= longest {
		return name, f, nil
	}
	name = fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	if _, err := os.Stat(name); runtime.GOOS != "linux" || err != nil {
		return "", nil, errors.Join(fmt.Errorf("%s: %w", dir, ErrTooLong), f.Close())
	}
	return name + "/" + Name, f, nil
}
