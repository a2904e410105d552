package files_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pkg/sftp"

	"charla/files"
	"charla/files/blob"
)

// A client that asks for a gigabyte, or for a folder, and
// then reads nothing keeps its own session busy and nobody else's.
func TestAReaderThatStopsHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, blob.Options{})
		w.parking = files.NewParking()
		beto := w.session(w.beto)
		for i := range 10 {
			beto.mustPut(fmt.Sprintf("/ana/%s-%d.txt", strings.Repeat("n", 200), i), "x")
		}
		beto.mustPut("/ana/big.bin", strings.Repeat("x", 4<<20))
		synctest.Wait()
		before := runtime.NumGoroutine()

		get, list := w.raw(w.ana), w.raw(w.ana)
		get.post(get.open("/beto/big.bin", 1))
		wantAnswers(get, fxpHandle)
		var reads [][]byte
		for i := range 4000 {
			reads = append(reads, get.request(fxpRead, str("1"), u64(uint64(i)<<18), u32(255<<10)))
		}
		get.post(reads...)
		list.post(list.request(fxpOpendir, str("/beto")))
		wantAnswers(list, fxpHandle)
		list.post(slices.Repeat(list.request(fxpReaddir, str("1")), 10))
		time.Sleep(time.Minute)

		ana := w.session(w.ana)
		ana.mustPut("/beto/mine.txt", "goes on")
		wantEqual(t, beto.get("/ana/mine.txt"), "goes on")
		ana.bye()

		get.conn.Close()
		list.conn.Close()
		wantEqual(t, <-get.status, 1)
		wantEqual(t, <-list.status, 1)
		time.Sleep(time.Minute)
		synctest.Wait()
		if after := runtime.NumGoroutine(); after > before {
			t.Errorf("%d goroutines before, %d after", before, after)
		}
		w.wantAllGivenBack()
	})
}

// wantAllGivenBack opens as much as ana may have: what an earlier session kept
// would be missing.
func (w *world) wantAllGivenBack() {
	w.t.Helper()
	for range 4 {
		s := w.session(w.ana)
		for i := range 64 {
			path, flags := "/beto/mine.txt", os.O_RDONLY
			if i < 16 {
				path, flags = fmt.Sprintf("/beto/%d.part", i), scpFlags
			}
			if _, err := s.OpenFile(path, flags); err != nil {
				w.t.Fatalf("open number %d: %v", i, err)
			}
		}
		defer s.bye()
	}
}

// Whatever is asked of whichever handle gets one answer, and a refusal.
func TestNonsenseIsRefusedAndTheSessionGoesOn(t *testing.T) {
	w := newWorld(t, blob.Options{})
	w.session(w.ana).mustPut("/beto/a.txt", "content")
	r := w.raw(w.ana)
	// Handles: 1 is closed, 2 reads, 3 is a folder, 4 writes, 5 was never given.
	r.post(r.open("/beto/a.txt", 1), r.request(fxpClose, str("1")), r.open("/beto/a.txt", 1),
		r.request(fxpOpendir, str("/")), r.open("/beto/b.bin", 0x1a))
	wantAnswers(r, fxpHandle, fxpStatus, fxpHandle, fxpHandle, fxpHandle)
	const fxpFstat, fxpSetstat = 8, 9
	far := []uint64{1 << 40, 1 << 62, 1 << 63, 1<<64 - 1}
	var nonsense [][]byte
	ask := func(kind byte, fields ...[]byte) { nonsense = append(nonsense, r.request(kind, fields...)) }
	for _, handle := range []string{"1", "5", "", "0", "-1", "2\x00", strings.Repeat("2", 10_000)} {
		ask(fxpRead, str(handle), u64(0), u32(1))
		ask(fxpWrite, str(handle), u64(0), str("x"))
		ask(fxpReaddir, str(handle))
		ask(fxpFstat, str(handle))
		ask(fxpFsetstat, str(handle), u32(1), u64(0))
		ask(fxpClose, str(handle))
		ask(fxpClose, str(handle))
	}
	for _, off := range far {
		ask(fxpRead, str("2"), u64(off), u32(1<<32-1))
		ask(fxpRead, str("4"), u64(off), u32(1))
		ask(fxpFsetstat, str("4"), u32(1), u64(off)) // a hole of a terabyte and more
		ask(fxpWrite, str("4"), u64(off), str("x"))
	}
	ask(fxpReaddir, str("4"))
	ask(fxpOpen, str("/beto/c.bin"), u32(0), u32(0)) // neither read nor write
	ask(fxpOpen, str("/"), u32(0x1a), u32(0))
	ask(fxpSetstat, str("/beto/nothing"), u32(0x80000000), u32(1), str("a"), str("b"))
	ask(fxpExtended, str(""))
	ask(fxpExtended, str(strings.Repeat("x", 200_000)))
	r.post(nonsense...)
	first := r.id - uint32(len(nonsense))
	for i := range nonsense {
		kind, body := r.answer()
		wantEqual(t, r.answeredID, first+uint32(i)+1)
		if kind != fxpStatus || binary.BigEndian.Uint32(body) == 0 {
			t.Errorf("packet %q is answered with %d %q", nonsense[i][:min(40, len(nonsense[i]))], kind, body[:min(40, len(body))])
		}
	}
	// pkg/sftp does what a handle was opened for, whatever is asked of it: these
	// read, and what they read changes nothing.
	r.post(r.request(fxpWrite, str("2"), u64(0), str("x")), r.request(fxpReaddir, str("2")), r.request(fxpWrite, str("3"), u64(0), str("x")))
	wantAnswers(r, fxpData, fxpData, fxpName)

	r.post(r.request(fxpClose, str("4")), r.request(fxpRead, str("2"), u64(3), u32(100)))
	wantAnswers(r, fxpStatus)
	kind, body := r.answer()
	wantEqual(t, kind, fxpData)
	got, _ := text(body)
	wantEqual(t, got, "tent")
	wantEqual(t, w.sent(), "a.txt")
	wantEqual(t, w.unfinished(), 0)
}

// A size that is only said costs the client nothing: it must not cost the disk,
// nor the hashing of gigabytes of zeros.
func TestSizesThatAreOnlySaid(t *testing.T) {
	free := uint64(10 << 30)
	w := newWorld(t, blob.Options{Free: func() (uint64, uint64, error) { return free, 20 << 30, nil }})
	ana := w.session(w.ana)
	f := ana.open("/beto/bomb.bin", scpFlags)
	wantStatus(t, f.Truncate(1<<40), sftp.ErrSSHFxFailure)
	ana.wantTold("the file is larger than this server takes")
	if err := f.Truncate(2 << 30); err != nil {
		t.Errorf("the most there may be: %v", err)
	}
	free = 2 << 30
	wantStatus(t, f.Close(), sftp.ErrSSHFxFailure)
	wantEqual(t, w.sent(), "")
	wantEqual(t, w.unfinished(), 0)
}

// Names are changed as often as somebody likes; what comes of it is one file.
func TestARenameStorm(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	f := ana.open("/beto/0.part", scpFlags)
	if _, err := f.Write([]byte("content")); err != nil {
		t.Fatal(err)
	}
	name := func(i int) string { return fmt.Sprintf("/beto/%d.part", i%7) }
	for i := range 300 { // while it is open
		if err := ana.PosixRename(name(i), name(i+1)); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for i := 300; i < 600; i++ { // while it is parked
		if err := ana.PosixRename(name(i), name(i+1)); err != nil {
			t.Fatal(i, err)
		}
	}
	wantEqual(t, w.unfinished(), 1)
	wantEqual(t, w.messages(), 0)
	if err := ana.PosixRename(name(600), "/beto/final.bin"); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, w.unfinished(), 0)
	wantEqual(t, w.sent(), "final.bin")
	wantEqual(t, ana.ls("/beto"), "final.bin")
}

// Each name that an open upload had led to it for as long as it was open: 600
// bytes for a RENAME, 5 MB a second of one person's sessions, without an end.
func TestNamesOfAnOpenUploadAreForgottenRegression(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	f := ana.open("/beto/0.part", scpFlags)
	if _, err := f.Write([]byte("content")); err != nil {
		t.Fatal(err)
	}
	name := func(i int) string { return fmt.Sprintf("/beto/%d.part", i) }
	const last = 200
	for i := range last {
		if err := ana.PosixRename(name(i), name(i+1)); err != nil {
			t.Fatal(i, err)
		}
	}
	lead := 0
	for i := range last + 1 {
		if _, err := ana.Stat(name(i)); err == nil {
			lead++
		}
	}
	if lead > 17 {
		t.Errorf("%d names lead to one upload, want 17 at most", lead)
	}
	if i, err := f.Stat(); err != nil || i.Size() != 7 { // by the path of its OPEN
		t.Errorf("fstat: %v, %v", i, err)
	}
	wantEqual(t, ana.ls("/beto"), fmt.Sprintf("%d.part", last))
	if err := ana.PosixRename(name(last), "/beto/final.bin"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, w.sent(), "final.bin")
}

// A connection that breaks in the middle of whatever it does leaves nothing.
func TestSixtyBrokenConnectionsLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, blob.Options{})
		w.parking = files.NewParking()
		w.session(w.ana).mustPut("/beto/mine.txt", "content")
		time.Sleep(time.Minute)
		synctest.Wait()
		goroutines, descriptors := runtime.NumGoroutine(), openFiles()
		for i := range 60 {
			s := w.session(w.ana)
			s.mustPut("/beto/parked.part", "content")
			reading := s.open("/beto/mine.txt", os.O_RDONLY)
			writing := s.open("/beto/big.bin", scpFlags)
			go func() { _, _ = writing.Write(make([]byte, 3<<20)) }()
			go func() { _, _ = reading.Read(make([]byte, 1<<20)) }()
			_, _ = s.near.Write(frame(fxpWrite, str("half a packet"))[:i%9])
			s.cut()
			s.ended()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		wantEqual(t, w.unfinished(), 0)
		wantEqual(t, w.sent(), "mine.txt")
		if n := runtime.NumGoroutine(); n > goroutines {
			t.Errorf("%d goroutines before, %d after", goroutines, n)
		}
		wantEqual(t, openFiles(), descriptors)
		w.wantAllGivenBack()
	})
}

// openFiles is how many this process has; 0 where the system does not tell.
func openFiles() int {
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}
