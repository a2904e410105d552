package server

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"charla/server/disktest"
)

// copyTo is a copy of the data folder, durable.
func (h *house) copyTo(dir string) *house {
	h.t.Helper()
	twin := &house{t: h.t, cfg: h.cfg}
	twin.cfg.Data = dir
	if err := os.CopyFS(dir, os.DirFS(h.cfg.Data)); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Chmod(twin.path("hostkeys/ssh_host_key"), 0o600); err != nil { // CopyFS adds bits
		h.t.Fatal(err)
	}
	unix.Sync()
	return twin
}

// The power fails while an erasure is in its last steps: it is done afterwards, or
// nothing of it is.
func TestEraseSurvivesAPowerCut(t *testing.T) {
	prepared := regretted(t)
	before := prepared.everything()
	prepared.shut()
	for cut := -1; cut < len(settling("")); cut++ {
		disk := disktest.NewDisk(t, 128)
		h := (&house{t: t, cfg: prepared.cfg}).copyTo(filepath.Join(disk.Dir, "data"))
		s := newOffline(h.cfg, h.options())
		if _, err := s.prepare(t.Context(), h.options()); err != nil {
			t.Fatal(err)
		}
		if cut >= 0 {
			if err := ready(h.cfg.Data); err != nil {
				t.Fatal(err)
			}
			for _, step := range settling(h.cfg.Data)[:cut] {
				if err := step(); err != nil {
					t.Fatal(err)
				}
			}
		}
		disk = disk.Cut(t)
		h.cfg.Data = filepath.Join(disk.Dir, "data")
		h.open()
		h.wantSame(fmt.Sprintf("the power failed after step %d", cut), before, h.everything())
		h.shut()
		if found := traces(t, h.cfg.Data, takenBack, editedOut, fileGone); (len(found) == 0) != (cut >= 0) {
			t.Errorf("the power failed after step %d: still there is %q", cut, found)
		}
	}
}

// Where there is no room for a second log nothing is begun.
func TestEraseNeedsRoom(t *testing.T) {
	disk := disktest.Small(t, "64m")
	made := regretted(t)
	before := made.everything()
	made.shut()
	h := made.copyTo(filepath.Join(disk, "data"))
	if err := disktest.Fill(disk, 5<<20); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(h.path(viewFile), 4<<20); err != nil { // as large as one of some thousand messages
		t.Fatal(err)
	}
	err := Erase(t.Context(), h.cfg, h.options())
	if err == nil || !strings.Contains(err.Error(), "Make room and do it again; nothing was changed") {
		t.Fatalf("without room: %v", err)
	}
	if err := disktest.Room(disk); err != nil {
		t.Fatal(err)
	}
	if there, err := exists(h.path(erasingDir)); there || err != nil {
		t.Errorf("the folder of the erasure was left: %v", err)
	}
	if err := Erase(t.Context(), h.cfg, h.options()); err != nil {
		t.Fatal(err)
	}
	h.open()
	h.wantSame("with room", before, h.everything())
	h.shut()
}
