package files_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"

	"charla/files"
	"charla/files/blob"
	"charla/server/chat"
	"charla/server/chat/chattest"
)

// unfinished is how many uploads there are on the disk.
func (w *world) unfinished() int {
	w.t.Helper()
	entries, err := os.ReadDir(w.dir + "/uploads")
	if err != nil {
		w.t.Fatal(err)
	}
	return len(entries) / 2
}

func TestATransferThatDiesAnnouncesNothing(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	f := ana.open("/beto/big.iso", scpFlags|os.O_TRUNC)
	if _, err := f.Write([]byte("half of it")); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, w.unfinished(), 1)
	wantEqual(t, w.session(w.beto).ls("/ana"), "") // nobody else sees it
	ana.cut()
	wantEqual(t, ana.ended(), 1)
	wantEqual(t, w.unfinished(), 0)
	wantEqual(t, w.sent(), "")
}

func TestAnUploadIsSeenByItsOwnerAtOnce(t *testing.T) { // sshfs sends OPEN and LSTAT together
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	f := ana.open("/beto/a.txt", os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	for what, stat := range map[string]func() (os.FileInfo, error){
		"lstat": func() (os.FileInfo, error) { return ana.Lstat("/beto/a.txt") },
		"stat":  func() (os.FileInfo, error) { return ana.Stat("/beto/a.txt") },
		"fstat": f.Stat,
	} {
		if i, err := stat(); err != nil || i.Size() != 0 || i.IsDir() {
			t.Errorf("%s: %v, %v", what, i, err)
		}
	}
	if _, err := f.WriteAt([]byte("hola"), 0); err != nil {
		t.Error(err)
	}
	if i, err := f.Stat(); err != nil || i.Size() != 4 {
		t.Errorf("fstat: %v, %v", i, err)
	}
	wantEqual(t, ana.ls("/beto"), "a.txt")
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	_, err := ana.OpenFile("/beto/a.txt", os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	wantEqual(t, w.sent(), "a.txt")
	ana.wantSilence()
}

func TestWritesComeInAnyOrder(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	want := make([]byte, 3<<20+17)
	for i := range want {
		want[i] = byte(rand.Uint32())
	}
	f := ana.open("/beto/big.bin", scpFlags|os.O_TRUNC)
	var all sync.WaitGroup
	const piece = 30_000
	for _, i := range rand.Perm(len(want)/piece + 1) {
		all.Go(func() {
			from := i * piece
			if _, err := f.WriteAt(want[from:min(from+piece, len(want))], int64(from)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := w.session(w.beto).get("/ana/big.bin"); !bytes.Equal([]byte(got), want) {
		t.Errorf("other bytes came back (%d of %d)", len(got), len(want))
	}
}

func TestScpOverwritesWithoutTruncating(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	for _, content := range []string{"the first and longer version", "short", "another longer version, " + strings.Repeat("x", 400_000)} {
		f := ana.open("/beto/a.txt", scpFlags)
		if _, err := f.Write([]byte(content)); err != nil {
			t.Error(err)
		}
		if err := f.Truncate(int64(len(content))); err != nil { // FSETSTAT size, before CLOSE
			t.Error(err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if got := ana.get("/beto/a.txt"); got != content {
			t.Errorf("%d bytes came back, want %d", len(got), len(content))
		}
	}
	wantEqual(t, w.messages(), 1)
	ana.wantSilence()
}

func TestResumeAndChangesOfAPartAreRefused(t *testing.T) {
	w := newWorld(t, blob.Options{})
	whole := strings.Repeat("0123456789", 100_000)
	ana := w.session(w.ana)
	ana.mustPut("/beto/a.bin", whole)

	_, err := ana.OpenFile("/beto/a.bin", reputFlags) // OpenSSH reput
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	ana.wantTold("a.bin " + cantResume)

	f := ana.open("/beto/a.bin", os.O_WRONLY) // psftp reput, WinSCP, lftp put -c
	var failed error
	for i := range 200 {
		if _, failed = f.WriteAt(make([]byte, 1000), int64(len(whole)+i*1000)); failed != nil {
			break
		}
	}
	wantStatus(t, failed, sftp.ErrSSHFxFailure)
	wantStatus(t, f.Close(), sftp.ErrSSHFxFailure)

	f = ana.open("/beto/a.bin", os.O_RDWR) // an editor in place: dd conv=notrunc
	if _, err := f.WriteAt([]byte("changed"), 0); err != nil {
		t.Error(err)
	}
	wantStatus(t, f.Close(), sftp.ErrSSHFxFailure)

	f = ana.open("/beto/a.bin", os.O_WRONLY) // one write, past the end
	if _, err := f.WriteAt([]byte("more"), int64(len(whole))); err != nil {
		t.Error(err)
	}
	wantStatus(t, f.Close(), sftp.ErrSSHFxFailure)
	wantStatus(t, ana.Truncate("/beto/a.bin", 10), sftp.ErrSSHFxFailure)
	if err := ana.Truncate("/beto/a.bin", int64(len(whole))); err != nil {
		t.Error(err)
	}
	_, err = ana.OpenFile("/beto/new.bin", os.O_WRONLY) // no CREAT
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)

	wantEqual(t, ana.get("/beto/a.bin") == whole, true)
	wantEqual(t, w.messages(), 1)
	wantEqual(t, w.unfinished(), 0)
}

func TestAHandleThatReadsAndWrites(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	f := ana.open("/beto/a.txt", os.O_RDWR|os.O_CREATE)
	if _, err := f.WriteAt([]byte("hello world"), 0); err != nil {
		t.Error(err)
	}
	got := make([]byte, 5)
	if _, err := f.ReadAt(got, 6); err != nil || string(got) != "world" {
		t.Errorf("read back %q, %v", got, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	wantEqual(t, ana.get("/beto/a.txt"), "hello world")
	f = ana.open("/beto/a.txt", os.O_RDWR) // and what was there before is read
	if _, err := f.ReadAt(got, 0); err != nil || string(got) != "hello" {
		t.Errorf("read %q, %v", got, err)
	}
	if i, err := f.Stat(); err != nil || i.Size() != 11 {
		t.Errorf("stat: %v, %v", i, err)
	}
	wantEqual(t, ana.get("/beto/a.txt"), "hello world")
	if err := f.Close(); err != nil { // nothing was written: nothing changes
		t.Error(err)
	}
	wantEqual(t, ana.get("/beto/a.txt"), "hello world")
	wantEqual(t, w.messages(), 1)
	ana.bye()
	ana.wantSilence()
}

func TestTemporaryNamesWaitForTheirFinalName(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	for i, name := range []string{".a.txt.deadbeef.partial", "a.txt.filepart", "a.part", "A.TMP", ".in.a.txt", "a.txt~", ".giosaveX1Y2"} {
		final := fmt.Sprintf("/beto/%d.txt", i)
		ana.mustPut("/beto/"+name, "content")
		wantEqual(t, ana.get("/beto/"+name), "content")
		wantEqual(t, w.messages(), i)
		rename := ana.Rename
		if i%2 == 0 {
			rename = ana.PosixRename
		}
		if err := rename("/beto/"+name, final); err != nil {
			t.Fatal(err)
		}
		wantEqual(t, w.messages(), i+1)
		_, err := ana.Stat("/beto/" + name)
		wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
		wantEqual(t, ana.get(final), "content")
	}
	ana.mustPut("/beto/b.txt.part", "never renamed")
	wantEqual(t, w.session(w.beto).ls("/ana"), "0.txt 1.txt 2.txt 3.txt 4.txt 5.txt 6.txt")
	ana.mustPut("/beto/c.part", "removed")
	if err := ana.Remove("/beto/c.part"); err != nil {
		t.Error(err)
	}
	ana.wantSilence()
	wantEqual(t, ana.bye(), 0)
	wantEqual(t, ana.stderr.String(), "not sent: b.txt.part is a temporary or hidden name; give it another\n")
	wantEqual(t, w.unfinished(), 0)
}

func TestWinSCPOverwrites(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	ana.mustPut("/beto/a.zip", "old")
	if _, err := ana.Stat("/beto/a.zip.filepart"); err == nil {
		t.Error("there is something before it is put")
	}
	ana.mustPut("/beto/a.zip.filepart", "new and longer")
	if err := ana.Remove("/beto/a.zip"); err != nil {
		t.Error(err)
	}
	if err := ana.Rename("/beto/a.zip.filepart", "/beto/a.zip"); err != nil {
		t.Error(err)
	}
	mtime := time.Unix(1_600_000_000, 0)
	if err := ana.Chtimes("/beto/a.zip", mtime, mtime); err != nil {
		t.Error(err)
	}
	if i, err := ana.Stat("/beto/a.zip"); err != nil || i.Size() != 14 || !i.ModTime().Equal(mtime) {
		t.Errorf("stat: %v, %v", i, err)
	}
	wantEqual(t, w.sent(), "a.zip")
	ana.wantSilence()
}

func TestRcloneOverwritesByRename(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	ana.mustPut("/beto/a.zip", "old")
	ana.mustPut("/beto/a.zip.12345678.partial", "new")
	if err := ana.PosixRename("/beto/a.zip.12345678.partial", "/beto/a.zip"); err != nil {
		t.Error(err)
	}
	wantEqual(t, ana.get("/beto/a.zip"), "new")
	wantEqual(t, w.messages(), 1) // an edit
}

func TestRenamedWhileOpen(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	f := ana.open("/beto/a.part", scpFlags)
	if _, err := f.Write([]byte("half")); err != nil {
		t.Error(err)
	}
	if err := ana.Rename("/beto/a.part", "/beto/a.txt"); err != nil {
		t.Error(err)
	}
	wantEqual(t, w.messages(), 0)
	if i, err := f.Stat(); err != nil || i.Size() != 4 { // by the path of its OPEN
		t.Errorf("fstat: %v, %v", i, err)
	}
	wantEqual(t, ana.ls("/beto"), "a.txt")
	if _, err := f.Write([]byte(" and half")); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	wantEqual(t, w.sent(), "a.txt")
	wantEqual(t, ana.get("/beto/a.txt"), "half and half")
	_, err := ana.Stat("/beto/a.part")
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
}

func TestRemovedWhileOpen(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	f := ana.open("/beto/a.txt", scpFlags)
	if _, err := f.Write([]byte("half")); err != nil {
		t.Error(err)
	}
	if err := ana.Remove("/beto/a.txt"); err != nil {
		t.Error(err)
	}
	_, err := f.Write([]byte("more"))
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	wantEqual(t, w.messages(), 0)
	wantEqual(t, w.unfinished(), 0)
	ana.wantSilence()
}

func TestAnEmptyFileIsNotSent(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	ana.mustPut("/beto/a.txt", "")
	ana.mustPut("/beto/b.txt", "")
	if i, err := ana.Stat("/beto/a.txt"); err != nil || i.Size() != 0 {
		t.Errorf("stat: %v, %v", i, err)
	}
	ana.mustPut("/beto/a.txt", "now there is something")
	wantEqual(t, w.sent(), "a.txt")
	wantEqual(t, ana.bye(), 0)
	wantEqual(t, ana.stderr.String(), "not sent: b.txt is empty\n")
	wantEqual(t, w.messages(), 1)
	wantEqual(t, w.unfinished(), 0)
}

func TestLitterIsTakenAndDropped(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	for _, name := range []string{".DS_Store", "._photo.jpg", "Thumbs.db", "desktop.ini"} {
		f := ana.open("/beto/"+name, os.O_RDWR|os.O_CREATE)
		if _, err := f.WriteAt([]byte("litter"), 0); err != nil {
			t.Error(err)
		}
		if i, err := ana.Lstat("/beto/" + name); err != nil || i.Size() != 6 {
			t.Errorf("stat: %v, %v", i, err)
		}
		wantEqual(t, w.unfinished(), 0)
		wantStatus(t, ana.Rename("/beto/"+name, "/beto/a.txt"), sftp.ErrSSHFxFailure)
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		ana.mustPut("/beto/a.part", "x")
		if err := ana.Rename("/beto/a.part", "/beto/"+name); err != nil {
			t.Error(err)
		}
		wantEqual(t, w.unfinished(), 0)
		if err := ana.Remove("/beto/" + name); err != nil {
			t.Error(err)
		}
	}
	wantStatus(t, ana.put("/.DS_Store", "x"), sftp.ErrSSHFxPermissionDenied)
	wantEqual(t, ana.bye(), 0)
	ana.wantSilence()
	wantEqual(t, w.messages(), 0)
}

func TestModesOwnersAndTimesAreAccepted(t *testing.T) { // put -p, cp -p
	w := newWorld(t, blob.Options{})
	ana, beto := w.session(w.ana), w.session(w.beto)
	mtime := time.Unix(1_600_000_000, 0)
	f := ana.open("/beto/a.txt", scpFlags|os.O_TRUNC)
	if _, err := f.Write([]byte("hola")); err != nil {
		t.Error(err)
	}
	if err := f.Chmod(0o600); err != nil {
		t.Error(err)
	}
	if err := ana.Chtimes("/beto/a.txt", mtime, mtime); err != nil {
		t.Error(err)
	}
	if err := ana.Chown("/beto/a.txt", 1, 1); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if i, err := ana.Stat("/beto/a.txt"); err != nil || !i.ModTime().Equal(mtime) {
		t.Errorf("stat: %v, %v", i, err)
	}
	if err := beto.Chtimes("/ana/a.txt", mtime, mtime); err != nil { // of somebody else: accepted, and nothing
		t.Error(err)
	}
	if i, err := beto.Stat("/ana/a.txt"); err != nil || i.ModTime().Equal(mtime) {
		t.Errorf("stat: %v, %v", i, err)
	}
	wantStatus(t, ana.Chmod("/beto/nothing", 0o600), sftp.ErrSSHFxNoSuchFile)
}

func TestAFileTooLargeIsRefusedWhileItIsWritten(t *testing.T) {
	w := newWorld(t, blob.Options{MaxSize: 100_000})
	ana := w.session(w.ana)
	f := ana.open("/beto/big.bin", scpFlags)
	_, err := f.WriteAt(make([]byte, 10), 1<<40) // sparse counts in full
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	for range 20 { // what was queued is still answered
		_, err := f.WriteAt(make([]byte, 10), 0)
		wantStatus(t, err, sftp.ErrSSHFxFailure)
	}
	wantStatus(t, f.Close(), sftp.ErrSSHFxFailure)
	wantEqual(t, ana.stderr.String(), "the file is larger than this server takes\n")
	wantEqual(t, w.messages(), 0)
	wantEqual(t, w.unfinished(), 0)
	ana.mustPut("/beto/small.bin", "works")
}

func TestAFullDiskIsToldAtOpen(t *testing.T) {
	w := newWorld(t, blob.Options{Free: func() (uint64, uint64, error) { return 10, 1 << 40, nil }})
	ana := w.session(w.ana)
	_, err := ana.OpenFile("/beto/a.bin", scpFlags)
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	ana.wantTold("the server's disk is full")
	wantEqual(t, w.unfinished(), 0)
}

func TestTheBoundsOfASession(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	ana.mustPut("/beto/a.txt", "a")
	var open []*sftp.File
	for i := range 16 {
		open = append(open, ana.open(fmt.Sprintf("/beto/%d.bin", i), scpFlags))
	}
	_, err := ana.OpenFile("/beto/more.bin", scpFlags)
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	ana.wantTold("too many unfinished files")
	for range 48 {
		open = append(open, ana.open("/beto/a.txt", os.O_RDONLY))
	}
	_, err = ana.Open("/beto/a.txt")
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	_, err = ana.ReadDir("/beto")
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	ana.wantTold("too many files are open")
	for _, f := range open {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	for i := range 16 { // parked ones, being empty, count until they go
		if err := ana.Remove(fmt.Sprintf("/beto/%d.bin", i)); err != nil {
			t.Error(err)
		}
	}
	for range 100 { // and nothing leaks
		ana.ls("/beto")
		ana.mustPut("/beto/b.txt", "b")
	}
}

// strict lets one message pass and then asks for a moment.
type strict struct {
	mu    sync.Mutex
	asked int
}

func (l *strict) Take(_ chat.UserID, b chat.Budget, _ int) (time.Duration, bool) {
	if b != chat.Messages {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	return 20 * time.Millisecond, l.asked%5 != 0
}

func TestManyFilesWaitForTheBudget(t *testing.T) {
	w := newWorld(t, blob.Options{}, chattest.WithLimiter(&strict{}))
	ana := w.session(w.ana)
	for i := range 10 {
		ana.mustPut(fmt.Sprintf("/beto/%d.txt", i), "content")
	}
	wantEqual(t, w.messages(), 10)
	ana.wantSilence()
}

func TestAHoleIsNoFile(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	for at, want := range map[int64]error{1 << 20: nil, 1 << 30: sftp.ErrSSHFxFailure} {
		f := ana.open("/beto/hole.bin", scpFlags)
		if _, err := f.WriteAt([]byte("x"), at); err != nil {
			t.Error(err)
		}
		if err := f.Close(); err != nil || want != nil {
			wantStatus(t, err, want)
		}
		_ = ana.Remove("/beto/hole.bin") // if it is there
	}
	wantEqual(t, w.messages(), 1)
	wantEqual(t, w.unfinished(), 0)
}

// rclone keeps several connections and takes any of them for the rename.
func TestPutOnOneConnectionAndRenamedOnAnother(t *testing.T) {
	w := newWorld(t, blob.Options{})
	w.parking = files.NewParking()
	one, two := w.session(w.ana), w.session(w.ana)
	one.mustPut("/beto/a.zip.12345678.partial", "content")
	wantEqual(t, two.ls("/beto"), "a.zip.12345678.partial")
	wantEqual(t, two.get("/beto/a.zip.12345678.partial"), "content")
	wantEqual(t, w.session(w.beto).ls("/ana"), "")
	mtime := time.Unix(1_600_000_000, 0)
	if err := two.Chtimes("/beto/a.zip.12345678.partial", mtime, mtime); err != nil {
		t.Error(err)
	}
	if err := two.PosixRename("/beto/a.zip.12345678.partial", "/beto/a.zip"); err != nil {
		t.Error(err)
	}
	wantEqual(t, w.sent(), "a.zip")
	if i, err := two.Stat("/beto/a.zip"); err != nil || !i.ModTime().Equal(mtime) {
		t.Errorf("stat: %v, %v", i, err)
	}

	one.mustPut("/beto/b.part", "one") // and of two of a name the later stays
	two.mustPut("/beto/b.part", "two")
	wantEqual(t, one.get("/beto/b.part"), "two")
	one.mustPut("/beto/c.part", "removed by the other")
	if err := two.Remove("/beto/c.part"); err != nil {
		t.Error(err)
	}
	for i := range 31 {
		one.mustPut(fmt.Sprintf("/beto/%d.part", i), "x")
	}
	wantStatus(t, one.put("/beto/more.part", "x"), sftp.ErrSSHFxFailure)
	one.wantTold("too many unfinished files")
	wantEqual(t, one.bye(), 0)
	wantEqual(t, two.bye(), 0)
	two.wantTold("not sent: b.part")
	wantEqual(t, w.messages(), 1)
	wantEqual(t, w.unfinished(), 0)
}
