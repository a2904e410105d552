package sshd

import (
	"sync"

	"charla/server/chat"
)

// maxSpared bounds what spared keeps: some 2 MB. Beyond it all is forgotten, and told
// once more.
const maxSpared = 1 << 14

// spared are the first keys that people's ssh shows before the one that lets them in:
// they need not be told each time that it is not theirs. It goes by the key and not by
// where it comes from, or others there would see by the sentence who comes in from there.
type spared struct {
	mu   sync.Mutex
	keys map[sparedKey]bool
}

type sparedKey struct {
	of          chat.UserID
	fingerprint string
}

func (s *spared) has(of chat.UserID, fingerprint string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[sparedKey{of, fingerprint}]
}

// note keeps the first that was refused of somebody who came in after all.
func (s *spared) note(of chat.UserID, refused []chat.Key) {
	if len(refused) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil || len(s.keys) >= maxSpared {
		s.keys = map[sparedKey]bool{}
	}
	s.keys[sparedKey{of, refused[0].Fingerprint}] = true
}
