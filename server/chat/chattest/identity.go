package chattest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"charla/server/chat"
)

// decide notes that a name's subject moved, and reports whether it is free.
func (v *View) decide(at chat.Position, nick chat.Nick) (free bool) {
	n := v.names[nick]
	n.seq = at.Seq()
	v.names[nick] = n
	return !n.taken
}

// take gives a free name away; groups that are called so give way.
func (v *View) take(at chat.Position, nick chat.Nick) {
	v.names[nick] = name{at.Seq(), true}
	v.moveHandles(at, nick)
}

func (v *View) claimed(at chat.Position, e chat.Event, b chat.PersonClaimed) {
	if e.By.IsZero() || b.Nick == "" {
		return
	}
	free := v.decide(at, b.Nick)
	if !free || v.person(e.By) != nil || b.Guest && (!b.Nick.Guest() || b.Code != "") {
		return
	}
	var code chat.AccessCode
	if b.Code != "" {
		var ok bool
		if code, ok = v.useCode(b.Code, chat.Invitation, e.At, e.By); !ok {
			return
		}
	}
	p := chat.Person{ID: e.By, Nick: b.Nick, Rank: chat.RankMember, Passphrase: b.Passphrase, Since: e.At}
	if b.Key != nil {
		p.Keys = []chat.Key{*b.Key}
		p.Keys[0].Proven = true
	}
	if b.Guest {
		p.Rank, p.Passphrase, p.Keys = chat.RankGuest, "", nil
	}
	v.people = append(v.people, p)
	v.take(at, b.Nick)
	v.holders[b.Nick] = e.By
	v.tell(chat.Change{Kind: chat.Claimed, Position: at, User: p.ID})
	all := slices.SortedFunc(slices.Values(v.convs), func(a, b *conversation) int { return bytes.Compare(a.id[:], b.id[:]) })
	for _, c := range all {
		if c.everyone {
			v.join(at, c, p.ID, chat.RoleMember)
		}
	}
	if c := v.conv(code.Conversation); c != nil {
		if v.join(at, c, p.ID, chat.RoleMember); c.has(p.ID) {
			v.noticeOf(at, c, chat.NoticeCame, nil)
		}
		c.voice(p.ID)
	}
}

// useCode takes a use of a code, if it is for that and somebody may use it then.
// Ask it last: an event that has no effect for another reason uses none.
func (v *View) useCode(hash chat.CodeHash, purpose chat.Purpose, at time.Time, by chat.UserID) (chat.AccessCode, bool) {
	i := v.codeAt(hash)
	if i < 0 {
		return chat.AccessCode{}, false
	}
	c := v.codes[i]
	if c.Purpose != purpose || !c.Open(at) || !c.For.IsZero() && c.For != by || !c.Conversation.IsZero() && !chat.Leads(v.standing(c.By, c.Conversation)) {
		return chat.AccessCode{}, false
	}
	if v.codes[i].Uses--; v.codes[i].Uses == 0 {
		v.codes = slices.Delete(v.codes, i, i+1)
	}
	return c, true
}

func (v *View) codeAt(hash chat.CodeHash) int {
	return slices.IndexFunc(v.codes, func(c chat.AccessCode) bool { return c.Hash == hash })
}

// standing is what permission needs to know of user in a conversation.
func (v *View) standing(user chat.UserID, id chat.ConversationID) chat.Conversation {
	c := v.conv(id)
	if c == nil {
		return chat.Conversation{}
	}
	return c.seat(user)
}

// resident is who may have keys and codes: a person who is no guest.
func (v *View) resident(id chat.UserID) *chat.Person {
	if p := v.living(id); p != nil && p.Rank != chat.RankGuest {
		return p
	}
	return nil
}

func keyAt(p *chat.Person, fingerprint string) int {
	return slices.IndexFunc(p.Keys, func(k chat.Key) bool { return k.Fingerprint == fingerprint })
}

func (v *View) keyAdded(at chat.Position, e chat.Event, b chat.KeyAdded) {
	p := v.resident(e.By)
	if p == nil || b.Key.Fingerprint == "" {
		return
	}
	i := keyAt(p, b.Key.Fingerprint)
	if i < 0 && (b.Had || len(p.Keys) >= chat.MaxKeys) || i >= 0 && (p.Keys[i].Proven || !b.Key.Proven) {
		return
	}
	if b.Code != "" {
		if _, ok := v.useCode(b.Code, chat.LoginCode, e.At, e.By); !ok {
			return
		}
	}
	keys := slices.Clone(p.Keys)
	if i >= 0 {
		keys[i].Proven = true
	} else {
		keys = append(keys, b.Key)
	}
	if p.Keys = keys; b.Code != "" {
		v.tell(chat.Change{Kind: chat.Linked, Position: at, User: e.By, Way: b.Key.Fingerprint, Reason: b.Key.Name})
		v.dropLogins(p.ID)
	}
}

func (v *View) keyRemoved(at chat.Position, e chat.Event, b chat.KeyRemoved) {
	p := v.resident(e.By)
	if p == nil {
		return
	}
	i := keyAt(p, b.Fingerprint)
	if i < 0 || len(p.Keys) == 1 && p.Passphrase == "" {
		return
	}
	if p.Keys = slices.Delete(slices.Clone(p.Keys), i, i+1); len(p.Keys) == 0 {
		p.Keys = nil
	}
	v.tell(chat.Change{Kind: chat.Expelled, Position: at, User: e.By, Keep: b.Keep, Way: b.Fingerprint, Reason: "key-removed"})
	v.dropLogins(p.ID)
}

func (v *View) passphraseSet(at chat.Position, e chat.Event, b chat.PassphraseSet) {
	p := v.resident(e.By)
	if p == nil || b.Passphrase == "" && len(p.Keys) == 0 {
		return
	}
	if b.Code != "" {
		if _, ok := v.useCode(b.Code, chat.LoginCode, e.At, e.By); !ok {
			return
		}
	}
	had := p.Passphrase
	p.Passphrase = b.Passphrase
	if had != "" {
		v.tell(chat.Change{Kind: chat.Expelled, Position: at, User: e.By, Keep: b.Keep, Way: chat.ByPassphrase, Reason: "passphrase-changed"})
	}
	if b.Code != "" {
		v.tell(chat.Change{Kind: chat.Linked, Position: at, User: e.By, Way: chat.ByPassphrase})
	}
	v.dropLogins(p.ID)
}

func (v *View) codeIssued(at chat.Position, e chat.Event, b chat.CodeIssued) {
	c := b.Code
	c.By, c.Until = e.By, c.Until.UTC().Truncate(time.Millisecond)
	var rank chat.Rank
	if p := v.living(e.By); p != nil {
		rank = p.Rank
	}
	if v.codeAt(c.Hash) >= 0 || !chat.MayIssue(c, e.By, rank, v.standing(e.By, c.Conversation)) || !c.Open(e.At) {
		return
	}
	if !c.For.IsZero() && v.resident(c.For) == nil || !e.By.IsZero() && rank == "" {
		return
	}
	v.codes = slices.DeleteFunc(v.codes, func(old chat.AccessCode) bool { return old.By == e.By && !old.Open(e.At) })
	mine := 0
	for _, old := range v.codes {
		if old.By == e.By {
			mine++
		}
	}
	if e.By.IsZero() || mine < chat.MaxCodes {
		v.codes = append(v.codes, c)
		if e.By.IsZero() {
			v.decided(at, e, chat.Decision{User: c.For, Subject: string(c.Purpose), Until: c.Until})
		}
	}
}

func (v *View) codeRevoked(at chat.Position, e chat.Event, b chat.CodeRevoked) {
	i := v.codeAt(b.Hash)
	if i < 0 {
		return
	}
	c := v.codes[i]
	own := c.By == e.By && !e.By.IsZero()
	if !own && (!v.judge(e.By).Recalls(v.judge(c.By)) || v.isSilenced(e)) {
		return
	}
	v.codes = slices.Delete(v.codes, i, i+1)
	if !own {
		v.decided(at, e, c.Recalled())
	}
}

func (v *View) signedOut(at chat.Position, e chat.Event, b chat.SignedOut) {
	if v.person(e.By) != nil {
		v.tell(chat.Change{Kind: chat.Expelled, Position: at, User: e.By, Keep: b.Keep, Reason: "signed-out"})
		v.dropLogins(e.By)
	}
}

// dropLogins takes the login codes for somebody who has just shut others out.
func (v *View) dropLogins(user chat.UserID) {
	v.codes = slices.DeleteFunc(v.codes, func(c chat.AccessCode) bool { return c.For == user })
}

func (v *View) guestLeft(at chat.Position, e chat.Event) {
	p := v.person(e.By)
	if p == nil || p.Rank != chat.RankGuest || v.gone[e.By] {
		return
	}
	n := v.names[p.Nick]
	n.taken = false
	v.names[p.Nick] = n
	v.gone[e.By] = true
	delete(v.holders, p.Nick)
	convs := slices.Clone(v.convs)
	slices.SortFunc(convs, func(a, b *conversation) int { return bytes.Compare(a.id[:], b.id[:]) })
	for _, c := range convs {
		if c.kind != chat.Talk && c.has(e.By) {
			v.depart(at, c, c.part(e.By), chat.UserID{}, false)
		}
	}
	v.tell(chat.Change{Kind: chat.Expelled, Position: at, User: e.By, Reason: "guest-left"})
}

// Name is chat.Reader.
func (v *View) Name(_ context.Context, nick chat.Nick) (uint64, bool, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.names[nick].seq, v.names[nick].taken, nil
}

// AccessCode is chat.Reader.
func (v *View) AccessCode(_ context.Context, hash chat.CodeHash) (chat.AccessCode, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if i := v.codeAt(hash); i >= 0 {
		return v.codes[i], nil
	}
	return chat.AccessCode{}, &chat.Error{Code: chat.CodeWrong}
}

// LoginCodeOpen is chat.Reader.
func (v *View) LoginCodeOpen(_ context.Context, user chat.UserID, now time.Time) (bool, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return slices.ContainsFunc(v.codes, func(c chat.AccessCode) bool {
		return c.Purpose == chat.LoginCode && c.For == user && c.Open(now)
	}), nil
}

// CodesBy is chat.Reader.
func (v *View) CodesBy(_ context.Context, user chat.UserID, now time.Time) ([]chat.AccessCode, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var open []chat.AccessCode
	for _, c := range v.codes {
		if c.By == user && c.Open(now) {
			open = append(open, c)
		}
	}
	return open, nil
}

// Codes is chat.Reader.
func (v *View) Codes(_ context.Context, now time.Time, limit int) ([]chat.AccessCode, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var open []chat.AccessCode
	for _, c := range v.codes {
		if c.Open(now) {
			open = append(open, c)
		}
	}
	slices.SortStableFunc(open, func(a, b chat.AccessCode) int { return bytes.Compare(a.By[:], b.By[:]) })
	return open[:min(len(open), limit)], nil
}

// Guests is chat.Reader.
func (v *View) Guests(context.Context) ([]chat.UserID, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var guests []chat.UserID
	for _, p := range v.people {
		if p.Rank == chat.RankGuest && !v.gone[p.ID] {
			guests = append(guests, p.ID)
		}
	}
	slices.SortFunc(guests, func(a, b chat.UserID) int { return cmp.Compare(v.person(a).Nick, v.person(b).Nick) })
	return guests, nil
}
