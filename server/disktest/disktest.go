// Package disktest gives tests disks of their own that can be filled, cut off
// and copied. What needs root, or Linux, is skipped with a sentence where it is
// not to be had, and fails instead where CHARLA_REAL_DISKS says that it must run.
package disktest

import (
	"os"
	"testing"
)

// RealDisks is the variable of the environment under which nothing is skipped.
const RealDisks = "CHARLA_REAL_DISKS"

// Small is an empty disk of that size ("64m"), gone with the test.
func Small(t testing.TB, size string) string {
	t.Helper()
	dir := t.TempDir()
	unmount, err := Mount(dir, size)
	if err != nil {
		Unable(t, "a small disk cannot be mounted here", err)
	}
	t.Cleanup(func() {
		if err := unmount(); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// Unable ends a test that needs more than this machine has or its user may.
func Unable(t testing.TB, what string, err error) {
	t.Helper()
	if os.Getenv(RealDisks) != "" {
		t.Fatalf("%s is set, and %s: %v", RealDisks, what, err)
	}
	t.Skipf("%s: %v", what, err)
}

// CanMount reports whether Mount works here, or has to.
func CanMount() bool {
	if os.Getenv(RealDisks) != "" {
		return true
	}
	dir, err := os.MkdirTemp("", "disktest")
	if err != nil {
		return false
	}
	defer os.Remove(dir)
	unmount, err := Mount(dir, "1m")
	return err == nil && unmount() == nil
}
