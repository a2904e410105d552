package chat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Subject is what an AppendIf decides: a name, or the roles and membership of
// one conversation. Tokens are encoded: a nick may hold a dot.
type Subject string

// NameSubject decides who or what a name belongs to.
func NameSubject(name Nick) Subject {
	return Subject("name." + hex.EncodeToString([]byte(name)))
}

// ConversationSubject decides roles and membership of a group or room.
func ConversationSubject(id ConversationID) Subject {
	return Subject(fmt.Sprintf("conv.%s", id))
}

// TalkID is the ID of the talk of two people, or of one's notes (a == b). It
// follows from the pair, so nobody has to win a race to open a talk, and a
// window, a draft or a folder can name a talk that nobody has written in yet.
func TalkID(a, b UserID) ConversationID {
	lo, hi := pair(a, b)
	sum := sha256.Sum256(append(append([]byte("charla talk 1\x00"), lo[:]...), hi[:]...))
	return ConversationID(sum[:16])
}

// KeyedID is the ID of the message that a person sends under their own key
// (`send --id KEY`): the same key is the same message, however often it is sent.
func KeyedID(by UserID, key string) MessageID {
	sum := sha256.Sum256(append(append([]byte("charla key 1\x00"), by[:]...), key...))
	return MessageID(sum[:16])
}

// LobbyID is the room everyone starts in.
var LobbyID = ConversationID(sha256Prefix("charla lobby 1"))

// Lobby is its name and handle.
const Lobby = "lobby"

func sha256Prefix(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:16]
}

// pair orders two people, so that both name the same talk.
func pair(a, b UserID) (lo, hi UserID) {
	if string(a[:]) <= string(b[:]) {
		return a, b
	}
	return b, a
}
