package server

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"charla/files/blob"
	"charla/server/chat"
	"charla/server/disktest"
)

// onSmallDisk is a server whose data folder is a disk of its own.
func onSmallDisk(t *testing.T, size string) (h *house, disk string) {
	disk = disktest.Small(t, size)
	h = newHouse(t)
	h.cfg.Data = filepath.Join(disk, "data")
	h.open()
	return h, disk
}

// blind makes the guard see room where there is none, as for the second after
// it looked; so what is written then really fails.
func (h *house) blind() {
	h.guard.mu.Lock()
	defer h.guard.mu.Unlock()
	h.guard.free = func() (uint64, uint64, error) { return 1 << 40, 1 << 40, nil }
}

// eventually tries until the server has noticed that there is room again.
func (h *house) eventually(what string, try func() error) {
	h.t.Helper()
	var err error
	for range 300 {
		if err = try(); err == nil {
			return
		}
		if code := chat.CodeOf(err); code != chat.DiskFull && code != chat.TooFast { // the story has spent its budget on filling the disk
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	h.t.Fatalf("%s: %v", what, err)
}

// The disk filled up under a running server, and what had to be written failed:
// in the log, in the read model, in the store of files. People were left
// without an answer, the server stopped by and by, and it took a restart to
// come back.
func TestServerComesBackFromAFullDisk(t *testing.T) {
	h, disk := onSmallDisk(t, "128m")
	ana := h.person("ana")
	lobby, err := ana.Resolve(t.Context(), "lobby")
	if err != nil {
		t.Fatal(err)
	}
	h.say(ana, "lobby", "before")
	h.blind()
	stored := 0
	for _, leave := range []int64{0, 300 << 10} { // nothing can be written; some of it can
		must(t, disktest.Fill(disk, leave))
		for {
			_, err := ana.Post(t.Context(), lobby.Ref(), chat.Words{Text: strings.Repeat("a long line ", 500)})
			if chat.CodeOf(err) == chat.DiskFull {
				break
			}
			if chat.CodeOf(err) == chat.TooFast {
				time.Sleep(100 * time.Millisecond)
				continue
			}
			if err != nil {
				t.Fatalf("with %d bytes free: %v", leave, err)
			}
			stored++
		}
		if err := ana.SaveDraft(t.Context(), lobby.Ref(), "a draft"); chat.CodeOf(err) != chat.DiskFull {
			t.Errorf("with %d bytes free a draft is answered with %v", leave, err)
		}
		if _, err := h.blobs.Begin(blob.Meta{}); !errors.Is(err, blob.ErrDiskFull) {
			t.Errorf("with %d bytes free an upload is answered with %v", leave, err)
		}
		if got := h.texts(ana, "lobby"); !strings.HasPrefix(got, "before") {
			t.Errorf("with %d bytes free the lobby reads %.20q", leave, got)
		}

		must(t, disktest.Room(disk))
		h.eventually("with room again", func() error {
			sent, err := ana.Post(t.Context(), lobby.Ref(), chat.Words{Text: "after"})
			if err == nil {
				err = ana.Await(t.Context(), sent.Position)
			}
			return err
		})
		stored++
		if err := ana.SaveDraft(t.Context(), lobby.Ref(), "a draft"); err != nil {
			t.Errorf("a draft with room again: %v", err)
		}
	}
	check := func() {
		t.Helper()
		if n := strings.Count(h.texts(h.person("ana"), "lobby"), " | "); n < stored {
			t.Errorf("%d messages were acknowledged after the first, %d are there", stored, n)
		}
	}
	check()
	select {
	case err := <-h.fail:
		t.Errorf("something that everybody needs failed: %v", err)
	default:
	}
	h.shut()
	h.open()
	check()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
