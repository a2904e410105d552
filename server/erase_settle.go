package server

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"charla/server/internal/readmodel"
)

// The folder of an erasure, and in it: the new log and the new read model under
// the names they are to have, the old log once it was moved out of the way, and
// the file that says that all of the new is whole.
const (
	erasingDir = "erasing"
	readyFile  = "ready"
	erasedLog  = "old-log"
)

// ready makes what was prepared durable, and then says so: from here on an
// erasure that is cut off is finished, before it is undone.
func ready(data string) error {
	dir := filepath.Join(data, erasingDir)
	if err := syncAll(dir); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, readyFile), nil, 0o600); err != nil {
		return err
	}
	return errors.Join(syncAll(filepath.Join(dir, readyFile)), syncOne(dir), syncOne(data))
}

// settle ends an erasure that was begun, if there is one. The caller holds the
// lock on the data folder, and nothing in it is open.
func settle(data string, log *slog.Logger) error {
	dir := filepath.Join(data, erasingDir)
	if there, err := exists(dir); err != nil || !there {
		return err
	}
	whole, err := exists(filepath.Join(dir, readyFile))
	if err != nil {
		return err
	}
	if !whole {
		log.Info("an erasure was cut off before it changed anything; what it had prepared is removed")
		return errors.Join(os.RemoveAll(dir), syncOne(data))
	}
	for _, step := range settling(data) {
		if err := step(); err != nil {
			return fmt.Errorf("finish an erasure: %w", err)
		}
	}
	return nil
}

// settling are the steps from what is ready to what is done. Each may be cut off
// and done again, by itself or after those before it; each is durable before the
// next.
func settling(data string) []func() error {
	dir := filepath.Join(data, erasingDir)
	oldLog, newLog, goneLog := filepath.Join(data, logDir), filepath.Join(dir, logDir), filepath.Join(dir, erasedLog)
	oldView, newView := filepath.Join(data, viewFile), filepath.Join(dir, viewFile)
	durable := func() error { return errors.Join(syncOne(dir), syncOne(data)) }
	return []func() error{
		func() error { return errors.Join(moveOnce(oldLog, goneLog, newLog), durable()) },
		func() error { return errors.Join(moveOnce(newLog, oldLog, newLog), durable()) },
		func() error {
			if there, err := exists(newView); err != nil || !there {
				return err
			}
			if err := readmodel.Remove(oldView); err != nil {
				return err
			}
			return errors.Join(os.Rename(newView, oldView), durable())
		},
		func() error { return errors.Join(os.RemoveAll(dir), syncOne(data)) },
	}
}

// moveOnce renames a folder while a third is there, unless that was done. What
// is in the way is never replaced.
func moveOnce(from, to, while string) error {
	begun, err := exists(while)
	if err != nil || !begun {
		return err
	}
	there, err := exists(from)
	if err != nil || !there {
		return err
	}
	taken, err := exists(to)
	if err == nil && taken {
		err = fmt.Errorf("both %s and %s are there: a charla that knows nothing of an erasure was started meanwhile. Put a backup of the folder back", from, to)
	}
	if err != nil {
		return err
	}
	return os.Rename(from, to)
}

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// syncAll makes a folder durable with all that is in it.
func syncAll(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return syncOne(path)
	})
}

func syncOne(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
