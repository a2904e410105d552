package server

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"charla/server/chat"
)

// countingLog accepts everything and counts it.
type countingLog struct {
	chat.Log
	chat.Shelf
	n int
}

func (l *countingLog) Append(context.Context, ...chat.Event) (chat.Position, error) {
	l.n++
	return 0, nil
}

func (l *countingLog) Put(context.Context, chat.UserID, chat.Slot, []byte) error {
	l.n++
	return nil
}

// When the disk runs full the server says so before anything is lost, keeps
// answering readers, and goes on by itself once there is room.
func TestNearlyFullDiskRefusesWritesUntilThereIsRoom(t *testing.T) {
	log := &countingLog{}
	var free, now = uint64(10 << 30), time.Unix(0, 0)
	var stuck error
	g := newDiskGuard(log, log, func() error { return stuck }, "", slog.New(slog.DiscardHandler))
	g.free = func() (uint64, uint64, error) { return free, 100 << 30, nil }
	g.now = func() time.Time { return now }
	ctx := context.Background()
	put := func() error { return g.Put(ctx, chat.UserID{}, chat.MarksSlot, nil) }

	if _, err := g.Append(ctx); err != nil || put() != nil || log.n != 2 {
		t.Fatalf("with room: %v, %d writes", err, log.n)
	}
	free, now = 511<<20, now.Add(lookAgain)
	if _, err := g.Append(ctx); chat.CodeOf(err) != chat.DiskFull || chat.CodeOf(put()) != chat.DiskFull || log.n != 2 {
		t.Fatalf("nearly full: %v, %d writes", err, log.n)
	}
	free, now = 513<<20, now.Add(lookAgain)
	if _, err := g.Append(ctx); err != nil || log.n != 3 {
		t.Fatalf("room again: %v, %d writes", err, log.n)
	}
	stuck = &chat.Error{Code: chat.DiskFull}
	if _, err := g.Append(ctx); chat.CodeOf(err) != chat.DiskFull || log.n != 3 {
		t.Fatalf("the read model has no room: %v, %d writes", err, log.n)
	}
	stuck = nil
	if _, err := g.Append(ctx); err != nil || log.n != 4 {
		t.Fatalf("it has room again: %v, %d writes", err, log.n)
	}
}
