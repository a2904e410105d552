//go:build !linux

package disktest

import "errors"

var errLinux = errors.New("that is written for Linux")

// Mount is written for Linux.
func Mount(string, string) (unmount func() error, err error) { return nil, errLinux }

// Fill is written for Linux.
func Fill(string, int64) error { return errLinux }

// Room is written for Linux.
func Room(string) error { return errLinux }
