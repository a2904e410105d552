package chat

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strings"
)

// Fate is what became of what an event brought, as the projection of the whole
// log knows it.
type Fate struct {
	Forgotten bool // its author is

	// Of an event that made or changed a message, a ban or a report:
	Effect bool // the event had one

	// Of one that made or changed a message:
	Gone     bool      // the message was taken back, its time was over, or its author was forgotten
	Outdone  bool      // the words it gave that message were replaced by later ones
	Version  MessageID // posted as a new version of this message's file
	Name     string    // what the file was called from then on; "": as the event says
	Replaced MessageID // of a rename: the message whose file had to go
}

// Erase is an event without what nobody is to have any more. Its ID, time,
// author and kind stay, and so does what it does: a projection makes the same of
// a log in which every event was erased by its fate.
//
// Names are why a fate says more than what is gone. A file goes by its name, so
// that what is erased no longer is in the way of others, and is no longer found:
// what the projection made of names is written down instead.
func Erase(e Event, f Fate) Event {
	if blank, ok := blanks[e.Body.kind()]; ok {
		e.Body = blank(e.Body, f)
	}
	return e
}

// blanks is what is taken out of each kind; kinds that are not here stay.
var blanks = map[string]func(Body, Fate) Body{
	"message.posted": blanking(MessagePosted.blank),
	"message.edited": blanking(MessageEdited.blank),
	"file.renamed":   blanking(FileRenamed.blank),
	"person.claimed": blanking(PersonClaimed.blank),
	"key.added":      blanking(KeyAdded.blank),
	"key.removed":    blanking(KeyRemoved.blank),
	"passphrase.set": blanking(PassphraseSet.blank),
	"reported":       blanking(Reported.blank),
	"banned":         blanking(Banned.blank),
}

// blanking leaves events of an unknown version alone.
func blanking[B Body](blank func(B, Fate) B) func(Body, Fate) Body {
	return func(body Body, f Fate) Body {
		if b, ok := body.(B); ok {
			return blank(b, f)
		}
		return body
	}
}

// What had no effect must have none without its words either, so it gets no
// mark.

func (b MessagePosted) blank(f Fate) MessagePosted {
	switch {
	case !f.Effect:
		b.Text, b.File = "", nil
	case f.Gone:
		b.Text, b.File, b.Erased, b.Version = "", nil, true, f.Version
	default:
		if b.File != nil && f.Name != "" {
			file := *b.File
			file.Name = f.Name
			b.File = &file
		}
		if f.Outdone && b.Text != "" {
			b.Text, b.Erased = "", true
		}
	}
	return b
}

func (b MessageEdited) blank(f Fate) MessageEdited {
	switch {
	case !f.Effect:
		b.Text = ""
	case f.Gone, f.Outdone && b.Text != "":
		b.Text, b.Erased = "", true
	}
	return b
}

func (b FileRenamed) blank(f Fate) FileRenamed {
	switch {
	case !f.Effect:
		b.Name = ""
	case f.Gone:
		b.Name, b.Erased, b.Replaced = "", true, f.Replaced
	default:
		b.Name, b.Replaced = f.Name, f.Replaced
	}
	return b
}

// A key of somebody forgotten keeps its place under a name that is nobody's, so
// that it can be removed later in the log, and counts as it did.

func (b PersonClaimed) blank(f Fate) PersonClaimed {
	if f.Forgotten {
		b.Passphrase = erasedSecret(b.Passphrase)
		if b.Key != nil {
			key := erasedKey(*b.Key)
			b.Key = &key
		}
	}
	return b
}

func (b KeyAdded) blank(f Fate) KeyAdded {
	if f.Forgotten {
		b.Key = erasedKey(b.Key)
	}
	return b
}

func (b KeyRemoved) blank(f Fate) KeyRemoved {
	if f.Forgotten {
		b.Fingerprint = erasedFingerprint(b.Fingerprint)
	}
	return b
}

func (b PassphraseSet) blank(f Fate) PassphraseSet {
	if f.Forgotten {
		b.Passphrase = erasedSecret(b.Passphrase)
	}
	return b
}

// Reported loses its reason with whoever gave it.
func (b Reported) blank(f Fate) Reported {
	if f.Forgotten || !f.Effect {
		b.Reason = ""
	}
	return b
}

// Banned: a key that could not be banned because of who had it must not be banned
// when their key is not in the log any more.
func (b Banned) blank(f Fate) Banned {
	if !f.Effect || f.Gone {
		b.Ban = Ban{}
	}
	return b
}

const erasedMark = "erased"

func erasedSecret(s string) string {
	if s != "" {
		return erasedMark
	}
	return s
}

func erasedKey(k Key) Key {
	return Key{Fingerprint: erasedFingerprint(k.Fingerprint), Proven: k.Proven}
}

// salt makes it impossible to try which key an erased fingerprint was of. It is
// forgotten with the process.
var salt = rand.Text()

func erasedFingerprint(f string) string {
	if f == "" || strings.HasPrefix(f, erasedMark) {
		return f
	}
	sum := sha256.Sum256([]byte(salt + f))
	return erasedMark + hex.EncodeToString(sum[:8])
}

// Same reports whether two events say the same.
func (e Event) Same(other Event) bool { return reflect.DeepEqual(e, other) }

// ErasedFrom reports whether an event may be what Erase made of another: all that
// it never touches is the same.
func (e Event) ErasedFrom(was Event) bool {
	all := Fate{Forgotten: true, Effect: true, Gone: true}
	mine, err := json.Marshal(Erase(e, all))
	theirs, err2 := json.Marshal(Erase(was, all))
	return err == nil && err2 == nil && bytes.Equal(mine, theirs)
}
