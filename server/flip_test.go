package server

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// One flipped bit on the disk, and serve waited for ever for the record, or
// started without all that stood behind it. Whatever it hits, serve starts with
// everything, or says what is missing and starts without only when it is told to.
func TestFlippedBitInTheLog(t *testing.T) {
	for _, c := range []struct {
		name         string
		crash, gone  bool   // not stopped well; the read model is gone as well
		where        string // the words with the bit; "": the last byte of all
		says         string // of serve; "": it starts and all is there
		keptLog      int    // messages there after repair --keep log
		modelHasThem bool   // repair --keep model brings all back
	}{
		{"middle", false, false, "message 07", "", 0, false},
		{"middle, no read model", false, true, "message 07", "records 10 to 10 of the log are damaged", 19, false},
		{"last record", false, false, "message 19", "records 22 to 22 of the log are damaged", 19, true},
		{"last record, no read model", false, true, "message 19", "records 22 to 22 of the log are damaged", 19, false},
		{"end", false, false, "", "holds entries 1 to 22 without 1 that were lost", 19, true},
		{"end, no read model", false, true, "", "without 1 that were lost, and there is no read model that could have them", 19, false},
		{"middle, after a crash", true, false, "message 07", "holds entries 1 to 9", 7, true},
		{"middle, after a crash, no read model", true, true, "message 07", "holds entries 1 to 9 without 13 that were lost", 7, false},
		{"last record, after a crash", true, false, "message 19", "holds entries 1 to 21", 19, true},
		{"last record, after a crash, no read model", true, true, "message 19", "holds entries 1 to 21 without 1 that were lost", 19, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := flipped(t, c.crash, c.gone, c.where)
			if c.says == "" {
				h.open()
				h.counts(20)
				return
			}
			for range 2 { // refusing decides nothing
				_, err := Open(t.Context(), h.cfg, h.options())
				if !errors.Is(err, ErrDisagree) || !strings.Contains(err.Error(), c.says) {
					t.Fatalf("serve says %v, want %q", err, c.says)
				}
			}
			keep, want := LogSide, c.keptLog
			if c.modelHasThem {
				keep, want = ModelSide, 20
			}
			if err := Repair(t.Context(), h.cfg, keep, h.options()); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				h.open()
				h.counts(want)
				want++
				h.say(h.person("ana"), "lobby", "message after")
				h.shut()
			}
		})
	}
}

// A value of the shelf that cannot be read is lost; that is no reason not to
// start, nor to wait for it.
func TestFlippedBitInTheShelf(t *testing.T) {
	h := newHouse(t)
	h.open()
	beto := h.person("beto")
	lobby, err := beto.Resolve(t.Context(), "lobby")
	if err != nil {
		t.Fatal(err)
	}
	if err := beto.SaveDraft(t.Context(), lobby.Ref(), "half a thought"); err != nil {
		t.Fatal(err)
	}
	h.shut()
	flip(t, h.path("log/jetstream/$G/streams/SELF/msgs/1.blk"), "half a thought")
	if err := os.Remove(h.path(viewFile)); err != nil {
		t.Fatal(err)
	}
	h.open()
	beto = h.person("beto")
	if err := beto.SaveDraft(t.Context(), lobby.Ref(), "another"); err != nil {
		t.Fatal(err)
	}
	h.shut()
	h.open()
	if d, err := h.person("beto").Draft(t.Context(), lobby.Ref()); d != "another" || err != nil {
		t.Errorf("the draft is %q, %v", d, err)
	}
}

// flip flips one bit of words that are in a file, or of its last byte.
func flip(t *testing.T, path, words string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := len(b) - 1
	if words != "" {
		at = bytes.LastIndex(b, []byte(words))
	}
	b[at] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// flipped is a stopped server with 20 messages in its lobby, records 3 to 22,
// and one flipped bit in its log.
func flipped(t *testing.T, crash, gone bool, where string) *house {
	t.Helper()
	h := newHouse(t)
	h.open()
	ana := h.person("ana")
	for i := range 20 {
		h.say(ana, "lobby", fmt.Sprintf("message %02d", i))
	}
	h.shut()
	if crash { // what stands on the disk while it runs again
		h.open()
		h.crash()
		if err := os.RemoveAll(h.path("log/jetstream/$G/streams/EV/msgs/index.db")); err != nil {
			t.Fatal(err)
		}
	}
	flip(t, h.path("log/jetstream/$G/streams/EV/msgs/1.blk"), where)
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if !gone {
			break
		}
		if err := os.Remove(h.path(viewFile + suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	return h
}

func (h *house) counts(want int) {
	h.t.Helper()
	if got := strings.Count(h.texts(h.person("ana"), "lobby"), "message"); got != want {
		h.t.Errorf("%d messages are there, want %d", got, want)
	}
}
