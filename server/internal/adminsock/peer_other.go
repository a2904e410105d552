//go:build !linux

package adminsock

import "net"

// peerOf is not told here: folder and socket have modes that keep others out.
func peerOf(*net.UnixConn) (uid int, known bool, err error) { return 0, false, nil }
