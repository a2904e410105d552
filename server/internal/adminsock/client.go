package adminsock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"syscall"
)

// What keeps an order from being carried out.
var (
	ErrNotRunning = errors.New("no charla is running on this data folder")
	ErrForbidden  = errors.New("only root and the user that runs the server give it orders")
	ErrHungUp     = errors.New("the server ended before it answered")
	ErrOrder      = errors.New("that order is too long")
)

// Send has the server on a data folder carry out an order, and returns its exit
// status. in is read only when the server asks for it, on a goroutine that ends
// with that read: it may outlive Send.
func Send(ctx context.Context, dir string, o Order, in io.Reader, out, errs io.Writer) (int, error) {
	raw, err := json.Marshal(o)
	if err != nil {
		return 0, err
	}
	if len(raw) > mostFrame {
		return 0, ErrOrder
	}
	conn, err := dial(ctx, dir)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", dir, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	err = writeFrame(conn, order, raw)
	code := 0
	if err == nil || errors.Is(err, syscall.EPIPE) { // who is refused is told so
		code, err = follow(conn, in, out, errs)
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	return code, err
}

func dial(ctx context.Context, dir string) (net.Conn, error) {
	name, hold, err := address(dir)
	var conn net.Conn
	if err == nil {
		defer hold.Close()
		conn, err = (&net.Dialer{}).DialContext(ctx, "unix", name)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, ErrNotRunning
	case errors.Is(err, fs.ErrPermission):
		return nil, ErrForbidden
	}
	return conn, err
}

// follow does as the server says until it tells the exit status.
func follow(conn net.Conn, in io.Reader, out, errs io.Writer) (int, error) {
	for {
		k, p, err := readFrame(conn)
		if err != nil {
			return 0, ErrHungUp
		}
		switch {
		case k == output:
			_, err = out.Write(p)
		case k == failure:
			_, err = errs.Write(p)
		case k == wanted:
			go answer(conn, in)
		case k == status && len(p) == 1:
			return int(p[0]), nil
		default:
			err = errFrame
		}
		if err != nil {
			return 0, err
		}
	}
}

// answer sends a piece of input, or its end. An error of the reading is the end
// for the server too, which sees the connection close.
func answer(conn net.Conn, in io.Reader) {
	defer func() {
		if recover() != nil { // a broken reader is the caller's; the order ends
			conn.Close()
		}
	}()
	buf := make([]byte, mostFrame/2)
	n, err := in.Read(buf)
	for n == 0 && err == nil {
		n, err = in.Read(buf)
	}
	if n == 0 && !errors.Is(err, io.EOF) {
		conn.Close()
		return
	}
	_ = writeFrame(conn, input, buf[:n])
}
