package blob_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"charla/files/blob"
)

// What a kill leaves behind is gone after the next start, whatever the moment
// it came at; blobs and files of others stay.
func TestACrashLeavesNothingAfterTheNextStart(t *testing.T) {
	d := newDisk(t, blob.Options{})
	kept := d.put([]byte("a blob of the past life"))
	blobPath := d.files("blobs")[0]

	d.begin() // nothing written yet
	if _, err := d.begin().WriteAt([]byte("bytes and no commit"), 0); err != nil {
		t.Fatal(err)
	}
	uploads := d.files("uploads")
	bare, _ := strings.CutSuffix(uploads[0], ".json")
	// Other names of the same form: bare may end in any of these letters itself.
	others := strings.ReplaceAll("WXYZ", bare[len(bare)-1:], "")
	name := func(i int) string { return bare[:len(bare)-1] + others[i:i+1] }
	// Killed while the description was written; before the bytes' file was made;
	// after the blob had its name, with the upload's still there.
	write(t, name(0)+".json", `{"owner":"an`)
	write(t, name(0), "")
	write(t, name(1)+".json", `{"owner":"beto","name":"y"}`)
	if err := os.Link(blobPath, name(2)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(d.dir, "uploads", "README"), "not ours")

	d.start(blob.Options{Free: plenty}) // the next life; the first one never closed
	mine := d.begin()
	gone, err := d.DiscardUnfinished()
	if err != nil {
		t.Fatal(err)
	}
	owners := map[string]int{}
	for _, meta := range gone {
		owners[meta.Owner]++
	}
	if len(gone) != 5 || owners["ana"] != 2 || owners["beto"] != 1 || owners[""] != 2 {
		t.Errorf("gone: %+v", gone)
	}
	d.wantFiles("uploads", 3) // README, and both files of mine
	d.commit(mine, nil)
	if r, err := d.Open(kept.Hash, kept.Size); err != nil {
		t.Errorf("a blob went with the uploads: %v", err)
	} else {
		r.Close()
	}
	if again, err := d.DiscardUnfinished(); err != nil || len(again) != 0 {
		t.Errorf("the second time: %v, %v", again, err)
	}
}

func write(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

// clock is a time that stands still until it is moved.
type clock struct{ ns atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.ns.Store(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano())
	return c
}
func (c *clock) now() time.Time        { return time.Unix(0, c.ns.Load()) }
func (c *clock) pass(by time.Duration) { c.ns.Add(int64(by)) }

func nobody(blob.Hash) (bool, error) { return false, nil }

func (d *disk) sweep(keep func(blob.Hash) (bool, error), removed int) {
	d.t.Helper()
	swept, err := d.Sweep(context.Background(), keep, 24*time.Hour)
	if err != nil || swept.Removed != removed {
		d.t.Errorf("sweep: %+v, %v; want %d removed", swept, err, removed)
	}
}

func TestSweepTakesWhatIsOldAndUnwanted(t *testing.T) {
	c := newClock()
	d := newDisk(t, blob.Options{Now: c.now})
	wanted, again := d.put([]byte("wanted")), []byte("committed again")
	d.put(again)
	d.put([]byte("garbage"))
	write(t, filepath.Join(d.dir, "blobs", "00", "README"), "not ours")
	d.sweep(nobody, 0) // too young

	c.pass(25 * time.Hour)
	d.put([]byte("young"))
	d.put(again) // deduplicated: its age starts anew
	keep := func(h blob.Hash) (bool, error) { return h == wanted.Hash, nil }
	d.sweep(keep, 1)
	d.wantFiles("blobs", 4)

	broken := errors.New("read model is away")
	c.pass(25 * time.Hour)
	_, err := d.Sweep(context.Background(), func(blob.Hash) (bool, error) { return false, broken }, 0)
	if !errors.Is(err, broken) {
		t.Errorf("sweep without an answer: %v", err)
	}
	d.wantFiles("blobs", 4)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = d.Sweep(ctx, nobody, 0)
	d.wantErr(err, context.Canceled)
	d.sweep(keep, 2)
}

// The clock of a Raspberry Pi jumps by years when it finds the net: age alone
// must not decide while the event of a blob is still on its way to the log.
func TestSweepPassesByWhatIsBeingAnnounced(t *testing.T) {
	c := newClock()
	d := newDisk(t, blob.Options{Now: c.now})
	data := []byte("on its way")
	b := d.put(data)
	for _, way := range []func(func()) error{
		func(during func()) error {
			u := d.begin()
			if _, err := u.WriteAt(data, 0); err != nil {
				return err
			}
			_, err := u.Commit(context.Background(), func(blob.Blob) error { during(); return nil })
			return err
		},
		func(during func()) error {
			return d.Use(context.Background(), b, func() error { during(); return nil })
		},
	} {
		ran := false
		err := way(func() {
			ran = true
			c.pass(10 * 365 * 24 * time.Hour)
			d.sweep(nobody, 0)
		})
		if err != nil || !ran {
			t.Errorf("ran: %v, %v", ran, err)
		}
	}
	d.sweep(nobody, 1)
	d.wantErr(d.Use(context.Background(), b, func() error { t.Error("used what is gone"); return nil }), blob.ErrNoBlob)
}

// A commit that comes while the sweep has asked about the same bytes waits,
// and its blob is there afterwards.
func TestACommitDuringTheSweepOfItsBytesWins(t *testing.T) {
	c := newClock()
	d := newDisk(t, blob.Options{Now: c.now})
	data := []byte("swept and committed")
	d.put(data)
	c.pass(25 * time.Hour)

	u := d.begin()
	if _, err := u.WriteAt(data, 0); err != nil {
		t.Fatal(err)
	}
	given, cancel := context.WithCancel(context.Background())
	var committed sync.WaitGroup
	d.sweep(func(blob.Hash) (bool, error) {
		cancel()
		if _, err := u.Commit(given, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("a commit with no time to wait: %v", err)
		}
		committed.Go(func() { d.commit(u, data) })
		return false, nil
	}, 1)
	committed.Wait()
	d.wantFiles("blobs", 1)
}

func TestSweepsAndCommitsAtOnceLoseNothing(t *testing.T) {
	d := newDisk(t, blob.Options{})
	var referred sync.Map // what the log would know
	keep := func(h blob.Hash) (bool, error) { _, ok := referred.Load(h); return ok, nil }
	done := make(chan struct{})
	var sweeper, people sync.WaitGroup
	sweeper.Go(func() {
		for {
			if _, err := d.Sweep(context.Background(), keep, 0); err != nil {
				t.Error(err)
			}
			select {
			case <-done:
				return
			default:
			}
		}
	})
	for person := range 4 {
		people.Go(func() {
			for i := range 50 {
				data := []byte{byte(i % 7)}
				u := d.begin()
				if _, err := u.WriteAt(data, 0); err != nil {
					t.Error(err)
				}
				_, err := u.Commit(context.Background(), func(b blob.Blob) error {
					referred.Store(b.Hash, true)
					r, err := d.Open(b.Hash, b.Size)
					if err != nil {
						return err
					}
					if i%2 == person%2 {
						referred.Delete(b.Hash) // its message was removed: garbage again
					}
					return r.Close()
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	people.Wait()
	close(done)
	sweeper.Wait()
	d.wantFiles("uploads", 0)
}

func TestAnAnnouncementThatFailedIsTriedAgain(t *testing.T) {
	c := newClock()
	d := newDisk(t, blob.Options{Now: c.now})
	u := d.begin()
	away := errors.New("the log is away")
	b, err := u.Commit(context.Background(), func(blob.Blob) error { return away })
	if err != away || b == (blob.Blob{}) {
		t.Errorf("commit: %v, %v", b, err)
	}
	var told blob.Blob
	if _, err := u.Commit(context.Background(), func(b blob.Blob) error { told = b; return nil }); err != nil || told != b {
		t.Errorf("again: %v, %v; want %v", told, err, b)
	}
	c.pass(25 * time.Hour)
	d.sweep(nobody, 1)
	_, err = u.Commit(context.Background(), func(blob.Blob) error { t.Error("announced what is gone"); return nil })
	d.wantErr(err, blob.ErrNoBlob)
}

func TestAFullDiskTakesNoMore(t *testing.T) {
	var free atomic.Uint64
	const total = 100 << 30 // keeps 5 GiB
	free.Store(5<<30 + 10)
	asked := 0
	c := newClock()
	d := newDisk(t, blob.Options{Now: c.now, Free: func() (uint64, uint64, error) { asked++; return free.Load(), total, nil }})
	u := d.begin()
	if _, err := u.WriteAt(make([]byte, 10), 0); err != nil {
		t.Fatal(err)
	}
	_, err := u.WriteAt(make([]byte, 10), 10)
	d.wantErr(err, blob.ErrDiskFull)
	d.wantErr(u.Truncate(1<<30), blob.ErrDiskFull)
	_, err = d.Begin(blob.Meta{})
	d.wantErr(err, blob.ErrDiskFull)
	if asked != 1 {
		t.Errorf("the disk was asked %d times in one moment", asked)
	}
	if u.Size() != 10 {
		t.Errorf("size %d after refusals", u.Size())
	}

	free.Store(6 << 30) // somebody tidied up
	c.pass(time.Second)
	if _, err := u.WriteAt(make([]byte, 10), 10); err != nil {
		t.Error(err)
	}
	_, err = u.WriteAt([]byte("x"), 1<<30+100) // a hole that would not fit
	d.wantErr(err, blob.ErrDiskFull)
	d.commit(u, make([]byte, 20))
}

func TestReserve(t *testing.T) {
	for total, want := range map[uint64]uint64{
		0: 0, 512 << 20: 128 << 20, 8 << 30: 1 << 30, 100 << 30: 5 << 30,
	} {
		if got := blob.Reserve(total); got != want {
			t.Errorf("of %d: %d, want %d", total, got, want)
		}
	}
}

func TestACommitCutShortMayBeTriedAgain(t *testing.T) {
	d := newDisk(t, blob.Options{})
	data := random(1 << 20)
	u := d.begin()
	if _, err := u.WriteAt(data[:1000], 0); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := u.Commit(ctx, nil)
	d.wantErr(err, context.Canceled)
	if _, err := u.WriteAt(data[1000:], 1000); err != nil {
		t.Errorf("writing on: %v", err)
	}
	d.commit(u, data)
}
