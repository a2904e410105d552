package chat

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// OwnKey is one of the person's keys, with when it last let them in.
type OwnKey struct {
	Key
	Used time.Time // zero: not since that is noted
}

// MaxKeyName is the longest name of a key, in characters.
const MaxKeyName = 40

// Access is the person as they are now, with their keys and passphrase: what Me
// tells is of when the session began.
func (a *Actor) Access(ctx context.Context) (Person, error) {
	if a.me.Rank == operator {
		return a.me, nil
	}
	return a.s.Reader.Person(ctx, a.me.ID)
}

// Keys lists the person's keys in the order in which they came: no new one changes
// the number of another.
func (a *Actor) Keys(ctx context.Context) ([]OwnKey, error) {
	me, err := a.Access(ctx)
	if err != nil {
		return nil, err
	}
	marks, err := a.s.marks.of(ctx, a.me.ID)
	if err != nil {
		return nil, err
	}
	keys := make([]OwnKey, len(me.Keys))
	for i, k := range me.Keys {
		keys[i].Key = k
		if at := marks.Keys[k.Fingerprint]; at != 0 {
			keys[i].Used = time.Unix(at, 0).UTC()
		}
	}
	return keys, nil
}

// KeyUse is what is known of a key that lets somebody in.
type KeyUse struct {
	Before time.Time // when it last did; zero: not since that is noted
	Named  bool      // on a screen of theirs
}

// UsedKey notes that a key has just let the person in, and tells what was known of it
// before. It notes at most once in a while, for many sign-ins of a script are one, and
// what it notes is stored with the marks of the session that begins.
func (a *Actor) UsedKey(ctx context.Context, fingerprint string) (use KeyUse, err error) {
	known, err := a.s.marks.of(ctx, a.me.ID)
	if err != nil {
		return use, err
	}
	if at := known.Keys[fingerprint]; at != 0 {
		use.Before = time.Unix(at, 0).UTC()
	}
	use.Named = known.Named[fingerprint] != 0
	now := a.s.Now()
	if now.Sub(use.Before) < usedAgain {
		return use, nil
	}
	a.s.marks.note(a.me.ID, lazy, func(m *Marks) bool {
		m.Keys[fingerprint] = max(m.Keys[fingerprint], now.Unix())
		return true
	})
	return use, nil
}

// NamedKey notes that a screen has named a key. It never waits, and costs nothing: it
// is stored with the next marks that are.
func (a *Actor) NamedKey(fingerprint string) {
	now := a.s.Now().Unix()
	a.s.marks.note(a.me.ID, lazy, func(m *Marks) bool {
		m.Named[fingerprint] = max(m.Named[fingerprint], now)
		return true
	})
}

// usedAgain is for how long the use of a key is not noted again.
const usedAgain = 10 * time.Minute

// AddKey lets the person in with one more key, which they have only shown, and tells
// it as it is kept.
func (a *Actor) AddKey(ctx context.Context, k Key) (_ Key, err error) {
	defer wrap(&err, "add a key")
	me, err := a.settled(ctx)
	if err != nil {
		return k, err
	}
	k.Name, k.Proven = me.keyName(k.Name), false
	switch {
	case me.Has(k.Fingerprint):
		return k, &Error{Code: KeyKnown, Name: k.Fingerprint}
	case len(me.Keys) >= MaxKeys:
		return k, &Error{Code: TooMany, Name: "keys", Limit: MaxKeys}
	}
	if me, err = a.become(ctx, KeyAdded{Key: k}); err == nil && !me.Has(k.Fingerprint) {
		err = &Error{Code: Conflict}
	}
	return k, err
}

// keyName is what one more key of p's is called when name is wished for: with a number
// behind it if another has that, or a name would mean neither.
func (p Person) keyName(name string) string {
	wished := plainName(name)
	name = wished
	for n := 2; name != "" && slices.ContainsFunc(p.Keys, func(k Key) bool { return k.Name == name }); n++ {
		name = OneLine(wished, MaxKeyName-4) + "-" + strconv.Itoa(n)
	}
	return name
}

// plainName is a name that looks like no number and no fingerprint: who reads it beside
// another key, or is told to type it, would mean that one.
func plainName(name string) string {
	name = OneLine(name, MaxKeyName)
	if strings.Contains(strings.ToUpper(name), printPrefix) {
		name = strings.ReplaceAll(name, ":", "-")
	}
	other := func(r rune) bool { return !unicode.IsNumber(r) && !strings.ContainsRune("#+- ", r) }
	if name != "" && !strings.ContainsFunc(name, other) {
		name = OneLine("key-"+name, MaxKeyName)
	}
	return name
}

// RemoveKey takes one of the person's keys away: that of a number in the order of
// Keys, a fingerprint or its beginning, or a name. Sessions that came in by it end
// but for the one that keep names.
func (a *Actor) RemoveKey(ctx context.Context, typed, keep string) (k Key, err error) {
	defer wrap(&err, "remove a key")
	me, err := a.settled(ctx)
	if err != nil {
		return Key{}, err
	}
	if k, err = findKey(me.Keys, typed); err != nil {
		return k, err
	}
	if len(me.Keys) == 1 && me.Passphrase == "" {
		return k, &Error{Code: LastWayIn}
	}
	if me, err = a.become(ctx, KeyRemoved{Fingerprint: k.Fingerprint, Keep: keep}); err == nil && me.Has(k.Fingerprint) {
		err = &Error{Code: LastWayIn}
	}
	return k, err
}

// printPrefix is what fingerprints begin with.
const printPrefix = "SHA256:"

// findKey is the one key that typed means; NoKey if none or several are. A number and a
// fingerprint mean their key whatever another is called: names are chosen, also by a
// thief, and logs have some that look like either (plainName). A beginning without
// SHA256: could be a name as well, and is nobody's then.
func findKey(keys []Key, typed string) (Key, error) {
	typed = strings.TrimSpace(typed)
	none := &Error{Code: NoKey, Name: OneLine(typed, MaxKeyName)}
	var found []Key
	for _, is := range []func(Key) bool{
		func(k Key) bool { return k.Fingerprint == typed || k == numbered(keys, typed) },
		func(k Key) bool { return strings.HasPrefix(typed, printPrefix) && k.begins(typed) },
		func(k Key) bool { return k.Name != "" && k.Name == typed || k.begins(typed) },
	} {
		if found = slices.DeleteFunc(slices.Clone(keys), func(k Key) bool { return !is(k) }); len(found) > 0 {
			break
		}
	}
	if typed == "" || len(found) != 1 {
		return Key{}, none
	}
	return found[0], nil
}

// begins reports whether k's fingerprint begins so, with SHA256: or without; less than
// four letters mean none.
func (k Key) begins(typed string) bool {
	typed = strings.TrimPrefix(typed, printPrefix)
	return len(typed) >= 4 && strings.HasPrefix(strings.TrimPrefix(k.Fingerprint, printPrefix), typed)
}

// Short is enough of a key's fingerprint to name it by: with 96 bits of it nobody
// makes another that begins alike.
func (k Key) Short() string { return k.Fingerprint[:min(len(k.Fingerprint), len(printPrefix)+16)] }

// numbered is the key that typed counts out, from 1; the zero Key if none.
func numbered(keys []Key, typed string) Key {
	n, err := strconv.Atoi(strings.TrimPrefix(typed, "#"))
	if err != nil || n < 1 || n > len(keys) {
		return Key{}
	}
	return keys[n-1]
}

// SetPassphrase gives the person another passphrase (a PHC string), or none.
// Sessions that came in by the old one end but for the one that keep names.
func (a *Actor) SetPassphrase(ctx context.Context, phc, keep string) (err error) {
	defer wrap(&err, "set the passphrase")
	me, err := a.settled(ctx)
	if err != nil {
		return err
	}
	if phc == "" && len(me.Keys) == 0 {
		return &Error{Code: LastWayIn}
	}
	if me, err = a.become(ctx, PassphraseSet{Passphrase: phc, Keep: keep}); err == nil && me.Passphrase != phc {
		err = &Error{Code: Conflict}
	}
	return err
}

// SignOut ends all sessions of the person but the one that keep names.
func (a *Actor) SignOut(ctx context.Context, keep string) (err error) {
	defer wrap(&err, "sign out")
	if err := a.change(); err != nil {
		return err
	}
	_, err = a.become(ctx, SignedOut{Keep: keep})
	return err
}

// MayTry is nil if the person may be asked for a passphrase or a code now: somebody
// who guesses at an open terminal makes few tries.
func (a *Actor) MayTry() error {
	if wait, ok := a.s.Limiter.Take(a.me.ID, Tries, 1); !ok {
		return tooFast(wait)
	}
	return nil
}

// MayTransfer is nil if the person may send files.
func (a *Actor) MayTransfer(ctx context.Context) error { return a.mayDo(ctx, sends) }

// settled is the person as they are now, if they are here for good and have not
// changed too much lately.
func (a *Actor) settled(ctx context.Context) (Person, error) {
	me, err := a.Access(ctx)
	if err == nil && (me.Rank == RankGuest || me.Rank == operator) {
		err = &Error{Code: NotAllowed, Why: WhyGuest}
	}
	if err == nil {
		err = a.change()
	}
	return me, err
}

// become appends an event and is the person as they are afterwards.
func (a *Actor) become(ctx context.Context, body Body) (Person, error) {
	if err := a.s.happen(ctx, a.me.ID, body); err != nil {
		return Person{}, err
	}
	return a.s.Reader.Person(ctx, a.me.ID)
}

// happen appends an event and waits until its effect can be read.
func (s *Service) happen(ctx context.Context, by UserID, body Body) error {
	at, err := s.Log.Append(ctx, s.event(by, body))
	if err != nil {
		return fmt.Errorf("append: %w", err)
	}
	return s.Awaiter.Await(ctx, at)
}
