package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// Swept says what a sweep did.
type Swept struct {
	Seen    int   // blobs looked at
	Removed int   // of them
	Bytes   int64 // freed
}

// Sweep removes the blobs that are older than olderThan, counted from their
// last Commit or Use, and that keep does not want; those in use at the moment
// stay. keep is asked while nobody can begin to use that blob, so its answer
// must come from what knows every reference made before the question: run a
// sweep only when the projection is level with the log. keep must not Commit or
// Use that blob itself: it would wait for its own end. An error of keep ends
// the sweep and comes back as it is; what was removed before stays removed.
//
// olderThan is the net below: it covers what keep cannot know, references made
// outside Commit and Use, and should be hours.
func (s *Store) Sweep(ctx context.Context, keep func(Hash) (bool, error), olderThan time.Duration) (Swept, error) {
	var swept Swept
	for i := range 256 {
		if err := s.sweepFolder(ctx, fmt.Sprintf("%02x", i), keep, olderThan, &swept); err != nil {
			return swept, err
		}
	}
	return swept, nil
}

func (s *Store) sweepFolder(ctx context.Context, folder string, keep func(Hash) (bool, error), olderThan time.Duration, swept *Swept) error {
	d, err := s.root.Open(blobsDir + "/" + folder)
	if err != nil {
		return fmt.Errorf("blob: sweep: %w", err)
	}
	defer d.Close()
	for {
		// In portions, so that a million blobs are not a million names in memory.
		names, err := d.Readdirnames(1000)
		for _, name := range names {
			hash, err := ParseHash(name)
			if err != nil || name[:2] != folder {
				continue // not ours: whoever put it there may take it away
			}
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("blob: sweep: %w", err)
			}
			swept.Seen++
			freed, removed, err := s.sweepOne(hash, keep, olderThan)
			if err != nil {
				return err
			}
			if removed {
				swept.Removed++
				swept.Bytes += freed
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("blob: sweep: %w", err)
		}
	}
}

// sweepOne removes one blob if nobody wants it, and returns its size.
func (s *Store) sweepOne(hash Hash, keep func(Hash) (bool, error), olderThan time.Duration) (int64, bool, error) {
	if !s.holds.sweep(hash) {
		return 0, false, nil
	}
	defer s.holds.endSweep(hash)
	info, err := s.root.Lstat(hash.path())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("blob: sweep: %w", err)
	}
	if !info.Mode().IsRegular() || s.now().Sub(info.ModTime()) < olderThan {
		return 0, false, nil
	}
	wanted, err := keep(hash)
	if err != nil || wanted {
		return 0, false, err
	}
	if err := s.root.Remove(hash.path()); err != nil {
		return 0, false, fmt.Errorf("blob: sweep: %w", err)
	}
	return info.Size(), true, nil
}
