package chattest

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"charla/server/chat"
)

// Owners is chat.Reader.
func (v *View) Owners(context.Context) (int, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.owners(), nil
}

// People is chat.Reader.
func (v *View) People(_ context.Context, prefix string, after chat.Nick, limit int) ([]chat.Person, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var people []chat.Person
	for _, p := range v.people {
		if v.living(p.ID) != nil && strings.HasPrefix(string(p.Nick), prefix) && p.Nick > after {
			people = append(people, v.shown(p))
		}
	}
	slices.SortFunc(people, func(a, b chat.Person) int { return cmp.Compare(a.Nick, b.Nick) })
	return people[:min(len(people), limit)], nil
}

// Warnings is chat.Reader.
func (v *View) Warnings(_ context.Context, user chat.UserID, after chat.Position, limit int) ([]chat.Warning, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	list := slices.DeleteFunc(slices.Clone(v.warnings[user]), func(w chat.Warning) bool { return w.Position <= after })
	return list[:min(len(list), limit)], nil
}

// Bans is chat.Reader.
func (v *View) Bans(context.Context) ([]chat.Ban, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.bans, nil
}

// Report is chat.Reader.
func (v *View) Report(_ context.Context, id chat.EventID) (chat.Report, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, r := range v.reports {
		if r.ID == id {
			return v.named(*r), nil
		}
	}
	return chat.Report{}, &chat.Error{Code: chat.NothingPending, Name: id.String()}
}

// Reports is chat.Reader.
func (v *View) Reports(_ context.Context, limit int) ([]chat.Report, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var open []chat.Report
	for _, r := range v.reports {
		if r.Closed.IsZero() && len(open) < limit {
			open = append(open, v.named(*r))
		}
	}
	return open, nil
}

func (v *View) named(r chat.Report) chat.Report {
	r.ByNick, r.Nick = v.person(r.By).Nick, v.person(r.Author).Nick
	return r
}

// ReportsBy is chat.Reader.
func (v *View) ReportsBy(_ context.Context, user chat.UserID) (n int, _ error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	for _, r := range v.reports {
		if r.By == user && r.Closed.IsZero() {
			n++
		}
	}
	return n, nil
}

// Decided is chat.Reader.
func (v *View) Decided(_ context.Context, id chat.EventID) (bool, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.isDecided(id), nil
}

// Audit is chat.Reader.
func (v *View) Audit(_ context.Context, before chat.Position, limit int) ([]chat.Decision, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var list []chat.Decision
	for _, d := range slices.Backward(v.audit) {
		if before != 0 && d.Position >= before || len(list) >= limit {
			continue
		}
		if p := v.person(d.By); p != nil {
			d.ByNick = p.Nick
		}
		if p := v.person(d.User); p != nil {
			d.Nick = p.Nick
		}
		list = append(list, d)
	}
	return list, nil
}

// Forgetting is chat.Reader.
func (v *View) Forgetting(context.Context) ([]chat.UserID, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var users []chat.UserID
	for _, f := range v.forgetting {
		users = append(users, f.user)
	}
	slices.SortFunc(users, func(a, b chat.UserID) int { return bytes.Compare(a[:], b[:]) })
	return users, nil
}

// Sated is chat.Reader. It has no index.
func (v *View) Sated(context.Context) (bool, error) { return false, nil }

// Slots is chat.Reader.
func (v *View) Slots(_ context.Context, user chat.UserID) ([]chat.Slot, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var slots []chat.Slot
	for at := range v.values {
		if at.user == user {
			slots = append(slots, at.slot)
		}
	}
	slices.Sort(slots)
	return slots, nil
}
