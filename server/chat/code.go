package chat

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// codeLetters are Crockford's base 32: no letter looks or sounds like another.
const codeLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength is how many letters a code has: 60 bits, of which nobody guesses
// one while it holds.
const codeLength = 12

// MaxCodes is how many codes of one person hold at the same time. The
// operator's are not counted.
const MaxCodes = 16

// NewCode makes a code, as it is shown (XXXX-XXXX-XXXX) and as it is kept.
func NewCode() (plain string, hash CodeHash) {
	var raw [codeLength]byte
	_, _ = rand.Read(raw[:]) // never fails; it would end the program
	var b strings.Builder
	for i, r := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeLetters[r%32]) // 32 divides 256: each letter is as likely
	}
	return b.String(), HashCode(b.String())
}

// HashCode is the hash of what somebody typed for a code: case, dashes and
// blanks do not matter, O is 0, I and L are 1. What is no code has the hash "",
// which is nobody's.
func HashCode(typed string) CodeHash {
	if len(typed) > 256 {
		return ""
	}
	letters := make([]byte, 0, codeLength)
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case '-', ' ', '\t', '\r', '\n', '‐', '‑', '–', '—': // the others are what word processors make of it
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r > 'Z' || strings.IndexByte(codeLetters, byte(r)) < 0 || len(letters) == codeLength {
			return ""
		}
		letters = append(letters, byte(r))
	}
	if len(letters) != codeLength {
		return ""
	}
	sum := sha256.Sum256(letters)
	return CodeHash(hex.EncodeToString(sum[:]))
}

// Valid reports whether h is the hash of a code.
func (h CodeHash) Valid() bool {
	raw, err := hex.DecodeString(string(h))
	return err == nil && len(raw) == sha256.Size && hex.EncodeToString(raw) == string(h)
}

// ID names a code where it is listed and taken back, while it holds and whatever becomes
// of others: letters of its hash, which tell nobody what the code is. Of 32 bits no two
// are alike among as many as somebody has.
func (h CodeHash) ID() string { return string(h[:min(len(h), 8)]) }

// called reports whether typed is h's ID.
func (h CodeHash) called(typed string) bool {
	return h != "" && strings.ToLower(strings.TrimSpace(typed)) == h.ID()
}

// Open reports whether the code has a use left at that time.
func (c AccessCode) Open(at time.Time) bool { return c.Uses > 0 && at.Before(c.Until) }

// wellFormed is what holds of a code whoever issues it.
func (c AccessCode) wellFormed() bool {
	if !c.Hash.Valid() || c.Uses < 1 || c.Until.IsZero() {
		return false
	}
	switch c.Purpose {
	case Invitation:
		return c.For.IsZero()
	case LoginCode:
		return !c.For.IsZero() && c.Conversation.IsZero() && c.Uses == 1
	case JoinCode:
		return c.For.IsZero() && !c.Conversation.IsZero()
	}
	return false
}

// MayIssue reports whether somebody may give out c: by is zero for the operator,
// and rank what they are on the server else; where is what they are to c's
// conversation, if it has one. The projection asks it of CodeIssued, and of each
// use again for where: who leads nobody in any more, whose codes do not either.
func MayIssue(c AccessCode, by UserID, rank Rank, where Conversation) bool {
	if !c.wellFormed() || !c.Conversation.IsZero() && !Leads(where) {
		return false
	}
	switch c.Purpose {
	case Invitation:
		return by.IsZero() || deeds[rank][bids]
	case LoginCode: // an admin's would be the way into anybody's talks
		return by.IsZero() || by == c.For && rank != RankGuest
	}
	return !by.IsZero()
}

// Leads reports whether whoever sees a conversation as c may give out codes that
// lead into it.
func Leads(c Conversation) bool { return may(invites, c) == nil }
