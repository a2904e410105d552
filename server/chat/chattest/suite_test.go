package chattest_test

import (
	"testing"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

func TestTheLogInMemory(t *testing.T) {
	chattest.TestLog(t, func(*testing.T) chat.Log { return chattest.NewLog() })
}

func TestTheShelfInMemory(t *testing.T) {
	chattest.TestShelf(t, func(*testing.T) chat.Shelf { return chattest.NewLog() })
}

func TestTheViewInMemory(t *testing.T) {
	chattest.TestView(t, func(*testing.T) chat.View { return chattest.NewView() })
}
