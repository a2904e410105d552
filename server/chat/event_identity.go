package chat

import "time"

// What can happen to how somebody comes in. Where a Code is given the event has
// an effect only if the code is one for By with a use left at the event's time,
// and takes that use: of two who use the last one at once, the first in the log
// has it.
type (
	// KeyAdded: By may come in with one more key, MaxKeys at most; or has proven
	// one that they had only pasted.
	KeyAdded struct {
		Key  Key      `json:"key"`
		Code CodeHash `json:"code,omitempty"`
		// Had: only the proof. Without effect on a key that is not By's any more: who
		// signs while it is removed does not bring it back.
		Had bool `json:"had,omitempty"`
	}
	// KeyRemoved: By may not come in with that key any more. Without effect on
	// the last way in: their only key, while they have no passphrase. Sessions
	// that came in by it end, but for the one that Keep names.
	KeyRemoved struct {
		Fingerprint string `json:"fp"`
		Keep        string `json:"keep,omitempty"`
	}
	// PassphraseSet: By has another passphrase, or none ("": without effect
	// while they have no key). Sessions that came in by the old one end, but for
	// the one that Keep names.
	PassphraseSet struct {
		Passphrase string   `json:"passphrase,omitempty"` // PHC string
		Code       CodeHash `json:"code,omitempty"`
		Keep       string   `json:"keep,omitempty"`
	}
	// CodeIssued: By gave out a code.
	CodeIssued struct {
		Code AccessCode `json:"code"`
	}
	// CodeRevoked: nobody uses that code any more. Of somebody else it is a decision:
	// only of one about whom By decides (Recalls), and it stands in the audit log.
	CodeRevoked struct {
		Hash CodeHash `json:"hash"`
	}
	// SignedOut: all sessions of By end but the one that Keep names. Their login
	// codes are gone, as they are with KeyRemoved, PassphraseSet and a KeyAdded that
	// came with a code: one made by a thief would let the thief in again.
	SignedOut struct {
		Keep string `json:"keep,omitempty"`
	}
	// GuestLeft: By, a guest, has no session any more. The nick is free again.
	GuestLeft struct{}
)

func (KeyAdded) kind() string      { return "key.added" }
func (KeyRemoved) kind() string    { return "key.removed" }
func (PassphraseSet) kind() string { return "passphrase.set" }
func (CodeIssued) kind() string    { return "code.issued" }
func (CodeRevoked) kind() string   { return "code.revoked" }
func (SignedOut) kind() string     { return "signed.out" }
func (GuestLeft) kind() string     { return "guest.left" }

// ByPassphrase is the way of those who came in without a key.
const ByPassphrase = "passphrase"

// MaxKeys is how many keys one person may have.
const MaxKeys = 32

// CodeHash is what is kept of a code: the SHA-256 of its bare letters, in hex.
// The code itself is shown once and stored nowhere.
type CodeHash string

// Purpose is what a code is for.
type Purpose string

// An invitation lets newcomers claim a nick where registration asks for one, and
// into Conversation if that is set. A login code lets For add a key or set a
// passphrase: on a new device, or because the old one is lost. A joining code
// lets people who are here already into Conversation.
const (
	Invitation Purpose = "invitation"
	LoginCode  Purpose = "login"
	JoinCode   Purpose = "join"
)

// AccessCode is a secret that somebody was given out of band.
type AccessCode struct {
	Hash         CodeHash       `json:"hash"`
	Purpose      Purpose        `json:"for"`
	For          UserID         `json:"user,omitzero"` // of a LoginCode
	Conversation ConversationID `json:"conv,omitzero"` // where it leads
	Uses         int            `json:"uses"`          // left, at most; 1 of a LoginCode
	Until        time.Time      `json:"until"`         // not from then on
	By           UserID         `json:"-"`             // who issued it; zero: the operator
}
