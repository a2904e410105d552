package readmodel_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"testing"

	"charla/server/chat"
	"charla/server/internal/readmodel"
)

// A file that cannot be used says so in a way that the server can act on:
// moved aside, it gives room for a model that is built from the log again.
func TestAFileThatCannotBeUsedIsMovedAside(t *testing.T) {
	all := told(3, 200)
	want := file(t)
	apply(t, open(t, want), all)
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, path string)
		want  error
	}{
		{"no database", func(t *testing.T, path string) { write(t, path, bytes.Repeat([]byte("no database. "), 1000)) }, readmodel.ErrDamaged},
		{"another program's", func(t *testing.T, path string) {
			write(t, path, nil)
			run(t, path, "CREATE TABLE meta (one INTEGER)")
		}, readmodel.ErrDamaged},
		{"a newer program's", func(t *testing.T, path string) { run(t, path, "PRAGMA user_version = 99") }, readmodel.ErrNewer},
		{"without its position", func(t *testing.T, path string) { run(t, path, "DELETE FROM meta") }, readmodel.ErrDamaged},
		{"a page of zeros", func(t *testing.T, path string) { overwrite(t, path, make([]byte, 4096), 4096) }, readmodel.ErrDamaged},
		{"pages of junk", func(t *testing.T, path string) { overwrite(t, path, bytes.Repeat([]byte{0xa5}, 16*4096), 4096) }, readmodel.ErrDamaged},
		{"half of it", func(t *testing.T, path string) { halve(t, path) }, readmodel.ErrDamaged},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := file(t)
			m := open(t, path)
			apply(t, m, portion(all, 0, 0, 150, 10))
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			c.spoil(t, path)
			if err := use(t, path, all); !errors.Is(err, c.want) {
				t.Fatalf("it says %v, want %v", err, c.want)
			}
			if err := readmodel.MoveAside(path); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(path + ".aside"); err != nil {
				t.Error(err)
			}
			apply(t, open(t, path), all)
			if dump(t, path) != dump(t, want) {
				t.Error("what was built again differs")
			}
		})
	}
}

// use opens a model and applies and reads what there is.
func use(t *testing.T, path string, all chat.Batch) error {
	m, err := readmodel.Open(t.Context(), readmodel.Options{Path: path, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	_, err = m.Apply(t.Context(), all)
	return errors.Join(err, m.Close())
}

func write(t *testing.T, path string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, path string, raw []byte, at int) {
	t.Helper()
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(all[at:], raw)
	write(t, path, all)
}

func halve(t *testing.T, path string) {
	t.Helper()
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, all[:len(all)/2])
}

func run(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// There is never more than one model aside, and a missing file is no obstacle.
func TestMovingAsideTwice(t *testing.T) {
	path := file(t)
	for _, what := range []string{"first", "second"} {
		write(t, path, []byte(what))
		write(t, path+"-wal", []byte(what))
		if err := readmodel.MoveAside(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := readmodel.MoveAside(path); err != nil {
		t.Fatalf("with nothing there: %v", err)
	}
	if raw, err := os.ReadFile(path + ".aside"); string(raw) != "second" {
		t.Errorf("aside is %q, %v, want the second", raw, err)
	}
	for _, gone := range []string{path, path + "-wal"} {
		if _, err := os.Stat(gone); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", gone, err)
		}
	}
}

// People's messages are for nobody else on the machine.
func TestTheFilesAreTheOwnersAlone(t *testing.T) {
	path := file(t)
	apply(t, open(t, path), told(1, 5))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", suffix, info.Mode())
		}
	}
}

// What a program made by other rules, or without events that this one knows, is
// whole and can be read, but is to be built again.
func TestAModelMadeByOtherRulesSaysSo(t *testing.T) {
	for name, spoil := range map[string]string{
		"before rules had a number": "UPDATE meta SET rules = 0",
		"by later rules":            "UPDATE meta SET rules = 99",
		"by one that knew less":     "UPDATE skipped SET kind = 'message.posted', version = 1",
	} {
		t.Run(name, func(t *testing.T) {
			path, all := file(t), told(3, 200)
			m := open(t, path)
			apply(t, m, all)
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			m = open(t, path)
			if why := m.Outdated(); why != nil {
				t.Fatalf("its own is outdated: %v", why)
			}
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			run(t, path, spoil)
			m = open(t, path)
			if m.Outdated() == nil {
				t.Error("it passes for one of this program's")
			}
			if o, err := m.Origin(t.Context()); err != nil || o.Seq != 200 {
				t.Errorf("it cannot be compared with its log: %+v, %v", o, err)
			}
		})
	}
}
