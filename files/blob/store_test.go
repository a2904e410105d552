package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"charla/files/blob"
)

// disk is a store in a folder of its own, with room unless a story says not.
type disk struct {
	*blob.Store
	t   *testing.T
	dir string
}

func plenty() (free, total uint64, err error) { return 1 << 40, 1 << 40, nil }

func newDisk(t *testing.T, o blob.Options) *disk {
	t.Helper()
	d := &disk{t: t, dir: t.TempDir()}
	if o.Free == nil {
		o.Free = plenty
	}
	d.start(o)
	t.Cleanup(func() { d.Close() })
	return d
}

func (d *disk) start(o blob.Options) {
	d.t.Helper()
	s, err := blob.Open(d.dir, o)
	if err != nil {
		d.t.Fatal(err)
	}
	d.Store = s
}

func (d *disk) begin() *blob.Upload {
	d.t.Helper()
	u, err := d.Begin(blob.Meta{Owner: "ana", Conversation: "familia", Name: "fotos.zip"})
	if err != nil {
		d.t.Fatal(err)
	}
	return u
}

// put uploads and commits data.
func (d *disk) put(data []byte) blob.Blob {
	d.t.Helper()
	u := d.begin()
	if _, err := u.WriteAt(data, 0); err != nil {
		d.t.Fatal(err)
	}
	return d.commit(u, data)
}

// commit commits u and checks that the blob is want, read back from the store.
func (d *disk) commit(u *blob.Upload, want []byte) blob.Blob {
	d.t.Helper()
	b, err := u.Commit(context.Background(), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	if b.Hash != sha256.Sum256(want) || b.Size != int64(len(want)) {
		d.t.Fatalf("committed %v, %d bytes; want %x, %d bytes", b.Hash, b.Size, sha256.Sum256(want), len(want))
	}
	r, err := d.Open(b.Hash, b.Size)
	if err != nil {
		d.t.Fatal(err)
	}
	defer r.Close()
	got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil || !bytes.Equal(got, want) {
		d.t.Fatalf("the blob reads otherwise than what was written (%v)", err)
	}
	return b
}

// files lists what lies in the folder, without the 256 folders of blobs.
func (d *disk) files(sub string) []string {
	d.t.Helper()
	var found []string
	err := filepath.WalkDir(filepath.Join(d.dir, sub), func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return found
}

func (d *disk) wantFiles(sub string, n int) {
	d.t.Helper()
	if got := d.files(sub); len(got) != n {
		d.t.Errorf("%d files in %s, want %d: %v", len(got), sub, n, got)
	}
}

func (d *disk) wantErr(err, want error) {
	d.t.Helper()
	if !errors.Is(err, want) {
		d.t.Errorf("error %v, want %v", err, want)
	} else if strings.Contains(err.Error(), d.dir) || strings.Contains(err.Error(), "/") {
		d.t.Errorf("error shows a path of the server: %v", err)
	}
}

func random(n int) []byte {
	p := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8)})
	r.Read(p)
	return p
}

// scatter writes data in pieces, from many writers at once and in no order.
func scatter(t *testing.T, u *blob.Upload, data []byte, piece, writers int) {
	t.Helper()
	order := rand.Perm((len(data) + piece - 1) / piece)
	work := make(chan int, len(order))
	for _, i := range order {
		work <- i
	}
	close(work)
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for i := range work {
				from, to := i*piece, min((i+1)*piece, len(data))
				if n, err := u.WriteAt(data[from:to], int64(from)); err != nil || n != to-from {
					t.Errorf("write at %d: %d, %v", from, n, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestPiecesInAnyOrderMakeTheFile(t *testing.T) {
	d := newDisk(t, blob.Options{})
	data := random(40<<20 + 12345) // past the background sync, and no whole number of pieces
	for _, piece := range []int{32 << 10, 261120} {
		u := d.begin()
		scatter(t, u, data, piece, 8)
		if u.Size() != int64(len(data)) {
			t.Errorf("size %d, want %d", u.Size(), len(data))
		}
		d.commit(u, data)
	}
	d.wantFiles("uploads", 0)
	d.wantFiles("blobs", 1)
}

func TestPiecesFromTheEndMakeTheFile(t *testing.T) {
	d := newDisk(t, blob.Options{})
	data := random(3 << 20)
	u := d.begin()
	for at := len(data) - 4096; at >= 0; at -= 4096 {
		if _, err := u.WriteAt(data[at:at+4096], int64(at)); err != nil {
			t.Fatal(err)
		}
	}
	d.commit(u, data)
}

// A client that goes back over what has long been hashed gets the hash of what
// it wrote last.
func TestRewritesBehindTheFrontierCount(t *testing.T) {
	d := newDisk(t, blob.Options{})
	first, second := random(8<<20), random(8<<20 + 1)[1:]
	u := d.begin()
	scatter(t, u, first, 32<<10, 4)
	scatter(t, u, second, 64<<10, 4)
	d.commit(u, second)

	u = d.begin()
	scatter(t, u, first, 32<<10, 4)
	patched := bytes.Clone(first)
	copy(patched[5:], "patch")
	if _, err := u.WriteAt([]byte("patch"), 5); err != nil {
		t.Fatal(err)
	}
	d.commit(u, patched)
}

func TestTruncate(t *testing.T) {
	d := newDisk(t, blob.Options{MaxSize: 32 << 20})
	data := random(6 << 20)
	grown := append(bytes.Clone(data), make([]byte, 1<<20)...)
	steps := map[string]struct {
		sizes []int64
		again []byte // written at 0 afterwards
		want  []byte
	}{
		"to its own size":      {sizes: []int64{6 << 20}, want: data},
		"shorter":              {sizes: []int64{5<<20 + 1}, want: data[:5<<20+1]},
		"longer":               {sizes: []int64{7 << 20}, want: grown},
		"to nothing":           {sizes: []int64{0}, want: nil},
		"to nothing and again": {sizes: []int64{0}, again: grown, want: grown},
		"down and up":          {sizes: []int64{1 << 20, 2 << 20}, want: append(bytes.Clone(data[:1<<20]), make([]byte, 1<<20)...)},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			u := d.begin()
			scatter(t, u, data, 32<<10, 4)
			for _, size := range step.sizes {
				if err := u.Truncate(size); err != nil {
					t.Fatal(err)
				}
			}
			if step.again != nil {
				scatter(t, u, step.again, 32<<10, 4)
			}
			d.commit(u, step.want)
		})
	}
	u := d.begin()
	d.wantErr(u.Truncate(-1), blob.ErrBadOffset)
	d.wantErr(u.Truncate(32<<20+1), blob.ErrTooLarge)
}

func TestAnUploadReadsWhatWasWritten(t *testing.T) {
	d := newDisk(t, blob.Options{})
	u := d.begin()
	if _, err := u.WriteAt([]byte("world"), 6); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 20)
	n, err := u.ReadAt(p, 0)
	if string(p[:n]) != "\x00\x00\x00\x00\x00\x00world" || err != io.EOF {
		t.Errorf("read %q, %v", p[:n], err)
	}
	_, err = u.ReadAt(p, -1)
	d.wantErr(err, blob.ErrBadOffset)
}

func TestAbsurdWritesAreRefused(t *testing.T) {
	d := newDisk(t, blob.Options{MaxSize: 1 << 20})
	u := d.begin()
	for _, off := range []int64{-1, math.MinInt64} {
		_, err := u.WriteAt([]byte("x"), off)
		d.wantErr(err, blob.ErrBadOffset)
	}
	for _, off := range []int64{1 << 20, 1 << 40, math.MaxInt64} {
		_, err := u.WriteAt([]byte("x"), off)
		d.wantErr(err, blob.ErrTooLarge)
	}
	_, err := u.WriteAt(make([]byte, 1<<20+1), 0)
	d.wantErr(err, blob.ErrTooLarge)
	if _, err := u.WriteAt([]byte("x"), 1<<20-1); err != nil {
		t.Errorf("the last byte allowed: %v", err)
	}
	if u.Size() != 1<<20 {
		t.Errorf("size %d", u.Size())
	}
	_, err = d.Begin(blob.Meta{Name: strings.Repeat("x", 1<<20)})
	d.wantErr(err, blob.ErrTooLarge)
	d.wantFiles("uploads", 2)
}

func TestTheSameBytesAreKeptOnce(t *testing.T) {
	d := newDisk(t, blob.Options{})
	data := random(1 << 20)
	uploads := make([]*blob.Upload, 8)
	var wg sync.WaitGroup
	for i := range uploads {
		uploads[i] = d.begin()
		wg.Go(func() {
			if _, err := uploads[i].WriteAt(data, 0); err != nil {
				t.Error(err)
			}
			if _, err := uploads[i].Commit(context.Background(), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	d.put(data)
	d.wantFiles("blobs", 1)
	d.wantFiles("uploads", 0)
}

func TestADamagedBlobIsReplacedByGoodBytes(t *testing.T) {
	d := newDisk(t, blob.Options{})
	data := random(1000)
	b := d.put(data)
	if err := os.Truncate(d.files("blobs")[0], 10); err != nil {
		// A blob is read-only for everyone but root.
		if err := os.Chmod(d.files("blobs")[0], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(d.files("blobs")[0], 10); err != nil {
			t.Fatal(err)
		}
	}
	_, err := d.Open(b.Hash, b.Size)
	d.wantErr(err, blob.ErrNoBlob)
	d.put(data)
}

func TestAfterTheEndEverythingIsRefused(t *testing.T) {
	d := newDisk(t, blob.Options{})
	refused := func(u *blob.Upload) {
		t.Helper()
		_, err := u.WriteAt([]byte("x"), 0)
		d.wantErr(err, blob.ErrClosed)
		_, err = u.ReadAt(make([]byte, 1), 0)
		d.wantErr(err, blob.ErrClosed)
		d.wantErr(u.Truncate(0), blob.ErrClosed)
		if err := u.Discard(); err != nil {
			t.Errorf("discard again: %v", err)
		}
	}
	u := d.begin()
	if _, err := u.WriteAt(random(5<<20), 0); err != nil {
		t.Fatal(err)
	}
	if err := u.Discard(); err != nil {
		t.Fatal(err)
	}
	refused(u)
	_, err := u.Commit(context.Background(), nil)
	d.wantErr(err, blob.ErrClosed)
	d.wantFiles("", 0)

	u = d.begin()
	d.commit(u, nil)
	d.commit(u, nil)
	refused(u)
	d.wantFiles("blobs", 1)

	u = d.begin()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	refused(u)
	d.wantFiles("uploads", 0)
	_, err = d.Begin(blob.Meta{})
	d.wantErr(err, blob.ErrClosed)
}

func TestUnknownBlobs(t *testing.T) {
	d := newDisk(t, blob.Options{})
	_, err := d.Open(blob.Hash{}, 0)
	d.wantErr(err, blob.ErrNoBlob)
	b := d.put([]byte("x"))
	_, err = d.Open(b.Hash, 2)
	d.wantErr(err, blob.ErrNoBlob)
	r, err := d.Open(b.Hash, 1)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := r.ReadAt(make([]byte, 2), 0); n != 1 || err != io.EOF {
		t.Errorf("read past the end: %d, %v", n, err)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	_, err = r.ReadAt(make([]byte, 1), 0)
	d.wantErr(err, blob.ErrClosed)
}

func FuzzParseHash(f *testing.F) {
	f.Add("")
	f.Add(blob.Hash{1, 2, 0xff}.String())
	f.Add(strings.ToUpper(blob.Hash{0xff}.String()))
	f.Fuzz(func(t *testing.T, s string) {
		if h, err := blob.ParseHash(s); err == nil && h.String() != s {
			t.Errorf("%q was read as %s", s, h)
		}
	})
}
