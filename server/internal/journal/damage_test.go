package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"charla/server/chat"
)

// One flipped bit, and the server delivers the log without that record and
// counts it as there.
func TestFlippedBitIsNoSilentGap(t *testing.T) {
	dir := t.TempDir()
	j := mustOpen(t, dir)
	const records = 100
	for i := range records {
		if _, err := j.Append(t.Context(), post(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Put(t.Context(), chat.NewID[chat.Person](), "marks", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	flipBit(t, filepath.Join(dir, "jetstream", "$G", "streams", evStream, "msgs", "1.blk"), `"text":"49"`)

	j = mustOpen(t, dir)
	read, err := readUntil(t, j, records)
	var damaged *DamagedError
	if !errors.As(err, &damaged) || *damaged != (DamagedError{50, 50}) || read != 49 {
		t.Fatalf("read %d records, then %v", read, err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}

	j, err = Open(t.Context(), Options{Dir: dir, MaxStore: testStore, ReadOverDamage: true})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if read, err := readUntil(t, j, records); err != nil || read != records-1 {
		t.Fatalf("reading over it: %d records, %v", read, err)
	}
}

// readUntil counts the records up to the one with sequence last.
func readUntil(t *testing.T, j *Journal, last uint64) (read uint64, err error) {
	t.Helper()
	tail, err := j.Tail(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer tail.Close()
	for {
		entries, err := tail.Next(t.Context(), 10)
		if err != nil {
			return read, err
		}
		read += uint64(len(entries))
		if entries[len(entries)-1].Seq == last {
			return read, nil
		}
	}
}

// flipBit flips one bit of the last letter of text, which is in the file once.
func flipBit(t *testing.T, path, text string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte(text))
	if at < 0 {
		t.Fatalf("%q is not in %s", text, path)
	}
	b[at+len(text)-2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
