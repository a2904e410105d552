package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"charla/server/chat"
)

// diskGuard turns the server read-only before the disk is full, and while the
// read model cannot take what was stored last: so that a write that really fails,
// which log and projector get over but which costs them seconds, is the
// exception. Uploads keep a larger reserve of their own (files/blob), so they
// stop first and messages last.
type diskGuard struct {
	chat.Log
	shelf chat.Shelf
	stuck func() error // of the projector
	free  func() (free, total uint64, err error)
	now   func() time.Time
	log   *slog.Logger

	mu    sync.Mutex
	asked time.Time
	full  bool
}

// lookAgain is how long an answer about free space is good for. What can be
// written in that time is far below the reserve.
const lookAgain = time.Second

func newDiskGuard(log chat.Log, shelf chat.Shelf, stuck func() error, dir string, logger *slog.Logger) *diskGuard {
	return &diskGuard{Log: log, shelf: shelf, stuck: stuck, free: func() (uint64, uint64, error) { return freeSpace(dir) }, now: time.Now, log: logger}
}

// reserve is what is left free: 2.5 % of the disk, but at most 512 MiB and at
// most an eighth of a small disk.
func reserve(total uint64) uint64 { return min(total/40, 512<<20, total/8) }

// check is nil, or DiskFull when the reserve is reached or the read model has
// no room.
func (g *diskGuard) check() error {
	if err := g.stuck(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); now.Sub(g.asked) >= lookAgain || now.Before(g.asked) {
		g.asked = now
		g.look()
	}
	if g.full {
		return &chat.Error{Code: chat.DiskFull}
	}
	return nil
}

// look asks the file system, and tells the operator when the answer changes.
// g.mu must be held.
func (g *diskGuard) look() {
	free, total, err := g.free()
	if err != nil {
		g.log.Warn("disk: cannot tell how much is free", "err", err)
		return
	}
	full := free < reserve(total)
	if full && !g.full {
		g.log.Error("disk: nearly full, nothing is accepted until there is room", "free_mib", free>>20, "needed_mib", reserve(total)>>20)
	}
	if !full && g.full {
		g.log.Info("disk: there is room again", "free_mib", free>>20)
	}
	g.full = full
}

// Append refuses with DiskFull before it asks the log.
func (g *diskGuard) Append(ctx context.Context, events ...chat.Event) (chat.Position, error) {
	if err := g.check(); err != nil {
		return 0, err
	}
	return g.Log.Append(ctx, events...)
}

// AppendIf is as Append.
func (g *diskGuard) AppendIf(ctx context.Context, s chat.Subject, last uint64, e chat.Event) (chat.Position, error) {
	if err := g.check(); err != nil {
		return 0, err
	}
	return g.Log.AppendIf(ctx, s, last, e)
}

// Put is as Append.
func (g *diskGuard) Put(ctx context.Context, user chat.UserID, slot chat.Slot, value []byte) error {
	if err := g.check(); err != nil {
		return err
	}
	return g.shelf.Put(ctx, user, slot, value)
}

// TailShelf reads, which is always allowed.
func (g *diskGuard) TailShelf(ctx context.Context, after uint64) (chat.ShelfTail, error) {
	return g.shelf.TailShelf(ctx, after)
}

func freeSpace(dir string) (free, total uint64, err error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, 0, err
	}
	return st.Bavail * uint64(st.Bsize), st.Blocks * uint64(st.Bsize), nil
}
