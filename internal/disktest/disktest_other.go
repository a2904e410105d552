//go:build !linux

package disktest

import (
	"errors"
	"testing"
)

var errLinux = errors.New("that is written for Linux")

// Small skips the test.
func Small(t testing.TB, _ string) string {
	t.Helper()
	unable(t, "a small disk cannot be mounted here", errLinux)
	return ""
}

// Fill is not reached: Small skips.
func Fill(t testing.TB, _ string, _ int64) { t.Helper(); t.Fatal(errLinux) }

// Room is not reached: Small skips.
func Room(t testing.TB, _ string) { t.Helper(); t.Fatal(errLinux) }
