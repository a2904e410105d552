//go:build !linux

package disktest

import (
	"errors"
	"os"
	"testing"
)

var errLinux = errors.New("that is written for Linux")

// Mount is written for Linux.
func Mount(string, string) (unmount func() error, err error) { return nil, errLinux }

// ReadOnly is written for Linux.
func ReadOnly(string) error { return errLinux }

// Fill is written for Linux.
func Fill(string, int64) error { return errLinux }

// Room is written for Linux.
func Room(string) error { return errLinux }

// Disk is written for Linux.
type Disk struct{ Dir string }

// NewDisk skips the test.
func NewDisk(t testing.TB, _ int64) *Disk {
	t.Helper()
	Unable(t, "an image cannot be mounted here", errLinux)
	return nil
}

// Cut is not reached: NewDisk skips.
func (d *Disk) Cut(t testing.TB) *Disk { t.Helper(); t.Fatal(errLinux); return nil }

// Stop is not reached: NewDisk skips.
func Stop(t testing.TB, _ *os.Process) { t.Helper(); t.Fatal(errLinux) }
