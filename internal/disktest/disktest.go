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

// unable ends a test that needs more than this machine, or its user, may do.
func unable(t testing.TB, what string, err error) {
	t.Helper()
	if os.Getenv(RealDisks) != "" {
		t.Fatalf("%s is set, and %s: %v", RealDisks, what, err)
	}
	t.Skipf("%s: %v", what, err)
}
