package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
)

// badDisk is a file whose disk fails when a story says so.
type badDisk struct {
	file
	write, sync, writeback error
	writebacks             atomic.Int32
}

func (b *badDisk) WriteAt(p []byte, off int64) (int, error) {
	if b.write != nil {
		n, _ := b.file.WriteAt(p[:len(p)/2], off)
		return n, &os.PathError{Op: "write", Path: "/srv/secret", Err: b.write}
	}
	return b.file.WriteAt(p, off)
}

func (b *badDisk) Sync() error {
	if b.sync != nil {
		return b.sync
	}
	return b.file.Sync()
}

func (b *badDisk) Writeback() error {
	b.writebacks.Add(1)
	if b.writeback != nil {
		return b.writeback
	}
	return b.file.Writeback()
}

func onBadDisk(t *testing.T) (*Upload, *badDisk) {
	t.Helper()
	s, err := Open(t.TempDir(), Options{Free: func() (uint64, uint64, error) { return 1 << 40, 1 << 40, nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	disk := &badDisk{}
	s.testOnlyWrap = func(f file) file { disk.file = f; return disk }
	u, err := s.Begin(Meta{})
	if err != nil {
		t.Fatal(err)
	}
	return u, disk
}

func TestAWriteThatTheDiskRefuses(t *testing.T) {
	for cause, want := range map[error]error{
		syscall.ENOSPC: ErrDiskFull, syscall.EDQUOT: ErrDiskFull, syscall.EFBIG: ErrTooLarge, syscall.EIO: ErrStorage,
	} {
		u, disk := onBadDisk(t)
		disk.write = cause
		n, err := u.WriteAt([]byte("12345678"), 0)
		if n != 4 || !errors.Is(err, want) || !errors.Is(err, cause) {
			t.Errorf("%v: %d, %v", cause, n, err)
		}
		if got := err.Error(); got != "blob: write: "+want.Error() {
			t.Errorf("%v says %q", cause, got)
		}
		// Room was made: the client sends the rest.
		disk.write = nil
		if _, err := u.WriteAt([]byte("5678"), 4); err != nil {
			t.Error(err)
		}
		if _, err := u.Commit(context.Background(), nil); err != nil {
			t.Error(err)
		}
	}
}

// After a sync that failed the system forgets what it could not write and
// takes the next sync for good: such an upload must never become a blob.
func TestBytesThatTheDiskLostAreNeverABlob(t *testing.T) {
	check := func(t *testing.T, u *Upload, want error) {
		t.Helper()
		ctx := context.Background()
		for range 2 {
			if _, err := u.Commit(ctx, func(Blob) error { t.Error("announced"); return nil }); !errors.Is(err, want) {
				t.Errorf("commit: %v, want %v", err, want)
			}
		}
		if _, err := u.WriteAt([]byte("x"), 0); !errors.Is(err, want) {
			t.Errorf("write: %v, want %v", err, want)
		}
		if err := u.Discard(); err != nil {
			t.Error(err)
		}
		swept, err := u.s.Sweep(ctx, func(Hash) (bool, error) { return true, nil }, 0)
		if err != nil || swept.Seen != 0 {
			t.Errorf("blobs: %+v, %v", swept, err)
		}
	}
	t.Run("at commit", func(t *testing.T) {
		u, disk := onBadDisk(t)
		if _, err := u.WriteAt([]byte("x"), 0); err != nil {
			t.Fatal(err)
		}
		disk.sync = syscall.ENOSPC
		if _, err := u.Commit(context.Background(), nil); !errors.Is(err, ErrDiskFull) {
			t.Errorf("commit: %v", err)
		}
		disk.sync = nil
		check(t, u, ErrDiskFull)
	})
	t.Run("on the way", func(t *testing.T) {
		u, disk := onBadDisk(t)
		disk.writeback = syscall.EIO
		piece := make([]byte, 1<<20)
		for at := int64(0); at < syncEvery; at += int64(len(piece)) {
			if _, err := u.WriteAt(piece, at); err != nil {
				t.Fatal(err)
			}
		}
		u.mu.Lock()
		u.quiet()
		u.mu.Unlock()
		if n := disk.writebacks.Load(); n != 1 {
			t.Errorf("the disk was asked %d times", n)
		}
		check(t, u, ErrStorage)
	})
}

// A follower that has nothing to do has ended, and it hashed all whole chunks.
func TestTheFollowerKeepsUpAndEnds(t *testing.T) {
	u, disk := onBadDisk(t)
	data := bytes.Repeat([]byte("0123456789abcdef"), 3<<20) // 48 MiB
	for at := 0; at < len(data); at += 1 << 20 {
		if _, err := u.WriteAt(data[at:at+1<<20], int64(at)); err != nil {
			t.Fatal(err)
		}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.quiet()
	if behind := u.size - u.hashed; behind >= followFrom || u.stale {
		t.Errorf("%d bytes behind, stale %v", behind, u.stale)
	}
	if n := disk.writebacks.Load(); n < 1 || int(n) > len(data)/syncEvery {
		t.Errorf("the disk was asked %d times on the way to %d MiB", n, len(data)>>20)
	}
}

// What changes after it has been hashed, for certain and not by luck of time.
func TestChangesBehindTheFollowerCount(t *testing.T) {
	for name, change := range map[string]func(*Upload, []byte) []byte{
		"cut": func(u *Upload, data []byte) []byte {
			if err := u.Truncate(1 << 20); err != nil {
				t.Error(err)
			}
			return data[:1<<20]
		},
		"rewritten": func(u *Upload, data []byte) []byte {
			if _, err := u.WriteAt([]byte("patch"), 5); err != nil {
				t.Error(err)
			}
			copy(data[5:], "patch")
			return data
		},
	} {
		u, _ := onBadDisk(t)
		data := make([]byte, 4<<20)
		if _, err := u.WriteAt(data, 0); err != nil {
			t.Fatal(err)
		}
		u.mu.Lock()
		u.quiet()
		if u.hashed != u.size {
			t.Errorf("%s: hashed %d of %d", name, u.hashed, u.size)
		}
		u.mu.Unlock()
		want := change(u, data)
		b, err := u.Commit(context.Background(), nil)
		if err != nil || b.Hash != sha256.Sum256(want) || b.Size != int64(len(want)) {
			t.Errorf("%s: %v, %d bytes, %v", name, b.Hash, b.Size, err)
		}
	}
}

func TestAForgottenIslandOnlyCostsTime(t *testing.T) {
	u, _ := onBadDisk(t)
	want := make([]byte, 4*maxSpans)
	for at := 1; at < len(want); at += 2 { // one byte in two, from the start
		want[at] = 'x'
		if _, err := u.WriteAt([]byte("x"), int64(at)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(u.written.ahead); n != maxSpans {
		t.Errorf("%d islands remembered", n)
	}
	b, err := u.Commit(context.Background(), nil)
	if err != nil || b.Size != int64(len(want)) {
		t.Fatal(b, err)
	}
	r, err := u.s.Open(b.Hash, b.Size)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	got := make([]byte, len(want))
	if _, err := r.ReadAt(got, 0); err != nil || !slices.Equal(got, want) {
		t.Error("the blob reads otherwise", err)
	}
}

// FuzzSpans holds spans against a map of single bytes: the frontier is never
// past a byte that was not written, and reaches as far as it can.
func FuzzSpans(f *testing.F) {
	f.Add([]byte{10, 10, 0, 10})
	f.Add([]byte{40, 4, 20, 4, 30, 4, 24, 6, 0, 20, 34, 6})
	f.Add([]byte{5, 5, 0, 5, 3, 255, 8, 1, 3, 2})
	f.Add([]byte{5, 5, 7, 255, 0, 5})
	f.Fuzz(func(t *testing.T, steps []byte) {
		var s spans
		var there [512]bool
		for ; len(steps) >= 2; steps = steps[2:] {
			from, n := int64(steps[0]), int64(steps[1])
			if n == 255 {
				s.cut(from)
				clear(there[from:])
			} else if n > 0 {
				s.add(from, from+n)
				for i := from; i < from+n; i++ {
					there[i] = true
				}
			}
			if want := int64(slices.Index(there[:], false)); s.frontier != want {
				t.Fatalf("frontier %d, want %d (%+v)", s.frontier, want, s)
			}
			last := s.frontier
			for _, a := range s.ahead {
				if a.from <= last || a.to <= a.from {
					t.Fatalf("islands out of order: %+v", s)
				}
				last = a.to
			}
		}
	})
}
