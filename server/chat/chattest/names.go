package chattest

import (
	"fmt"

	"charla/server/chat"
)

// numberedHandle is handle for n = 1, else "handle-n".
func numberedHandle(h chat.Handle, n int) chat.Handle {
	if n == 1 {
		return h
	}
	return chat.Handle(fmt.Sprintf("%s-%d", h, n))
}
