package journal

import (
	"testing"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

func TestJournalIsALog(t *testing.T) {
	chattest.TestLog(t, func(t *testing.T) chat.Log { return mustOpen(t, t.TempDir()) })
}

func TestJournalIsAShelf(t *testing.T) {
	chattest.TestShelf(t, func(t *testing.T) chat.Shelf { return mustOpen(t, t.TempDir()) })
}
