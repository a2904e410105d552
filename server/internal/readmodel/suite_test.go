package readmodel_test

import (
	"testing"

	"charla/server/chat"
	"charla/server/chat/chattest"
)

func TestView(t *testing.T) {
	chattest.TestView(t, func(t *testing.T) chat.View { return open(t, file(t)) })
}
