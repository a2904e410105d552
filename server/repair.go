package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"charla/server/config"
	"charla/server/internal/readmodel"
)

// Side is one of the two copies.
type Side string

// The sides.
const (
	LogSide   Side = "log"
	ModelSide Side = "model"
)

// ParseSide takes what is typed after --keep.
func ParseSide(s string) (Side, error) {
	if side := Side(s); side == LogSide || side == ModelSide {
		return side, nil
	}
	return "", fmt.Errorf("--keep %q: say log or model", s)
}

// keptSuffix names the read model that a repair is taking from. It is there
// from the first step to the last, so that a repair that was cut off goes on
// from the same one.
const keptSuffix = ".keep"

// Repair decides between a log and a read model that disagree. With LogSide the
// read model is moved aside and built again from what the log has. With ModelSide
// what the log lacks is then appended to it from the old read model; doing it
// again adds nothing. The server must not be running.
func Repair(ctx context.Context, cfg config.Config, keep Side, o Options) (err error) {
	s := newOffline(cfg, o)
	defer func() { err = errors.Join(err, s.Close()) }()
	path := filepath.Join(cfg.Data, viewFile)
	if err := somethingIn(cfg.Data, logDir, viewFile, viewFile+keptSuffix, erasingDir); err != nil {
		return err
	}
	if err := s.openFolder(ctx); err != nil {
		return err
	}
	if keep == LogSide {
		if err := readmodel.MoveAside(path); err != nil {
			return err
		}
		if err := s.openRebuilt(ctx, path); err != nil {
			return err
		}
		s.tell(s.words.Server.KeptLog(path + ".aside"))
		return nil
	}
	if err := setAside(path); err != nil {
		return err
	}
	old, err := readmodel.Open(ctx, readmodel.Options{Path: path + keptSuffix, Log: s.log})
	if err != nil {
		return err
	}
	s.onClose(old.Close)
	if err := s.openRebuilt(ctx, path); err != nil {
		return err
	}
	sal := salvage{s: s, old: old.Export(), view: s.view}
	if err := sal.run(ctx); err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	if err := moveFile(path+keptSuffix, path+".aside"); err != nil {
		return err
	}
	s.tell(s.words.Server.KeptModel(sal.restored, path+".aside"))
	return nil
}

// somethingIn is an error if a folder has none of these: neither a repair nor
// an erasure begins a chat, and whoever asks for one may mean another folder.
func somethingIn(dir string, names ...string) error {
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return nil
		}
	}
	return &config.Error{Setting: "--data", Value: dir, Why: "there is no chat in it; name the folder that serve uses"}
}

// setAside renames the read model to what a repair takes from, unless an
// earlier repair has done so: then what stands in its place is half built.
func setAside(path string) error {
	if _, err := os.Stat(path + keptSuffix); !errors.Is(err, fs.ErrNotExist) {
		if err != nil {
			return err
		}
		return readmodel.MoveAside(path)
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no read model to keep: %w", err)
	}
	return moveFile(path, path+keptSuffix)
}

// moveFile renames a closed SQLite file with what stands beside it; the file
// itself last, so that a move that was cut off is seen and done again.
func moveFile(from, to string) error {
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Rename(from+suffix, to+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// openRebuilt opens the log, damaged or not, and a new read model, level with it.
func (s *Server) openRebuilt(ctx context.Context, path string) (err error) {
	if err := s.openJournal(ctx, true); err != nil {
		return err
	}
	return s.raise(ctx, readmodel.Options{Path: path, Log: s.log})
}
