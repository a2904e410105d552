package load

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// ErrStranger refuses an address that may be somebody else's machine.
var ErrStranger = errors.New("not an address of this machine or of a private network")

// resolve turns host:port into an address to dial. Unless anywhere, every
// address of the host must be private; the one that was looked at is the one
// that is dialled, whatever the name says a moment later.
func resolve(ctx context.Context, address string, anywhere bool) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", fmt.Errorf("address %q: give host:port, for example 127.0.0.1:2222", address)
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return "", fmt.Errorf("address %q: %w", address, err)
	}
	for _, a := range addrs {
		if !anywhere && !private(a.Unmap()) {
			return "", fmt.Errorf("%s is %w; --anywhere if it is yours", a, ErrStranger)
		}
	}
	return net.JoinHostPort(addrs[0].Unmap().String(), port), nil
}

// awaitServer waits a moment for somebody to listen: a server that the line
// before has started is not there at once.
func awaitServer(ctx context.Context, address string) error {
	const patience = 5 * time.Second
	var d net.Dialer
	for until := time.Now().Add(patience); ; {
		conn, err := d.DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		if time.Now().After(until) {
			return fmt.Errorf("nobody listens there: %w", err)
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

func private(a netip.Addr) bool { return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() }

// spareFiles is how many this process has open beside its sessions.
const spareFiles = 64

// raiseFiles raises the limit of open files as far as the system lets a
// process, and says when that is not enough for so many sessions.
func raiseFiles(sessions int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("limit of open files: %w", err)
	}
	need := uint64(sessions + spareFiles)
	if limit.Cur < need && limit.Cur < limit.Max {
		limit.Cur = limit.Max
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
			return fmt.Errorf("limit of open files: %w", err)
		}
	}
	if limit.Cur < need {
		return fmt.Errorf("%d sessions need %d open files and this process may have %d: raise the hard limit (ulimit -Hn)", sessions, need, limit.Cur)
	}
	return nil
}
