package readmodel_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"charla/server/chat"
	"charla/server/disktest"
)

// A full disk, whatever it stops (the growth of the write-ahead log, of its
// index, or the checkpoint that writes it back), refuses a batch as a whole and
// says why; what is there can be read, and the same batch goes in when there is
// room.
func TestFullDiskRefusesABatchUntilThereIsRoom(t *testing.T) {
	const checkpoint = 4000 * (4096 + 24) // bytes of the write-ahead log at which one begins
	all := told(11, 6000)
	for name, c := range map[string]struct{ from, leave int64 }{
		"at once":                {0, 0},
		"a page later":           {1 << 20, 4 << 10},
		"in the write-ahead log": {4 << 20, 300 << 10},
		"with its index":         {12 << 20, 1 << 20},
		"during the checkpoint":  {checkpoint - 200<<10, 300 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			dir := disktest.Small(t, "64m")
			path := filepath.Join(dir, "read.db")
			m := open(t, path)
			written, filled, refused := int64(0), false, 0
			for at := uint64(0); at < uint64(len(all.Log)); {
				next := at + 3
				batch := portion(all, at, at, next, next)
				_, err := m.Apply(t.Context(), batch)
				if chat.CodeOf(err) == chat.DiskFull {
					if !filled {
						t.Fatal("refused with room")
					}
					if log, _, err := m.Applied(t.Context()); err != nil || log != at {
						t.Fatalf("without room it is at %d, %v; want %d", log, err, at)
					}
					if _, err := m.Apply(t.Context(), batch); chat.CodeOf(err) != chat.DiskFull {
						t.Fatalf("again without room: %v", err)
					}
					must(t, disktest.Room(dir))
					refused++
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				at = next
				if written = max(written, size(t, path+"-wal")); !filled && written >= c.from {
					must(t, disktest.Fill(dir, c.leave))
					filled = true
				}
			}
			if refused == 0 {
				t.Errorf("it was never refused; %d bytes of the write-ahead log", written)
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			if log, _ := agrees(t, path, all); log < uint64(len(all.Log)) {
				t.Errorf("it is at %d", log)
			}
		})
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
