//go:build !linux

package blob

import "os"

func writeback(f *os.File) error { return f.Sync() }
