// Package passphrase hashes passphrases and compares them with their hashes. It
// knows no person, no nick and no connection.
//
// Hashing is meant to be slow and large (19 MiB each), so a Hasher does at most
// two at once and lets a bounded number wait; whoever comes beyond that gets
// ErrBusy at once instead of a place in a line that only grows.
package passphrase

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// MinLength is the fewest characters of a passphrase that somebody chooses.
const MinLength = 8

// maxBytes bounds what is hashed; longer ones are never accepted.
const maxBytes = 1024

// The parameters of new hashes: argon2id with 19 MiB, two passes, one lane, as
// the OWASP Password Storage Cheat Sheet gives for a server.
const (
	memory  = 19 << 10 // KiB
	passes  = 2
	lanes   = 1
	saltLen = 16
	sumLen  = 32
)

const (
	atOnce   = 2
	maxQueue = 32
)

// What can be wrong with a passphrase, or with the moment.
var (
	ErrBusy  = errors.New("too many passphrases are being checked")
	ErrShort = errors.New("passphrase too short")
	ErrLong  = errors.New("passphrase too long")
)

// Hasher bounds how many hashes are computed at once.
type Hasher struct {
	queue chan struct{} // holds everybody who computes or waits
	slots chan struct{} // holds those who compute
}

// New makes a Hasher; a process needs one.
func New() *Hasher {
	return &Hasher{queue: make(chan struct{}, atOnce+maxQueue), slots: make(chan struct{}, atOnce)}
}

// Check says whether somebody may choose passphrase: nil, ErrShort or ErrLong.
func Check(passphrase string) error {
	switch {
	case len(passphrase) > maxBytes:
		return ErrLong
	case utf8.RuneCountInString(strings.TrimSpace(passphrase)) < MinLength:
		return ErrShort
	}
	return nil
}

// Hash returns the PHC string of a passphrase that passed Check.
func (h *Hasher) Hash(ctx context.Context, passphrase string) (string, error) {
	if err := Check(passphrase); err != nil {
		return "", err
	}
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	salt := make([]byte, saltLen)
	rand.Read(salt) // never fails (crypto/rand)
	p := phc{memory: memory, passes: passes, lanes: lanes, salt: salt}
	p.sum = p.compute(passphrase, sumLen)
	return p.String(), nil
}

// Matches reports whether hash is the passphrase's. An empty or overlong
// passphrase matches nothing, and neither does anything match an empty hash.
func (h *Hasher) Matches(ctx context.Context, hash, passphrase string) (bool, error) {
	if hash == "" || passphrase == "" || len(passphrase) > maxBytes {
		return false, nil
	}
	p, err := parse(hash)
	if err != nil {
		return false, err
	}
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	return subtle.ConstantTimeCompare(p.compute(passphrase, uint32(len(p.sum))), p.sum) == 1, nil
}

func (h *Hasher) enter(ctx context.Context) error {
	select {
	case h.queue <- struct{}{}:
	default:
		return ErrBusy
	}
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		<-h.queue
		return ctx.Err()
	}
}

func (h *Hasher) leave() {
	<-h.slots
	<-h.queue
}

// phc is a hash in the PHC string format:
// $argon2id$v=19$m=19456,t=2,p=1$<salt>$<sum>, base64 without padding.
type phc struct {
	memory, passes uint32
	lanes          uint8
	salt, sum      []byte
}

// compute hashes the NFC form, so that the same letters typed on another
// system are the same passphrase.
func (p phc) compute(passphrase string, length uint32) []byte {
	return argon2.IDKey([]byte(norm.NFC.String(passphrase)), p.salt, p.passes, p.memory, p.lanes, length)
}

// String is the form that parse reads.
func (p phc) String() string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.memory, p.passes, p.lanes, enc.EncodeToString(p.salt), enc.EncodeToString(p.sum))
}

// The most that parse takes: a hash from elsewhere must not cost more memory
// or time than this.
const (
	mostMemory = 64 << 10
	mostPasses = 8
	mostLanes  = 4
)

func parse(s string) (phc, error) {
	var p phc
	var version int
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return phc{}, errors.New("not an argon2id hash")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return phc{}, errors.New("unknown version of argon2id")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); err != nil {
		return phc{}, fmt.Errorf("argon2id parameters: %w", err)
	}
	if p.memory > mostMemory || p.passes < 1 || p.passes > mostPasses || p.lanes < 1 || p.lanes > mostLanes {
		return phc{}, errors.New("argon2id parameters out of range")
	}
	var err error
	if p.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4]); err != nil {
		return phc{}, fmt.Errorf("argon2id salt: %w", err)
	}
	if p.sum, err = base64.RawStdEncoding.Strict().DecodeString(parts[5]); err != nil {
		return phc{}, fmt.Errorf("argon2id sum: %w", err)
	}
	if len(p.salt) < 8 || len(p.salt) > 64 || len(p.sum) < 16 || len(p.sum) > 64 {
		return phc{}, errors.New("argon2id salt or sum out of range")
	}
	if p.String() != s {
		return phc{}, errors.New("argon2id hash not in canonical form")
	}
	return p, nil
}
