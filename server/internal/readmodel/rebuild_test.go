package readmodel_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"charla/server/chat"
	"charla/server/internal/readmodel"
)

// told is a log of n entries and what was put meanwhile.
func told(seed uint64, n int) chat.Batch {
	c := newChatter(seed)
	for len(c.batch.Log) < n {
		c.step()
	}
	return c.batch
}

// portion is what of a batch comes after two positions and up to two others.
func portion(b chat.Batch, log, shelf, toLog, toShelf uint64) (p chat.Batch) {
	for _, e := range b.Log {
		if e.Seq > log && e.Seq <= toLog {
			p.Log = append(p.Log, e)
		}
	}
	for _, e := range b.Shelf {
		if e.Seq > shelf && e.Seq <= toShelf {
			p.Shelf = append(p.Shelf, e)
		}
	}
	return p
}

// One log and one shelf are one model, however they were told.
func TestARebuiltModelIsTheSame(t *testing.T) {
	all := told(5, 300)
	want := file(t)
	apply(t, open(t, want), all)
	for name, tell := range map[string]func(*testing.T, string){
		"entry by entry": func(t *testing.T, path string) {
			m := open(t, path)
			for _, e := range all.Log {
				apply(t, m, chat.Batch{Log: []chat.Entry{e}})
			}
			for _, e := range all.Shelf {
				apply(t, m, chat.Batch{Shelf: []chat.ShelfEntry{e}})
			}
		},
		"the shelf before the log": func(t *testing.T, path string) {
			m := open(t, path)
			apply(t, m, chat.Batch{Shelf: all.Shelf})
			apply(t, m, chat.Batch{Log: all.Log})
		},
		"twice, with a restart in the middle": func(t *testing.T, path string) {
			m := open(t, path)
			apply(t, m, portion(all, 0, 0, 150, 10))
			if err := m.Close(); err != nil {
				t.Fatal(err)
			}
			m = open(t, path)
			apply(t, m, portion(all, 100, 5, 300, 1000))
			if changes := apply(t, m, all); len(changes) != 0 {
				t.Errorf("what was applied before changed %d things", len(changes))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := file(t)
			tell(t, path)
			if dump(t, path) != dump(t, want) {
				t.Error("the models differ")
			}
		})
	}
}

// agrees checks that a model that was cut off holds exactly what its positions say.
func agrees(t *testing.T, path string, all chat.Batch) (log, shelf uint64) {
	t.Helper()
	log, shelf, err := open(t, path).Applied(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again := file(t)
	apply(t, open(t, again), portion(all, 0, 0, log, shelf))
	if dump(t, path) != dump(t, again) {
		t.Fatalf("what the model holds is not what the log says up to %d and %d", log, shelf)
	}
	return log, shelf
}

// A power cut leaves the database as of some checkpoint and any part of the
// write-ahead log, the end of it torn.
func TestAPowerCutLeavesPositionsAndRowsInAgreement(t *testing.T) {
	all, r := told(6, 400), rand.New(rand.NewPCG(6, 6))
	path := file(t)
	m := open(t, path)
	var log uint64
	for round := range 12 {
		for range 1 + r.IntN(15) {
			next := log + 1 + r.Uint64N(4)
			apply(t, m, portion(all, log, log, next, next))
			log = next
		}
		cut := filepath.Join(t.TempDir(), "cut.db")
		tear(t, r, path, cut, round%2 == 0)
		if got, _ := agrees(t, cut, all); got > log {
			t.Fatalf("after the cut it is at %d, it never was beyond %d", got, log)
		}
	}
}

// tear copies a database and a piece of its write-ahead log.
func tear(t *testing.T, r *rand.Rand, from, to string, flip bool) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(from + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if suffix == "-wal" && flip {
			raw = slices.Clone(raw)
			raw[r.IntN(len(raw))] ^= 0x10
		} else if suffix == "-wal" {
			raw = raw[:r.IntN(len(raw))]
		}
		if err := os.WriteFile(to+suffix, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// What fails changes nothing, and can be tried again.
func TestAnApplyThatFailsChangesNothing(t *testing.T) {
	all := told(8, 100)
	path := file(t)
	m := open(t, path)
	apply(t, m, portion(all, 0, 0, 50, 0))
	before := dump(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Apply(ctx, all); !errors.Is(err, context.Canceled) {
		t.Fatalf("apply: %v", err)
	}
	bad := portion(all, 50, 0, 60, 0)
	bad.Log = append(bad.Log, chat.Entry{Seq: 1 << 60})
	if _, err := m.Apply(t.Context(), bad); err == nil {
		t.Fatal("a sequence that no log can have was applied")
	}
	if dump(t, path) != before {
		t.Error("what failed changed something")
	}
	apply(t, m, all)
	agrees(t, path, all)
}

// People read while the projector writes: what one answer says is of one moment.
func TestReadingBesideApplying(t *testing.T) {
	all := told(9, 600)
	m := open(t, file(t))
	done := make(chan struct{})
	failed := make(chan error, 3)
	for range cap(failed) {
		go func() {
			var last chat.Position
			for {
				select {
				case <-done:
					failed <- nil
					return
				default:
				}
				at, err := consistent(t, m, last)
				if err != nil {
					failed <- err
					return
				}
				last = at
			}
		}()
	}
	for log := uint64(0); log < 600; log += 5 {
		apply(t, m, portion(all, log, log, log+5, log+5))
	}
	close(done)
	for range cap(failed) {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
}

// consistent reads the lobby's newest page, which is as of last or later.
func consistent(t *testing.T, m *readmodel.Model, last chat.Position) (chat.Position, error) {
	page, err := m.Page(t.Context(), chat.LobbyID, chat.PageQuery{Limit: 20})
	if err != nil {
		return 0, err
	}
	if page.AsOf < last {
		return 0, fmt.Errorf("a page is as of %d after one as of %d", page.AsOf, last)
	}
	for i, msg := range page.Messages {
		if msg.Position > page.AsOf || msg.Changed > page.AsOf {
			return 0, fmt.Errorf("message %d is newer than the page", msg.Number)
		}
		if i > 0 && msg.Number != page.Messages[i-1].Number+1 {
			return 0, fmt.Errorf("message %d follows %d", msg.Number, page.Messages[i-1].Number)
		}
	}
	return page.AsOf, nil
}
