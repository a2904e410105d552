package sshd

import (
	"net/netip"
	"sync"

	"charla/server/chat"
	"charla/server/internal/limit"
)

// maxSpared bounds what spared keeps: some 2 MB. Beyond it all is forgotten, and told
// once more.
const maxSpared = 1 << 14

// spared are the first keys that people's ssh shows before the one that lets them in,
// and where: they need not be told each time that it is not theirs. By where alone
// others there would see by the sentence who comes in from there, and by the key alone
// anybody whose else a public key is.
type spared struct {
	mu   sync.Mutex
	keys map[sparedKey]bool
}

type sparedKey struct {
	of          chat.UserID
	from        netip.Prefix
	fingerprint string
}

func (s *spared) has(of chat.UserID, from netip.Addr, fingerprint string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys[sparedKey{of, limit.PrefixOf(from), fingerprint}]
}

// note keeps the first that was refused of somebody who came in after all. The zero
// Addr is that of a proxy, behind which anybody may be.
func (s *spared) note(of chat.UserID, from netip.Addr, refused []chat.Key) {
	if len(refused) == 0 || !from.IsValid() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys == nil || len(s.keys) >= maxSpared {
		s.keys = map[sparedKey]bool{}
	}
	s.keys[sparedKey{of, limit.PrefixOf(from), refused[0].Fingerprint}] = true
}
