package adminsock

import (
	"net"

	"golang.org/x/sys/unix"
)

// peerOf is the user whose process connected (SO_PEERCRED of unix(7)); known is
// false where the system does not tell.
func peerOf(conn *net.UnixConn) (uid int, known bool, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, true, err
	}
	var cred *unix.Ucred
	var gerr error
	if err := raw.Control(func(fd uintptr) { cred, gerr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); err != nil {
		return 0, true, err
	}
	if gerr != nil {
		return 0, true, gerr
	}
	return int(cred.Uid), true, nil
}
