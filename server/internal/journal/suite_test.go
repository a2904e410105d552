package journal_test

import (
	"testing"

	"charla/server/chat"
	"charla/server/chat/chattest"
	"charla/server/internal/journal"
)

func open(t *testing.T) *journal.Journal {
	j, err := journal.Open(t.Context(), journal.Options{Dir: t.TempDir(), MaxStore: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return j
}

func TestJournalIsALog(t *testing.T) {
	chattest.TestLog(t, func(t *testing.T) chat.Log { return open(t) })
}

func TestJournalIsAShelf(t *testing.T) {
	chattest.TestShelf(t, func(t *testing.T) chat.Shelf { return open(t) })
}
