package chattest

import (
	"bytes"
	"slices"

	"charla/server/chat"
)

func (v *View) forgotten(at chat.Position, e chat.Event, by chat.Rank, b chat.PersonForgotten) {
	p := v.person(b.User)
	if p == nil || b.User == e.By || !by.Forgets(p.Rank) {
		return
	}
	if !p.Forgotten {
		v.empty(p)
		v.tell(chat.Change{Kind: chat.Expelled, Position: at, User: p.ID, Reason: "forgotten"})
		v.decided(at, e, chat.Decision{User: p.ID})
	}
	i := slices.IndexFunc(v.forgetting, func(f *forgetting) bool { return f.user == p.ID })
	if i < 0 {
		return
	}
	if v.unseat(at, p.ID) && v.unsay(at, v.forgetting[i]) {
		v.forgetting = slices.Delete(v.forgetting, i, i+1)
	}
}

// empty takes all of a person's that is not in a conversation, and their nick.
func (v *View) empty(p *chat.Person) {
	*p = chat.Person{ID: p.ID, Rank: chat.RankMember, Since: p.Since, Forgotten: true}
	v.codes = slices.DeleteFunc(v.codes, func(c chat.AccessCode) bool { return c.By == p.ID || c.For == p.ID })
	delete(v.warnings, p.ID)
	delete(v.marks, p.ID)
	for at := range v.values {
		if at.user == p.ID {
			delete(v.values, at)
		}
	}
	v.walls = slices.DeleteFunc(v.walls, func(w block) bool { return w.by == p.ID || w.other == p.ID })
	v.codes = slices.DeleteFunc(v.codes, func(c chat.AccessCode) bool { return c.For == p.ID || c.By == p.ID })
	v.bans = slices.DeleteFunc(slices.Clone(v.bans), func(b chat.Ban) bool { return b.User == p.ID })
	for _, r := range v.reports {
		if r.Author == p.ID {
			r.Text = ""
		}
		if r.By == p.ID {
			r.Reason = ""
		}
	}
	for id, m := range v.messages {
		if m.From == p.ID {
			nameless := *m
			nameless.Nick = ""
			v.messages[id] = &nameless
		}
	}
	for _, c := range v.convs {
		if part := c.part(p.ID); part != nil {
			part.read = 0
		}
	}
	v.forgetting = append(v.forgetting, &forgetting{user: p.ID})
}

// been lists the conversations somebody is or was in, by their IDs.
func (v *View) been(user chat.UserID) []*conversation {
	all := slices.DeleteFunc(slices.Clone(v.convs), func(c *conversation) bool { return c.part(user) == nil })
	slices.SortFunc(all, func(a, b *conversation) int { return bytes.Compare(a.id[:], b.id[:]) })
	return all
}

// unseat takes somebody out of what they are in; done: of all.
func (v *View) unseat(at chat.Position, user chat.UserID) (done bool) {
	n := 0
	for _, c := range v.been(user) {
		if !c.has(user) {
			continue
		}
		v.depart(at, c, c.part(user), chat.UserID{}, false)
		if n++; n == chat.ForgottenSeats {
			return false
		}
	}
	return true
}

// unsay takes back some of what somebody said; done: nothing is left.
func (v *View) unsay(at chat.Position, f *forgetting) (done bool) {
	left := chat.NewForgetting()
	for _, c := range v.been(f.user) {
		switch bytes.Compare(c.id[:], f.conv[:]) {
		case -1:
			continue
		case 1:
			f.conv, f.n = c.id, 0
		}
		upto, most := left.Look(f.n, c.last())
		from, n := f.n, 0
		for f.n < upto && n < most {
			f.n++
			if m := v.messages[c.messages[f.n-1]]; m.From == f.user && v.stands(m) {
				v.retract(at, *m)
				n++
			}
		}
		left.Took(n, f.n-from)
		if left.Over() {
			return false
		}
	}
	return true
}

func (v *View) nickFreed(at chat.Position, e chat.Event, by chat.Rank, b chat.NickFreed) {
	if v.names[b.Nick].seq == 0 {
		return
	}
	v.decide(at, b.Nick)
	if p := v.person(v.holders[b.Nick]); p == nil || !p.Forgotten || !by.Frees() {
		return
	}
	delete(v.holders, b.Nick)
	v.names[b.Nick] = name{seq: at.Seq()}
	v.decided(at, e, chat.Decision{Subject: string(b.Nick)})
}
