package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"charla/server/disktest"
)

// The power fails while people send messages and files. Whatever was
// acknowledged is there when the machine is back, once and whole.
func TestPowerCutInAStormLosesNothingAcknowledged(t *testing.T) {
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	disk := disktest.NewDisk(t, 256)
	s := newStorm(t, disk.Dir, 10)
	for round := range rounds {
		s.start()
		if round > 0 {
			s.check()
		}
		s.blow(round, func() {
			unsynced(t, filepath.Join(disk.Dir, canary(round)))
			disktest.Stop(t, s.server.cmd.Process)
			disk = disk.Cut(t)
			s.server.kill()
		})
		s.dir = disk.Dir
		if b, err := os.ReadFile(filepath.Join(disk.Dir, canary(round))); len(bytes.Trim(b, "\x00")) > 0 {
			t.Fatalf("%d bytes that nobody synced are there, %v: this was no power cut", len(b), err)
		}
	}
	s.start()
	s.check()
	if status := s.server.terminate(); status != 0 {
		t.Errorf("exit status %d\n%s", status, s.server.errors())
	}
	t.Logf("%d messages and %d files were acknowledged; all are there", len(s.messages), len(s.files))
	if len(s.messages) < rounds*10 || len(s.files) < rounds {
		t.Errorf("too calm for a storm: %d messages, %d files", len(s.messages), len(s.files))
	}
}

// canary is a name that was never there: ext4 syncs by itself what replaces a file.
func canary(round int) string { return fmt.Sprint("canary", round) }

// unsynced writes what a power cut must take.
func unsynced(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, bytes.Repeat([]byte("x"), 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
}
