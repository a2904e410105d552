package files_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"

	"charla/files/blob"
	"charla/server/chat"
)

const (
	scpFlags    = os.O_WRONLY | os.O_CREATE // scp leaves TRUNC out
	reputFlags  = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	cantResume  = "cannot be continued or changed in part; put the whole file again"
	chooseWords = "choose a conversation: put photo.jpg beto/"
)

func TestAFilePutIsAFileSent(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	wantEqual(t, ana.ls("/"), "lobby")
	wantEqual(t, ana.ls("/beto"), "") // known, though nobody has written yet
	ana.mustPut("/beto/photo.jpg", "these are the bytes")
	ana.wantSilence()
	wantEqual(t, ana.ls("/"), "beto lobby")
	wantEqual(t, ana.bye(), 0)

	beto := w.session(w.beto)
	wantEqual(t, beto.ls("/"), "ana lobby")
	wantEqual(t, beto.ls("/ana"), "photo.jpg")
	wantEqual(t, beto.get("/ana/photo.jpg"), "these are the bytes")
	wantEqual(t, w.messages(), 1)
}

func TestFoldersAreGroupsRoomsAndTalksWithMessages(t *testing.T) {
	w := newWorld(t, blob.Options{})
	carla := w.Person("carla")
	family := w.Group(w.ana, "Familia Peña", carla)
	old := w.Group(w.ana, "Old", carla)
	ana := w.session(w.ana)
	wantEqual(t, ana.ls("/"), "familia-pena lobby old")
	w.Say(w.ana, family, "hola")
	w.Say(w.ana, w.talk, "hola")
	w.Settle()
	wantEqual(t, ana.ls("/"), "beto familia-pena lobby old")
	w.Leave(w.ana, old)
	w.Settle()
	wantEqual(t, ana.ls("/"), "beto familia-pena lobby")
	_, err := ana.Stat("/old")
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)

	beto := w.session(w.beto)
	_, err = beto.Stat("/familia-pena") // nothing tells that it exists
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
	beto.wantSilence()

	i, err := ana.Stat("/beto")
	if err != nil || !i.IsDir() || i.ModTime().Unix() != w.See(w.ana, w.talk).Last.At.Unix() {
		t.Errorf("the folder is %v, %v", i, err)
	}
}

// scp photo.jpg ana@host:nadie/ asks for a file called nadie in the root, and
// was told to put nadie into a conversation.
func TestWhoSendsToNobodyIsToldThatThereIsNobody(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	wantStatus(t, ana.put("/nadie", "x"), sftp.ErrSSHFxPermissionDenied)
	wantEqual(t, ana.stderr.String(), "nobody is called nadie here, and no group or room is; files go into a folder that ls shows\n")
	wantStatus(t, ana.put("/ningun/photo.jpg", "x"), sftp.ErrSSHFxNoSuchFile)
	if got := ana.stderr.String(); !strings.Contains(got, "no ningun here") {
		t.Errorf("told %q", got)
	}
}

func TestAWrongNameGetsTheNearest(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	for range 3 {
		_, err := ana.Stat("/bteo")
		wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
	}
	wantStatus(t, ana.put("/bteo/photo.jpg", "x"), sftp.ErrSSHFxNoSuchFile)
	wantStatus(t, ana.put("/bteo", "x"), sftp.ErrSSHFxNoSuchFile) // put photo.jpg bteo
	wantEqual(t, ana.stderr.String(), "no bteo here; beto?\n")    // said once

	_, err := ana.Stat("/.hidden") // what programs look for is no mistake
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
	_, err = ana.Stat("/zzzzzz/x")
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
	wantEqual(t, ana.stderr.String(), "no bteo here; beto?\n")
}

func TestTheRootTakesNoFiles(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	wantStatus(t, ana.put("/photo.jpg", "x"), sftp.ErrSSHFxPermissionDenied)
	ana.wantTold(chooseWords)
	carla := w.Person("carla")
	w.Say(w.ana, w.Talk(w.ana, carla), "hola")
	w.Settle()
	wantStatus(t, ana.put("/photo.jpg", "x"), sftp.ErrSSHFxPermissionDenied)
	ana.wantTold("choose a conversation: put photo.jpg carla/") // the last one talked to
	wantStatus(t, ana.put("/beto", "x"), sftp.ErrSSHFxFailure)
	ana.wantTold("beto is a conversation, not a file; put files into beto/")
}

func TestOverwritingOnesOwnIsAnEdit(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	ana.mustPut("/beto/photo.jpg", "these are the bytes")
	ana.mustPut("/beto/photo.jpg", "others")
	wantEqual(t, w.messages(), 1)
	wantEqual(t, w.sent(), "photo.jpg")
	beto := w.session(w.beto)
	wantEqual(t, beto.get("/ana/photo.jpg"), "others")
	ana.wantSilence()
}

func TestANameThatAnotherHasGetsANumber(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana, beto := w.session(w.ana), w.session(w.beto)
	ana.mustPut("/beto/photo.jpg", "of ana")
	beto.mustPut("/ana/photo.jpg", "of beto")
	beto.wantTold("photo.jpg is somebody else's here; yours is photo (2).jpg")
	wantEqual(t, w.sent(), "photo (2).jpg photo.jpg")

	// What clients do next, under the name they gave, reaches their own file.
	wantEqual(t, beto.get("/ana/photo.jpg"), "of beto")
	mtime := time.Unix(1_700_000_000, 0)
	if err := beto.Chtimes("/ana/photo.jpg", mtime, mtime); err != nil {
		t.Error(err)
	}
	i, err := beto.Stat("/ana/photo.jpg")
	if err != nil || i.Size() != 7 || !i.ModTime().Equal(mtime) {
		t.Errorf("stat: %v, %v", i, err)
	}
	beto.mustPut("/ana/photo.jpg", "of beto again")
	wantEqual(t, beto.get("/ana/photo (2).jpg"), "of beto again")
	if err := beto.Rename("/ana/photo.jpg", "/ana/mine.jpg"); err != nil {
		t.Error(err)
	}
	wantEqual(t, w.sent(), "mine.jpg photo.jpg")
	wantEqual(t, ana.get("/beto/photo.jpg"), "of ana")
	wantEqual(t, beto.get("/ana/photo.jpg"), "of ana") // his is elsewhere now
	wantEqual(t, w.messages(), 2)
}

func TestOnlyOnesOwnCanBeRemovedOrRenamed(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana, beto := w.session(w.ana), w.session(w.beto)
	ana.mustPut("/beto/photo.jpg", "of ana")
	wantStatus(t, beto.Remove("/ana/photo.jpg"), sftp.ErrSSHFxPermissionDenied)
	beto.wantTold("that is somebody else's")
	wantStatus(t, beto.Rename("/ana/photo.jpg", "/ana/x.jpg"), sftp.ErrSSHFxPermissionDenied)
	wantStatus(t, beto.PosixRename("/ana/photo.jpg", "/ana/x.jpg"), sftp.ErrSSHFxPermissionDenied)
	wantStatus(t, beto.Truncate("/ana/photo.jpg", 1), sftp.ErrSSHFxPermissionDenied)
	wantStatus(t, errOf(beto.OpenFile("/ana/photo.jpg", os.O_WRONLY)), sftp.ErrSSHFxPermissionDenied)
	wantEqual(t, w.sent(), "photo.jpg")

	if err := ana.Remove("/beto/photo.jpg"); err != nil {
		t.Error(err)
	}
	wantEqual(t, ana.ls("/beto"), "")
	wantEqual(t, w.See(w.ana, w.talk).Last.Retracted, true)
	wantStatus(t, ana.Remove("/beto/photo.jpg"), sftp.ErrSSHFxNoSuchFile)
	ana.wantSilence()
}

func TestRenamingOnesOwn(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana, beto := w.session(w.ana), w.session(w.beto)
	ana.mustPut("/beto/a.txt", "a")
	ana.mustPut("/beto/b.txt", "b")
	beto.mustPut("/ana/c.txt", "c")
	if err := ana.PosixRename("/beto/a.txt", "/beto/b.txt"); err != nil { // replaces
		t.Error(err)
	}
	wantEqual(t, w.sent(), "b.txt c.txt")
	wantEqual(t, ana.get("/beto/b.txt"), "a")
	if err := ana.Rename("/beto/b.txt", "/beto/c.txt"); err != nil { // somebody else's
		t.Error(err)
	}
	ana.wantTold("c.txt is somebody else's here; yours is c (2).txt")
	wantEqual(t, w.sent(), "c (2).txt c.txt")
	wantEqual(t, ana.get("/beto/c.txt"), "a")
	if err := ana.Rename("/beto/c (2).txt", "/beto/c (2).txt"); err != nil {
		t.Error(err)
	}
	wantStatus(t, ana.Rename("/beto/c (2).txt", "/lobby/c.txt"), sftp.ErrSSHFxFailure)
	ana.wantTold("a file stays in its conversation")
	wantStatus(t, ana.Rename("/beto", "/berto"), sftp.ErrSSHFxFailure)
	wantStatus(t, ana.Rename("/beto/nothing", "/beto/x"), sftp.ErrSSHFxNoSuchFile)
}

func TestFoldersAndLinksAreRefused(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	wantStatus(t, ana.Mkdir("/beto/fotos"), sftp.ErrSSHFxPermissionDenied)
	ana.wantTold("no folders can be made here")
	wantStatus(t, ana.Mkdir("/beto"), sftp.ErrSSHFxFailure)
	wantStatus(t, ana.put("/beto/fotos/a.jpg", "x"), sftp.ErrSSHFxFailure)
	wantStatus(t, ana.RemoveDirectory("/beto"), sftp.ErrSSHFxPermissionDenied)
	wantStatus(t, ana.Symlink("/etc/passwd", "/beto/x"), sftp.ErrSSHFxOpUnsupported)
	wantStatus(t, ana.Link("/beto/y", "/beto/x"), sftp.ErrSSHFxOpUnsupported)
	_, err := ana.ReadLink("/beto/x")
	wantStatus(t, err, sftp.ErrSSHFxOpUnsupported)
	_, err = ana.StatVFS("/")
	wantStatus(t, err, sftp.ErrSSHFxOpUnsupported)
	_, err = ana.Stat("/beto/a/b/c")
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
	_, err = ana.ReadDir("/beto/x")
	wantStatus(t, err, sftp.ErrSSHFxFailure)
	if err := ana.Chmod("/beto", 0o700); err != nil { // put -rp, lftp mirror
		t.Error(err)
	}
	if p, err := ana.RealPath("../beto/./x/.."); p != "/beto" || err != nil {
		t.Errorf("realpath: %q, %v", p, err)
	}
}

func TestWhoeverMayNotWriteIsToldAtOpen(t *testing.T) {
	w := newWorld(t, blob.Options{})
	carla := w.Person("carla")
	group := w.Group(w.ana, "Team", carla)
	w.Say(w.ana, group, "hola")
	w.Settle()
	c := w.session(carla)
	c.mustPut("/team/a.txt", "a")
	f := c.open("/team/b.txt", scpFlags)
	if _, err := f.Write([]byte("b")); err != nil {
		t.Error(err)
	}
	w.Leave(carla, group)
	w.Settle()
	wantStatus(t, f.Close(), sftp.ErrSSHFxPermissionDenied) // asked again when it is sent
	_, err := c.OpenFile("/team/c.txt", scpFlags)
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
	_, err = c.Open("/team/a.txt")
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
}

func TestHostileNamesBecomeGoodOnesOrNone(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	for asked, want := range map[string]string{
		"a\x00b": "ab", "e\x1b[31mred": "ered", "new\nline": "new line", `back\slash`: "back_slash", "co:lon?": "co_lon_",
		"u\u202etxt.exe": "utxt.exe", "bad\xffutf": "bad\ufffdutf", "e\u0301": "é", "CON": "_CON", "  x  ": "x",
	} {
		ana.mustPut("/beto/"+asked, "bytes")
		wantEqual(t, w.sent(), want)
		if i, err := ana.Stat("/beto/" + asked); err != nil || i.Size() != 5 {
			t.Errorf("stat %q: %v, %v", asked, i, err)
		}
		if err := ana.Remove("/beto/" + asked); err != nil {
			t.Errorf("rm %q: %v", asked, err)
		}
		wantEqual(t, w.sent(), "")
	}
	ana.wantSilence()
	wantStatus(t, ana.put("/beto/\x1b\x07", "x"), sftp.ErrSSHFxFailure)
	wantStatus(t, ana.put("/beto/"+strings.Repeat("x", 256), "x"), sftp.ErrSSHFxFailure)
	ana.wantTold("cannot be a file name here")
	wantStatus(t, ana.put("/beto/"+strings.Repeat("x", 10_000), "x"), sftp.ErrSSHFxNoSuchFile)
	wantStatus(t, ana.put("/"+strings.Repeat("x", 10_000), "x"), sftp.ErrSSHFxNoSuchFile)
	for _, p := range []string{"/\x1b]0;evil\a", "/\x00", "/be\x00to", "/\\..\\..", "/" + strings.Repeat("b", 4000)} {
		if _, err := ana.Stat(p); err == nil {
			t.Errorf("stat %q finds something", p)
		}
		if err := ana.put(p, "x"); err == nil {
			t.Errorf("put %q succeeds", p)
		}
	}
	if i, err := ana.Stat("/../../beto/../beto"); err != nil || !i.IsDir() {
		t.Errorf("dots: %v, %v", i, err)
	}
	for _, r := range strings.ReplaceAll(ana.stderr.String(), "\n", "") {
		if r < ' ' || r > 0x7e {
			t.Errorf("stderr holds %q", r)
		}
	}
}

func TestTheOwnerInALongListing(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana, beto := w.session(w.ana), w.session(w.beto)
	ana.mustPut("/beto/a.txt", "of ana")
	beto.mustPut("/ana/b.txt", "of beto")
	long := w.raw(w.beto).longNames("/ana")
	if len(long) != 2 || !strings.HasPrefix(long[0], "-r--r--r--    1 ana      -               6 ") ||
		!strings.HasPrefix(long[1], "-rw-r--r--    1 beto     -               7 ") {
		t.Errorf("ls -l: %q", long)
	}
}

func TestWhatTheActorSaysIsWhatTheClientHears(t *testing.T) {
	w := newWorld(t, blob.Options{})
	ana := w.session(w.ana)
	ana.mustPut("/beto/a.txt", "of ana")
	m, err := w.ana.FileNamed(w.Ctx, w.talk, "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	f := ana.open("/beto/a.txt", os.O_RDONLY)
	if _, err := w.ana.Retract(w.Ctx, m.ID); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	buf := make([]byte, 6)
	if n, err := f.ReadAt(buf, 0); n != 6 || err != nil { // open stays readable
		t.Errorf("read: %d, %v", n, err)
	}
	_, err = ana.Stat("/beto/a.txt")
	wantStatus(t, err, sftp.ErrSSHFxNoSuchFile)
	if chat.CodeOf(err) != chat.Internal || strings.Contains(err.Error(), "/tmp") {
		t.Errorf("the answer shows too much: %v", err)
	}
}
