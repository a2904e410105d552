package readmodel

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"charla/server/chat"
)

// Thirty-two sftp sessions of one person listed a folder of 750 files, and the
// four connections that everybody reads with were theirs: two others' round trip
// went from 2 ms to 85, and their screens took half a second to open.
func TestWhoListsAFolderHoldsUpNobodyElseRegression(t *testing.T) {
	m, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "read.db"), Readers: 1, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	applyEverything(t, m)
	beto, err := m.PersonByNick(t.Context(), "beto")
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.ByHandle(t.Context(), beto.ID, "eva-2")
	if err != nil {
		t.Fatal(err)
	}
	reader := <-m.readers // somebody reads, for as long as it takes
	soon, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	if files, err := m.Files(soon, c.ID); err != nil || len(files) != 2 {
		t.Errorf("while another reads: %d files, %v", len(files), err)
	}
	m.readers <- reader

	lister := <-m.lister // somebody lists
	defer func() { m.lister <- lister }()
	if page, err := m.Page(t.Context(), c.ID, chat.PageQuery{Limit: 9}); err != nil || len(page.Messages) == 0 {
		t.Errorf("while another lists: %d messages, %v", len(page.Messages), err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Files(gone, c.ID); err == nil {
		t.Error("two list at once")
	}
}
