package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// Hash is the SHA-256 of a blob's bytes, and so its name.
type Hash [sha256.Size]byte

// String returns the hash as 64 lower-case hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads what String wrote, and nothing else: upper case is refused,
// so that a blob has one name.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != hex.EncodedLen(len(h)) {
		return Hash{}, errors.New("blob: not a hash")
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil || h.String() != s {
		return Hash{}, errors.New("blob: not a hash")
	}
	return h, nil
}

func (h Hash) folder() string { return blobsDir + "/" + hex.EncodeToString(h[:1]) }
func (h Hash) path() string   { return h.folder() + "/" + h.String() }

// Blob names bytes that never change.
type Blob struct {
	Hash Hash
	Size int64
}
